"""Constituencies found afterwards, as a task in the background. Next: `../writer/placing.py`."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from ridgeway.errors import RequestError
from ridgeway.office.jobs.queue import task
from ridgeway.office.people.actor import Actor
from ridgeway.services.petitions.actions.opening import Doer
from ridgeway.services.petitions.writer.placing import place_next

SPANS = (7, 31, 92)
"""How many days one may go back."""


@transaction.atomic
def request_places(days: int, *, actor: Actor, now: datetime) -> None:
    """Signatures of the last days that have no constituency get one, soon.

    Raises:  RequestError for another number of days.
    """
    if days not in SPANS:
        raise RequestError("invalid_span", f"{days} days cannot be chosen.", action=f"Choose one of {SPANS}.")
    Doer(actor, now).note("find_places", "signatures", details={"days": days})
    find_missing_places.enqueue((now - timedelta(days=days)).isoformat())


@task()
def find_missing_places(since: str) -> str:
    """Every signature since then whose postcode is known by now has its constituency; in chunks, safe to begin anew."""
    begun, last_id, count = datetime.fromisoformat(since), 0, 0
    while True:
        placed = place_next(since=begun, after_id=last_id, now=timezone.now())
        if not placed.last_id:
            return f"{count} signatures found their constituency"
        count, last_id = count + placed.count, placed.last_id
