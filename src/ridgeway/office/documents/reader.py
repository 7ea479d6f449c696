"""YAML 1.2 as data alone: mappings, lists and scalars, each with the line it stands on.

Law: no anchors, aliases, merge keys or tags, no repeated keys, text keys only; sizes and depths are bounded while
reading. Every such fault is told at once. `no` is a text, `012` is twelve, as YAML 1.2 says.
Read next: `schema.py`.
"""

from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
)
from ruamel.yaml.nodes import ScalarNode

from ridgeway.errors import SettingsError

MAX_DOCUMENT_BYTES = 8 * 1024 * 1024
MAX_NODES = 200_000
MAX_DEPTH = 30
MAX_FAULTS = 50
MAX_SHOWN_CHARACTERS = 60
PLAIN_TAG = "tag:yaml.org,2002:"
CONVERTED = {"int", "bool", "null", "float"}
NOTHING_YET = object()


@dataclass(frozen=True, slots=True)
class Node:
    """A value with its line (from 1). A mapping holds nodes by key, a list a tuple of nodes, else it is a scalar.

    `text` is a scalar as it was written, so that a code like 007 stays one.
    """

    value: Any
    line: int
    text: str = ""

    @property
    def kind(self) -> str:
        """What it is, in a word."""
        match self.value:
            case dict():
                return "a mapping"
            case tuple():
                return "a list"
            case None:
                return "nothing"
            case _:
                return shorten(repr(self.value))


@dataclass(slots=True)
class Open:
    """A mapping or list whose end has not come; `key` is the key that waits for its value."""

    line: int
    is_mapping: bool
    entries: list[Node] = field(default_factory=list)
    pairs: dict[str, Node] = field(default_factory=dict)
    key: Any = NOTHING_YET

    def close(self) -> Node:
        """The whole."""
        return Node(self.pairs if self.is_mapping else tuple(self.entries), self.line)


class TooManyError(Exception):
    """Nothing more is read."""


@dataclass(slots=True)
class Building:
    """One document in progress."""

    yaml: YAML
    open: list[Open] = field(default_factory=list)
    root: Node | None = None
    nodes: int = 0
    faults: list[tuple[int, str]] = field(default_factory=list)

    def fail(self, line: int, why: str) -> None:
        """Note a fault."""
        self.faults.append((line, why))
        if len(self.faults) >= MAX_FAULTS:
            raise TooManyError

    def take(self, event: Any) -> None:
        """One event of the parser."""
        line = event.start_mark.line + 1
        if isinstance(event, DocumentStartEvent):
            self.start_document(event, line)
        elif isinstance(event, CollectionEndEvent):
            self.put(self.open.pop().close())
        elif isinstance(event, NodeEvent):
            self.nodes += 1
            if self.nodes > MAX_NODES or len(self.open) > MAX_DEPTH:
                self.faults.append((line, f"more than {MAX_DEPTH} levels or {MAX_NODES} values"))
                raise TooManyError
            self.refuse_marks(event, line)
            if isinstance(event, CollectionStartEvent):
                self.open.append(Open(line, isinstance(event, MappingStartEvent)))
            elif isinstance(event, ScalarEvent):
                self.put(Node(self.read_scalar(event, line), line, event.value))
            else:
                self.put(Node(None, line))

    def start_document(self, event: DocumentStartEvent, line: int) -> None:
        """Note a fault for a second document, or one that is read by other rules."""
        if self.root is not None:
            self.faults.append((line, "a second document (---) is not read; write one a file"))
            raise TooManyError
        if event.version or event.tags:
            self.fail(line, "a directive (%YAML, %TAG) is not read; take it out")

    def refuse_marks(self, event: Any, line: int) -> None:
        """Note a fault for what makes a value more than plain data."""
        if isinstance(event, AliasEvent):
            self.fail(line, "an alias (*name) is not read; write the value again")
        elif event.anchor is not None:
            self.fail(line, "an anchor (&name) is not read; write the value again")
        tag = getattr(event, "tag", None)
        if tag is not None and str(tag) != "!":
            self.fail(line, f"a tag ({shorten(str(tag))}) is not read; write the plain value")

    def read_scalar(self, event: ScalarEvent, line: int) -> Any:
        """The value of a scalar; a quoted one is a text."""
        if not event.value.isascii() and any("\ud800" <= each <= "\udfff" for each in event.value):
            self.fail(line, "half a character (\\ud800 to \\udfff) is no text")
        tag = self.yaml.resolver.resolve(ScalarNode, event.value, event.implicit)
        if str(tag).removeprefix(PLAIN_TAG) not in CONVERTED:
            return event.value
        try:
            node = ScalarNode(tag, event.value, start_mark=event.start_mark, end_mark=event.end_mark)
            return self.yaml.constructor.construct_object(node)
        except (YAMLError, ValueError, OverflowError):
            self.fail(line, f"{shorten(event.value)} cannot be read; put it in quotes if it is a text")
            return event.value

    def put(self, node: Node) -> None:
        """The node is where it belongs: a key, a value, an entry, or the whole document."""
        if not self.open:
            self.root = node
            return
        inside = self.open[-1]
        if not inside.is_mapping:
            inside.entries.append(node)
        elif inside.key is NOTHING_YET:
            inside.key = self.read_key(node, inside.pairs)
        else:
            if inside.key is not None:
                inside.pairs[inside.key] = node
            inside.key = NOTHING_YET

    def read_key(self, node: Node, pairs: dict[str, Node]) -> str | None:
        """The key as a text; None after a fault."""
        if isinstance(node.value, dict | tuple):
            self.fail(node.line, "a key must be a text")
        elif node.text in pairs:
            first = pairs[node.text].line
            self.fail(node.line, f"the key {shorten(node.text)!r} is there twice, first at line {first}")
        elif node.text == "<<":
            self.fail(node.line, "a merge key (<<) is not read; write the keys out")
        else:
            return node.text
        return None


def parse_yaml(data: bytes, *, name: str) -> Node:
    """The document in `data`; `name` stands in errors.

    Raises:  SettingsError(malformed_document) with every fault, each with its line.
    """
    building = Building(YAML(typ="safe", pure=True))
    try:
        if len(data) > MAX_DOCUMENT_BYTES:
            raise ValueError(f"more than {MAX_DOCUMENT_BYTES} bytes are not read")
        for event in building.yaml.parse(data.decode("utf-8")):
            building.take(event)
    except TooManyError:
        pass
    except UnicodeDecodeError as error:
        building.faults.append((1, f"it is not UTF-8 at byte {error.start}"))
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        building.faults.append((1 if mark is None else mark.line + 1, f"this is not YAML: {problem}"))
    except (ValueError, RecursionError) as error:
        building.faults.append((1, f"this is not YAML: {error}"))
    if building.root is None and not building.faults:
        building.faults.append((1, "the document is empty"))
    if building.faults or building.root is None:
        rows = [f"{name}:{line}: {why}." for line, why in building.faults]
        raise SettingsError("malformed_document", "\n".join(rows), line=building.faults[0][0])
    return building.root


def shorten(text: str) -> str:
    """A text of bounded length, for a sentence."""
    return text if len(text) <= MAX_SHOWN_CHARACTERS else text[: MAX_SHOWN_CHARACTERS - 1] + "…"
