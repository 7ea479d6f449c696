"""Other business of Parliament about a petition: noted, corrected, mailed, taken off.

Law: mails about one entry never replace those about another.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from ridgeway.errors import RequestError
from ridgeway.office.people.actor import Actor
from ridgeway.services.petitions.actions.mailing import tell_everybody, tell_nobody
from ridgeway.services.petitions.actions.opening import Doer, lock_petition
from ridgeway.services.petitions.models import OtherBusiness, Petition

KIND = "petitions.business"


class UnknownBusinessError(RequestError):
    """There is no such entry."""

    status = 404


@dataclass(frozen=True, slots=True)
class Noted:
    """An entry as it was written; `body` is Markdown."""

    subject: str
    body: str
    occurred_on: date


@transaction.atomic
def note_business(
    petition_id: int, noted: Noted, *, actor: Actor, now: datetime, mails: bool, business_id: int | None = None
) -> OtherBusiness:
    """The entry is there, or is corrected when `business_id` names one.

    Raises:  UnknownBusinessError.
    """
    petition = lock_petition(petition_id)
    item = OtherBusiness(petition=petition, created_at=now) if business_id is None else find(petition, business_id)
    item.subject, item.body, item.occurred_on, item.updated_at = noted.subject, noted.body, noted.occurred_on, now
    item.mailed_at = now if mails else item.mailed_at
    item.save()
    touch(petition, now=now)
    Doer(actor, now).note("note_business", petition, details={"business": item.pk, "mailed": mails})
    if mails:
        payload: dict[str, object] = {"business_id": item.pk}
        tell_everybody(petition, KIND, version=now.isoformat(), now=now, payload=payload, part=f"business:{item.pk}")
    return item


@transaction.atomic
def remove_business(petition_id: int, business_id: int, *, actor: Actor, now: datetime) -> None:
    """The entry is gone, and mail that waits is not sent.

    Raises:  UnknownBusinessError.
    """
    petition = lock_petition(petition_id)
    find(petition, business_id).delete()
    touch(petition, now=now)
    tell_nobody(petition, KIND, now=now, part=f"business:{business_id}")
    Doer(actor, now).note("remove_business", petition, details={"business": business_id})


def find(petition: Petition, business_id: int) -> OtherBusiness:
    """The petition's entry.

    Raises:  UnknownBusinessError.
    """
    item: OtherBusiness | None = petition.other_business.filter(pk=business_id).first()
    if item is None:
        raise UnknownBusinessError("unknown_business", f"Petition {petition.pk} has no entry {business_id}.")
    return item


def touch(petition: Petition, *, now: datetime) -> None:
    """What readers see has changed."""
    petition.updated_at = now
    petition.save(update_fields=["updated_at"])
