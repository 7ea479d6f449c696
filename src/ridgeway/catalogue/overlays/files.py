"""Overlays as YAML that people read in a diff.

Law: what is written reads back as the same operations. Nothing here opens a file.
"""

from typing import Any, Final

from ridgeway.errors import SettingsError
from ridgeway.office.documents import Node, parse_yaml
from ridgeway.office.documents.operations import MAX_OPERATIONS, Kind, Operation
from ridgeway.office.documents.tree import parse_path
from ridgeway.office.documents.writing import render_tree, to_plain

FORMAT: Final = "overlay/1"
HEAD: Final = "# What this organisation changed, element by element; written by `ridgeway catalogue adapt`.\n"
KEYS: Final = {"value": "to", "was": "was", "after": "after", "reason": "reason", "author": "author", "basis": "basis"}


def render_overlay(operations: tuple[Operation, ...]) -> str:
    """The overlay file of these operations."""
    return HEAD + render_tree({"format": FORMAT, "operations": [to_entry(each) for each in operations]})


def to_entry(operation: Operation) -> dict[str, Any]:
    """One operation as people read it: what it does to which element, what stood there, what stands there now."""
    entry: dict[str, Any] = {str(operation.kind): operation.place}
    for field, key in KEYS.items():
        value = getattr(operation, field)
        is_said = operation.kind is not Kind.ADD if field == "was" else operation.kind is not Kind.REMOVE
        if field in {"was", "value"}:
            if is_said:
                entry[key] = value
        elif value:
            entry[key] = value
    return entry


def parse_overlay(data: bytes, *, name: str) -> tuple[Operation, ...]:
    """The operations of an overlay file.

    Raises:  SettingsError(malformed_document) naming the line.
    """
    root = parse_yaml(data, name=name)
    held = root.value if isinstance(root.value, dict) else {}
    said = held.get("format")
    if said is None or said.value != FORMAT:
        raise refuse(name, root.line, f"this is no overlay; expected `format: {FORMAT}`")
    entries = held.get("operations", Node((), root.line))
    if not isinstance(entries.value, tuple) or len(entries.value) > MAX_OPERATIONS:
        raise refuse(name, entries.line, f"expected a list of at most {MAX_OPERATIONS} operations")
    return tuple(parse_entry(entry, name) for entry in entries.value)


def parse_entry(entry: Node, name: str) -> Operation:
    """One operation."""
    held = entry.value if isinstance(entry.value, dict) else {}
    kinds = [kind for kind in Kind if str(kind) in held]
    if len(kinds) != 1:
        raise refuse(name, entry.line, f"expected one of {', '.join(Kind)}, with the element that it changes")
    kind = kinds[0]
    fields = {key: field for field, key in KEYS.items()}
    unknown = [key for key in held if key not in fields and key != str(kind)]
    if unknown:
        raise refuse(name, held[unknown[0]].line, f"unknown key {unknown[0]!r}; known are {', '.join(fields)}")
    said = {fields[key]: to_plain(node) for key, node in held.items() if key in fields}
    return Operation(kind, parse_path(str(to_plain(held[str(kind)]))), **said)


def refuse(name: str, line: int, why: str) -> SettingsError:
    """The error of one line."""
    return SettingsError("malformed_document", f"{name}:{line}: {why}", line=line)
