"""What moderators decide: publish, refuse, hide, set aside, park, take down, bring back, remove.

Law: each verb is one transaction with one audit line; the state moves by `states.PETITION` alone. Hiding and removing
go through `proposing.py`, where a second person agrees; here is what they do when that is done.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from ridgeway.errors import RequestError
from ridgeway.office.people.actor import Actor
from ridgeway.services.petitions.actions.mailing import tell_supporters
from ridgeway.services.petitions.actions.opening import Doer, lock_petition
from ridgeway.services.petitions.models import Petition, RejectionReason
from ridgeway.services.petitions.queries.site import read_site
from ridgeway.services.petitions.rules.closing import decide_deadline, is_over
from ridgeway.services.petitions.rules.texts import REJECTION_DETAILS_LIMIT
from ridgeway.services.petitions.states import Event, State, decide_state


class ModerationError(RequestError):
    """A decision that cannot be taken so."""


@transaction.atomic
def approve(petition_id: int, *, actor: Actor | None, now: datetime, mails: bool = True) -> Petition:
    """The petition is published. One that was published before keeps its dates, and is closed if they have passed.

    Raises:  StateError while its creator is unconfirmed.
    """
    petition, doer = lock_petition(petition_id), Doer(actor, now)
    if petition.opened_at and is_over(petition.closes_at, now=now):
        petition.state = decide_state(State(petition.state), Event.REPUBLISH)
        petition.closed_at = petition.closed_at or petition.closes_at
    else:
        petition.state = decide_state(State(petition.state), Event.APPROVE)
        if petition.opened_at is None:
            open_for_signing(petition, now=now)
    forget_rejection(petition)
    note_decision(petition, doer)
    doer.note("approve", petition)
    if mails:
        tell_supporters(petition, "petitions.published", now=now)
    return petition


def open_for_signing(petition: Petition, *, now: datetime) -> None:
    """It is published for the first time: from now until the end of that day so many months later."""
    petition.opened_at = now
    months = read_site().petition_duration_months
    petition.closes_at = decide_deadline(now, months=months, zone=ZoneInfo(settings.TIME_ZONE))


def forget_rejection(petition: Petition) -> None:
    """It is not refused any more."""
    petition.rejected_at, petition.rejection_reason, petition.rejection_details = None, None, ""


def note_decision(petition: Petition, doer: Doer) -> None:
    """Who decided, and after how many days; the row is written."""
    petition.moderated_by_id = doer.account_id
    reached = petition.moderation_threshold_reached_at
    if petition.moderation_lag_days is None and reached is not None:
        petition.moderation_lag_days = max((doer.now - reached).days, 0)
    petition.updated_at = doer.now
    petition.save()


def find_reason(code: str) -> RejectionReason:
    """The reason of that code.

    Raises:  ModerationError when there is none.
    """
    reason = RejectionReason.objects.filter(code=code).first()
    if reason is None:
        raise ModerationError(
            "invalid_reason", f"There is no reason {code!r} for a rejection.", action="Choose one of the list."
        )
    return reason


@transaction.atomic
def reject(
    petition_id: int, *, code: str, details: str, hides: bool, actor: Actor | None, now: datetime, mails: bool = True
) -> Petition:
    """The petition is refused for a reason: shown with it, or kept from the public when the reason or `hides` says so.

    A petition that is refused already gets the new reason. An open one is taken down.
    Raises:  ModerationError for an unknown reason or too long details; StateError.
    """
    petition, doer, reason = lock_petition(petition_id), Doer(actor, now), find_reason(code)
    if len(details) > REJECTION_DETAILS_LIMIT:
        raise ModerationError(
            "too_long", f"The details have {len(details)} characters; at most {REJECTION_DETAILS_LIMIT} fit."
        )
    is_hidden = reason.is_hidden or hides
    petition.state = decide_state(State(petition.state), Event.HIDE if is_hidden else Event.REJECT)
    petition.rejection_reason, petition.rejection_details = reason, details
    petition.rejected_at = petition.rejected_at or now
    note_decision(petition, doer)
    doer.note("hide" if is_hidden else "reject", petition, details={"code": reason.code})
    if mails:
        tell_supporters(petition, "petitions.hidden" if is_hidden else "petitions.rejected", now=now)
    return petition


def is_hiding(code: str, *, hides: bool) -> bool:
    """Whether a rejection for this reason keeps the petition from the public."""
    return find_reason(code).is_hidden or hides


@transaction.atomic
def set_aside(petition_id: int, event: Event, *, actor: Actor | None, now: datetime) -> Petition:
    """Flagged for a second look, or parked.

    Raises:  StateError.
    """
    petition, doer = lock_petition(petition_id), Doer(actor, now)
    petition.state = decide_state(State(petition.state), event)
    note_decision(petition, doer)
    doer.note(str(event), petition)
    return petition


@transaction.atomic
def restore(petition_id: int, *, actor: Actor | None, now: datetime) -> Petition:
    """Back among those that are checked, with no dates of a publication; a removed one is again what it was.

    Raises:  StateError.
    """
    petition, doer = lock_petition(petition_id), Doer(actor, now)
    was_removed = petition.state == State.REMOVED
    petition.state = decide_state(State(petition.state), Event.RESTORE)
    if was_removed:
        petition.state = State(petition.state_at_removal or petition.state)
        petition.removed_at, petition.state_at_removal = None, ""
    else:
        petition.opened_at = petition.closes_at = petition.closed_at = None
        forget_rejection(petition)
    petition.updated_at = now
    petition.save()
    doer.note("restore", petition)
    return petition


@transaction.atomic
def remove(petition_id: int, *, reason: str, actor: Actor | None, now: datetime) -> Petition:
    """The petition is taken off for good; what it was is remembered.

    Raises:  StateError.
    """
    petition, doer = lock_petition(petition_id), Doer(actor, now)
    before = petition.state
    petition.state = decide_state(State(petition.state), Event.REMOVE)
    petition.state_at_removal, petition.removed_at, petition.updated_at = before, now, now
    petition.save()
    doer.note("remove", petition, reason=reason)
    return petition
