"""Lines that a count of supporters reaches, and falls below again when support is withdrawn.

Law: a line is reached exactly while the count is not below it. When it was reached first is kept by the caller: here
is only decided what changes now.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """A count at which something is owed; `is_reached` says how it stood before."""

    code: str
    count: int
    is_reached: bool


@dataclass(frozen=True, slots=True)
class Milestone:
    """A line whose standing changes: reached now, or not any more."""

    code: str
    is_reached: bool


def decide_milestones(count: int, lines: Iterable[Line]) -> tuple[Milestone, ...]:
    """The lines that change at `count`, in the order in which they were given."""
    return tuple(
        Milestone(line.code, count >= line.count) for line in lines if line.is_reached != (count >= line.count)
    )
