"""One look at a definition in progress: what it says, where it says it, and the faults found so far."""

import re
from collections.abc import Iterable, Mapping, Sized
from dataclasses import dataclass, field
from typing import Any, Final

from ridgeway.office.documents.schema import Document, Path, render_path
from ridgeway.services.assessments.definition.faults import Faults, Problem, suggest
from ridgeway.services.assessments.definition.files import Files
from ridgeway.services.assessments.definition.names import SERVICE
from ridgeway.services.assessments.definition.shapes import Decision, Definition

ELEMENT_ID: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")
RESERVED: Final = frozenset(
    {"again", "decision", "empty", "false", "has", "has_any", "in", "item", "known", "next", "none", "not", "null"}
    | {"on_behalf", "outcome", "page", "today", "true", "unknown"}
)
"""What expressions, routes and forms mean something by."""


@dataclass(slots=True)
class Checking:
    """A definition with its documents; `names` are those of expressions and what each names."""

    files: Files
    definition: Definition
    documents: Mapping[str, Document[Any]]
    faults: Faults
    tables: frozenset[str]
    lists: frozenset[str]
    names: dict[str, str] = field(default_factory=dict)

    def fail(self, path: Path, why: str, *, file: str = SERVICE) -> None:
        """Note a fault at a path of a file."""
        line = self.documents[file].line_of(path)
        self.faults.add(Problem(self.files.show(file), line, render_path(path), why))

    def fail_unknown(self, path: Path, what: str, name: str, known: Iterable[str], *, file: str = SERVICE) -> None:
        """Note a fault for the name of something that is not there."""
        self.fail(path, f"there is no {what} {name!r}; {suggest(name, known)}", file=file)

    def check_id(self, path: Path, name: str, *, file: str = SERVICE) -> None:
        """Note a fault for an id that is none."""
        if not isinstance(name, str) or not ELEMENT_ID.fullmatch(name):
            self.fail(path, f"{name!r} is no id; it begins with a small letter, then a-z, 0-9 and _", file=file)
        elif name in RESERVED:
            self.fail(path, f"the id {name!r} means something else in expressions; choose another", file=file)

    def check_unique(self, entries: Iterable[tuple[str, Path]], what: str, *, file: str = SERVICE) -> None:
        """Note a fault for each id that is none, or that was there before."""
        seen: dict[str, int] = {}
        for name, path in entries:
            self.check_id(path, name, file=file)
            if name in seen:
                self.fail(path, f"{what} {name!r} is there twice, first at line {seen[name]}", file=file)
            seen.setdefault(name, self.documents[file].line_of(path))

    def check_count(self, path: Path, entries: Sized, most: int, what: str, *, file: str = SERVICE) -> bool:
        """Whether there are not too many; a fault is noted otherwise."""
        if len(entries) > most:
            self.fail(path, f"there are {len(entries)} {what}; {most} are the most", file=file)
        return len(entries) <= most

    def take_name(self, name: str, what: str, path: Path, *, file: str = SERVICE) -> None:
        """Expressions know `name` from now on; a fault is noted when they knew it before."""
        if name in self.names:
            self.fail(path, f"the name {name!r} is {self.names[name]} already; choose another", file=file)
        self.names.setdefault(name, what)

    def place_of(self, name: str) -> tuple[str, Path]:
        """File and path of a decision."""
        return (f"tables/{name}.yaml", ()) if name in self.tables else (SERVICE, ("decisions", name))

    @property
    def decisions(self) -> Mapping[str, Decision]:
        """The decisions by id."""
        return self.definition.decisions or {}
