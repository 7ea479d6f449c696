"""Which figures are told: small ones are withheld, and so many others that no sum gives a small one away. Pure.

Law: a figure below `smallest` is withheld, nought included. Where the sum of a table is told, larger figures are always
withheld with the small ones, one or more until together they leave room for doubt; they are chosen by their names,
never by their sizes, so that the choice itself says nothing. What is withheld looks the same for either reason.
Somebody who knows all of this, and every figure that is told, cannot reckon a figure that is not.
Source:  the method is complementary cell suppression in one dimension; docs/how-to/run-assessments.md says which
tables are told and why never two that share more than their sum.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

LEAST_SMALLEST = 3
"""Below this, a withheld figure could be reckoned from the rule itself."""


@dataclass(frozen=True, slots=True)
class Told:
    """One table as it may be told: None stands for a figure that is withheld."""

    cells: Mapping[str, int | None]
    total: int | None


def withhold(cells: Mapping[str, int], *, smallest: int) -> Told:
    """The table with its sum."""
    smallest = max(smallest, LEAST_SMALLEST)
    total = sum(cells.values())
    if total < smallest:
        return Told(dict.fromkeys(cells, None), None)
    hidden = {name for name, number in cells.items() if number < smallest}
    if hidden:
        for name in sorted((name for name in cells if name not in hidden), key=rank):
            hidden.add(name)
            if sum(cells[each] for each in hidden) > smallest:
                break
    return Told({name: None if name in hidden else number for name, number in cells.items()}, total)


def rank(name: str) -> bytes:
    """A place in an order that depends on the name alone."""
    return hashlib.sha256(name.encode()).digest()


def round_down(cells: Mapping[str, int], *, smallest: int) -> Told:
    """A table that still grows: each figure a multiple of `smallest`, small ones withheld, no sum.

    Whoever looks again and again sees it move in steps of `smallest`, and never by one person.
    """
    smallest = max(smallest, LEAST_SMALLEST)
    return Told({name: number // smallest * smallest or None for name, number in cells.items()}, None)
