"""Whom to tell of what became of a petition: its creator and sponsors at once, everybody who asked for it overnight."""

import secrets
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q

from ridgeway.office.notices import cancel_mailing, post_notice, request_mailing
from ridgeway.services.petitions.models import Petition, Signature
from ridgeway.services.petitions.rules.closing import end_of_day
from ridgeway.services.petitions.states import SignatureRole, SignatureState
from ridgeway.settings import Mode

SPREAD_MINUTES = 240
"""Mailings begin within so long after midnight, so that not all of a day's begin at once."""


def subject_of(petition: Petition) -> str:
    """What a notice about the petition is about."""
    return f"petition:{petition.pk}"


def tell_supporters(petition: Petition, kind: str, *, now: datetime) -> int:
    """The creator and each confirmed sponsor learn of a decision, once for each time it is made; how many they are."""
    is_creator = Q(role=SignatureRole.CREATOR)
    is_sponsor = Q(role=SignatureRole.SPONSOR, state=SignatureState.VALIDATED)
    told = Signature.objects.filter(is_creator | is_sponsor, petition=petition, anonymized_at=None)
    for signature in told:
        post_notice(
            kind,
            subject=subject_of(petition),
            recipient_key=f"signature:{signature.pk}",
            version=now.isoformat(),
            address=signature.email,
            language=signature.language,
            payload={},
            now=now,
        )
    return len(told)


def decide_mailing_time(now: datetime) -> datetime:
    """When a mailing to many begins: in the coming night; in a lab at once, so that one can see it."""
    if settings.RIDGEWAY_SETTINGS.mode is Mode.LAB:
        return now
    zone = ZoneInfo(settings.TIME_ZONE)
    return end_of_day(now.astimezone(zone).date(), zone) + timedelta(minutes=secrets.randbelow(SPREAD_MINUTES))


def tell_everybody(
    petition: Petition,
    kind: str,
    *,
    version: str,
    now: datetime,
    payload: dict[str, object] | None = None,
    part: str = "",
) -> None:
    """The creator, and all who signed and want to hear of it, get a mail; an unfinished one of before is replaced.

    Shapes:  `part` (`business:7`) tells mailings of one kind apart that do not replace one another.
    """
    request_mailing(
        kind,
        subject=f"{part}:{subject_of(petition)}" if part else subject_of(petition),
        version=version,
        not_before=decide_mailing_time(now),
        payload=payload or {},
        now=now,
    )


def tell_nobody(petition: Petition, kind: str, *, now: datetime, part: str = "") -> None:
    """What is still queued of a mailing is not sent."""
    cancel_mailing(kind, subject=f"{part}:{subject_of(petition)}" if part else subject_of(petition), now=now)
