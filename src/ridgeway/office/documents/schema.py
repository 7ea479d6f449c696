"""From a parsed document to dataclasses: what may stand where, and every fault at once.

Law: the dataclass is the schema. A field without a default must be there; an unknown key is named with the nearest
known one; a fault carries its line and its path (`clients[2].services[0].url`). What the types cannot say (that a
member exists, say) is checked by whoever reads, against `Document.line_of`.
"""

import dataclasses
import difflib
import json
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from pathlib import Path as FilePath
from types import UnionType
from typing import Any, Generic, TypeVar, Union, get_args, get_origin, get_type_hints

from ridgeway.errors import SettingsError
from ridgeway.office.documents.reader import MAX_DOCUMENT_BYTES, Node, parse_yaml

T = TypeVar("T")
Path = tuple[str | int, ...]
MAX_FAULTS_SHOWN = 50
MAX_STRANGE = 100
"""Most unknown keys of one mapping that are told, since each is compared with the known ones."""
DAY_CHARACTERS = 10
KINDS = {
    bool: "true or false",
    int: "a whole number",
    str: "a text",
    Decimal: "a number",
    date: "a day as 2026-10-01",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: where, and what would be right."""

    path: Path
    why: str


@dataclass(frozen=True, slots=True)
class Document(Generic[T]):
    """What a document says, and on which line each value stands."""

    name: str
    value: T
    lines: Mapping[Path, int]

    def line_of(self, path: Path) -> int:
        """The line of a value, or of the nearest thing around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


@dataclass(slots=True)
class Reading:
    """One reading in progress."""

    lines: dict[Path, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def fail(self, path: Path, why: str) -> None:
        """Note a fault."""
        self.faults.append(Fault(path, why))


def read_document(data: bytes, kind: type[T], *, name: str) -> Document[T]:
    """The document in `data` as a value of the dataclass `kind`.

    Raises:  SettingsError(malformed_document) with every fault, each as FILE:LINE: path: what is wrong.
    """
    reading = Reading()
    value = convert(parse_yaml(data, name=name), kind, (), reading)
    document = Document(name, value, reading.lines)
    require_no_faults(document, reading.faults)
    return document


def read_document_file(file: FilePath, kind: type[T]) -> Document[T]:
    """The document in a file.

    Raises:  SettingsError(malformed_document) when it cannot be read, and as `read_document`.
    """
    try:
        with file.open("rb") as opened:
            data = opened.read(MAX_DOCUMENT_BYTES + 1)
    except OSError as error:
        raise SettingsError("malformed_document", f"{file} cannot be read: {error.strerror}.") from error
    return read_document(data, kind, name=str(file))


def to_content(value: Any) -> Any:
    """A document as plain data, the same before and after it was kept as JSON."""
    return json.loads(json.dumps(dataclasses.asdict(value)))


def require_no_faults(document: Document[Any], faults: list[Fault]) -> None:
    """Hold only when nothing is wrong.

    Raises:  SettingsError(malformed_document) with every fault.
    """
    if not faults:
        return
    ordered = sorted(faults, key=lambda fault: document.line_of(fault.path))
    rows = [render_fault(document, fault) for fault in ordered[:MAX_FAULTS_SHOWN]]
    more = len(faults) - len(rows)
    if more > 0:
        rows.append(f"… and {more} more")
    raise SettingsError("malformed_document", "\n".join(rows), line=document.line_of(ordered[0].path))


def render_fault(document: Document[Any], fault: Fault) -> str:
    """`FILE:LINE: clients[2].services[0].url: what is wrong`."""
    return f"{document.name}:{document.line_of(fault.path)}: {render_path(fault.path)}: {fault.why}"


def render_path(path: Path) -> str:
    """`clients[2].services[0].url`."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".") or "the document"


def convert(node: Node, kind: Any, path: Path, reading: Reading) -> Any:
    """The node as a value of `kind`; None after a fault."""
    reading.lines[path] = node.line
    origin = get_origin(kind)
    if origin in {Union, UnionType}:
        return None if node.value is None else convert(node, choose_kind(node, get_args(kind)), path, reading)
    if origin is tuple:
        return convert_list(node, get_args(kind)[0], path, reading)
    if origin is dict:
        return convert_mapping(node, get_args(kind)[1], path, reading)
    if kind is Any:
        return convert_plain(node, path, reading)
    if is_dataclass(kind):
        return convert_dataclass(node, kind, path, reading)
    return convert_scalar(node, kind, path, reading)


def choose_kind(node: Node, kinds: tuple[Any, ...]) -> Any:
    """Of several kinds the one that fits what is written: a list, a mapping or a scalar; else the last."""
    known = [each for each in kinds if each is not type(None)]
    wanted = type(node.value) if isinstance(node.value, dict | tuple) else None
    fitting = [each for each in known if (dict if is_dataclass(each) else get_origin(each)) is wanted]
    return (fitting or known)[-1]


def convert_plain(node: Node, path: Path, reading: Reading) -> Any:
    """The node as plain data: dict, tuple, str, int, bool, None, and Decimal for what has a point."""
    reading.lines[path] = node.line
    match node.value:
        case dict():
            return {key: convert_plain(each, (*path, key), reading) for key, each in node.value.items()}
        case tuple():
            return tuple(convert_plain(each, (*path, number), reading) for number, each in enumerate(node.value))
        case float():
            return convert_scalar(node, Decimal, path, reading)
        case _:
            return node.value


def convert_list(node: Node, kind: Any, path: Path, reading: Reading) -> tuple[Any, ...]:
    """A list of `kind`."""
    if not isinstance(node.value, tuple):
        reading.fail(path, f"this is {node.kind}; expected a list")
        return ()
    return tuple(convert(each, kind, (*path, number), reading) for number, each in enumerate(node.value))


def convert_mapping(node: Node, kind: Any, path: Path, reading: Reading) -> dict[str, Any]:
    """A mapping of any keys to `kind`."""
    if not isinstance(node.value, dict):
        reading.fail(path, f"this is {node.kind}; expected a mapping")
        return {}
    return {key: convert(each, kind, (*path, key), reading) for key, each in node.value.items()}


def convert_dataclass(node: Node, kind: Any, path: Path, reading: Reading) -> Any:
    """A mapping of known keys; a class that says `short_for` may stand as the plain value of that key."""
    short_for = getattr(kind, "short_for", "")
    if short_for and isinstance(node.value, str | int | float) and not isinstance(node.value, bool):
        node = Node({short_for: node}, node.line)
    if not isinstance(node.value, dict):
        reading.fail(path, f"this is {node.kind}; expected {'a text or ' if short_for else ''}a mapping")
        return None
    known = {each.name.removesuffix("_"): each for each in fields(kind)}
    hints = get_type_hints(kind)
    given: dict[str, Any] = {}
    strange = 0
    for key, value in node.value.items():
        if key not in known:
            strange += 1
            if strange <= MAX_STRANGE:
                reading.lines[(*path, key)] = value.line
                reading.fail((*path, key), f"unknown key{suggest(key, list(known))}")
            continue
        given[known[key].name] = convert(value, hints[known[key].name], (*path, key), reading)
    for key, each in known.items():
        if each.name not in given and each.default is MISSING and each.default_factory is MISSING:
            reading.fail(path, f"the key {key!r} is missing")
            given[each.name] = None
    return kind(**given)


def suggest(name: str, known: list[str]) -> str:
    """A hint at the known name that looks most like `name`."""
    close = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean {close[0]!r}?" if close else f"; known are {', '.join(known)}"


def convert_scalar(node: Node, kind: Any, path: Path, reading: Reading) -> Any:
    """A text, a whole number, a truth value or one of an enumeration."""
    value = node.value
    if kind is bool and isinstance(value, bool):
        return value
    if kind is int and isinstance(value, int) and not isinstance(value, bool):
        return value
    if kind is str and isinstance(value, str | int) and not isinstance(value, bool):
        return node.text
    if kind in {Decimal, date} and (found := read_scalar(node, kind)) is not None:
        return found
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        if value in [str(each) for each in kind]:
            return kind(value)
        reading.fail(path, f"this is {node.kind}; expected one of {', '.join(kind)}")
        return None
    reading.fail(path, f"this is {node.kind}; expected {KINDS.get(kind, kind)}")
    return None


def read_scalar(node: Node, kind: Any) -> Any:
    """A number with all its digits, or a day as 2026-10-01; None when it is neither."""
    if kind is Decimal and isinstance(node.value, int | float) and not isinstance(node.value, bool):
        try:
            found = Decimal(node.text.replace("_", "") if isinstance(node.value, float) else node.value)
        except InvalidOperation:
            return None
        return found if found.is_finite() else None
    if kind is date and isinstance(node.value, str) and len(node.value) == DAY_CHARACTERS:
        try:
            return date.fromisoformat(node.value)
        except ValueError:
            return None
    return None
