"""A package taken in: read, compiled, checked and packed.

Law: what has an error is refused whole, with every fault and its line; nothing of it is kept.
"""

from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.utils import timezone

from ridgeway.errors import RequestError
from ridgeway.services.assessments import checks, definition


class BrokenPackageError(RequestError):
    """The package has errors; the detail lists them, each with its file and line."""

    who = "whoever wrote the package"

    def __init__(self, findings: "tuple[checks.Finding, ...]") -> None:
        lines = "\n".join(render_finding(each) for each in findings)
        super().__init__("broken_package", f"The package has errors:\n{lines}", action="Mend them, then try again.")
        self.findings = findings


@dataclass(frozen=True, slots=True)
class Checked:
    """A package without errors: as it was written, compiled, and what is worth a second look."""

    package: "definition.Package"
    compiled: dict[str, Any]
    warnings: "tuple[checks.Finding, ...]"

    @property
    def archive(self) -> bytes:
        """The package as the zip that is kept."""
        return definition.pack_package(self.package)

    @property
    def report(self) -> list[dict[str, Any]]:
        """The warnings as plain values."""
        return [asdict(each) for each in self.warnings]


def read_checked(path: Path, *, today: date | None = None) -> Checked:
    """The package at `path`, without errors.

    Raises:  BrokenPackageError, or the error of the reader, with every fault.
    """
    return check(definition.read_package(path), today=today)


def read_checked_archive(data: bytes, name: str, *, today: date | None = None) -> Checked:
    """The package in these bytes, without errors.

    Raises:  BrokenPackageError, or the error of the reader, with every fault.
    """
    return check(definition.read_archive(data, name), today=today)


def check(package: "definition.Package", *, today: date | None = None) -> Checked:
    """The package compiled and checked.

    Raises:  BrokenPackageError.
    """
    compiled = definition.compile_package(package)
    findings = checks.check_package(package, compiled, today=today or timezone.localdate())
    errors = tuple(each for each in findings if each.severity == "error")
    if errors:
        raise BrokenPackageError(errors)
    return Checked(package, compiled, findings)


def render_finding(finding: "checks.Finding") -> str:
    """One line: where, how bad, what."""
    return f"{finding.file}:{finding.line}: {finding.severity}: {finding.message} [{finding.code}]"
