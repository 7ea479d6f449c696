"""Walks every path through an assessment, a class of answers at a time, and counts exactly.

Law: each page is asked by the real engine, with real answers. What was walked from one page is not walked again for
answers that differ only in what nothing reads any more. Counts are whole numbers of any size; where a limit cut the
walk short, `is_complete` is false and says so to whoever reads the counts.

Several versions can be walked together: whoever is still asked something decides the next page, so that a path ends
when every version has ended, and its ending is the tuple of theirs.
"""

import itertools
import math
import zlib
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final

from ridgeway.services.assessments.checks.classes import AnswerClass, Splitter, make_splitter
from ridgeway.services.assessments.checks.coverage import Coverage
from ridgeway.services.assessments.checks.frontier import Frontier
from ridgeway.services.assessments.checks.machine import Ending, Machine, Position
from ridgeway.services.assessments.engine import with_answers

MAX_PATHS: Final = 1_000
"""Paths that are listed one by one."""
MAX_WALK_STEPS: Final = 8_000
"""Pages that a walk asks, each once for every state that matters."""
FINE: Final = 12
COARSE: Final = 1
"""Of answers that are compared with one another, so many values are tried: first many, when that takes too long few."""
SPREAD_PATHS: Final = 200
"""Paths that are taken here and there where there are too many to walk."""
MAX_ITEMS: Final = 2
"""Items for which a page that is asked several times is walked, unless it must be asked more often."""

Endings = tuple[Ending, ...]
Given = tuple[str, int | None, tuple[tuple[str, Any], ...]]
Chosen = tuple[tuple[tuple[str, int | None], int], ...]


@dataclass(slots=True)
class Tally:
    """Paths that end alike: how many ways to answer (`raw`), how many by class (`paths`), and one example.

    `choices` are ways to answer where what is typed counts once.
    """

    raw: int
    choices: int
    paths: int
    example: tuple[Given, ...]


@dataclass(slots=True)
class Part:
    """Everything that can follow from one state."""

    endings: dict[Endings, Tally] = field(default_factory=dict)
    shortest: int = 0
    longest: int = 0

    def add(self, other: "Part", choice: "Choice", given: Given) -> None:
        """One class of answers at this page, and what follows from it."""
        first = not self.endings
        for ending, tally in other.endings.items():
            mine = self.endings.get(ending)
            if mine is None:
                example = (given, *tally.example)
                self.endings[ending] = Tally(
                    tally.raw * choice.weight, tally.choices * choice.choices, tally.paths, example
                )
            else:
                mine.raw += tally.raw * choice.weight
                mine.choices += tally.choices * choice.choices
                mine.paths += tally.paths
        if other.endings:
            self.shortest = other.shortest + 1 if first else min(self.shortest, other.shortest + 1)
            self.longest = max(self.longest, other.longest + 1)

    def join(self, endings: Endings, tally: Tally, length: int) -> None:
        """One path more, of so many pages."""
        self.shortest = min(self.shortest, length) if self.endings else length
        self.longest = max(self.longest, length)
        mine = self.endings.setdefault(endings, Tally(0, 0, 0, tally.example))
        mine.raw += tally.raw
        mine.choices += tally.choices
        mine.paths += tally.paths


@dataclass(frozen=True, slots=True)
class Walk:
    """What a walk found; `pages` are question pages on the shortest and longest path."""

    endings: dict[Endings, Tally]
    shortest: int
    longest: int
    steps: int
    is_complete: bool
    is_exact: bool
    coverage: tuple[Coverage, ...]

    @property
    def raw(self) -> int:
        """How many ways there are to answer."""
        return sum(each.raw for each in self.endings.values())

    @property
    def choices(self) -> int:
        """How many ways there are to answer when what is typed counts once."""
        return sum(each.choices for each in self.endings.values())

    @property
    def paths(self) -> int:
        """How many paths there are by class."""
        return sum(each.paths for each in self.endings.values())


@dataclass(frozen=True, slots=True)
class Choice:
    """Answers to one page: a class of each question, how many answers they stand for, and how many choices."""

    values: tuple[tuple[str, Any], ...]
    classes: tuple[AnswerClass, ...]
    weight: int
    choices: int


def hash_to(text: str, below: int) -> int:
    """A number below another that looks like chance and is the same each time."""
    return zlib.crc32(text.encode()) % below


