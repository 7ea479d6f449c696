"""An overlay carried from one release of a package to the next: a merge of three, element by element.

Law: what the release did not touch keeps; what it now says itself is dropped; where both changed one element, a person
decides, and nothing is put in force before. A change that the publisher marked as safety is shown to a person even
where it merges. What is decided is written into the operation, which then remembers what it replaces now.

| upstream, where an operation stands | the operation |
|---|---|
| is as it was | keeps |
| is now what we made of it | is dropped |
| changed in another element | keeps, and both hold |
| changed in this element | conflict |
| has not this element any more | orphan, which is a conflict too |
| has not this translation or example any more | is dropped, unless its publisher says that it is for safety |
Source:  docs/decisions/0029-overlays.md
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final

from ridgeway.errors import RequestError
from ridgeway.office.documents.operations import Kind, Operation, apply_operations, is_same
from ridgeway.office.documents.tree import (
    MISSING,
    Path,
    Tree,
    find_element,
    find_key,
    fits,
    list_names,
    render_path,
)

RESTING: Final = (("locale", "*"), ("cases", "tests"), ("service", "tests"))
"""Where translations and examples stand: of one that the release lost nothing is left that could be in force."""


class Severity(StrEnum):
    """How much a change of the publisher's matters, in its own words."""

    SAFETY = "safety"
    POLICY = "policy"
    CONTENT = "content"
    COSMETIC = "cosmetic"


class Why(StrEnum):
    """Why a person must decide."""

    BOTH_CHANGED = "both_changed"
    GONE = "gone"
    BOTH_ADDED = "both_added"
    LOCKED = "locked"


class Choice(StrEnum):
    """What a person decided."""

    OURS = "ours"
    THEIRS = "theirs"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the publisher's list of changes."""

    path: Path
    severity: Severity
    text: str = ""


@dataclass(frozen=True, slots=True)
class Conflict:
    """One element of which a person must say what holds. `theirs` is MISSING where the element is gone."""

    operation: Operation
    why: Why
    theirs: Any
    severity: Severity = Severity.CONTENT
    note: str = ""

    @property
    def place(self) -> str:
        """The element."""
        return self.operation.place


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided of one conflict; `value` where it is neither side's."""

    choice: Choice
    by: str
    reason: str = ""
    value: Any = None


@dataclass(frozen=True, slots=True)
class Merge:
    """What becomes of an overlay with the next release."""

    upstream: Tree
    kept: tuple[Operation, ...]
    dropped: tuple[Operation, ...]
    conflicts: tuple[Conflict, ...] = ()
    to_look_at: tuple[Change, ...] = field(default=())
    """Safety changes beside which something of ours stands, or that name no element: a person looks at them."""

    @property
    def tree(self) -> Tree:
        """The definition as it will be.

        Raises:  RequestError(unsettled_conflicts) while a person must decide.
        """
        if self.conflicts:
            places = ", ".join(conflict.place for conflict in self.conflicts[:5])
            raise RequestError(
                "unsettled_conflicts",
                f"{len(self.conflicts)} elements were changed on both sides: {places}.",
                action="Decide each with `ridgeway catalogue update --settle ELEMENT=ours|theirs`.",
            )
        return apply_operations(self.upstream, self.kept)


def merge_release(
    upstream: Tree,
    operations: Iterable[Operation],
    *,
    changes: Iterable[Change] = (),
    locked: frozenset[Path] = frozenset(),
) -> Merge:
    """What becomes of `operations` on the release whose definition is `upstream`.

    Shapes:  `locked` are elements that the publisher lets nobody change, with all inside.
    """
    changes = tuple(changes)
    kept: list[Operation] = []
    dropped: list[Operation] = []
    conflicts: list[Conflict] = []
    for operation in operations:
        outcome = carry_over(operation, upstream, kept)
        if is_locked(operation, locked) and outcome is not None:
            outcome = Why.LOCKED
        if outcome is Why.GONE and is_at_rest(operation, upstream, changes):
            outcome = None
        if outcome is None:
            dropped.append(operation)
        elif isinstance(outcome, Operation):
            kept.append(outcome)
        else:
            theirs = find_element(upstream, operation.path)
            conflicts.append(describe_conflict(operation, outcome, theirs, changes))
    beside = {operation.path[:2] for operation in kept}
    safety = (change for change in changes if change.severity is Severity.SAFETY)
    to_look_at = tuple(change for change in safety if not change.path or change.path[:2] in beside)
    return Merge(upstream, tuple(kept), tuple(dropped), tuple(conflicts), to_look_at)


