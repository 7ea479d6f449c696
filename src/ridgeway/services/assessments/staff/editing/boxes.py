"""One field of a form that stands for one value of a YAML file. Pure.

Law: a box that was not changed changes nothing, whatever its value is; a box that was emptied takes its key away. Only
boxes that the desk itself made of the file are read, so nobody can write anywhere else.
Shapes:  a path is made of keys and ids, and of positions in lists whose entries have no id.
"""

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from ridgeway.office.documents.tree import MISSING, Tree, find_entry

Step = str | int
Path = tuple[Step, ...]
MAX_CHARACTERS = 4000
MAX_ROWS = 300


class Kind(StrEnum):
    """What a box holds."""

    LINE = "line"
    BLOCK = "block"
    VALUE = "value"  # a number or yes or no where it looks like one, else a text
    WORDS = "words"  # a list of words, with commas
    FLAG = "flag"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Box:
    """A field: where its value stands, how it is called, what it holds; `choices` are values with their labels."""

    path: Path
    label: Any
    kind: Kind = Kind.LINE
    shown: str = ""
    choices: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """Its name in the form."""
        return "/".join(str(step) for step in self.path)


def find(tree: Tree, path: Path) -> Any:
    """The value at a path, or MISSING."""
    for step in path:
        if isinstance(step, int):
            tree = tree[step] if isinstance(tree, list) and step < len(tree) else MISSING
        else:
            tree = find_entry(tree, step)
        if tree is MISSING:
            return MISSING
    return tree


def show_value(value: Any) -> str:
    """A value as it stands in its box."""
    if value is MISSING or value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ", ".join(show_value(each) for each in value)
    return str(value).rstrip("\n")


def make_box(tree: Tree, path: Path, label: Any, kind: Kind = Kind.LINE, **values: Any) -> Box:
    """The box of a value of the file."""
    return Box(path, label, kind, show_value(find(tree, path)), **values)


def make_text_boxes(tree: Tree, path: Path, label: Any, kind: Kind = Kind.LINE) -> list[Box]:
    """The box of a text; two where it is another for somebody who answers for somebody else."""
    if isinstance(find(tree, path), dict):
        return [make_box(tree, (*path, form), f"{label} ({form})", kind) for form in ("self", "other")]
    return [make_box(tree, path, label, kind)]


def read_box(box: Box, text: str) -> Any:
    """What a person wrote as a value; None where it is to be taken away."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not text:
        return None
    match box.kind:
        case Kind.FLAG:
            return True
        case Kind.WORDS:
            return [word.strip() for word in text.split(",") if word.strip()]
        case Kind.VALUE:
            return read_scalar(text)
        case _:
            return f"{text}\n" if "\n" in text else text


def read_scalar(text: str) -> Any:
    """A number, yes or no, or a text."""
    if text in {"true", "false"}:
        return text == "true"
    try:
        number = Decimal(text) if text.lstrip("-")[:1].isdigit() and text.isascii() and "_" not in text else None
    except InvalidOperation:
        return text
    if number is None or not number.is_finite() or "e" in text.lower():
        return text
    return int(number) if "." not in text else number


def apply_boxes(tree: Tree, boxes: Iterable[Box], sent: Mapping[str, str]) -> Tree:
    """The file after what was sent; a new tree."""
    new = copy.deepcopy(tree)
    for box in boxes:
        text = sent.get(box.name, "")
        before, now = (bool(box.shown), bool(text)) if box.kind is Kind.FLAG else (box.shown, clean(text))
        if now != clean_shown(before):
            put(new, box.path, read_box(box, text))
    return new


def clean(text: str) -> str:
    """A text as a browser sends it, made comparable."""
    return text.replace("\r\n", "\n").strip()


def clean_shown(shown: str | bool) -> str | bool:
    """The same of what was shown."""
    return clean(shown) if isinstance(shown, str) else shown


def put(tree: Tree, path: Path, value: Any) -> None:
    """Put a value into a tree of our own, with what must hold it; None takes it away, and an empty row with it."""
    holders: list[tuple[Any, Step]] = []
    inside = tree
    for step, following in zip(path, (*path[1:], None), strict=True):
        holders.append((inside, step))
        if following is None:
            break
        found = find(inside, (step,))
        if found is MISSING or found is None:
            if value is None:
                return
            found = [] if isinstance(following, int) else {}
            set_entry(inside, step, found)
        inside = found
    for holder, step in holders[::-1]:
        set_entry(holder, step, value)
        if value is not None or holder or holder is tree or isinstance(step, int):
            break
        value = None


def set_entry(holder: Any, step: Step, value: Any) -> None:
    """One entry of a mapping or a list."""
    if isinstance(step, int):
        if step < len(holder):
            holder[step] = value
        elif len(holder) < MAX_ROWS:
            holder.append(value)
    elif isinstance(holder, dict):
        holder.pop(step, None) if value is None else holder.update({step: value})


def drop_empty(rows: Any) -> list[Any]:
    """The rows of a list that say something."""
    return [each for each in rows if each not in (None, {}, "")] if isinstance(rows, list) else []
