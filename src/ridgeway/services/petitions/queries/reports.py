"""What the reports count: how quickly petitions were decided about, and from where signatures came.

Law: figures alone. The promise that moderators keep is `PROMISED_DAYS`, whatever the colours of the queue are.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, QuerySet

from ridgeway.services.petitions.models import Constituency, Country, Petition, Signature
from ridgeway.services.petitions.states import SignatureState

PROMISED_DAYS = 7
PERFORMANCE = ("period", "begins_on", "decided", "within_7_days", "percent_within_7_days")
PLACES = ("code", "name", "signatures", "unique_addresses")
FIELDS: Mapping[str, str] = {
    "country": "country_code",
    "constituency": "constituency__code",
    "region": "constituency__region__code",
}
"""By what signatures are grouped; anything else is one row of all."""
Row = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Span:
    """Which signatures: counted from `since` until before `until`, of petitions of one Parliament; None is all."""

    since: datetime | None = None
    until: datetime | None = None
    parliament_id: int | None = None


def list_performance(zone: ZoneInfo) -> Iterator[Row]:
    """For each week and month in which petitions were decided: how many, and how many as quickly as promised."""
    decided: dict[tuple[str, date], list[int]] = {}
    found = Petition.objects.exclude(moderation_threshold_reached_at=None).exclude(moderation_lag_days=None)
    pairs = found.values_list("moderation_threshold_reached_at", "moderation_lag_days")
    for reached, lag in pairs.iterator():
        if reached is None or lag is None:
            continue
        day = (reached + timedelta(days=lag)).astimezone(zone).date()
        for period, begins in (("week", day - timedelta(days=day.weekday())), ("month", day.replace(day=1))):
            counts = decided.setdefault((period, begins), [0, 0])
            counts[0] += 1
            counts[1] += lag <= PROMISED_DAYS
    for (period, begins), (number, quick) in sorted(decided.items()):
        yield period, begins, number, quick, round(100 * quick / number)


def list_places(by: str, span: Span) -> Iterator[Row]:
    """How many signatures count, and how many addresses they have, in all or from each place."""
    signatures = narrow(span)
    if by not in FIELDS:
        found = signatures.aggregate(all=Count("pk"), unique=Count("canonical_email", distinct=True))
        yield "", "", found["all"], found["unique"]
        return
    counted = signatures.values_list(FIELDS[by]).annotate(Count("pk"), Count("canonical_email", distinct=True))
    names = read_names(by)
    for code, number, unique in sorted(counted, key=lambda row: (-row[1], row[0] or "")):
        yield code or "", names.get(code, ""), number, unique


def narrow(span: Span) -> QuerySet[Signature]:
    """The signatures that are wanted."""
    found = Signature.objects.filter(state=SignatureState.VALIDATED).order_by()
    if span.since is not None:
        found = found.filter(validated_at__gte=span.since)
    if span.until is not None:
        found = found.filter(validated_at__lt=span.until)
    if span.parliament_id is not None:
        found = found.filter(petition__parliament=span.parliament_id)
    return found


def read_names(by: str) -> dict[str, str]:
    """What the places are called."""
    if by == "country":
        return dict(Country.objects.values_list("code", "name"))
    fields = ("region__code", "region__name") if by == "region" else ("code", "name")
    return dict(Constituency.objects.order_by("pk").values_list(*fields))
