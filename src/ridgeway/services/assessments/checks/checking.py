"""Everything that a machine can find in a package, as one report.

Law: pure; the same package on the same day gives the same report. Walks that would take too long are cut short
and say so.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from ridgeway.services.assessments.checks.cases import check_cases, run_cases
from ridgeway.services.assessments.checks.findings import Finding, Severity, Subject, order
from ridgeway.services.assessments.checks.flow import check_flow, is_sound
from ridgeway.services.assessments.checks.program import Program
from ridgeway.services.assessments.checks.promises import check_promises
from ridgeway.services.assessments.checks.reading import Grade
from ridgeway.services.assessments.checks.rules import check_tables
from ridgeway.services.assessments.checks.texts import check_texts, list_grades
from ridgeway.services.assessments.checks.theme import check_theme
from ridgeway.services.assessments.checks.use import check_use
from ridgeway.services.assessments.checks.walked import Walked, check_walks, walk_days
from ridgeway.services.assessments.definition import Package


@dataclass(frozen=True, slots=True)
class Report:
    """What was found; `walked` is None when the ways could not be walked, `grades` are by language and page."""

    findings: tuple[Finding, ...]
    walked: Walked | None
    grades: dict[str, dict[str, Grade]]
    cases: int
    cases_right: int

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What must be mended."""
        return tuple(each for each in self.findings if each.severity is Severity.ERROR)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What is worth a second look."""
        return tuple(each for each in self.findings if each.severity is Severity.WARNING)


def check_package(package: Package, compiled: dict[str, Any], *, today: date) -> tuple[Finding, ...]:
    """Everything that is wrong with a package, or worth a second look, by file and line."""
    return report_on(package, compiled, today=today).findings


def report_on(package: Package, compiled: dict[str, Any], *, today: date) -> Report:
    """The whole report on a package on a day."""
    subject = Subject(package, Program(compiled), today)
    walked = walk_days(subject.program, today) if is_sound(subject.program) else None
    runs = run_cases(subject)

    def find_all() -> Iterator[Finding]:
        yield from check_flow(subject)
        yield from check_walks(subject, walked) if walked is not None else ()
        yield from check_tables(subject, walked)
        yield from check_use(subject)
        yield from check_texts(subject)
        yield from check_promises(subject)
        yield from check_theme(subject)
        yield from check_cases(subject, runs)

    right = sum(each.is_right for each in runs)
    return Report(order(find_all()), walked, list_grades(subject), len(runs), right)
