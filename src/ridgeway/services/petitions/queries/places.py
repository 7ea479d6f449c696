"""Where the signatures of a petition come from: by constituency, region and country."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from ridgeway.services.petitions.models import Constituency, Country, Parliament, Petition, PlaceCount
from ridgeway.services.petitions.states import PlaceKind


@dataclass(frozen=True, slots=True)
class Counted:
    """A place and how many signatures come from it; `representative` is a constituency's, where there is one."""

    name: str
    code: str
    count: int
    representative: str = ""
    slug: str = ""


@dataclass(frozen=True, slots=True)
class Places:
    """All places of one petition, each list by name."""

    countries: list[Counted]
    constituencies: list[Counted]
    regions: list[Counted]


def count_places(petition: Petition) -> Places:
    """The places of `petition`'s signatures, in four statements at most."""
    counts = PlaceCount.objects.filter(petition=petition, count__gt=0).values_list("kind", "code", "count")
    by_kind: dict[str, dict[str, int]] = {kind: {} for kind in PlaceKind}
    for kind, code, count in counts:
        by_kind[kind][code] = count
    signed = by_kind[PlaceKind.CONSTITUENCY]
    rows = list_in_force(petition, list(signed))
    constituencies = [Counted(row.name, row.code, signed[row.code], row.representative, row.slug) for row in rows]
    names = dict(Country.objects.filter(code__in=by_kind[PlaceKind.COUNTRY]).values_list("code", "name"))
    countries = [Counted(names.get(code, code), code, count) for code, count in by_kind[PlaceKind.COUNTRY].items()]
    return Places(by_name(countries), by_name(constituencies), sum_regions(rows, signed))


class Row(NamedTuple):
    """What is read of a constituency."""

    number: int
    code: str
    name: str
    slug: str
    representative: str
    ends_on: date | None
    region_code: str | None
    region_name: str | None


FIELDS = ("pk", "code", "name", "slug", "representative_name", "ends_on", "region__code", "region__name")


def list_in_force(petition: Petition, codes: list[str]) -> list[Row]:
    """The constituencies of these codes, of the petition's Parliament where it names its own, else those of today."""
    rows = [Row(*row) for row in Constituency.objects.filter(code__in=codes).values_list(*FIELDS)]
    named: set[int] = set()
    if petition.parliament_id:
        through = Parliament.constituencies.through.objects
        named = set(through.filter(parliament_id=petition.parliament_id).values_list("constituency_id", flat=True))

    def likeness(row: Row) -> tuple[bool, date]:
        """The Parliament's own last, before it today's, before that the others as they ended."""
        return row.number in named, row.ends_on or date.max

    return list({row.code: row for row in sorted(rows, key=likeness)}.values())


def sum_regions(rows: list[Row], counts: dict[str, int]) -> list[Counted]:
    """The regions, each with the sum of its constituencies."""
    names = {row.region_code: row.region_name or "" for row in rows if row.region_code}
    sums = Counter[str]()
    for row in rows:
        if row.region_code:
            sums[row.region_code] += counts[row.code]
    return by_name([Counted(names[code], code, count) for code, count in sums.items()])


def by_name(rows: list[Counted]) -> list[Counted]:
    """In the order of their names."""
    return sorted(rows, key=lambda row: row.name.casefold())
