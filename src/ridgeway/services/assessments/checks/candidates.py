"""The answers that can be given to one question, cut into stretches within which nothing changes.

Law: counts are exact wherever `is_exact` says so. A stretch of numbers or days is cut where two probes sign
differently, by halving until the cut is found; between two probes that sign alike nothing is assumed to happen.
"""

import itertools
import math
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from ridgeway.services.assessments.expressions import Span
from ridgeway.services.assessments.expressions.values import EPOCH, FIRST_DAY, LAST_DAY, render_number

MAX_LISTED: Final = 500
"""Numbers up to so many are all tried; of more only probes are."""
MAX_SETS: Final = 5_000
"""Sets of ticked options that are tried, those that only differ among alike options counted as one."""
MAX_PAIRS: Final = 200
"""Pairs of options that are tried where there are too many sets."""
EVEN_PROBES: Final = 32
YEARS_BACK: Final = 122
YEARS_AHEAD: Final = 20
UNIT_DAYS: Final = {"days": 1, "weeks": 7, "months": 30, "years": 365}
PERIODS: Final = {"week": 52, "two_weeks": 26, "month": 12, "year": 1}

Sign = Callable[[Any], Hashable]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Answers that sign alike: one of them as it is kept (`raw`) and reckoned with (`value`), and how many they are."""

    raw: Any
    value: Any
    count: int
    last: Any = None


@dataclass(frozen=True, slots=True)
class Stretch:
    """Whole steps from `low` to `high`, both included; `show` gives the kept and the reckoned form of a step.

    The example of a piece is its first step, or its last one where the latest stand first.
    """

    low: int
    high: int
    show: Callable[[int], tuple[Any, Any]]
    is_latest_first: bool = False

    def cut(self, sign: Sign, probes: Iterable[int]) -> Iterator[Candidate]:
        """The stretch in pieces that sign alike."""
        if self.high < self.low:
            return
        inside = sorted({self.low, self.high, *(each for each in probes if self.low < each < self.high)})
        start = self.low
        for one, other in itertools.pairwise(inside):
            for border in self.find_borders(sign, one, other):
                yield self.make(start, border)
                start = border + 1
        yield self.make(start, self.high)

    def find_borders(self, sign: Sign, low: int, high: int) -> Iterator[int]:
        """The last steps before something changes, between two probes."""
        first, last = sign(self.show(low)[1]), sign(self.show(high)[1])
        while first != last and low < high:
            left, right = low, high
            while right - left > 1:
                middle = (left + right) // 2
                if sign(self.show(middle)[1]) == first:
                    left = middle
                else:
                    right = middle
            yield left
            low, first = right, sign(self.show(right)[1])

    def make(self, low: int, high: int) -> Candidate:
        """One piece."""
        first, last = (high, low) if self.is_latest_first else (low, high)
        raw, value = self.show(first)
        return Candidate(raw, value, high - low + 1, self.show(last)[0])


def spread(low: int, high: int) -> Iterator[int]:
    """Steps evenly over a stretch, all of them when they are few."""
    if high - low <= MAX_LISTED:
        yield from range(low, high + 1)
    else:
        yield from (low + (high - low) * number // EVEN_PROBES for number in range(EVEN_PROBES + 1))


def cut_numbers(
    sign: Sign, *, low: int, high: int, step: int, constants: Iterable[int], show: Callable[[int], Any] | None = None
) -> Iterator[Candidate]:
    """Numbers (in millionths) from `low` to `high` in steps."""
    first, last = -(-low // step), high // step
    near = [each // step + offset for each in constants for offset in (-1, 0, 1, 2)]
    stretch = Stretch(first, last, lambda at: ((show or render_number)(at * step), at * step))
    yield from stretch.cut(sign, (*near, *spread(first, last)))


def cut_amounts(
    sign: Sign, factors: dict[str, int], *, step: int, constants: Iterable[int], low: int, high: int
) -> Iterator[Candidate]:
    """Amounts with their unit or period, that come to `low` to `high`."""
    for unit, factor in factors.items():
        near = [each // (factor * step) + offset for each in constants for offset in (-1, 0, 1, 2)]

        def show(at: int, unit: str = unit, factor: int = factor) -> tuple[Any, Any]:
            return [render_number(at * step), unit], at * step * factor

        first, last = -(-low // (factor * step)), high // (factor * step)
        yield from Stretch(first, last, show).cut(sign, (*near, *spread(first, last)))


def cut_days(sign: Sign, low: int, high: int, near: Iterable[int]) -> Iterator[Candidate]:
    """Exact days from `low` to `high`, counted from 1970."""
    stretch = Stretch(low, high, lambda at: (show_day(at), Span(at, at)), is_latest_first=True)
    yield from stretch.cut(sign, (*near, *spread(low, high)))


def cut_months(sign: Sign, low: int, high: int) -> Iterator[Candidate]:
    """Whole months that touch the days from `low` to `high`."""
    first, last = (count_months(each) for each in (low, high))
    yield from Stretch(first, last, show_month, is_latest_first=True).cut(sign, range(first, last + 1))


def cut_years(sign: Sign, low: int, high: int) -> Iterator[Candidate]:
    """Whole years that touch the days from `low` to `high`."""
    first, last = (date.fromordinal(each + EPOCH).year for each in (low, high))
    yield from Stretch(first, last, show_year, is_latest_first=True).cut(sign, range(first, last + 1))


def cut_sets(options: list[str], groups: dict[str, Hashable], *, has_none: bool) -> Iterator[Candidate]:
    """Sets of ticked options; options of one group are alike, so of them only how many are ticked is tried."""
    alike: dict[Hashable, list[str]] = {}
    for option in options:
        alike.setdefault(groups[option], []).append(option)
    members = list(alike.values())
    is_many = count_sets(options, groups) > MAX_SETS
    for sizes in list_few_sizes(members) if is_many else itertools.product(*(range(len(each) + 1) for each in members)):
        chosen = {option for size, each in zip(sizes, members, strict=True) for option in each[:size]}
        if chosen or has_none:
            ways = math.prod(math.comb(len(each), size) for size, each in zip(sizes, members, strict=True))
            ordered = [option for option in options if option in chosen]
            yield Candidate(ordered, tuple(ordered), ways)


def list_few_sizes(members: list[list[str]]) -> Iterator[tuple[int, ...]]:
    """Of too many sets a few: nothing, one of each group, pairs, everything."""
    for size in range(3):
        for ticked in itertools.islice(itertools.combinations(range(len(members)), size), MAX_PAIRS):
            yield tuple(int(number in ticked) for number in range(len(members)))
    yield tuple(len(each) for each in members)


def count_sets(options: list[str], groups: dict[str, Hashable]) -> int:
    """How many sets `cut_sets` would have to try."""
    sizes: dict[Hashable, int] = {}
    for option in options:
        sizes[groups[option]] = sizes.get(groups[option], 0) + 1
    return math.prod(size + 1 for size in sizes.values())


def show_day(at: int) -> str:
    """A day as it is kept."""
    return date.fromordinal(at + EPOCH).isoformat()


def count_months(at: int) -> int:
    """The number of a day's month, from the year 0."""
    day = date.fromordinal(at + EPOCH)
    return day.year * 12 + day.month - 1


