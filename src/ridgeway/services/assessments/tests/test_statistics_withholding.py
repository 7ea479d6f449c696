"""What is withheld cannot be reckoned: tried by somebody who knows the rule and every figure that is told."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ridgeway.services.assessments.statistics.withholding import Told, round_down, withhold

SMALLEST = 4


def list_tables(told: Told, total: int) -> Iterator[dict[str, int]]:
    """Every table that would have been told in the same way."""
    hidden = [name for name, number in told.cells.items() if number is None]
    left = total - sum(number for number in told.cells.values() if number is not None)
    for numbers in share(left, len(hidden)):
        table = {name: number for name, number in told.cells.items() if number is not None}
        table |= dict(zip(hidden, numbers, strict=True))
        if withhold(table, smallest=SMALLEST) == told:
            yield table


def share(total: int, parts: int) -> Iterator[tuple[int, ...]]:
    """Every way to share a number among so many."""
    if parts == 0:
        if total == 0:
            yield ()
        return
    for first in range(total + 1) if parts > 1 else (total,):
        for rest in share(total - first, parts - 1):
            yield (first, *rest)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, 2 * SMALLEST + 1), min_size=1, max_size=4))
def test_nobody_can_reckon_a_figure_that_is_withheld(numbers):
    cells = {f"outcome{at}": number for at, number in enumerate(numbers)}
    told = withhold(cells, smallest=SMALLEST)
    totals = range(SMALLEST) if told.total is None else (told.total,)
    possible = [table for total in totals for table in list_tables(told, total)]
    assert cells in possible
    for name, number in told.cells.items():
        if number is None:
            assert len({table[name] for table in possible}) > 1, (name, cells)
        else:
            assert number == cells[name] >= SMALLEST


@pytest.mark.parametrize("smallest", [3, 5])
def test_no_table_of_up_to_three_figures_gives_one_away(smallest):
    told_alike = defaultdict(list)
    for parts in (1, 2, 3):
        for numbers in product(range(3 * smallest), repeat=parts):
            told = withhold({f"outcome{at}": number for at, number in enumerate(numbers)}, smallest=smallest)
            told_alike[tuple(told.cells.values()), told.total].append(numbers)
    edge = 2 * smallest  # tables alike reach beyond what is tried here, so the largest are not judged
    given_away = [
        alike
        for (cells, _), alike in told_alike.items()
        if max(max(numbers) for numbers in alike) < edge
        for at, number in enumerate(cells)
        if number is None and len({numbers[at] for numbers in alike}) == 1
    ]
    assert len(told_alike) > 300
    assert given_away == []


def test_two_tables_that_share_their_sum_give_nothing_away():
    days = withhold({"1": 9, "2": 9}, smallest=SMALLEST)
    languages = withhold({"en": 17, "fr": 1}, smallest=SMALLEST)
    assert days.total == languages.total == 18
    assert set(languages.cells.values()) == {None}
    assert len(list(list_tables(languages, 18))) > 1


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 40), max_size=5), st.integers(5, 9))
def test_what_still_grows_moves_in_steps_of_the_smallest_figure(cells, smallest):
    told = round_down(cells, smallest=smallest)
    assert told.total is None
    for name, number in cells.items():
        shown = told.cells[name]
        assert shown is None if number < smallest else (shown <= number < shown + smallest and shown % smallest == 0)


def test_large_figures_are_told_as_they_are():
    assert withhold({"a": 7, "b": 5}, smallest=5) == Told({"a": 7, "b": 5}, 12)
