"""What operators and functions do with values, each once. None of them raises; what cannot be reckoned is unknown.

`static/assessments/engine/expressions.js` is the twin, `semantics.json` the cases that both must pass.
"""

import calendar
from collections.abc import Callable
from datetime import date
from typing import Any

from ridgeway.services.assessments.expressions.values import (
    EPOCH,
    FIRST_DAY,
    LAST_DAY,
    MAX_NUMBER,
    MILLION,
    UNKNOWN,
    Span,
    day_of,
)

MAX_SHIFT = 4_000_000
"""Days, or months, that a date can be moved at most: more than the calendar has."""


def bounded(number: int) -> Any:
    """The number, or unknown when it is beyond the greatest."""
    return number if -MAX_NUMBER <= number <= MAX_NUMBER else UNKNOWN


def divide_even(top: int, bottom: int) -> int:
    """The quotient as a whole number, a half rounded to the even one; `bottom` is above zero."""
    whole, rest = divmod(top, bottom)
    double = 2 * rest
    return whole + 1 if double > bottom or (double == bottom and whole % 2) else whole


def add(a: int, b: int) -> Any:
    """The sum."""
    return bounded(a + b)


def subtract(a: int, b: int) -> Any:
    """The difference."""
    return bounded(a - b)


def multiply(a: int, b: int) -> Any:
    """The product, to six decimals."""
    return bounded(divide_even(a * b, MILLION))


def divide(a: int, b: int) -> Any:
    """The quotient, to six decimals; unknown by zero."""
    if b == 0:
        return UNKNOWN
    return bounded(divide_even(a * MILLION if b > 0 else -a * MILLION, abs(b)))


def remainder(a: int, b: int) -> Any:
    """What is left of a division with a whole quotient, with the sign of `a`; unknown by zero."""
    if b == 0:
        return UNKNOWN
    rest = abs(a) % abs(b)
    return -rest if a < 0 else rest


def negate(a: int) -> Any:
    """The number with the other sign."""
    return -a


def floor(a: int) -> Any:
    """The greatest whole number that is not above."""
    return a // MILLION * MILLION


def ceil(a: int) -> Any:
    """The least whole number that is not below."""
    return -(-a // MILLION) * MILLION


def round_even(a: int) -> Any:
    """The nearest whole number, a half to the even one."""
    return divide_even(a, MILLION) * MILLION


def is_equal(a: Any, b: Any) -> Any:
    """Whether both are the same; of dates that are not exact only that they differ can be known."""
    if a.__class__ is not Span:
        return a == b
    if a.hi < b.lo or b.hi < a.lo:
        return False
    return True if a.lo == a.hi == b.lo == b.hi else UNKNOWN


def is_different(a: Any, b: Any) -> Any:
    """The opposite of `is_equal`."""
    same = is_equal(a, b)
    return same if same is UNKNOWN else not same


def is_less(a: Any, b: Any) -> Any:
    """Whether `a` is less than, or before, `b`."""
    if a.__class__ is not Span:
        return a < b
    if a.hi < b.lo:
        return True
    return False if a.lo >= b.hi else UNKNOWN


def is_at_most(a: Any, b: Any) -> Any:
    """Whether `a` is at most, or not after, `b`."""
    if a.__class__ is not Span:
        return a <= b
    if a.hi <= b.lo:
        return True
    return False if a.lo > b.hi else UNKNOWN


def is_greater(a: Any, b: Any) -> Any:
    """Whether `a` is greater than, or after, `b`."""
    return is_less(b, a)


def is_at_least(a: Any, b: Any) -> Any:
    """Whether `a` is at least, or not before, `b`."""
    return is_at_most(b, a)


def least(a: Any, b: Any) -> Any:
    """The lesser number or the earlier date, end by end."""
    return Span(min(a.lo, b.lo), min(a.hi, b.hi)) if a.__class__ is Span else min(a, b)


def greatest(a: Any, b: Any) -> Any:
    """The greater number or the later date, end by end."""
    return Span(max(a.lo, b.lo), max(a.hi, b.hi)) if a.__class__ is Span else max(a, b)


def size(a: Any) -> Any:
    """How many there are: options, items or characters."""
    return len(a) * MILLION


def days_between(a: Span, b: Span) -> Any:
    """Days from `a` to `b`; unknown unless both are exact."""
    return (b.lo - a.lo) * MILLION if a.lo == a.hi and b.lo == b.hi else UNKNOWN


def shift(move: Callable[[int, int], int | None], span: Span, number: int) -> Any:
    """Both ends moved by a whole number; unknown when it is none, or beyond the calendar."""
    count, rest = divmod(number, MILLION)
    if rest or abs(count) > MAX_SHIFT:
        return UNKNOWN
    lo = move(span.lo, count)
    hi = lo if span.lo == span.hi else move(span.hi, count)
    return UNKNOWN if lo is None or hi is None else Span(lo, hi)


def add_days(span: Span, number: int) -> Any:
    """The date so many days later."""
    return shift(move_days, span, number)


def move_days(day: int, count: int) -> int | None:
    """The day so many days later, None beyond the calendar."""
    moved = day + count
    return moved if FIRST_DAY <= moved <= LAST_DAY else None


def add_months(span: Span, number: int) -> Any:
    """The date so many months later, at most the last day of its month."""
    return shift(move_months, span, number)


def move_months(day: int, count: int) -> int | None:
    """The day so many months later, None beyond the calendar."""
    begun = date.fromordinal(day + EPOCH)
    year, month = divmod(begun.year * 12 + begun.month - 1 + count, 12)
    if not date.min.year <= year <= date.max.year:
        return None
    return day_of(year, month + 1, min(begun.day, calendar.monthrange(year, month + 1)[1]))


def age_on(birth: Span, on: Span) -> Any:
    """Full years from birth to a date; unknown where imprecise dates leave two answers, and before birth."""
    least_age, most_age = full_years(birth.hi, on.lo), full_years(birth.lo, on.hi)
    return least_age * MILLION if least_age == most_age and least_age >= 0 else UNKNOWN


def full_years(begin: int, end: int) -> int:
    """Birthdays between two days; below zero when the second comes first."""
    first, last = date.fromordinal(begin + EPOCH), date.fromordinal(end + EPOCH)
    return last.year - first.year - ((last.month, last.day) < (first.month, first.day))


def year(span: Span) -> Any:
    """The calendar year; unknown when there are two."""
    first, last = (date.fromordinal(day + EPOCH).year for day in span)
    return first * MILLION if first == last else UNKNOWN


def weigh(chosen: Any, weights: dict[str, int]) -> Any:
    """The sum of the weights of one option, or of several."""
    if isinstance(chosen, str):
        return weights.get(chosen, 0)
    return bounded(sum(weights.get(option, 0) for option in chosen))


ONE: dict[str, Callable[[Any], Any]] = {
    "neg": negate,
    "ceil": ceil,
    "floor": floor,
    "round": round_even,
    "size": size,
    "year": year,
}
TWO: dict[str, Callable[[Any, Any], Any]] = {
    "add": add,
    "sub": subtract,
    "mul": multiply,
    "div": divide,
    "mod": remainder,
    "eq": is_equal,
    "ne": is_different,
    "lt": is_less,
    "le": is_at_most,
    "gt": is_greater,
    "ge": is_at_least,
    "min": least,
    "max": greatest,
    "days_between": days_between,
    "add_days": add_days,
    "add_months": add_months,
    "age_on": age_on,
}
