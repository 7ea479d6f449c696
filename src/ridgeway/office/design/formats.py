"""Dates, times and numbers as people write them in the language of the page, by the local clock.

Law: values come in aware (UTC), go out in Django's current time zone, and carry their exact form in `<time datetime>`.
The words and orders are those of CLDR, through Babel.
"""

from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from typing import Final, Literal

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time, format_timedelta
from babel.numbers import format_compact_decimal, format_decimal, format_percent
from django.utils import timezone, translation
from markupsafe import Markup

Length = Literal["short", "medium", "long", "full"]
FALLBACK: Final = "en_GB"
# A larger unit is used from two of it on: 13 days, then 2 weeks.
TURN: Final = 2


@cache
def find_locale(language: str) -> Locale:
    """The locale of a language as Django writes it (`en-gb`, `ar`); English as it is written in Britain for `en`."""
    if language == "en":
        return Locale.parse(FALLBACK)
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse(FALLBACK)


def active_locale() -> Locale:
    """The locale of the language that is active in this thread."""
    return find_locale(translation.get_language() or "en")


def to_local(value: datetime) -> datetime:
    """`value` by the local clock."""
    return timezone.localtime(value) if timezone.is_aware(value) else value


def to_day(value: datetime | date) -> date:
    """The day of `value` by the local clock; a day stays the day that it is."""
    return to_local(value).date() if isinstance(value, datetime) else value


def render_date(value: datetime | date | None, length: Length = "long") -> str:
    """The day: `24 November 2026`; `short`, `medium`, `long` or `full`."""
    return "" if value is None else format_date(to_day(value), format=length, locale=active_locale())


def render_day(value: datetime | date | None) -> str:
    """Day and month without the year: `24 November`."""
    return "" if value is None else format_skeleton("MMMMd", to_day(value), locale=active_locale())


def render_month(value: datetime | date | None) -> str:
    """Month and year: `November 2026`."""
    return "" if value is None else format_skeleton("yMMMM", to_day(value), locale=active_locale())


def render_time(value: datetime | None, length: Length = "short") -> str:
    """The time of day: `18:05`."""
    return "" if value is None else format_time(to_local(value), format=length, locale=active_locale())


def render_datetime(value: datetime | None, length: Length = "long") -> str:
    """Day and time: `24 November 2026, 18:05`."""
    if value is None:
        return ""
    locale, local = active_locale(), to_local(value)
    joined = str(locale.datetime_formats[length]).replace("'", "")
    day = format_date(local, format=length, locale=locale)
    return joined.format(format_time(local, format="short", locale=locale), day)


def render_age(value: datetime | None, now: datetime | None = None) -> str:
    """How long ago, in the largest fitting unit: `3 days ago`."""
    if value is None:
        return ""
    return format_timedelta(value - (now or timezone.now()), threshold=TURN, add_direction=True, locale=active_locale())


def render_duration(value: datetime | None, now: datetime | None = None) -> str:
    """How long it is since then, in the largest fitting unit: `3 days`."""
    if value is None:
        return ""
    return format_timedelta((now or timezone.now()) - value, threshold=TURN, locale=active_locale())


def render_number(value: int | float | Decimal | None) -> str:
    """A number with the marks of the language: `1,234,567`."""
    if value is None:
        return ""
    return render_whole(value, active_locale()) if type(value) is int else format_decimal(value, locale=active_locale())


@lru_cache(maxsize=8192)
def render_whole(value: int, locale: Locale) -> str:
    """A whole number; a page of places asks for the same small ones again and again."""
    return format_decimal(value, locale=locale)


def render_compact_number(value: int | float | Decimal | None) -> str:
    """A number in few letters: `1.2M`."""
    if value is None:
        return ""
    return format_compact_decimal(value, fraction_digits=1, format_type="short", locale=active_locale())


def render_percent(value: float | Decimal | None, digits: int = 0) -> str:
    """A share between 0 and 1 in hundredths: `12%`."""
    if value is None:
        return ""
    return format_percent(round(float(value), digits + 2), locale=active_locale(), decimal_quantization=False)


def render_time_tag(value: datetime | date | None, kind: str = "date", length: Length | None = None) -> Markup:
    """`<time>` with the exact moment for programs and `kind` (date, day, month, time, datetime) for people."""
    if value is None:
        return Markup()
    shown: str
    if kind in {"time", "datetime"} and isinstance(value, datetime):
        render = render_time if kind == "time" else render_datetime
        shown = render(value) if length is None else render(value, length)
    elif kind == "date":
        shown = render_date(value) if length is None else render_date(value, length)
    else:
        shown = {"day": render_day, "month": render_month}.get(kind, render_date)(value)
    return Markup('<time datetime="{}">{}</time>').format(value.isoformat(), shown)
