"""What a check says: a finding has a code, a place, a sentence, and what to do. Read next: `codes.py`."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from ridgeway.services.assessments.checks.codes import CODES
from ridgeway.services.assessments.checks.program import Program
from ridgeway.services.assessments.definition import Package, Place


class Severity(StrEnum):
    """Whether a package may be used in spite of a finding."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, or worth a second look; `element` is its key, as in `definition/elements.py`."""

    code: str
    severity: Severity
    file: str
    line: int
    element: str
    message: str
    action: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.severity}: {self.message} [{self.code}]"


@dataclass(frozen=True, slots=True)
class Subject:
    """What is checked: the package as it was written, the compiled document, and the day."""

    package: Package
    program: Program
    today: date

    @property
    def compiled(self) -> dict[str, Any]:
        """The compiled document."""
        return self.program.compiled

    def find(self, code: str, element: str, message: str, *, is_mild: bool = False) -> Finding:
        """A finding about an element; a mild one is a warning where the code is otherwise an error."""
        return self.find_at(code, element, self.package.locate(element), message, is_mild=is_mild)

    def find_at(self, code: str, element: str, place: Place, message: str, *, is_mild: bool = False) -> Finding:
        """A finding at a place of its own."""
        kind = CODES[code]
        severity = Severity.ERROR if kind.is_error and not is_mild else Severity.WARNING
        return Finding(code, severity, place.file, place.line, element, message, kind.action)


Findings = Iterator[Finding]


def order(findings: Findings) -> tuple[Finding, ...]:
    """Findings by file and line, errors first where they meet, each once."""
    unique = dict.fromkeys(findings)
    return tuple(sorted(unique, key=lambda each: (each.file, each.line, each.severity, each.code, each.message)))
