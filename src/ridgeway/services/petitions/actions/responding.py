"""The government's response: given, corrected, taken back; and the mail that tells those who asked for it."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from ridgeway.office.people.actor import Actor
from ridgeway.services.petitions.actions.mailing import tell_everybody, tell_nobody
from ridgeway.services.petitions.actions.opening import Doer, lock_petition
from ridgeway.services.petitions.models import GovernmentResponse, Petition
from ridgeway.services.petitions.states import ResponseState

KIND = "petitions.response"


@dataclass(frozen=True, slots=True)
class Given:
    """A response as it was written; `details` is Markdown."""

    responded_on: date
    summary: str
    details: str


@transaction.atomic
def respond(petition_id: int, given: Given, *, actor: Actor, now: datetime, mails: bool) -> Petition:
    """The petition has this response; with `mails` everybody who wants to hear of it is told."""
    petition, doer = lock_petition(petition_id), Doer(actor, now)
    values = {
        "responded_on": given.responded_on,
        "summary": given.summary,
        "details": given.details,
        "updated_at": now,
    }
    GovernmentResponse.objects.update_or_create(
        petition=petition, defaults=values, create_defaults={**values, "created_at": now}
    )
    petition.government_response_at = petition.government_response_at or now
    petition.response_state = ResponseState.RESPONDED
    petition.updated_at = now
    petition.save(update_fields=["government_response_at", "response_state", "updated_at"])
    doer.note("respond", petition, details={"mailed": mails})
    if mails:
        tell_everybody(petition, KIND, version=now.isoformat(), now=now)
    return petition


@transaction.atomic
def withdraw_response(petition_id: int, *, actor: Actor, now: datetime) -> Petition:
    """The response is taken back: mail that waits is not sent, and past the line an answer is owed again."""
    petition, doer = lock_petition(petition_id), Doer(actor, now)
    GovernmentResponse.objects.filter(petition=petition).delete()
    petition.government_response_at = None
    is_owed = petition.response_threshold_reached_at is not None
    petition.response_state = ResponseState.AWAITING if is_owed else ResponseState.PENDING
    petition.updated_at = now
    petition.save(update_fields=["government_response_at", "response_state", "updated_at"])
    tell_nobody(petition, KIND, now=now)
    doer.note("withdraw_response", petition)
    return petition
