"""Compiled texts as plain sentences, for those who judge words: what is filled in later is left out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

SENTENCE_END: Final = re.compile(r"(?<=[.!?…؟。！？։।])\s+|\n+")
FILLED_IN: Final = "0"
"""Stands for a value that is not known yet, where sentences are judged."""
LEFT_OPEN: Final = "…"
"""Stands for it where people read."""


@dataclass(frozen=True, slots=True)
class Passage:
    """One paragraph, heading or point of a text; `level` is that of a heading, 0 for anything else."""

    text: str
    level: int = 0
    links: tuple[str, ...] = ()


def say_plainly(nodes: Any) -> str:
    """A whole text on one line, for people."""
    return " ".join(each.text for each in list_passages(nodes, LEFT_OPEN))


def list_passages(nodes: Any, filled_in: str = FILLED_IN) -> Iterator[Passage]:
    """The passages of a text."""
    for block in nodes:
        match block:
            case ["p", inline]:
                yield make_passage(inline, 0, filled_in)
            case ["h", int(level), inline]:
                yield make_passage(inline, level, filled_in)
            case ["ul" | "ol", items]:
                for item in items:
                    yield from list_passages(item, filled_in)
            case ["inset" | "warning", inner] | ["when", _, inner]:
                yield from list_passages(inner, filled_in)


def make_passage(inline: Any, level: int, filled_in: str) -> Passage:
    """A run of words with the texts of its links."""
    return Passage(join_words(inline, filled_in), level, tuple(list_links(inline)))


def join_words(inline: Any, filled_in: str = FILLED_IN) -> str:
    """The words of a run."""
    return "".join(say_node(each, filled_in) for each in inline).strip()


def say_node(node: Any, filled_in: str) -> str:
    """The words of one node."""
    match node:
        case str():
            return node
        case ["b" | "i", inner] | ["a", _, inner]:
            return join_inner(inner, filled_in)
        case ["br"]:
            return "\n"
        case ["plural", _, dict(forms)]:
            return join_inner(forms.get("other") or next(iter(forms.values()), []), filled_in)
        case ["x" | "#", *_]:
            return filled_in
    return ""


def join_inner(inline: Any, filled_in: str) -> str:
    """The words inside a node, with the spaces at their ends."""
    return "".join(say_node(each, filled_in) for each in inline)


def list_links(inline: Any) -> Iterator[str]:
    """The texts of the links in a run."""
    for node in inline:
        match node:
            case ["a", _, inner]:
                yield join_words(inner)
            case ["b" | "i", inner]:
                yield from list_links(inner)


def split_sentences(text: str) -> list[str]:
    """The sentences of a text."""
    return [each for each in SENTENCE_END.split(text) if any(letter.isalpha() for letter in each)]
