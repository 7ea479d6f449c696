"""From where signatures come lately: the busiest addresses of the net and domains, with what became of theirs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from ridgeway.services.petitions.models import Signature, TrendingSource
from ridgeway.services.petitions.models.expressions import DomainOf
from ridgeway.services.petitions.states import SignatureState

MOST = 20
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Source:
    """One address or domain; `asked` is what the search of signatures takes."""

    name: str
    asked: str
    all: int
    counted: int
    refused: int


def list_addresses(*, petition_id: int = 0, now: datetime, span: timedelta = HOUR) -> Sequence[Source]:
    """The busiest addresses of the net."""
    return group(narrow(petition_id, now - span).exclude(ip=None).values(place=F("ip")), "")


def list_domains(*, petition_id: int = 0, now: datetime, span: timedelta = HOUR) -> Sequence[Source]:
    """The busiest domains."""
    return group(narrow(petition_id, now - span).values(place=DomainOf("canonical_email")), "@")


def narrow(petition_id: int, since: datetime) -> QuerySet[Signature]:
    """What came since then."""
    found = Signature.objects.filter(created_at__gte=since, anonymized_at=None)
    return found.filter(petition=petition_id) if petition_id else found


def group(places: Any, mark: str) -> list[Source]:
    """Each place with its numbers, the busiest first."""
    rows = places.annotate(
        number=Count("pk"),
        counted=Count("pk", filter=Q(state=SignatureState.VALIDATED)),
        refused=Count("pk", filter=Q(state=SignatureState.FRAUDULENT)),
    ).order_by("-number", "place")[:MOST]
    return [Source(row["place"], mark + row["place"], row["number"], row["counted"], row["refused"]) for row in rows]


def list_trending(*, petition_id: int = 0) -> QuerySet[TrendingSource]:
    """What the hourly look noted, the latest first."""
    found = TrendingSource.objects.select_related("petition").order_by("-starts_at", "-count", "pk")
    return found.filter(petition=petition_id) if petition_id else found
