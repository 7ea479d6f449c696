"""The types of expressions, as the compiled document writes them.

"bool" · "number" · "text" · "date" · ["option", OWNER] one option of a question or an output ·
["options", QUESTION] the ticked ones · ["list", PAGE] the items of a page that is asked more than once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

Type: TypeAlias = str | list[str]

RESERVED = frozenset({"true", "false", "in", "today"})
"""Words that no question, fact, parameter or decision can have as its id."""

BOOL = "bool"
NUMBER = "number"
TEXT = "text"
DATE = "date"
PLAIN = {BOOL: "true or false", NUMBER: "a number", TEXT: "a text", DATE: "a date"}


def kind_of(kind: Type) -> str:
    """The type without its owner: "option" for ["option", "contact"]."""
    return kind if isinstance(kind, str) else kind[0]


def describe_type(kind: Type) -> str:
    """The type in a few words for a person."""
    if isinstance(kind, str):
        return PLAIN[kind]
    name, owner = kind
    words = {"option": "an option", "options": "the ticked options", "list": "the items"}
    return f"{words[name]} of {owner}"


@dataclass(frozen=True, slots=True)
class Environment:
    """What the names in an expression mean, and of which type they are.

    `answers` holds questions asked once, and pages asked for each item as ["list", PAGE]; `items` the questions of such
    pages; `decisions` those with one output, `outputs` those with several; `options` the ids by question, decision or
    `decision.output` (one that is absent takes any text); `collects` the decisions whose hits can be counted;
    `patterns` regular expressions by name.
    """

    answers: Mapping[str, Type] = field(default_factory=dict)
    parameters: Mapping[str, Type] = field(default_factory=dict)
    facts: Mapping[str, Type] = field(default_factory=dict)
    decisions: Mapping[str, Type] = field(default_factory=dict)
    outputs: Mapping[str, Mapping[str, Type]] = field(default_factory=dict)
    items: Mapping[str, Mapping[str, Type]] = field(default_factory=dict)
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    collects: frozenset[str] = frozenset()
    patterns: Mapping[str, str] = field(default_factory=dict)