def show_month(at: int) -> tuple[str, Span]:
    """A month as it is kept and reckoned with."""
    year, month = divmod(at, 12)
    following = date(year + month // 11, (month + 1) % 12 + 1, 1)
    return f"{year:04}-{month + 1:02}", Span(
        date(year, month + 1, 1).toordinal() - EPOCH, following.toordinal() - EPOCH - 1
    )


def show_year(at: int) -> tuple[str, Span]:
    """A year as it is kept and reckoned with."""
    return f"{at:04}", Span(date(at, 1, 1).toordinal() - EPOCH, date(at, 12, 31).toordinal() - EPOCH)


def bound_days(low: Span | None, high: Span | None, today: int) -> tuple[int, int]:
    """The days that can be given: a lifetime back and some years ahead where nothing is said."""
    first = low.lo if low else today - YEARS_BACK * 366
    last = high.hi if high else today + YEARS_AHEAD * 366
    return max(first, FIRST_DAY), min(last, LAST_DAY - 31)


def merge(candidates: Iterable[Candidate], sign: Sign) -> dict[Hashable, list[Candidate]]:
    """The candidates by what they sign."""
    found: dict[Hashable, list[Candidate]] = {}
    for each in candidates:
        found.setdefault(sign(each.value), []).append(each)
    return found