def carry_over(operation: Operation, upstream: Tree, before: list[Operation]) -> Operation | Why | None:
    """The operation as it applies to the release, None when it is not needed any more, or why a person decides."""
    path = operation.path
    there = find_element(upstream, path)
    if there is not MISSING and operation.kind in {Kind.ADD, Kind.SET} and not fits(upstream, path, operation.value):
        return Why.GONE
    if path[-1:] == (find_key(find_element(upstream, path[:-2])),):
        return Why.GONE  # what names an entry there was a value like any other here
    match operation.kind:
        case Kind.ADD:
            if there is not MISSING:
                return None if is_same(there, operation.value) else Why.BOTH_ADDED
            return operation if has_place(upstream, operation, before) else Why.GONE
        case Kind.REMOVE:
            if there is MISSING:
                return None
            return operation if is_same(there, operation.was) else Why.BOTH_CHANGED
        case Kind.ORDER:
            return carry_order(operation, there, before)
        case Kind.SET:
            if there is MISSING:
                return operation if path in {each.path for each in before} else Why.GONE
            if is_same(there, operation.value):
                return None
            return operation if is_same(there, operation.was) else Why.BOTH_CHANGED


def is_at_rest(operation: Operation, upstream: Tree, changes: tuple[Change, ...]) -> bool:
    """Whether an orphan is about one translation or example that is gone while others of its kind are there."""
    if any(each.severity is Severity.SAFETY and touches(each.path, operation.path) for each in changes if each.path):
        return False
    for holder in RESTING:
        size = len(holder)
        path = operation.path[: size + 1]
        is_inside = len(path) > size and all(said in {"*", step} for said, step in zip(holder, path, strict=False))
        if is_inside and find_element(upstream, path[:size]) is not MISSING:
            return find_element(upstream, path) is MISSING
    return False


def has_place(upstream: Tree, operation: Operation, before: list[Operation]) -> bool:
    """Whether what holds an added element is there, or was added by an operation before."""
    holder = operation.path[:-1]
    if any(each.kind is Kind.ADD and each.path == holder[: len(each.path)] for each in before):
        return True
    return fits(upstream, operation.path, operation.value)


def carry_order(operation: Operation, there: Any, before: list[Operation]) -> Operation | Why | None:
    """The order of a list on the release: ours, when the publisher did not order its own entries anew."""
    if not isinstance(there, list):
        return Why.GONE
    theirs = list_names(there)
    ours = [name for name in operation.value if name in theirs]
    if ours == [name for name in theirs if name in ours]:
        return None
    stayed = [name for name in operation.was if name in theirs]
    if [name for name in theirs if name in operation.was] != stayed:
        return Why.BOTH_CHANGED
    now = order_names(theirs, operation, before)
    return None if now == theirs else replace(operation, was=theirs, value=now)


def order_names(theirs: list[str], operation: Operation, before: list[Operation]) -> list[str]:
    """Our order, without what is gone; what the publisher added stands behind the entry that it stood behind there."""
    path = operation.path
    added = [each.path[-1] for each in before if each.kind is Kind.ADD and each.path[:-1] == path]
    removed = {each.path[-1] for each in before if each.kind is Kind.REMOVE and each.path[:-1] == path}
    now = [name for name in operation.value if (name in theirs and name not in removed) or name in added]
    for place, name in enumerate(theirs):
        if name not in now and name not in removed:
            front = next((each for each in reversed(theirs[:place]) if each in now), None)
            now.insert(now.index(front) + 1 if front else 0, name)
    return now


