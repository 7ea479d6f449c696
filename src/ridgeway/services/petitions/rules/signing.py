"""Who may sign, support and confirm, and when.

Law: what a person is told depends on the petition alone, never on who has signed it.
Source:  a link that confirms works 24 hours longer than the form; a sponsor's link that was used more than 15 minutes
ago leads to a fresh form, so that a forwarded link does no harm.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ridgeway.services.petitions.rules.closing import CONFIRMATION_GRACE, is_over
from ridgeway.services.petitions.states import GATHERING, IN_QUEUE, SignatureRole, State

MAX_MAILS = 5
"""Mails to one signature's address from forms: whoever types another's address cannot flood it."""
STALE_AFTER = timedelta(minutes=15)
SPONSORED_IN = GATHERING | IN_QUEUE


class Answer(StrEnum):
    """What the petition says to somebody who signs or confirms."""

    ACCEPTED = "accepted"
    NOT_OPEN = "not_open"  # not published, or over
    PAUSED = "paused"  # nobody may sign for now
    FULL = "full"  # it has all its sponsors
    UNKNOWN = "unknown"  # no such petition, signature or link
    STALE = "stale"  # a sponsor's link that was used a while ago


@dataclass(frozen=True, slots=True)
class Signable:
    """All of a petition that decides about signing; `deadline` is clipped by a dissolution already."""

    state: State
    deadline: datetime | None
    closed_at: datetime | None
    accepts_signatures: bool
    sponsors: int = 0
    max_sponsors: int = 20


def decide_taking(petition: Signable, role: SignatureRole, *, now: datetime) -> Answer:
    """Whether a form that was sent now is taken."""
    if not petition.accepts_signatures:
        return Answer.PAUSED
    if role is SignatureRole.SPONSOR:
        if petition.state not in SPONSORED_IN:
            return Answer.NOT_OPEN
        return Answer.FULL if petition.sponsors >= petition.max_sponsors else Answer.ACCEPTED
    if petition.state is not State.OPEN or is_over(petition.deadline, now=now):
        return Answer.NOT_OPEN
    return Answer.ACCEPTED


def decide_confirming(petition: Signable, role: SignatureRole, *, now: datetime) -> Answer:
    """Whether a link that confirms works now."""
    if not petition.accepts_signatures:
        return Answer.PAUSED
    if petition.state in {State.OPEN, State.CLOSED}:
        return Answer.ACCEPTED if is_in_grace(petition, now=now) else Answer.NOT_OPEN
    if petition.state not in SPONSORED_IN:
        return Answer.NOT_OPEN
    if role is SignatureRole.SPONSOR and petition.sponsors >= petition.max_sponsors:
        return Answer.FULL
    return Answer.ACCEPTED


def is_in_grace(petition: Signable, *, now: datetime) -> bool:
    """Whether less than 24 hours have passed since the petition closed."""
    end = petition.closed_at if petition.state is State.CLOSED else petition.deadline
    return end is None or now < end + CONFIRMATION_GRACE


def is_stale(role: SignatureRole, validated_at: datetime | None, *, now: datetime) -> bool:
    """Whether a sponsor's link was used so long ago that whoever follows it is likely somebody else."""
    return role is SignatureRole.SPONSOR and validated_at is not None and now - validated_at > STALE_AFTER
