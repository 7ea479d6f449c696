"""Plain data as YAML that people read in a diff.

Law: what is written reads back as the same data; one thing has one spelling, so that a small change is a small diff.
Nothing here opens a file. Next: `editing.py`.
"""

import io
from decimal import Decimal
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.representer import RoundTripRepresenter
from ruamel.yaml.scalarstring import LiteralScalarString

from ridgeway.office.documents.reader import Node, parse_yaml
from ridgeway.office.documents.tree import Tree

WIDTH: Final = 100


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
