"""YAML 1.2 as data alone: mappings, lists and scalars, each with the line it stands on.

Law: no anchors, aliases, merge keys or tags, no repeated keys, text keys only; sizes and depths are bounded before
anything is built. `no` is a text, `012` is twelve, as YAML 1.2 says.
Read next: `schema.py`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent, NodeEvent
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

from ridgeway.errors import SettingsError

MAX_DOCUMENT_BYTES = 16 * 1024 * 1024
MAX_NODES = 1_000_000
MAX_DEPTH = 30
PLAIN_TAG = "tag:yaml.org,2002:"
CONVERTED = {"int", "bool", "null", "float"}


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
                return repr(self.value)


def parse_yaml(data: bytes, *, name: str) -> Node:
    """The document in `data`; `name` stands in errors.

    Raises:  SettingsError(malformed_document) with the line.
    """
    if len(data) > MAX_DOCUMENT_BYTES:
        raise malformed(name, 1, f"the document has {len(data)} bytes; at most {MAX_DOCUMENT_BYTES} are read")
    try:
        text = data.decode("utf-8")
        for line, why in find_refused(text):
            raise malformed(name, line, why)
        root = new_parser().compose(text)
    except UnicodeDecodeError as error:
        raise malformed(name, 1, f"it is not UTF-8 at byte {error.start}") from error
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise malformed(name, 1 if mark is None else mark.line + 1, f"this is not YAML: {problem}") from error
    except (ValueError, RecursionError) as error:
        raise malformed(name, 1, f"this is not YAML: {error}") from error
    if root is None:
        raise malformed(name, 1, "the document is empty")
    return build(root, name)


def new_parser() -> YAML:
    """A parser of YAML 1.2, in Python, that knows lines."""
    return YAML(typ="safe", pure=True)


def find_refused(text: str) -> Iterator[tuple[int, str]]:
    """What may not be in a document, with its line: found while nothing is built yet."""
    depth = nodes = 0
    for event in new_parser().parse(text):
        line = event.start_mark.line + 1
        if isinstance(event, AliasEvent):
            yield line, "an alias (*name) is not read; write the value again"
        elif isinstance(event, NodeEvent) and event.anchor is not None:
            yield line, "an anchor (&name) is not read; write the value again"
        if isinstance(event, CollectionStartEvent):
            depth += 1
        elif isinstance(event, CollectionEndEvent):
            depth -= 1
        nodes += isinstance(event, NodeEvent)
        if depth > MAX_DEPTH or nodes > MAX_NODES:
            yield line, f"more than {MAX_DEPTH} levels or {MAX_NODES} values"
        tag = getattr(event, "tag", None)
        if tag is not None and str(tag) != "!":
            yield line, f"a tag ({str(tag)[:40]}) is not read; write the plain value"


def build(node: Any, name: str) -> Node:
    """The value of a composed node."""
    line = node.start_mark.line + 1
    match node:
        case MappingNode():
            return Node(build_mapping(node, name), line)
        case SequenceNode():
            return Node(tuple(build(each, name) for each in node.value), line)
        case _:
            return Node(build_scalar(node, name), line, node.value)


def build_mapping(node: MappingNode, name: str) -> dict[str, Node]:
    """The nodes of a mapping by key."""
    found: dict[str, Node] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, ScalarNode):
            raise malformed(name, line, "a key must be a text")
        if key.value in found:
            raise malformed(name, line, f"the key {key.value!r} is there twice, first at line {found[key.value].line}")
        if key.value == "<<":
            raise malformed(name, line, "a merge key (<<) is not read; write the keys out")
        found[key.value] = build(value, name)
    return found


def build_scalar(node: ScalarNode, name: str) -> Any:
    """The value of a scalar."""
    kind = str(node.tag).removeprefix(PLAIN_TAG)
    if kind not in CONVERTED:
        return node.value
    try:
        return new_parser().constructor.construct_object(node)
    except (YAMLError, ValueError, OverflowError) as error:
        raise malformed(name, node.start_mark.line + 1, f"{node.value!r} cannot be read") from error


def malformed(name: str, line: int, why: str) -> SettingsError:
    """The error for a document that is not data."""
    return SettingsError("malformed_document", f"{name}:{line}: {why}.", line=line)