def make_choice(classes: tuple[AnswerClass, ...]) -> Choice:
    """The choice of one class of each question."""
    values = tuple((each.question, each.raw) for each in classes)
    return Choice(values, classes, math.prod(e.count for e in classes), math.prod(e.choices for e in classes))


class WalkTooLongError(Exception):
    """The walk came to its limit."""


@dataclass(slots=True)
class Walker:
    """Walks one or several versions together."""

    machines: tuple[Machine, ...]
    splitter: Splitter = field(init=False)
    memo: dict[Hashable, Part] = field(init=False, default_factory=dict)
    coverage: tuple[Coverage, ...] = field(init=False)
    frontiers: tuple[Frontier, ...] = field(init=False)
    steps: int = 0
    max_steps: int = MAX_WALK_STEPS
    tried: int = FINE
    is_exact: bool = True

    def __post_init__(self) -> None:
        """Make ready to split questions by what any version asks of them."""
        first, *others = self.machines
        self.splitter = make_splitter(first.program, first.today, tuple(each.program for each in others), self.tried)
        self.coverage = tuple(Coverage() for _ in self.machines)
        self.frontiers = tuple(Frontier(each.program) for each in self.machines)

    def walk(self) -> Walk:
        """Every path, counted."""
        try:
            part, is_complete = self.visit({}, ()), True
        except WalkTooLongError:
            part, is_complete = Part(), False
        return self.report(part, is_complete=is_complete)

    def report(self, part: Part, *, is_complete: bool) -> Walk:
        """What was found."""
        return Walk(part.endings, part.shortest, part.longest, self.steps, is_complete, self.is_exact, self.coverage)

    def walk_here_and_there(self) -> Walk:
        """Some paths, the same ones each time, and at each page now one class and now another."""
        found = Part()
        for number in range(SPREAD_PATHS):
            answers: dict[str, Any] = {}
            weight, choices_made, given = 1, 1, list[Given]()
            while (asked := self.find_asked(positions := self.place(answers), answers)) is not None:
                choice = self.choose(asked, number)
                answers = with_answers(answers, asked.page, asked.item, dict(choice.values))
                weight, choices_made = weight * choice.weight, choices_made * choice.choices
                given.append((asked.page, asked.item, choice.values))
            if not self.is_impossible([list_endings(positions)], given[-1][0] if given else ""):
                found.join(list_endings(positions), Tally(weight, choices_made, 1, tuple(given)), len(given))
        return self.report(found, is_complete=False)

    def visit(self, answers: dict[str, Any], chosen: Chosen) -> Part:
        """Everything that can follow from these answers."""
        self.steps += 1
        if self.steps > self.max_steps:
            raise WalkTooLongError
        positions = self.place(answers)
        key = self.make_key(positions, chosen)
        if key in self.memo:
            return self.memo[key]
        part = Part()
        asked = self.find_asked(positions, answers)
        if asked is None:
            part.endings[list_endings(positions)] = Tally(1, 1, 1, ())
        else:
            for choice in self.list_choices(asked):
                following = with_answers(answers, asked.page, asked.item, dict(choice.values))
                more = tuple(((each.question, asked.item), each.number) for each in choice.classes)
                child = self.visit(following, chosen + more)
                if not self.is_impossible(child.endings, asked.page):
                    part.add(child, choice, (asked.page, asked.item, choice.values))
        self.memo[key] = part
        return part

    def is_impossible(self, endings: Iterable[Endings], page: str) -> bool:
        """Whether one version alone does not take an answer, as its limit hangs on another answer."""
        return len(self.machines) == 1 and any(each.is_refused and each.at == page for (each, *_) in endings)

    def find_asked(self, positions: tuple[Position, ...], answers: dict[str, Any]) -> "Asked | None":
        """What is asked next: by the first version that still asks."""
        for machine, position in zip(self.machines, positions, strict=True):
            if position.page is not None:
                questions = machine.list_open(position.page, position.item, answers)
                return Asked(position.page, position.item, questions, machine.program.pages[position.page]["repeat"])
        return None

    def list_paths(self, answers: dict[str, Any] | None = None, weight: int = 1) -> Iterator["Path"]:
        """Every class path by itself, with how many answers it stands for; not shortened by what was walked."""
        answers = answers or {}
        positions = self.place(answers)
        asked = self.find_asked(positions, answers)
        if asked is None:
            if not any(each.ending is not None and each.ending.is_refused for each in positions) or self.machines[1:]:
                yield Path(answers, list_endings(positions), weight)
            return
        for choice in self.list_choices(asked):
            following = with_answers(answers, asked.page, asked.item, dict(choice.values))
            yield from self.list_paths(following, weight * choice.weight)

    def place(self, answers: dict[str, Any]) -> tuple[Position, ...]:
        """Where the answers lead in each version."""
        positions = tuple(each.place(answers) for each in self.machines)
        for machine, position, coverage in zip(self.machines, positions, self.coverage, strict=True):
            coverage.meet(machine, position)
        return positions

    def make_key(self, positions: tuple[Position, ...], chosen: Chosen) -> Hashable:
        """What the future depends on: the places, what is fixed and still read, and answers given ahead."""
        parts: list[Hashable] = []
        askable: frozenset[str] = frozenset()
        for frontier, position in zip(self.frontiers, positions, strict=True):
            if position.page is None:
                parts.append(position.ending)
            else:
                border = frontier.find(position.page)
                askable |= border.askable
                parts.append((position.page, position.item, border.read(position.trail.scope)))
        return tuple(parts), frozenset(each for each in chosen if each[0][0] in askable)

    def list_choices(self, asked: "Asked") -> Iterator[Choice]:
        """The ways to answer a page, one by one: there can be very many."""
        splits = [self.splitter.split(each["id"]) for each in asked.questions]
        self.is_exact = self.is_exact and all(each.is_exact for each in splits)
        for again in self.list_again(asked):
            for classes in itertools.product(*(split.classes for split in splits)):
                yield self.say_again(make_choice(classes), again)

    def choose(self, asked: "Asked", number: int) -> Choice:
        """One way to answer a page, another one for another number."""
        classes = []
        for each in asked.questions:
            all_classes = self.splitter.split(each["id"]).classes
            classes.append(all_classes[hash_to(f"{number}:{each['id']}:{asked.item}", len(all_classes))])
        again = self.list_again(asked)
        return self.say_again(make_choice(tuple(classes)), again[hash_to(f"{number}:{asked.page}", len(again))])

    def list_again(self, asked: "Asked") -> list[bool | None]:
        """What can be said to “another one?” after an item; None where it is not asked."""
        if asked.repeat is None or asked.item is None:
            return [None]
        least, most = (asked.repeat[key] for key in ("min", "max"))
        following = asked.item + 1
        if following < least or following >= most:
            return [None]
        if following >= max(least, MAX_ITEMS):
            self.is_exact = False
            return [False]
        return [False, True]

    def say_again(self, choice: Choice, again: bool | None) -> Choice:
        """A choice with the answer to “another one?”."""
        if again is None:
            return choice
        return replace(choice, values=(*choice.values, ("again", again)))


