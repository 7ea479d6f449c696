"""How the signatures of a petition have grown, day by day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

from django.db.models import DateField, Sum
from django.db.models.functions import Cast

from ridgeway.services.petitions.models import Petition, Tally


@dataclass(frozen=True, slots=True)
class Day:
    """A day of UTC, since the database counts it so without help, and how many had signed when it was over."""

    on: date
    count: int


def list_growth(petition: Petition) -> Sequence[Day]:
    """Each day on which somebody signed, by the petition's tallies; what came before them is in the first day."""
    rows = list(
        Tally.objects.filter(petition=petition)
        .annotate(on=Cast("minute_at", DateField()))
        .values("on")
        .annotate(signed=Sum("count"))
        .order_by("on")
        .values_list("on", "signed")
    )
    before = max(petition.signature_count - sum(signed for _, signed in rows), 0)
    counts = accumulate((signed for _, signed in rows), initial=before)
    next(counts)
    return [Day(on, count) for (on, _), count in zip(rows, counts, strict=True)]