def is_locked(operation: Operation, locked: frozenset[Path]) -> bool:
    """Whether the publisher lets nobody change this element."""
    return any(operation.path[: len(path)] == path for path in locked)


def describe_conflict(operation: Operation, why: Why, theirs: Any, changes: tuple[Change, ...]) -> Conflict:
    """The conflict with what the publisher says of its change; the gravest line counts."""
    order = list(Severity)
    said = sorted(
        (each for each in changes if touches(each.path, operation.path)), key=lambda x: order.index(x.severity)
    )
    first = said[0] if said else Change(operation.path, Severity.CONTENT)
    return Conflict(operation, why, theirs, first.severity, first.text)


def touches(one: Path, other: Path) -> bool:
    """Whether one element is the other, or stands in it; what names no element stands in none."""
    size = min(len(one), len(other))
    return size > 0 and one[:size] == other[:size]


def settle(merge: Merge, decisions: Mapping[str, Decision]) -> Merge:
    """The merge with these conflicts decided; `decisions` has them by element.

    Raises:  RequestError(unknown_conflict) naming those that there are; RequestError(locked_element).
    """
    known = {conflict.place for conflict in merge.conflicts}
    for place in decisions:
        if place not in known:
            raise RequestError(
                "unknown_conflict",
                f"Nothing is to be decided of {place!r}; of {', '.join(sorted(known)) or 'nothing'}.",
            )
    kept, dropped, left = list(merge.kept), list(merge.dropped), []
    for conflict in merge.conflicts:
        decision = decisions.get(conflict.place)
        operation = decide(conflict, decision, merge.upstream, kept) if decision else None
        if decision is None:
            left.append(conflict)
        elif operation is None:
            dropped.append(conflict.operation)
        else:
            kept.append(operation)
    return replace(merge, kept=tuple(kept), dropped=tuple(dropped), conflicts=tuple(left))


def decide(conflict: Conflict, decision: Decision, upstream: Tree, kept: list[Operation]) -> Operation | None:
    """The operation that stands after a decision; None where the release's own value holds."""
    ours = conflict.operation
    if decision.choice is Choice.THEIRS:
        return None
    if conflict.why is Why.GONE:
        raise RequestError(
            "element_gone",
            f"{ours.place} is not in the release any more, so that nothing can be set there.",
            action="Decide `theirs`, and add what you need where it belongs now.",
        )
    if ours.kind is Kind.ORDER:
        theirs = list_names(conflict.theirs)
        return replace(ours, was=theirs, value=order_names(theirs, ours, kept), author=decision.by)
    value = decision.value if decision.choice is Choice.OTHER else ours.value
    reason = decision.reason or ours.reason
    if ours.kind is not Kind.REMOVE and not fits(upstream, ours.path, value):
        raise RequestError(
            "element_gone", f"{ours.place} is of another kind in the release; {value!r} cannot stand there."
        )
    if ours.kind is Kind.REMOVE and decision.choice is Choice.OURS:
        return replace(ours, was=conflict.theirs, reason=reason, author=decision.by)
    if conflict.theirs is MISSING:
        return replace(ours, value=value, reason=reason, author=decision.by)
    if is_same(value, conflict.theirs):
        return None
    return replace(ours, kind=Kind.SET, was=conflict.theirs, value=value, reason=reason, author=decision.by)


def describe(conflict: Conflict) -> dict[str, Any]:
    """The conflict as plain data: base, theirs, ours."""
    gone = conflict.theirs is MISSING
    return {
        "element": render_path(conflict.operation.path),
        "why": str(conflict.why),
        "severity": str(conflict.severity),
        "note": conflict.note,
        "base": conflict.operation.was,
        "theirs": None if gone else conflict.theirs,
        "is_gone": gone,
        "ours": conflict.operation.value,
    }