def walk_paths(*machines: Machine, max_steps: int = MAX_WALK_STEPS) -> Walk:
    """Every path through one version or several together; what is too much for a fine walk is walked coarsely.

    What is too much for that, too, is walked here and there: `is_complete` is false then, and counts are of what was.
    """
    if any(each.program.is_too_large for each in machines):
        return Walker(machines).report(Part(), is_complete=False)
    for tried in (FINE, COARSE):
        walker = Walker(machines, max_steps=max_steps, tried=tried)
        walk = walker.walk()
        if walk.is_complete:
            return walk
    return walker.walk_here_and_there()


@dataclass(frozen=True, slots=True)
class Asked:
    """A page, or the rest of one, that is asked next."""

    page: str
    item: int | None
    questions: list[dict[str, Any]]
    repeat: dict[str, int] | None


@dataclass(frozen=True, slots=True)
class Path:
    """One class path: answers that take it, where it ends in each version, and for how many answers it stands."""

    answers: dict[str, Any]
    endings: Endings
    raw: int


def list_endings(positions: tuple[Position, ...]) -> Endings:
    """Where each version ended."""
    return tuple(each.ending for each in positions if each.ending is not None)


def gather_answers(example: tuple[Given, ...]) -> dict[str, Any]:
    """The answers of an example, as they are kept."""
    answers: dict[str, Any] = {}
    for page, item, values in example:
        answers = with_answers(answers, page, item, dict(values))
    return answers
