"""Who works on a petition just now, so that two people do not write the same thing.

Law: the first to open it holds it, for as long as the page is open; another sees who, and may take it over, which the
audit log tells. Whoever went away without a word holds it no more after `LAST`. No lock keeps anybody from deciding:
decisions go by states, which a database keeps apart.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from ridgeway.office.people.actor import Actor
from ridgeway.services.petitions.actions.opening import Doer, lock_petition
from ridgeway.services.petitions.models import Petition
from ridgeway.services.petitions.queries.site import read_site

LAST = timedelta(minutes=15)
FIELDS = ("locked_by", "locked_at")


def hold(petition_id: int, *, actor: Actor, now: datetime) -> bool:
    """Whether the petition is this person's to work on; it is when nobody else holds it."""
    if not read_site().locks_petitions:
        return True
    is_free = Q(locked_by=None) | Q(locked_by=actor.account_id) | Q(locked_at__lt=now - LAST)
    held = Petition.objects.filter(is_free, pk=petition_id).update(locked_by_id=actor.account_id, locked_at=now)
    return bool(held)


@transaction.atomic
def take_over(petition_id: int, *, actor: Actor, now: datetime) -> None:
    """The petition is this person's, whoever held it."""
    petition = lock_petition(petition_id)
    before = petition.locked_by_id
    petition.locked_by_id, petition.locked_at = actor.account_id, now
    petition.save(update_fields=FIELDS)
    if before != actor.account_id:
        Doer(actor, now).note("take_over", petition, details={"from": before})


def release(petition_id: int, *, actor: Actor, held_at: datetime | None = None) -> None:
    """This person holds it no more; a page that was held until `held_at` lets go of nothing that was opened since."""
    held = Petition.objects.filter(pk=petition_id, locked_by=actor.account_id)
    if held_at is not None:
        held = held.filter(locked_at__lte=held_at)
    held.update(locked_by=None, locked_at=None)


def find_holder(petition: Petition, *, actor: Actor, now: datetime) -> str:
    """Who else holds it, by name; empty when nobody does."""
    is_others = petition.locked_by_id not in {None, actor.account_id}
    is_fresh = petition.locked_at is not None and petition.locked_at >= now - LAST
    if not (is_others and is_fresh and read_site().locks_petitions):
        return ""
    return str(petition.locked_by.name) if petition.locked_by else ""
