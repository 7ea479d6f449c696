"""One version of an assessment, ready to be walked: what it asks next, and where it ends."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from ridgeway.services.assessments.checks.probing import Prober
from ridgeway.services.assessments.checks.program import Program
from ridgeway.services.assessments.engine import Trail, decide, replay


@dataclass(frozen=True, slots=True)
class Ending:
    """Where somebody comes out: the outcome, the rule that gave it, and the entitlements that are shown with it.

    `outcome` is None when the questions end and nothing is said; `at` is then the page where they ended. `is_refused`
    when that page cannot take the answer that another version of it takes.
    """

    outcome: str | None
    decision: str | None = None
    rule: str | None = None
    entitlements: tuple[str, ...] = ()
    at: str | None = None
    is_refused: bool = False


@dataclass(frozen=True, slots=True)
class Position:
    """Where answers lead: the page (and its item) that is asked next, or the ending."""

    page: str | None
    item: int | None
    ending: Ending | None
    trail: Trail


@dataclass(frozen=True, slots=True)
class Machine:
    """An assessment on one day."""

    program: Program
    today: date
    prober: Prober

    def place(self, answers: dict[str, Any]) -> Position:
        """Where these answers lead."""
        trail = replay(self.program.assessment, answers, today=self.today)
        last = trail.steps[-1] if trail.steps else None
        if trail.is_over or last is None:
            return Position(None, None, self.end(trail), trail)
        if self.list_open(last.page, last.item, answers):
            return Position(last.page, last.item, None, trail)
        return Position(None, None, Ending(None, at=last.page, is_refused=True), trail)

    def list_open(self, page: str, item: int | None, answers: dict[str, Any]) -> list[dict[str, Any]]:
        """The questions of a page that have no answer yet, good or bad."""
        questions: list[dict[str, Any]] = self.program.pages[page]["questions"]
        if item is None:
            return [each for each in questions if each["id"] not in answers]
        return questions if item >= len(answers.get(page, ())) else []

    def end(self, trail: Trail) -> Ending:
        """The ending of a trail that is over."""
        decided = trail.decision
        if trail.outcome is None:
            at = trail.steps[-1].page if trail.steps else None
            return Ending(None, decided.decision if decided else None, at=at)
        return Ending(
            trail.outcome,
            decided.decision if decided else None,
            decided.rule if decided else None,
            self.list_entitlements(trail),
        )

    def list_entitlements(self, trail: Trail) -> tuple[str, ...]:
        """The entitlements that an outcome shows."""
        outcome = self.program.compiled["outcomes"].get(trail.outcome)
        if not outcome or not outcome["collects"]:
            return ()
        return decide(self.program.assessment.decisions[outcome["collects"]], trail.scope).entitlements


def make_machine(compiled: dict[str, Any], today: date) -> Machine:
    """A compiled document made ready."""
    return ready_machine(Program(compiled), today)


def ready_machine(program: Program, today: date) -> Machine:
    """A program made ready for a day."""
    return Machine(program, today, Prober(program, today))
