"""Gaps, overlaps and rules that never count, found in the shape of a table alone.

Law: each rule is a box in the space of the inputs, each column is cut into cells, and the boxes that are left are
carried from column to column as a set of bits. Inputs are taken as independent of one another; whether somebody can
really come to a gap is for the walk to say.
Source: D. Calvanese et al., Semantic DMN: Formalizing and Reasoning About Decisions, arXiv 1807.11615 (the idea of
boxes); the sweep by sets of rules is our own.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from ridgeway.services.assessments.checks.columns import Cell, list_cells
from ridgeway.services.assessments.checks.probing import Prober

MAX_STATES: Final = 50_000
"""Sets of rules that one sweep looks at."""
MAX_REGIONS: Final = 200
"""Gaps, and pairs of rules that meet, that one sweep keeps."""
MAX_TESTS: Final = 100_000
"""Times that tests of one column are asked; cells beyond are not looked at."""
MAX_TOGETHER: Final = 20
"""Rules that hold together, of which each pair is kept."""

Region = tuple[str, ...]
"""For each input what it is, in words; shorter than the table when the other inputs may be anything."""


@dataclass(slots=True)
class Survey:
    """What was found in a table: places that no rule covers, pairs of rules that meet, rules that count somewhere.

    Shapes:  `overlaps` by (number of the earlier rule, number of the later one), with the first place where they meet;
             `met` are rules that hold somewhere, `first` those that are the first to hold somewhere.
    """

    gaps: list[Region] = field(default_factory=list)
    overlaps: dict[tuple[int, int], Region] = field(default_factory=dict)
    met: set[int] = field(default_factory=set)
    first: set[int] = field(default_factory=set)
    is_whole: bool = True


@dataclass(slots=True)
class Sweep:
    """One pass over a table."""

    columns: list[list[tuple[Cell, int]]]
    survey: Survey = field(default_factory=Survey)
    seen: set[tuple[int, int]] = field(default_factory=set)

    def sweep(self, number: int, alive: int, region: Region) -> None:
        """Carry the rules that are left into the next column."""
        if (number, alive) in self.seen or len(self.seen) > MAX_STATES:
            self.survey.is_whole = self.survey.is_whole and len(self.seen) <= MAX_STATES
            return
        self.seen.add((number, alive))
        if not alive:
            if len(self.survey.gaps) < MAX_REGIONS:
                self.survey.gaps.append(region)
        elif number == len(self.columns):
            self.arrive(alive, region)
        else:
            for cell, mask in self.columns[number]:
                self.step(number, alive & mask, (*region, cell.words))

    def step(self, number: int, alive: int, region: Region) -> None:
        """One cell further; a gap is told for every cell in which it is."""
        if alive:
            self.sweep(number + 1, alive, region)
        elif len(self.survey.gaps) < MAX_REGIONS:
            self.survey.gaps.append(region)

    def arrive(self, alive: int, region: Region) -> None:
        """Behind the last column: these rules hold together."""
        rules = [number for number in range(alive.bit_length()) if alive >> number & 1]
        self.survey.met.update(rules)
        self.survey.first.add(rules[0])
        if len(self.survey.overlaps) < MAX_REGIONS:
            for pair in itertools.combinations(rules[:MAX_TOGETHER], 2):
                self.survey.overlaps.setdefault(pair, region)


def survey_table(prober: Prober, name: str) -> Survey:
    """What is found in a table on one day; its rules are counted from 0."""
    decision = prober.program.decisions[name]
    columns = [list(mask_column(prober, decision, number)) for number in range(len(decision["inputs"]))]
    alive = sum(1 << number for number, rule in enumerate(decision["rules"]) if prober.is_current(rule))
    sweep = Sweep(columns)
    sweep.sweep(0, alive, ())
    return sweep.survey


def mask_column(prober: Prober, decision: dict[str, Any], number: int) -> Iterator[tuple[Cell, int]]:
    """The cells of a column with the rules whose test holds there, cells that are alike once."""
    scope = prober.make_scope({})
    tests = [rule["tests"][number] for rule in decision["rules"]]
    masks: dict[str, int] = {}
    for place, test in enumerate(tests):
        masks[repr(test)] = masks.get(repr(test), 0) | 1 << place
    different = {repr(test): test for test in tests}
    asked = [(masks[key], prober.test(test)) for key, test in different.items()]
    cells = list_cells(prober, decision["inputs"][number], list(different.values()))
    seen: set[int] = set()
    for cell in cells[: count_cells(len(different))]:
        mask = sum(rules for rules, holds in asked if holds(cell.value, scope))
        if mask not in seen:
            seen.add(mask)
            yield cell, mask


def count_cells(tests: int) -> int:
    """How many cells of a column with so many different tests are looked at."""
    return max(2, MAX_TESTS // max(1, tests))


def show_region(decision: dict[str, Any], region: Region, words: list[str]) -> str:
    """A place in a table in words: `age more than 65, ill false`."""
    shown = [f"{word} is {cell}" for word, cell in zip(words, region, strict=False) if cell != "any"]
    return ", ".join(shown) or ("anything" if decision["inputs"] else "no input")
