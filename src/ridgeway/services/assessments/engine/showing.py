"""Numbers, dates and plural forms as a language writes them; all that is particular comes from `formats`.

Law: exact numbers, without needless zeros unless `decimals` asks for them (money: two as soon as there is any);
groups of three digits from 1,000 on; a date that is exactly a month or a year is shown as one, any other span as two
dates with a dash. `static/assessments/engine/` has the twin.
"""

from datetime import date
from typing import Any

from ridgeway.services.assessments.engine.document import Formats
from ridgeway.services.assessments.expressions import Span, parse_date, render_number
from ridgeway.services.assessments.expressions.values import EPOCH, MILLION

ASCII_DIGITS = "0123456789"
MINUS = "\u2212"


def show_number(millionths: int, formats: Formats, *, decimals: int = 0, grouped: bool = True) -> str:
    """A number; `decimals` is how many digits it has at least once it has any after the point."""
    whole, _, fraction = render_number(abs(millionths)).partition(".")
    if grouped and formats.group:
        whole = group_digits(whole, formats.group)
    text = whole + (formats.decimal + fraction.ljust(decimals, "0") if fraction else "")
    return (MINUS if millionths < 0 else "") + localise_digits(text, formats)


def group_digits(whole: str, mark: str) -> str:
    """Digits in groups of three."""
    head = len(whole) % 3
    groups = [whole[:head]] if head else []
    return mark.join([*groups, *(whole[place : place + 3] for place in range(head, len(whole), 3))])


def localise_digits(text: str, formats: Formats) -> str:
    """The text with the digits of the language."""
    if len(formats.digits) != 10:
        return text
    return text.translate(str.maketrans(ASCII_DIGITS, formats.digits))


def show_date(span: Span, formats: Formats) -> str:
    """A day, a month, a year, or from when to when."""
    first, last = (date.fromordinal(day + EPOCH) for day in span)
    if first == last:
        return show_day(first, formats)
    if parse_date(f"{first.year:04}-{first.month:02}") == span:
        month = formats.month.replace("{m}", get_month(formats, first.month))
        return localise_digits(month.replace("{y}", str(first.year)), formats)
    if parse_date(f"{first.year:04}") == span:
        return localise_digits(str(first.year), formats)
    return f"{show_day(first, formats)} – {show_day(last, formats)}"


def show_day(day: date, formats: Formats) -> str:
    """One day."""
    parts = {"d": str(day.day), "m": get_month(formats, day.month), "y": str(day.year)}
    text = formats.date
    for name, value in parts.items():
        text = text.replace(f"{{{name}}}", value)
    return localise_digits(text, formats)


def get_month(formats: Formats, month: int) -> str:
    """The name of a month."""
    return formats.months[month - 1] if len(formats.months) == 12 else str(month)


def choose_form(millionths: int, formats: Formats) -> str:
    """The plural form of a number: the first category with an alternative whose relations all hold, else other."""
    operands = read_operands(millionths)
    for name, alternatives in formats.plural:
        if any(all(holds(relation, operands) for relation in relations) for relations in alternatives):
            return str(name)
    return "other"


def read_operands(millionths: int) -> dict[str, int | None]:
    """n (None when it is not whole), i whole digits, v and w how many digits after the point, f and t these digits."""
    whole, _, fraction = render_number(abs(millionths)).partition(".")
    digits = int(fraction or 0)
    counted = len(fraction)
    n = None if fraction else abs(millionths) // MILLION
    return {"n": n, "i": int(whole), "v": counted, "w": counted, "f": digits, "t": digits}


def holds(relation: Any, operands: dict[str, int | None]) -> bool:
    """Whether an operand, after its modulus, is in one of the ranges (or in none, when the relation says so)."""
    name, modulus, inside, ranges = relation
    value = operands[name]
    if value is None:
        return not inside
    if modulus:
        value %= modulus
    return any(low <= value <= high for low, high in ranges) is inside
