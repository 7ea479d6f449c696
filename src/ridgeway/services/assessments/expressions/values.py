"""The values that expressions reckon with: exact numbers, dates that may be imprecise, and what is not known.

Law: no floats. A number is a whole count of millionths, at most 10^12 in size; what goes beyond is unknown. A date is a
span of days; an exact one begins and ends on the same day. `static/assessments/engine/expressions.js` is the twin.
"""

import calendar
import enum
import re
from datetime import date
from typing import Any, Final, NamedTuple

from ridgeway.services.assessments.expressions.types import DATE, NUMBER, Type, kind_of

MILLION: Final = 1_000_000
MAX_NUMBER: Final = 10**12 * MILLION
EPOCH: Final = date(1970, 1, 1).toordinal()
FIRST_DAY: Final = date.min.toordinal() - EPOCH
LAST_DAY: Final = date.max.toordinal() - EPOCH

NUMBER_FORM = re.compile(r"(-?)([0-9]{1,13})(?:\.([0-9]{1,6}))?")
DATE_FORM = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
MILLIONTHS_FORM = re.compile(r"-?[0-9]{1,19}")


class Unknown(enum.Enum):
    """The one value that stands for all that is not known."""

    UNKNOWN = "unknown"

    def __bool__(self) -> bool:
        """Not true: what is unknown never matches."""
        return False

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown.UNKNOWN


class Span(NamedTuple):
    """A date as the first and the last day that it may be, counted from 1970-01-01."""

    lo: int
    hi: int


def parse_number(text: str) -> int | None:
    """The millionths of a decimal number like -12.5; None when it is none, too large or too fine."""
    found = NUMBER_FORM.fullmatch(text)
    if found is None:
        return None
    sign, whole, fraction = found.groups()
    millionths = int(whole) * MILLION + int((fraction or "").ljust(6, "0"))
    return None if millionths > MAX_NUMBER else -millionths if sign else millionths


def render_number(millionths: int) -> str:
    """The number as a decimal text without needless zeros."""
    whole, fraction = divmod(abs(millionths), MILLION)
    digits = f"{fraction:06}".rstrip("0")
    return f"{'-' if millionths < 0 else ''}{whole}{'.' + digits if digits else ''}"


def parse_date(text: str) -> Span | None:
    """The days of 2026-11-15, of 2026-11 or of 2026; None when there is no such date."""
    found = DATE_FORM.fullmatch(text)
    if found is None:
        return None
    year, month, day = (int(part) if part else 0 for part in found.groups())
    last_month, first_month = (month, month) if found[2] else (12, 1)
    if not year or not 1 <= first_month <= 12:
        return None
    end = calendar.monthrange(year, last_month)[1]
    first, last = (day, day) if found[3] else (1, end)
    return Span(day_of(year, first_month, first), day_of(year, last_month, last)) if 1 <= first <= end else None


def render_date(span: Span) -> str:
    """The date as ISO text: a day, a whole month, a whole year, or first/last day for any other span."""
    first, last = (date.fromordinal(day + EPOCH).isoformat() for day in span)
    if first == last:
        return first
    for length in (7, 4):
        if parse_date(first[:length]) == span:
            return first[:length]
    return f"{first}/{last}"


def day_of(year: int, month: int, day: int) -> int:
    """Days from 1970-01-01 to this one."""
    return date(year, month, day).toordinal() - EPOCH


def to_day(value: date) -> Span:
    """A calendar date as an exact one of ours."""
    day = value.toordinal() - EPOCH
    return Span(day, day)


def read_value(kind: Type, raw: Any) -> Any:
    """The value that the JSON of a compiled document stands for.

    Raises:  ValueError when the JSON is none of this type.
    """
    if raw is None:
        return UNKNOWN
    name = kind_of(kind)
    if name == "bool" and isinstance(raw, bool):
        return raw
    if name == NUMBER and isinstance(raw, str) and MILLIONTHS_FORM.fullmatch(raw) and abs(int(raw)) <= MAX_NUMBER:
        return int(raw)
    if name == DATE and is_span(raw):
        return Span(*raw)
    if name in {"text", "option"} and isinstance(raw, str):
        return raw
    if name == "options" and isinstance(raw, list) and all(isinstance(each, str) for each in raw):
        return tuple(raw)
    raise ValueError(f"{raw!r} is no value of type {kind}")


def is_span(raw: Any) -> bool:
    """Whether this JSON is a first and a last day within the calendar."""
    whole = isinstance(raw, list) and len(raw) == 2 and all(type(each) is int for each in raw)
    return whole and FIRST_DAY <= raw[0] <= raw[1] <= LAST_DAY


def render_value(value: Any) -> Any:
    """The value as the JSON of a compiled document."""
    if value is UNKNOWN:
        return None
    if isinstance(value, bool | str):
        return value
    return str(value) if isinstance(value, int) else list(value)
