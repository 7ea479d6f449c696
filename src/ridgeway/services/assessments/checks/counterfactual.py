"""What would have had to be otherwise: the nearest answers that lead to another result.

Law: one changed answer first, then two; among those the one that asks for the fewest new answers, then the nearest
value. Every proposal was replayed by the real engine.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

from ridgeway.services.assessments.checks.machine import Machine, make_machine
from ridgeway.services.assessments.checks.walking import FINE, Walker
from ridgeway.services.assessments.engine import Trail, replay, with_answers

MAX_TRIES: Final = 3_000
"""Replays of one search."""
LINES: Final = frozenset({"number", "money", "year", "date"})
"""Questions whose answers lie on a line."""
MAX_ADDED: Final = 4
"""Pages that a changed answer may ask for in addition."""

Place = tuple[str, str, int | None]


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """One answer that would be otherwise."""

    question: str
    item: int | None
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Nearest:
    """The nearest way to another result: what changes, what would be answered in addition, and the result."""

    outcome: str | None
    changes: tuple[AnswerChange, ...]
    added: tuple[tuple[str, Any], ...]
    answers: dict[str, Any]


@dataclass(slots=True)
class Search:
    """One search from given answers."""

    machine: Machine
    answers: dict[str, Any]
    trail: Trail
    walker: Walker = field(init=False)
    tries: int = 0

    def __post_init__(self) -> None:
        """Make ready to split questions into classes."""
        self.walker = Walker((self.machine,), tried=FINE)

    def find(self) -> Nearest | None:
        """The nearest change; None when none of those tried gives another result."""
        places = list(self.list_places())
        for size in (1, 2):
            found = list(self.list_changes(places, size))
            if found:
                return self.refine(min(found, key=self.measure))
        return None

    def refine(self, nearest: Nearest) -> Nearest:
        """The same change with the number or day moved back as far as the other result allows."""
        change = nearest.changes[0]
        ends = [place_on_line(each) for each in (change.before, change.after)]
        kind = self.machine.program.questions[change.question]
        if len(nearest.changes) > 1 or nearest.added or None in ends or kind["type"] not in LINES:
            return nearest
        step = Decimal(1).scaleb(-int(kind.get("decimals") or 0))
        low, high = (int(each / step) for each in ends if each is not None)
        place = next(each for each in self.list_places() if each[1:] == (change.question, change.item))
        while abs(high - low) > 1:
            middle = (low + high) // 2
            found = self.try_value(place, show_on_line(middle * step, kind["type"]))
            low, high, nearest = (low, middle, found) if found is not None else (middle, high, nearest)
        return nearest

    def try_value(self, place: Place, value: str) -> Nearest | None:
        """One other answer; None when it changes nothing."""
        page, question, item = place
        return self.finish(with_answers(self.answers, page, item, {question: value}), (place,))

    def list_places(self) -> Iterator[Place]:
        """The answers that count: page, question, item."""
        for step in self.trail.steps:
            for question in self.machine.program.pages[step.page]["questions"]:
                yield step.page, question["id"], step.item

    def list_changes(self, places: list[Place], size: int) -> Iterator[Nearest]:
        """Every change of so many answers that gives another result."""
        for chosen in itertools.combinations(places, size):
            options = [list(self.list_values(place)) for place in chosen]
            for values in itertools.product(*options):
                if self.tries > MAX_TRIES:
                    return
                answers = self.answers
                for (page, question, item), value in zip(chosen, values, strict=True):
                    answers = with_answers(answers, page, item, {question: value})
                nearest = self.finish(answers, chosen)
                if nearest is not None:
                    yield nearest

    def list_values(self, place: Place) -> Iterator[Any]:
        """Other answers to one question: of each class the one that is nearest."""
        page, question, item = place
        given = self.get(self.answers, page, question, item)
        for each in self.walker.splitter.split(question).classes:
            values = [value for value in (each.raw, *each.borders) if value != given]
            if values and given not in (each.raw, *each.borders):
                yield min(values, key=lambda value: measure(given, value))

    def get(self, answers: dict[str, Any], page: str, question: str, item: int | None) -> Any:
        """An answer as it is kept."""
        return answers.get(question) if item is None else answers[page][item].get(question)

    def finish(self, answers: dict[str, Any], chosen: tuple[Place, ...]) -> Nearest | None:
        """Answers brought to an end: what they ask for in addition is answered so that the result is another one."""
        for trail, added in self.complete(answers, MAX_ADDED):
            if trail.outcome != self.trail.outcome:
                changes = tuple(
                    AnswerChange(
                        question,
                        item,
                        self.get(self.answers, page, question, item),
                        self.get(dict(trail.answers), page, question, item),
                    )
                    for page, question, item in chosen
                )
                return Nearest(trail.outcome, changes, added, dict(trail.answers))
        return None

    def complete(self, answers: dict[str, Any], most: int) -> Iterator[tuple[Trail, tuple[tuple[str, Any], ...]]]:
        """The trails that these answers can end in, with the answers that were added."""
        self.tries += 1
        position = self.machine.place(answers)
        if position.trail.is_over:
            yield position.trail, ()
            return
        asked = self.walker.find_asked((position,), answers)
        if asked is None or most == 0 or self.tries > MAX_TRIES:
            return
        for choice in self.walker.list_choices(asked):
            following = with_answers(answers, asked.page, asked.item, dict(choice.values))
            for trail, added in self.complete(following, most - 1):
                yield trail, (*choice.values, *added)

    def measure(self, nearest: Nearest) -> tuple[bool, int, float, int]:
        """How far a change is: answers to add, distance of values, and rather a later answer than an earlier one.

        An emergency is no near result: everybody has one who says so.
        """
        outcome = self.machine.program.compiled["outcomes"].get(nearest.outcome) or {}
        order = [question for _, question, _ in self.list_places()]
        distance = sum(measure(each.before, each.after) for each in nearest.changes)
        return (
            outcome.get("kind") == "emergency",
            len(nearest.added),
            distance,
            -max(order.index(each.question) for each in nearest.changes),
        )


def measure(before: Any, after: Any) -> float:
    """How far two answers to one question are apart: numbers and days by size, sets by what is ticked otherwise."""
    if isinstance(before, list) and isinstance(after, list) and all(isinstance(each, str) for each in before + after):
        return float(len(set(before) ^ set(after)))
    one, other = place_on_line(before), place_on_line(after)
    if one is None or other is None:
        return 1.0
    return float(min(Decimal(1_000_000), abs(one - other))) / 1_000_000


def place_on_line(answer: Any) -> Decimal | None:
    """A number, or a day as a number; None for what has no size."""
    if not isinstance(answer, str) or not answer:
        return None
    try:
        return Decimal(date.fromisoformat(answer).toordinal()) if answer.count("-") == 2 else Decimal(answer)
    except (ValueError, ArithmeticError):
        return None


def show_on_line(value: Decimal, kind: str) -> str:
    """A number or a day as it is kept."""
    if kind == "date":
        return date.fromordinal(int(value)).isoformat()
    shown = format(value, "f")
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def find_nearest(compiled: dict[str, Any], answers: dict[str, Any], *, today: date) -> Nearest | None:
    """The nearest answers that lead to another result; None when there are none, or these answers lead to none."""
    machine = make_machine(compiled, today)
    if machine.program.is_too_large:
        return None
    trail = replay(machine.program.assessment, answers, today=today)
    return Search(machine, answers, trail).find() if trail.is_over else None
