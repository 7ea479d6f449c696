"""An assessment that is ready to run: the document with its expressions compiled once. Made by `loading.load` alone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ridgeway.services.assessments.engine import document
from ridgeway.services.assessments.engine.questions import Asked
from ridgeway.services.assessments.engine.wording import Text
from ridgeway.services.assessments.expressions import Scope
from ridgeway.services.assessments.expressions.values import EPOCH

Closure = Callable[[Scope], Any]
Test = Callable[[Any, Scope], Any]


@dataclass(frozen=True, slots=True)
class Step:
    """A place in a trail: a page, of a repeated page the item (from 0), and the place of the route taken from it."""

    page: str
    item: int | None = None
    route: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class RouteReady:
    """A route: `kind` of its target is page, next, decision or outcome."""

    when: Closure | None
    kind: str
    target: str


@dataclass(frozen=True, slots=True, eq=False)
class PageReady:
    """A page; `place` is its place in the order of the definition, `taken` the step for each of its routes."""

    id: str
    place: int
    spec: document.Page
    questions: tuple[Asked, ...]
    only_if: Closure | None
    routes: tuple[RouteReady, ...]
    taken: tuple[Step, ...]

    @property
    def by_id(self) -> Mapping[str, Asked]:
        """Its questions by id."""
        return {each.id: each for each in self.questions}


@dataclass(frozen=True, slots=True, eq=False)
class RuleReady:
    """A rule: the tests that say something with the input each looks at, and the first and last day it counts.

    Shapes:  `written` are input and test of each of these tests as authors write them, `parameters` the names of those
             that they look at, through facts.
    """

    id: str
    spec: document.Rule
    tests: tuple[tuple[int, Test], ...]
    first: int | None
    last: int | None
    outcome: str | None = None
    entitlements: tuple[str, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    written: tuple[tuple[str, str], ...] = ()
    parameters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class DecisionReady:
    """A decision; `otherwise` is its default as a rule without tests."""

    id: str
    spec: document.Decision
    inputs: tuple[Closure, ...]
    rules: tuple[RuleReady, ...]
    otherwise: RuleReady | None

    @property
    def output(self) -> str:
        """The name of its first output."""
        return next(iter(self.spec.outputs or {"": None}))


@dataclass(frozen=True, slots=True, eq=False)
class Languages:
    """Texts by language and key, words, formats; the source language comes first."""

    source: str
    texts: Mapping[str, Mapping[str, Text]]
    entries: Mapping[str, Mapping[str, str]]  # by language and list, the id of a name in small letters


@dataclass(frozen=True, slots=True, eq=False)
class Assessment:
    """An assessment that can be replayed, shown and explained; `compiled` is the document it was loaded from."""

    compiled: Mapping[str, Any]
    document: document.Document
    pages: Mapping[str, PageReady]
    order: tuple[PageReady, ...]
    facts: Mapping[str, Closure]
    decisions: Mapping[str, DecisionReady]
    calendars: Mapping[str, Closure]
    languages: Languages
    parameters: "Parameters"
    questions: Mapping[str, Asked]

    @property
    def id(self) -> str:
        """Its id, the same in each version."""
        return self.document.id

    @property
    def version(self) -> str:
        """Its version."""
        return self.document.version

    @property
    def digest(self) -> str:
        """The digest of the package it was compiled from."""
        return self.document.digest


class Parameters:
    """The parameters by day; what was found for a day is kept, for a few days."""

    KEPT_DAYS = 32

    def __init__(self, values: Mapping[str, tuple[tuple[int | None, Any], ...]], unknown: Any) -> None:
        self.values = values
        self.unknown = unknown
        self.days: dict[int, Mapping[str, Any]] = {}

    def on_day(self, day: int) -> Mapping[str, Any]:
        """Each parameter's value on a day: that of the last entry which has begun; unknown before the first."""
        found = self.days.get(day)
        if found is None:
            if len(self.days) >= self.KEPT_DAYS:
                self.days = {}
            found = self.days[day] = {name: self.find(entries, day) for name, entries in self.values.items()}
        return found

    def find(self, entries: tuple[tuple[int | None, Any], ...], day: int) -> Any:
        """The value on a day."""
        begun = [value for first, value in entries if first is None or first <= day]
        return begun[-1] if begun else self.unknown


def count_day(day: date) -> int:
    """Days since 1970-01-01."""
    return day.toordinal() - EPOCH


def state_of(assessment: Assessment, today: date) -> str:
    """Whether the assessment may be used: "not_yet", "valid" or "ended"; both ends of the period count."""
    valid = assessment.document.valid
    if valid.first is not None and today < date.fromisoformat(valid.first):
        return "not_yet"
    return "ended" if valid.last is not None and today > date.fromisoformat(valid.last) else "valid"
