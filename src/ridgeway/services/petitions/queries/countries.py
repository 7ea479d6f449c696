"""The countries that people may say they live in."""

from datetime import date

from django.core.cache import cache
from django.db.models import Q
from django.utils import translation

from ridgeway.office.design.formats import active_locale
from ridgeway.services.petitions.models import Country

KEPT_SECONDS = 60


def list_countries(*, home_code: str, on: date) -> list[tuple[str, str]]:
    """Code and name in the language of the page of each country of that day: home first, the others by name."""
    key = f"petitions.countries.{translation.get_language()}.{home_code}.{on}"
    known: list[tuple[str, str]] | None = cache.get(key)
    if known is None:
        known = read_countries(home_code, on)
        cache.set(key, known, KEPT_SECONDS)
    return known


def read_countries(home_code: str, on: date) -> list[tuple[str, str]]:
    """As `list_countries`, from the table; home is there even when the table does not have it."""
    begun = Q(starts_on=None) | Q(starts_on__lte=on)
    lasting = Q(ends_on=None) | Q(ends_on__gt=on)
    rows = dict(Country.objects.filter(begun & lasting).values_list("code", "name"))
    names = {code: name_country(code, name) for code, name in rows.items()}
    home = names.pop(home_code, name_country(home_code, home_code))
    return [(home_code, home), *sorted(names.items(), key=lambda each: each[1].casefold())]


def name_country(code: str, name: str) -> str:
    """The country's name in the language of the page, or as it is stored."""
    return str(active_locale().territories.get(code) or name)
