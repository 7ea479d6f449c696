"""What is wrong with a package: gathered, and told at once, each fault with its file and line."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field

from ridgeway.errors import SettingsError
from ridgeway.services.assessments.definition.limits import MAX_FAULTS

MAX_NAMED = 12


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong: in which file, on which line (from 1), at which path, and what to do."""

    file: str
    line: int
    path: str
    why: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {self.path}: {self.why}" if self.path else f"{where}: {self.why}"


class PackageError(SettingsError):
    """A package cannot be used; `problems` are all that is wrong with it."""

    who = "the author of the package"

    def __init__(self, problems: Iterable[Problem], *, action: str = "") -> None:
        ordered = sorted(set(problems))
        rows = [str(each) for each in ordered[:MAX_FAULTS]]
        if len(ordered) > len(rows):
            rows.append(f"… and {len(ordered) - len(rows)} more")
        line = ordered[0].line if ordered else 0
        super().__init__("malformed_package", "\n".join(rows), action=action, line=line)
        self.problems = tuple(ordered)


@dataclass(slots=True)
class Faults:
    """The faults found so far."""

    problems: list[Problem] = field(default_factory=list)

    def add(self, problem: Problem) -> None:
        """Note a fault."""
        self.problems.append(problem)

    def raise_if_any(self) -> None:
        """Hold only when nothing is wrong.

        Raises:  PackageError with every fault.
        """
        if self.problems:
            raise PackageError(self.problems)


def suggest(name: str, known: Iterable[str]) -> str:
    """A hint at the known name that looks most like `name`, or at all of them when they are few."""
    names = sorted(set(known))
    close = difflib.get_close_matches(name, names, n=1)
    if close:
        return f"did you mean {close[0]!r}?"
    if not names:
        return "there is none"
    shown = ", ".join(names[:MAX_NAMED])
    return f"known are {shown}" + (f" and {len(names) - MAX_NAMED} more" if len(names) > MAX_NAMED else "")
