"""What was changed in a document, as operations that remember what they replaced.

Law: an operation is never applied to anything but what it was made for: the value that it replaces stands in it, and a
tree that has another there is refused (`merging.py` says then what to do). Applied to the tree that they were recorded
from, operations give exactly the tree that they were recorded for.
Next: `editing.py`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

from ridgeway.errors import RequestError
from ridgeway.office.documents.tree import (
    MISSING,
    Path,
    Tree,
    drop_element,
    find_element,
    find_entry,
    find_key,
    is_keyed,
    list_names,
    put_element,
    render_path,
)

MAX_OPERATIONS: Final = 5_000


class Kind(StrEnum):
    """What an operation does with its element."""

    SET = "set"
    ADD = "add"
    REMOVE = "remove"
    ORDER = "order"  # the entries of a named list stand in another order


@dataclass(frozen=True, slots=True)
class Operation:
    """One change to one element.

    Shapes:  `was` is what stood there (absent for `add`), `value` what stands there instead (absent for `remove`);
             `after` is the name of the entry before an added one; for `order` both values are lists of names.
    """

    kind: Kind
    path: Path
    was: Any = None
    value: Any = None
    after: str | None = None
    reason: str = ""
    author: str = ""
    basis: str = ""

    @property
    def place(self) -> str:
        """Its element, as people write it."""
        return render_path(self.path)


def record_operations(old: Tree, new: Tree, path: Path = ()) -> tuple[Operation, ...]:
    """The operations that make `new` of `old`, as small as named elements allow.

    Raises:  RequestError(too_many_changes) above MAX_OPERATIONS.
    """
    found: list[Operation] = []
    for operation in list_operations(old, new, path):
        found.append(operation)
        if len(found) > MAX_OPERATIONS:
            raise RequestError(
                "too_many_changes",
                f"More than {MAX_OPERATIONS} elements differ.",
                action="This is another package; publish it under a name of its own.",
            )
    return tuple(found)


def list_operations(old: Tree, new: Tree, path: Path) -> Iterator[Operation]:
    """The operations, from the outside in."""
    if is_same(old, new):
        return
    if not may_enter(old, new):
        yield Operation(Kind.SET, path, was=old, value=new)
        return
    before, now = list_names(old), list_names(new)
    for name in before:
        if name not in now:
            yield Operation(Kind.REMOVE, (*path, name), was=find_entry(old, name))
    for place, name in enumerate(now):
        if name in before:
            yield from list_operations(find_entry(old, name), find_entry(new, name), (*path, name))
        else:
            after = now[place - 1] if place else None
            yield Operation(Kind.ADD, (*path, name), value=find_entry(new, name), after=after)
    stayed, stay = [each for each in before if each in now], [each for each in now if each in before]
    if stayed != stay and isinstance(old, list):
        yield Operation(Kind.ORDER, path, was=before, value=now)


def is_same(old: Tree, new: Tree) -> bool:
    """Whether two values are the same; true is not 1, and the order of a mapping's keys says nothing."""
    if type(old) is not type(new):
        return False
    if isinstance(old, dict):
        return old.keys() == new.keys() and all(is_same(old[key], new[key]) for key in old)
    if isinstance(old, list):
        return len(old) == len(new) and all(is_same(*pair) for pair in zip(old, new, strict=True))
    return bool(old == new)


def may_enter(old: Tree, new: Tree) -> bool:
    """Whether the entries of both can be compared by their names."""
    return (isinstance(old, dict) and isinstance(new, dict)) or (is_keyed(old) and find_key(old) == find_key(new))


def apply_operations(tree: Tree, operations: Iterable[Operation]) -> Tree:
    """The tree after each operation in turn.

    Raises:  RequestError(stale_operation) where the tree has not what an operation replaces.
    """
    for operation in operations:
        tree = apply_operation(tree, operation)
    return tree


def apply_operation(tree: Tree, operation: Operation) -> Tree:
    """The tree after one operation.

    Raises:  RequestError(stale_operation).
    """
    there = find_element(tree, operation.path)
    match operation.kind:
        case Kind.ADD:
            require(operation, holds=there is MISSING, expected="nothing")
            return put_element(tree, operation.path, operation.value, after=operation.after)
        case Kind.ORDER:
            require(operation, holds=sorted(list_names(there)) == sorted(operation.value), expected="the same entries")
            return put_element(tree, operation.path, [find_entry(there, name) for name in operation.value])
        case Kind.REMOVE:
            require(operation, holds=is_same(there, operation.was), expected=repr(operation.was))
            return drop_element(tree, operation.path)
        case Kind.SET:
            require(operation, holds=is_same(there, operation.was), expected=repr(operation.was))
            return put_element(tree, operation.path, operation.value)


def require(operation: Operation, *, holds: bool, expected: str) -> None:
    """Hold only when the tree has what the operation replaces."""
    if not holds:
        raise RequestError(
            "stale_operation",
            f"{operation.kind} {operation.place}: the package has not {expected[:200]} there any more.",
            action="Run `ridgeway catalogue update`, which shows both and asks what is to hold.",
        )


def with_reason(operation: Operation, *, reason: str, author: str, basis: str = "") -> Operation:
    """The operation with who made it and why."""
    return replace(operation, reason=reason, author=author, basis=basis)
