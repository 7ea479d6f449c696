"""The examples that authors give, run: each must come out as it says."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from ridgeway.services.assessments.checks.findings import Finding, Subject
from ridgeway.services.assessments.checks.walked import read_validity, show_answers
from ridgeway.services.assessments.definition.shapes import Case
from ridgeway.services.assessments.engine import Trail, decide, read_given, replay


@dataclass(frozen=True, slots=True)
class CaseRun:
    """One example with where it came out."""

    number: int
    case: Case
    trail: Trail
    entitlements: tuple[str, ...]

    @property
    def is_right(self) -> bool:
        """Whether it came out as it says."""
        wanted = self.case.entitlements
        is_as_listed = wanted is None or sorted(wanted) == sorted(self.entitlements)
        return self.trail.outcome == self.case.expect and is_as_listed


def run_cases(subject: Subject) -> list[CaseRun]:
    """Every example, run on its day."""
    first, last = read_validity(subject.compiled)
    assessment = subject.program.assessment
    runs = []
    for number, case in enumerate(subject.package.definition.tests):
        day = case.today or (first if first > date.min else min(subject.today, last))
        trail = replay(assessment, read_given(assessment, case.given), today=day)
        runs.append(CaseRun(number, case, trail, list_entitlements(subject, trail)))
    return runs


def list_entitlements(subject: Subject, trail: Trail) -> tuple[str, ...]:
    """The entitlements that a result shows."""
    outcome = subject.compiled["outcomes"].get(trail.outcome) or {}
    collects = outcome.get("collects")
    return decide(subject.program.assessment.decisions[collects], trail.scope).entitlements if collects else ()


def check_cases(subject: Subject, runs: list[CaseRun]) -> Iterator[Finding]:
    """Every finding of this group."""
    if not runs:
        yield subject.find("cases-missing", "tests", "There is no example that shows what comes out.")
        return
    for run in runs:
        element = f"test.{run.number}"
        if not run.is_right:
            yield subject.find("case-fails", element, f"Example “{run.case.name}” {explain(run)}.")
        if run.trail.is_over and run.trail.dropped:
            dropped = ", ".join(run.trail.dropped)
            message = f"Example “{run.case.name}” answers what is not asked: {dropped}."
            yield subject.find("case-answers-dropped", element, message)
    expected = {run.case.expect for run in runs}
    for name, outcome in subject.compiled["outcomes"].items():
        if name not in expected and outcome["kind"] != "system":
            yield subject.find("outcome-without-case", f"outcome.{name}", f"No example ends in {name}.")


def explain(run: CaseRun) -> str:
    """What came out instead."""
    trail = run.trail
    if not trail.is_over:
        page = trail.steps[-1].page if trail.steps else "?"
        given = show_answers({page: run.case.given[page]}) if page in run.case.given else "nothing"
        return f"stops at page {page}, to which it answers {given}; expected {run.case.expect}"
    if trail.outcome != run.case.expect:
        return f"ends in {trail.outcome or 'nothing'}; expected {run.case.expect}"
    return f"finds {', '.join(run.entitlements) or 'nothing'}; expected {', '.join(run.case.entitlements or ())}"
