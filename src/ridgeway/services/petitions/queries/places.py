"""Where the signatures of a petition come from: by constituency, region and country."""

from dataclasses import dataclass

from django.db.models import Q

from ridgeway.services.petitions.models import Constituency, Country, Petition, PlaceCount
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
    """The places of `petition`'s signatures, in four statements."""
    counts = PlaceCount.objects.filter(petition=petition, count__gt=0).values_list("kind", "code", "count")
    by_kind: dict[str, dict[str, int]] = {kind: {} for kind in PlaceKind}
    for kind, code, count in counts:
        by_kind[kind][code] = count
    in_force = list_in_force(petition, list(by_kind[PlaceKind.CONSTITUENCY]))
    constituencies = [describe(each, by_kind[PlaceKind.CONSTITUENCY][each.code]) for each in in_force]
    names = dict(Country.objects.filter(code__in=by_kind[PlaceKind.COUNTRY]).values_list("code", "name"))
    countries = [Counted(names.get(code, code), code, count) for code, count in by_kind[PlaceKind.COUNTRY].items()]
    return Places(by_name(countries), by_name(constituencies), sum_regions(in_force, by_kind[PlaceKind.CONSTITUENCY]))


def list_in_force(petition: Petition, codes: list[str]) -> list[Constituency]:
    """The constituencies of these codes, of the petition's Parliament where it names its own, else those of today."""
    found = Constituency.objects.filter(code__in=codes).select_related("region").order_by("code", "-ends_on")
    of_parliament = Q(parliaments=petition.parliament_id) if petition.parliament_id else Q(ends_on=None)
    rows = {each.code: each for each in found}
    return list((rows | {each.code: each for each in found.filter(of_parliament)}).values())


def describe(constituency: Constituency, count: int) -> Counted:
    """One constituency's row."""
    return Counted(constituency.name, constituency.code, count, constituency.representative_name, constituency.slug)


def sum_regions(constituencies: list[Constituency], counts: dict[str, int]) -> list[Counted]:
    """The regions, each with the sum of its constituencies."""
    regions = {each.region.code: each.region for each in constituencies if each.region is not None}
    sums = dict.fromkeys(regions, 0)
    for each in constituencies:
        if each.region is not None:
            sums[each.region.code] += counts[each.code]
    return by_name([Counted(regions[code].name, code, count) for code, count in sums.items()])


def by_name(rows: list[Counted]) -> list[Counted]:
    """In the order of their names."""
    return sorted(rows, key=lambda row: row.name.casefold())
