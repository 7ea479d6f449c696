"""A petition comes to be: its row, its creator's signature and one mail with the private link, or nothing at all.

Law: who is blocked, or starts more than the creators' rate allows, sees what everybody sees and leaves nothing behind.
A draft becomes at most one petition, however often it is sent.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction

from ridgeway.office.audit.append import append_entry
from ridgeway.office.notices import Priority, post_notice
from ridgeway.services.petitions.actions.drafting import close_draft, is_sent
from ridgeway.services.petitions.actions.numbering import start_numbers
from ridgeway.services.petitions.models import Draft, Petition, Signature
from ridgeway.services.petitions.queries.guard import Guard, read_guard
from ridgeway.services.petitions.queries.parliaments import find_parliament
from ridgeway.services.petitions.queries.site import read_site
from ridgeway.services.petitions.rules.lists import render_source
from ridgeway.services.petitions.rules.ratelimits import ADMITTED, Recent, decide_listing, decide_rate, origin_of
from ridgeway.services.petitions.states import IN_QUEUE, SignatureRole

TOKEN_BYTES = 24
MAX_RECENT = 500
"""Petitions that are looked at for the creators' rate; no period of ours sees more."""
PUBLIC_NAME = "a member of the public"


@dataclass(frozen=True, slots=True)
class Proposed:
    """Everything that a creator has answered; proven by the forms."""

    action: str
    background: str
    additional_details: str
    name: str = field(repr=False)
    email: str = field(repr=False)
    country_code: str
    postcode: str = field(repr=False)
    language: str
    ip: str = field(repr=False)


def submit_petition(draft_id: int, proposed: Proposed, *, first_id: int, now: datetime) -> Petition | None:
    """The sent draft is a petition, or nothing when its creator is refused; a second time nothing changes."""
    with transaction.atomic():
        draft = Draft.objects.select_for_update().get(pk=draft_id)
        if is_sent(draft):
            return draft.petition
        guard = read_guard()
        if may_create(proposed, guard, now=now):
            start_numbers(first_id)
            draft.petition = create_petition(proposed, guard, now=now)
        close_draft(draft, now=now)
        return draft.petition


def may_create(proposed: Proposed, guard: Guard, *, now: datetime) -> bool:
    """Whether lists and rates let this creator start a petition."""
    ip = proposed.ip
    origin = origin_of(ip=ip, email=proposed.email, table=guard.table)
    listed = decide_listing(origin, guard.lists)
    if listed is not None:
        return listed in ADMITTED
    recent = count_recent(ip, since=now - timedelta(seconds=guard.rates.sustained_period_seconds))
    return decide_rate(SignatureRole.CREATOR, Recent(in_sustained=recent), guard.rates) in ADMITTED


def count_recent(ip: str, *, since: datetime) -> int:
    """How many petitions were started from there since then."""
    latest = Petition.objects.order_by("-pk").values_list("created_at", "creator__source")[:MAX_RECENT]
    source = render_source(ip)
    return sum(at > since and other == source for at, other in latest)


def create_petition(proposed: Proposed, guard: Guard, *, now: datetime) -> Petition:
    """The petition, its creator's signature, and the mail with the link for supporters; in the caller's transaction."""
    petition = Petition.objects.create(
        action=proposed.action,
        background=proposed.background,
        additional_details=proposed.additional_details,
        language=proposed.language,
        sponsor_token=make_token(),
        parliament=find_parliament(),
        created_at=now,
        updated_at=now,
    )
    creator = Signature.objects.create(
        petition=petition,
        role=SignatureRole.CREATOR,
        name=proposed.name,
        email=proposed.email,
        canonical_email=guard.table.canonicalise(proposed.email),
        postcode=proposed.postcode,
        country_code=proposed.country_code,
        language=proposed.language,
        ip=proposed.ip or None,
        source=render_source(proposed.ip),
        wants_updates=True,
        confirm_token=make_token(),
        signed_token=make_token(),
        unsubscribe_token=make_token(),
        mails_sent=1,
        created_at=now,
        updated_at=now,
    )
    petition.creator = creator
    petition.save(update_fields=["creator"])
    append_entry(PUBLIC_NAME, "petitions.create", f"petition:{petition.pk}", now=now)
    post_notice(
        "petitions.gather_support",
        subject=f"petition:{petition.pk}",
        recipient_key=f"signature:{creator.pk}",
        address=creator.email,
        language=creator.language,
        payload={"token": petition.sponsor_token, "delayed": is_moderation_delayed()},
        now=now,
        priority=Priority.URGENT,
    )
    return petition


def is_moderation_delayed() -> bool:
    """Whether so many petitions wait for moderators that a creator should know."""
    waiting: int = Petition.objects.filter(state__in=list(IN_QUEUE), archived_at=None).count()
    return waiting >= read_site().moderation_delay_threshold


def make_token() -> str:
    """A secret that nobody guesses."""
    return secrets.token_urlsafe(TOKEN_BYTES)
