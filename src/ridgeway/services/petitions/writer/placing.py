"""Places found afterwards: signatures that were counted while their postcode was not known yet get a constituency.

Law: in the transaction that writes the constituency its count moves by one; the total does not. A signature whose
postcode is still unknown stays as it is. Safe to repeat and to interrupt.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from ridgeway.services.petitions.models import Constituency, Postcode, Signature
from ridgeway.services.petitions.states import PlaceKind, SignatureState
from ridgeway.services.petitions.writer.ledger import Ledger, lock_petitions
from ridgeway.services.petitions.writer.site import load_site

CHUNK = 200


@dataclass(frozen=True, slots=True)
class Placed:
    """One chunk: how many found their place, and the last signature that was looked at; 0: none was left."""

    count: int
    last_id: int


def place_next(*, since: datetime, after_id: int, now: datetime) -> Placed:
    """The next signatures without a place, counted since `since`, get theirs."""
    with transaction.atomic():
        site = load_site()
        waiting = Signature.objects.filter(
            state=SignatureState.VALIDATED,
            constituency=None,
            country_code=site.home_code,
            anonymized_at=None,
            petition__archived_at=None,
            validated_at__gte=since,
            pk__gt=after_id,
        ).exclude(postcode="")
        ids = list(waiting.order_by("pk").values_list("pk", "petition_id")[:CHUNK])
        if not ids:
            return Placed(0, 0)
        ledger = Ledger(lock_petitions({petition_id for _, petition_id in ids}), site, now=now)
        signatures = list(waiting.filter(pk__in=[pk for pk, _ in ids]))
        places = find_places({each.postcode for each in signatures})
        placed = [each for each in signatures if each.postcode in places and ledger.find(each.petition_id)]
        for signature in placed:
            place = places[signature.postcode]
            signature.constituency_id, signature.updated_at = place.pk, now
            ledger.pages[signature.petition_id].places[PlaceKind.CONSTITUENCY, place.code] += 1
        Signature.objects.bulk_update(placed, ["constituency", "updated_at"])
        ledger.write()
        return Placed(len(placed), ids[-1][0])


def find_places(postcodes: Collection[str]) -> Mapping[str, Constituency]:
    """Postcode → the constituency in force it lies in, the first by code where it lies in several."""
    pairs = list(
        Postcode.objects.filter(key__in=postcodes)
        .order_by("-constituency_code")
        .values_list("key", "constituency_code")
    )
    codes = {code for _, code in pairs}
    in_force = {each.code: each for each in Constituency.objects.filter(code__in=codes, ends_on=None)}
    return {key: in_force[code] for key, code in pairs if code in in_force}
