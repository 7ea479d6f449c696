"""A visitor's word to the team is kept and mailed; too many from one place, or from who is blocked, come to nothing.

Law: a refusal is silent: the caller answers as if nothing were wrong. No log holds what was said.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction

from ridgeway.office.notices import post_notice
from ridgeway.services.petitions.models import Feedback
from ridgeway.services.petitions.queries.guard import Guard, read_guard
from ridgeway.services.petitions.queries.site import read_site
from ridgeway.services.petitions.rules.ratelimits import ADMITTED, Recent, decide_feedback, decide_listing, origin_of

KIND = "petitions.feedback"
TEAM = "team"


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody told the team; proven by the form."""

    comment: str
    petition: str
    email: str = field(repr=False)
    ip: str = field(repr=False)
    user_agent: str = field(repr=False)


def keep_feedback(told: Told, *, now: datetime) -> Feedback | None:
    """It is kept, and the team is mailed where staff want that; None when it came to nothing."""
    with transaction.atomic():
        if not may_tell(told, read_guard(), now=now):
            return None
        feedback = Feedback.objects.create(
            comment=told.comment,
            petition_address=told.petition,
            email=told.email,
            user_agent=told.user_agent,
            ip=told.ip or None,
            created_at=now,
        )
        mail_team(feedback, now=now)
        return feedback


def may_tell(told: Told, guard: Guard, *, now: datetime) -> bool:
    """Whether nobody has blocked the sender, and few came from there of late."""
    listing = decide_listing(origin_of(ip=told.ip, email=told.email, table=guard.table), guard.lists)
    since = now - timedelta(seconds=guard.rates.sustained_period_seconds)
    recent = Feedback.objects.filter(ip=told.ip, created_at__gt=since).count() if told.ip else 0
    is_blocked = listing is not None and listing not in ADMITTED
    return decide_feedback(Recent(in_sustained=recent), is_blocked=is_blocked, rates=guard.rates)


def mail_team(feedback: Feedback, *, now: datetime) -> None:
    """One mail to the team's mailbox, where there is one and mails are on."""
    site = read_site()
    if not (site.mails_feedback and site.team_mailbox):
        return
    payload = {
        "comment": feedback.comment,
        "petition": feedback.petition_address,
        "email": feedback.email,
        "user_agent": feedback.user_agent,
    }
    subject = f"feedback:{feedback.pk}"
    post_notice(KIND, subject=subject, recipient_key=TEAM, address=site.team_mailbox, payload=payload, now=now)
