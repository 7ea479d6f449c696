"""JSON or YAML as data, within limits: how OpenAPI descriptions are written down.

Law: a description is a stranger's document. Its size, depth and number of values are bounded, each alias counted as
what it stands for; it is data alone, and what is half a character or no number is refused.
Read next: `openapi.py`, which says what the data mean.
"""

import json
from dataclasses import dataclass
from typing import Any, NoReturn

from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from ridgeway.errors import MessageError

MAX_OPENAPI_BYTES = 10 * 1024 * 1024
MAX_VALUES = 200_000
"""In YAML, which is read a hundred times more slowly than JSON."""
MAX_DEPTH = 100


@dataclass(frozen=True, slots=True)
class Written:
    """A description as it is written, and as data; `root` is None where it is JSON."""

    text: str
    content: dict[str, Any]
    root: Node | None


def parse_notation(data: bytes) -> Written:
    """The description as data.

    Raises:  MessageError(invalid_openapi).
    """
    text = decode(data)
    root = None
    try:
        content = load_json(text)
    except (ValueError, RecursionError):
        root = compose(text)
        content = construct(root)
    if not isinstance(content, dict):
        raise invalid("it is no mapping")
    return Written(text, content, root)


def decode(data: bytes) -> str:
    """The text of a description.

    Raises:  MessageError(invalid_openapi) when it is too long or not UTF-8.
    """
    if len(data) > MAX_OPENAPI_BYTES:
        raise invalid(f"it has {len(data)} bytes; at most {MAX_OPENAPI_BYTES} are read")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise invalid(f"it is not UTF-8: {error}") from error


def load_json(text: str) -> Any:
    """The data of a JSON document.

    Raises:  ValueError or RecursionError when it is none; MessageError(invalid_openapi) when it is too deep.
    """
    content = json.loads(text, parse_constant=refuse_constant)
    waiting = [(content, 1)]
    while waiting:
        value, depth = waiting.pop()
        if depth > MAX_DEPTH:
            raise too_large()
        inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        waiting += [(each, depth + 1) for each in inside if isinstance(each, dict | list)]
    return content


def refuse_constant(name: str) -> NoReturn:
    """JSON has no NaN and no Infinity."""
    raise ValueError(f"{name} is no value")


class BoundedComposer(Composer):
    """Stops a document with too many values while it is read, not afterwards."""

    count = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        """One node more."""
        self.count += 1
        if self.count > MAX_VALUES:
            raise too_large()
        return super().compose_node(parent, index)


def compose(text: str) -> Node:
    """The nodes of a YAML document.

    Raises:  MessageError(invalid_openapi).
    """
    yaml = YAML(typ="safe", pure=True)
    yaml.Composer = BoundedComposer
    try:
        node: Node | None = yaml.compose(text)
    except (YAMLError, ValueError, RecursionError) as error:
        raise invalid(f"it is neither JSON nor YAML: {error}") from error
    if node is None:
        raise invalid("it is empty")
    measure(node)
    return node


def construct(root: Node) -> Any:
    """The data of a YAML document.

    Raises:  MessageError(invalid_openapi) for what is more than data, or a value that cannot be.
    """
    try:
        return YAML(typ="safe", pure=True).constructor.construct_document(root)
    except (YAMLError, ValueError, TypeError, ArithmeticError, LookupError, RecursionError) as error:
        raise invalid(f"it is no YAML of data alone: {error}") from error


def measure(root: Node) -> None:
    """Hold only for a document within the limits, written out without aliases."""
    waiting, count = [(root, 1)], 0
    while waiting:
        node, depth = waiting.pop()
        count += 1
        if count > MAX_VALUES or depth > MAX_DEPTH:
            raise too_large()
        if isinstance(node, MappingNode):
            waiting += [(each, depth + 1) for pair in node.value for each in pair]
        elif isinstance(node, SequenceNode):
            waiting += [(each, depth + 1) for each in node.value]


def is_text(value: str) -> bool:
    """Whether a text can be written down: it holds no half character."""
    return value.isascii() or not any("\ud800" <= each <= "\udfff" for each in value)


def too_large() -> MessageError:
    """The error for a description beyond the limits."""
    return invalid(f"it has more than {MAX_VALUES} values, or {MAX_DEPTH} levels")


def invalid(why: str) -> MessageError:
    """The error for what is no description."""
    detail = f"The OpenAPI description cannot be read: {why}."
    return MessageError("invalid_openapi", detail, action="Correct it at its source.")
