"""A draft looked at: its files as trees, what the checks say of it now, its flow."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from ruamel.yaml import YAML

from ridgeway.errors import RidgewayError
from ridgeway.office.documents.editing import find_end, find_node
from ridgeway.office.documents.tree import Tree
from ridgeway.office.documents.writing import parse_tree
from ridgeway.services.assessments.actions.drafting import read_draft
from ridgeway.services.assessments.checks import check_package
from ridgeway.services.assessments.definition import Package, PackageError, compile_package, read_package_files
from ridgeway.services.assessments.definition.files import Files
from ridgeway.services.assessments.models import Draft
from ridgeway.services.assessments.staff.drawing import Drawing, draw_flow
from ridgeway.services.assessments.staff.editing.sheets import Sheet

YAML_ENDING = ".yaml"


@dataclass(frozen=True, slots=True)
class Told:
    """What a check says, and where."""

    file: str
    line: int
    message: str
    is_error: bool


@dataclass(frozen=True, slots=True)
class Look:
    """A draft as it is now; `package` and `compiled` are None where it cannot be read."""

    draft: Draft
    files: Files
    trees: dict[str, Tree]
    told: tuple[Told, ...]
    package: Package | None = None
    compiled: Mapping[str, Any] | None = None

    @property
    def errors(self) -> int:
        """How many errors keep it from being a version."""
        return sum(each.is_error for each in self.told)

    def draw(self) -> Drawing | None:
        """The flow, where it can be read."""
        return draw_flow(self.compiled) if self.compiled is not None else None

    def tell(self, sheet: Sheet) -> tuple[Told, ...]:
        """What is said of the lines of an element."""
        text = self.files.content[sheet.file].decode("utf-8-sig").replace("\r\n", "\n")
        node = find_node(YAML(typ="rt", pure=True).compose(text), tuple(str(step) for step in sheet.path))
        first, last = text.count("\n", 0, node.start_mark.index) + 1, text.count("\n", 0, find_end(node)) + 1
        return tuple(each for each in self.told if each.file == sheet.file and first <= each.line <= last)


def look(draft: Draft) -> Look:
    """The draft, read and checked; whatever is wrong with it is told."""
    files = read_draft(draft)
    trees = {name: parse_tree(data, name=name) for name, data in files.content.items() if name.endswith(YAML_ENDING)}
    package = None
    try:
        package = read_package_files(files)
        compiled = compile_package(package)
        findings = check_package(package, compiled, today=timezone.localdate())
    except PackageError as error:
        told = tuple(Told(shorten(each.file, files), each.line, each.why, is_error=True) for each in error.problems)
        return Look(draft, files, trees, told, package)
    except RidgewayError as error:
        return Look(draft, files, trees, (Told("", 0, error.detail, is_error=True),), package)
    told = tuple(Told(each.file, each.line, each.message, each.severity == "error") for each in findings)
    return Look(draft, files, trees, told, package, compiled)


def shorten(name: str, files: Files) -> str:
    """A file's name within its package."""
    return name.removeprefix(f"{files.origin}/")
