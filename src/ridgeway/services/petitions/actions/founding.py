"""A Parliament is entered, or what is said of it is corrected.

Law: it may be entered before it opens; then the site waits for it, and shows the archive alone.
"""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction

from ridgeway.office.people.actor import Actor
from ridgeway.services.petitions.actions.dissolving import (
    ParliamentError,
    lock_parliament,
    require,
    subject_of_parliament,
)
from ridgeway.services.petitions.actions.opening import Doer
from ridgeway.services.petitions.models import Constituency, Parliament


@dataclass(frozen=True, slots=True)
class Described:
    """What is said of a Parliament."""

    period: str
    government: str
    opening_at: datetime | None


@transaction.atomic
def enter_parliament(said: Described, *, actor: Actor | None, now: datetime) -> Parliament:
    """There is a Parliament with the constituencies that are in force.

    Raises:  ParliamentError.
    """
    require_free(said.period)
    parliament = Parliament.objects.create(**asdict(said), created_at=now)
    parliament.constituencies.set(Constituency.objects.filter(ends_on=None))
    Doer(actor, now).note("enter_parliament", subject_of_parliament(parliament), details={"period": said.period})
    return parliament


@transaction.atomic
def describe_parliament(parliament_id: int, said: Described, *, actor: Actor | None, now: datetime) -> Parliament:
    """The Parliament is described anew.

    Raises:  ParliamentError.
    """
    parliament = lock_parliament(parliament_id)
    require(parliament, parliament.archived_at is None, "it is in the archive, where nothing is changed.")
    if parliament.period != said.period:
        require_free(said.period)
    for name, value in asdict(said).items():
        setattr(parliament, name, value)
    parliament.save()
    Doer(actor, now).note("describe_parliament", subject_of_parliament(parliament), details={"period": said.period})
    return parliament


def require_free(period: str) -> None:
    """Hold only where no other Parliament has this period.

    Raises:  ParliamentError.
    """
    if Parliament.objects.filter(period=period).exists():
        raise ParliamentError("conflict", f"There is a Parliament {period} already.")
