"""A package taken in: read, compiled, checked and packed.

Law: what has an error is refused whole, with every fault and its line; nothing of it is kept.
"""

from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.utils import timezone

from ridgeway.errors import RequestError
from ridgeway.services.assessments.checks import Finding, Severity, check_package
from ridgeway.services.assessments.definition import (
    Package,
    compile_package,
    pack_package,
    read_package,
    read_packed,
)
from ridgeway.services.assessments.definition.files import Files
from ridgeway.services.assessments.definition.names import SERVICE
from ridgeway.services.assessments.definition.reading import read_package_files

ZIP_MARK = b"PK"


class BrokenPackageError(RequestError):
    """The package has errors; the detail lists them, each with its file and line."""

    who = "whoever wrote the package"

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        lines = "\n".join(str(each) for each in findings)
        super().__init__("broken_package", f"The package has errors:\n{lines}", action="Mend them, then try again.")
        self.findings = findings


@dataclass(frozen=True, slots=True)
class Checked:
    """A package without errors: as it was written, compiled, and what is worth a second look."""

    package: Package
    compiled: dict[str, Any]
    warnings: tuple[Finding, ...]

    @property
    def archive(self) -> bytes:
        """The package as the zip that is kept."""
        return pack_package(self.package)

    @property
    def report(self) -> list[dict[str, Any]]:
        """The warnings as plain values."""
        return [asdict(each) for each in self.warnings]


def read_checked(path: Path, *, today: date | None = None) -> Checked:
    """The package at `path`, without errors.

    Raises:  BrokenPackageError, or the error of the reader, with every fault.
    """
    return check(read_package(path), today=today)


def read_checked_archive(data: bytes, name: str, *, today: date | None = None) -> Checked:
    """The package in these bytes, without errors.

    Raises:  BrokenPackageError, or the error of the reader, with every fault.
    """
    is_zip = data.startswith(ZIP_MARK)
    package = read_packed(data, name) if is_zip else read_package_files(Files(name, {SERVICE: data}, is_single=True))
    return check(package, today=today)


def check(package: Package, *, today: date | None = None) -> Checked:
    """The package compiled and checked.

    Raises:  BrokenPackageError.
    """
    compiled = compile_package(package)
    findings = check_package(package, compiled, today=today or timezone.localdate())
    errors = tuple(each for each in findings if each.severity == Severity.ERROR)
    if errors:
        raise BrokenPackageError(errors)
    return Checked(package, compiled, findings)
