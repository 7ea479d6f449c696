"""An author's own text, changed only where its meaning changed: remarks, order and layout of all else stay.

Law: the changed text says exactly what was asked, which is read back and compared; where it cannot be had by small
changes the whole is written anew. Next: `writing.py`.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

from ridgeway.errors import SettingsError
from ridgeway.office.documents.operations import Kind, Operation, is_same, record_operations
from ridgeway.office.documents.tree import Path, Tree, find_element
from ridgeway.office.documents.writing import parse_tree, render_tree

STEP: Final = 2
"""Columns by which what we add stands further in than what holds it."""
LINE: Final = 200
"""Longest value that stays on its line, where its author wrote it in braces."""
PLAIN: Final = re.compile(
    r"(?!(?:true|false|null|yes|no|on|off|y|n)\Z)(?:[a-z_][a-z0-9_.-]*|\d{4}-\d\d-\d\d)", re.IGNORECASE
)
"""Texts that need no quotes anywhere."""


@dataclass(frozen=True, slots=True)
class Edit:
    """The characters from `start` up to `end` give way to `text`."""

    start: int
    end: int
    text: str


class CannotEditError(Exception):
    """Small changes do not do; the whole is to be written anew."""


def edit_text(text: str, new: Tree) -> str:
    """The author's text, saying `new`.

    Raises:  SettingsError(malformed_document) when `text` itself cannot be read.
    """
    old = parse_tree(text.encode(), name="the text")
    try:
        edited = apply_edits(text, list_edits(text, old, new))
        if is_same(parse_tree(edited.encode(), name="the edited text"), new):
            return edited
    except (CannotEditError, LookupError, ValueError, SettingsError):
        pass
    return render_tree(new)


def apply_edits(text: str, edits: list[Edit]) -> str:
    """The text after all edits; they do not overlap, and those at one place stand in their order."""
    in_order = sorted(edits, key=lambda each: each.start)
    for edit in in_order[::-1]:
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def list_edits(text: str, old: Tree, new: Tree) -> list[Edit]:
    """What is to be changed in the text."""
    root = YAML(typ="rt", pure=True).compose(text)
    operations = record_operations(old, new)
    whole = list(find_rewritten(root, operations))
    edits = [replace_value(text, root, path, find_element(new, path)) for path in whole]
    left = [each for each in operations if not any(each.path[: len(path)] == path for path in whole)]
    for holder in dict.fromkeys(each.path[:-1] for each in left if each.kind is Kind.ADD):
        edits += add_entries(text, root, holder, [x for x in left if x.kind is Kind.ADD and x.path[:-1] == holder])
    for operation in left:
        if operation.kind is Kind.SET:
            edits.append(replace_value(text, root, operation.path, operation.value))
        elif operation.kind is Kind.REMOVE:
            edits.append(remove_entry(text, root, operation.path))
    return edits


def find_rewritten(root: Any, operations: tuple[Operation, ...]) -> Iterator[Path]:
    """The elements that are written whole: what is in another order, what stands in braces and gets entries."""
    found: list[Path] = []
    for operation in operations:
        path = operation.path if operation.kind is Kind.ORDER else operation.path[:-1]
        if operation.kind is Kind.SET:
            continue
        is_whole = operation.kind is Kind.ORDER or find_node(root, path).flow_style
        if is_whole or loses_all(root, path, operations):
            found.append(path)
    outermost = [path for path in found if not any(path != each and path[: len(each)] == each for each in found)]
    yield from dict.fromkeys(outermost)


def loses_all(root: Any, path: Path, operations: tuple[Operation, ...]) -> bool:
    """Whether no entry of an element stays."""
    removed = {each.path[-1] for each in operations if each.kind is Kind.REMOVE and each.path[:-1] == path}
    return removed >= set(name_entries(find_node(root, path)))


def find_node(root: Any, path: Path) -> Any:
    """The node of an element.

    Raises:  KeyError.
    """
    for step in path:
        root = name_entries(root)[step][1]
    return root


def name_entries(node: Any) -> dict[str, tuple[Any, Any]]:
    """The entries of a node by name: where each begins, and its value."""
    if isinstance(node, MappingNode):
        return {key.value: (key, value) for key, value in node.value}
    if isinstance(node, SequenceNode):
        named = [(each, {key.value: value for key, value in each.value}) for each in node.value]
        return {inside["id" if "id" in inside else "name"].value: (each, each) for each, inside in named}
    raise CannotEditError


def find_end(node: Any) -> int:
    """Where what a node says ends; remarks and empty lines behind it are not its own."""
    if isinstance(node, ScalarNode) or node.flow_style or not node.value:
        return int(node.end_mark.index)
    last = node.value[-1]
    return find_end(last[1] if isinstance(node, MappingNode) else last)


def replace_value(text: str, root: Any, path: Path, value: Tree) -> Edit:
    """Another value where one stands."""
    node = find_node(root, path)
    start, end = node.start_mark.index, find_end(node)
    if isinstance(node, ScalarNode) and node.style in {"|", ">"}:
        body = text[start:end]
        end -= len(body) - len(body.rstrip())
    if is_in_braces(root, path) or (
        not isinstance(node, ScalarNode) and node.flow_style and len(render_flow(value)) <= LINE
    ):
        return Edit(start, end, render_flow(value))
    inside = count_indent(text, start) + STEP
    rendered = render_block(value, inside)
    if rendered.startswith("\n"):
        while text[start - 1] in " \n" and text[start - 2 : start - 1] not in {"", "-"}:
            start -= 1
    return Edit(start, end, rendered)


def is_in_braces(root: Any, path: Path) -> bool:
    """Whether an element stands in braces or brackets."""
    return any(find_node(root, path[:size]).flow_style for size in range(len(path)))


def count_indent(text: str, index: int) -> int:
    """How far in the line of a place begins; the dash of an entry counts as space."""
    line = text[text.rfind("\n", 0, index) + 1 : index]
    return len(line) - len(line.lstrip(" -"))


def render_flow(value: Tree) -> str:
    """A value on one line, as it stands in braces."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{render_scalar(key)}: {render_flow(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(render_flow(each) for each in value) + "]"
    if isinstance(value, str):
        return value if PLAIN.fullmatch(value) else json.dumps(value, ensure_ascii=False)
    return render_scalar(value)


