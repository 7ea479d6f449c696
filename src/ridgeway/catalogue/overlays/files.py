"""Definitions and overlays as YAML that people read in a diff.

Law: what is written reads back as the same data; one thing has one spelling, so that a small change is a small diff.
Nothing here opens a file.
"""

import io
from decimal import Decimal
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.representer import RoundTripRepresenter
from ruamel.yaml.scalarstring import LiteralScalarString

from ridgeway.catalogue.overlays.elements import Tree, parse_path
from ridgeway.catalogue.overlays.operations import MAX_OPERATIONS, Kind, Operation
from ridgeway.errors import SettingsError
from ridgeway.office.documents import Node, parse_yaml

FORMAT: Final = "overlay/1"
WIDTH: Final = 100
HEAD: Final = "# What this organisation changed, element by element; written by `ridgeway catalogue adapt`.\n"
KEYS: Final = {"value": "to", "was": "was", "after": "after", "reason": "reason", "author": "author", "basis": "basis"}


def parse_tree(data: bytes, *, name: str) -> Tree:
    """A YAML document as plain data; numbers with a point keep all their digits.

    Raises:  SettingsError(malformed_document) with every fault, each with its line.
    """
    return to_plain(parse_yaml(data, name=name))


def to_plain(node: Node) -> Tree:
    """The value of a node without its lines."""
    match node.value:
        case dict():
            return {key: to_plain(each) for key, each in node.value.items()}
        case tuple():
            return [to_plain(each) for each in node.value]
        case float():
            return Decimal(node.text.replace("_", ""))
        case _:
            return node.value


class Representer(RoundTripRepresenter):
    """How values are spelled."""


def represent_number(representer: RoundTripRepresenter, value: Decimal) -> Any:
    """A number with a point, with the digits that it has."""
    text = format(value, "f")
    return representer.represent_scalar("tag:yaml.org,2002:float", text if "." in text else f"{text}.0")


Representer.add_representer(Decimal, represent_number)


def render_tree(tree: Tree) -> str:
    """Plain data as YAML: block style, texts of several lines as they are, keys in their order."""
    yaml = YAML()
    yaml.Representer = Representer
    yaml.width = WIDTH
    yaml.allow_unicode = True
    yaml.default_flow_style = False
    yaml.indent(mapping=2, sequence=4, offset=2)
    written = io.StringIO()
    yaml.dump(to_styled(tree), written)
    return written.getvalue()


def to_styled(tree: Tree) -> Tree:
    """The data with texts of several lines marked as blocks where a block can say them exactly."""
    if isinstance(tree, dict):
        return {key: to_styled(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [to_styled(value) for value in tree]
    if isinstance(tree, str) and "\n" in tree and may_be_block(tree):
        return LiteralScalarString(tree)
    return tree


def may_be_block(text: str) -> bool:
    """Whether a literal block says exactly this text."""
    lines = text.split("\n")
    return bool(lines[0].strip()) and all(line == line.rstrip() and line.isprintable() for line in lines)


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
