"""The figures of one assessment for one month, as they may be told: on a page, as CSV, by the command.

Law: everything that is told comes from here. Months do not overlap, and nothing is told of any other span, so that no
difference of two spans gives a day or a person away. A month that is over is told exactly, but for what is withheld;
the one that goes on is told in round steps, without languages and sums.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Sum
from django.db.models.functions import TruncMonth

from ridgeway.services.assessments.models import Count
from ridgeway.services.assessments.statistics.withholding import Told, round_down, withhold


@dataclass(frozen=True, slots=True)
class Figures:
    """What is told of a month. `is_open` says that it goes on."""

    package: str
    month: date
    is_open: bool
    smallest: int
    starts: Told
    """By day."""
    languages: Told | None
    """Starts by language; None while the month goes on, or where languages are not counted."""
    outcomes: Told
    pages: Told

    @property
    def tables(self) -> Iterator[tuple[str, Told]]:
        """The tables by name, those that there are."""
        named = (("day", self.starts), ("language", self.languages), ("outcome", self.outcomes), ("page", self.pages))
        return ((name, told) for name, told in named if told is not None and told.cells)


@dataclass(frozen=True, slots=True)
class Names:
    """Everything that could be counted of a package, so that what never happened stands in the table, too."""

    pages: tuple[str, ...]
    outcomes: tuple[str, ...]
    languages: tuple[str, ...]


def read_names(documents: Iterable[Mapping[str, Any]]) -> Names:
    """The pages, outcomes and languages of these versions, in their order."""
    pages: dict[str, None] = {}
    outcomes: dict[str, None] = {}
    languages: dict[str, None] = {}
    for compiled in documents:
        declared = compiled["privacy"]["statistics"]
        pages |= dict.fromkeys(page["id"] for page in compiled["pages"] if "page" in declared)
        outcomes |= dict.fromkeys(compiled["outcomes"] if "outcome" in declared else ())
        languages |= dict.fromkeys(each["code"] for each in compiled["languages"] if "language" in declared)
    return Names(tuple(pages), tuple(outcomes), tuple(languages))


def list_months(package: str) -> list[date]:
    """The months of which anything was counted, newest first."""
    months = Count.objects.filter(package=package).annotate(month=TruncMonth("day")).values_list("month", flat=True)
    return sorted(set(months), reverse=True)


def read_figures(package: str, month: date, *, names: Names, today: date, smallest: int) -> Figures:
    """What is told of `package` for the month that begins with the day `month`."""
    first, after = month.replace(day=1), next_month(month)
    rows = Count.objects.filter(package=package, day__gte=first, day__lt=after)
    starts = rows.filter(kind="start")
    is_open = today < after
    last = min(after, today + timedelta(days=1))
    days = [(first + timedelta(days=number)).isoformat() for number in range(max((last - first).days, 0))]
    by_day = fill(days, {day.isoformat(): number for day, number in sum_by(starts, "day").items()})
    by_language = fill(names.languages, sum_by(starts, "language")) if names.languages and not is_open else None
    outcomes = fill(names.outcomes, sum_by(rows.filter(kind="outcome"), "what"))
    pages = fill(names.pages, sum_by(rows.filter(kind="page"), "what"))
    tell = round_down if is_open else withhold
    told_pages = tell(pages, smallest=smallest)
    return Figures(
        package=package,
        month=first,
        is_open=is_open,
        smallest=smallest,
        starts=tell(by_day, smallest=smallest),
        languages=tell(by_language, smallest=smallest) if by_language is not None else None,
        outcomes=tell(outcomes, smallest=smallest),
        pages=Told(told_pages.cells, None),  # one person sees many pages: their sum says nothing
    )


def next_month(day: date) -> date:
    """The first day of the month after."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def sum_by(rows: Any, column: str) -> dict[Any, int]:
    """The numbers added up by a column."""
    return dict(rows.values_list(column).annotate(number=Sum("number")).values_list(column, "number"))


def fill(names: Iterable[str], numbers: Mapping[str, int]) -> dict[str, int]:
    """Every name with its number, nought where there is none; what has another name comes after."""
    return dict.fromkeys(names, 0) | {name: number for name, number in numbers.items() if name}


def list_rows(figures: Figures) -> Iterator[tuple[str, str, str, int | str]]:
    """The figures line by line: month, table, name, number; `withheld` for what is not told."""
    month = f"{figures.month:%Y-%m}"
    for table, told in figures.tables:
        for name, number in told.cells.items():
            yield month, table, name, "withheld" if number is None else number
        if told.total is not None:
            yield month, table, "all", told.total
