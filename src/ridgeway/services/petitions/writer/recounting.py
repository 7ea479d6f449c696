"""Counting anew from the rows, to prove the counts, and to repair one that somebody's hand has spoilt.

Law: a petition is locked while it is counted, so nothing moves between the look and the comparison.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count

from ridgeway.services.petitions.models import Petition, PlaceCount, Signature
from ridgeway.services.petitions.states import PlaceKind, SignatureState
from ridgeway.services.petitions.writer.ledger import Ledger, lock_petitions
from ridgeway.services.petitions.writer.site import load_site

Places = Counter[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Difference:
    """A petition whose counts were not those of its rows; they are now, if it was repaired."""

    petition_id: int
    kept: int
    counted: int
    places: int
    """How many places differed."""


def recount(petition_id: int, *, now: datetime, repairs: bool = True) -> Difference | None:
    """Compare one petition's counts with its signatures, and repair them; None when all is well."""
    with transaction.atomic():
        ledger = Ledger(lock_petitions([petition_id]), load_site(), now=now)
        page = ledger.find(petition_id)
        if page is None or page.petition.anonymized_at is not None:
            return None
        counted, places = count_rows(petition_id)
        kept = read_places(petition_id)
        differing = {key for key in {*kept, *places} if kept[key] != places[key]}
        difference = None
        if page.count != counted or differing:
            difference = Difference(petition_id, page.count, counted, len(differing))
            if repairs:
                repair(ledger, petition_id, counted, places)
        Petition.objects.filter(pk=petition_id).update(count_checked_at=now)
        return difference


def count_rows(petition_id: int) -> tuple[int, Places]:
    """How many signatures are valid, and from where."""
    valid = Signature.objects.filter(petition_id=petition_id, state=SignatureState.VALIDATED).order_by()
    places: Places = Counter()
    for code, count in valid.values_list("country_code").annotate(Count("pk")):
        places[PlaceKind.COUNTRY, code] += count
    of_places = valid.exclude(constituency=None).values_list("constituency__code").annotate(Count("pk"))
    for code, count in of_places:
        places[PlaceKind.CONSTITUENCY, code] += count
    return valid.count(), places


def read_places(petition_id: int) -> Places:
    """The places' counts as they are kept."""
    rows = PlaceCount.objects.filter(petition_id=petition_id, count__gt=0).values_list("kind", "code", "count")
    return Counter({(kind, code): count for kind, code, count in rows})


def repair(ledger: Ledger, petition_id: int, counted: int, places: Places) -> None:
    """The counts are those of the rows."""
    page = ledger.pages[petition_id]
    kept, page.petition.signature_count = page.count, counted
    ledger.settle(page, has_fallen=counted < kept)
    page.is_repaired = True
    ledger.write()
    PlaceCount.objects.filter(petition_id=petition_id).delete()
    PlaceCount.objects.bulk_create(
        PlaceCount(petition_id=petition_id, kind=kind, code=code, count=count)
        for (kind, code), count in places.items()
        if count
    )