def render_scalar(value: Tree) -> str:
    """A scalar as YAML writes it by itself; a text of several lines in quotes."""
    if isinstance(value, str) and ("\n" in value or not value):
        return json.dumps(value, ensure_ascii=False)
    return render_tree({"x": value}).removeprefix("x: ").rstrip("\n") if not isinstance(value, Decimal) else str(value)


def render_block(value: Tree, indent: int) -> str:
    """A value as it stands behind a key, its lines `indent` columns in."""
    lines = render_tree({"x": value}).rstrip("\n").split("\n")
    first = lines[0].removeprefix("x:").strip()
    margin = " " * (indent - STEP)
    rest = [f"{margin}{line}" if line else line for line in lines[1:]]
    return "\n".join([first, *rest])


def add_entries(text: str, root: Any, holder: Path, added: list[Operation]) -> list[Edit]:
    """New entries, each behind the one that it follows."""
    node = find_node(root, holder)
    entries = name_entries(node)
    first = next(iter(entries.values()))[0]
    column = int(first.start_mark.column)
    places: dict[str, int] = {name: find_end(value) for name, (_, value) in entries.items()}
    edits = []
    for operation in added:
        entry = render_entry(node, operation, column)
        if operation.after in places:
            end = places[operation.after]
            places[operation.path[-1]] = end
            edits.append(Edit(end, end, f"\n{entry}"))
        elif isinstance(node, MappingNode):
            end = find_end(node)
            edits.append(Edit(end, end, f"\n{entry}"))
        else:
            start = text.rfind("\n", 0, first.start_mark.index) + 1
            edits.append(Edit(start, start, f"{entry}\n"))
    return edits


def render_entry(node: Any, operation: Operation, column: int) -> str:
    """An entry with its key or its dash."""
    if isinstance(node, MappingNode):
        margin = " " * column
        return (
            f"{margin}{render_tree({operation.path[-1]: operation.value}).rstrip().replace(chr(10), chr(10) + margin)}"
        )
    margin = " " * (column - STEP)
    entries = name_entries(node)
    beside = entries[operation.after if operation.after in entries else next(iter(entries))][1]
    if beside.flow_style and len(line := render_flow(operation.value)) <= LINE:
        return f"{margin}- {line}"
    lines = render_tree(operation.value).rstrip("\n").split("\n")
    return "\n".join([f"{margin}- {lines[0]}", *(f"{margin}  {line}" if line else line for line in lines[1:])])


def remove_entry(text: str, root: Any, path: Path) -> Edit:
    """An entry with its lines."""
    begins, value = name_entries(find_node(root, path[:-1]))[path[-1]]
    start = text.rfind("\n", 0, begins.start_mark.index) + 1
    end = text.find("\n", find_end(value))
    return Edit(start, len(text) if end < 0 else end + 1, "")
