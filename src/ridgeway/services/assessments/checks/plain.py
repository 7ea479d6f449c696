"""Compiled texts as plain sentences, for those who judge words: what is filled in later is left out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

SENTENCE_END: Final = re.compile(r"(?<=[.!?…؟。！？։।])\s+|\n+")
FILLED_IN: Final = "0"
"""Stands for a value that is not known yet."""


@dataclass(frozen=True, slots=True)
class Passage:
    """One paragraph, heading or point of a text; `level` is that of a heading, 0 for anything else."""

    text: str
    level: int = 0
    links: tuple[str, ...] = ()


def list_passages(nodes: Any) -> Iterator[Passage]:
    """The passages of a text."""
    for block in nodes:
        match block:
            case ["p", inline]:
                yield make_passage(inline)
            case ["h", int(level), inline]:
                yield make_passage(inline, level)
            case ["ul" | "ol", items]:
                for item in items:
                    yield from list_passages(item)
            case ["inset" | "warning", inner] | ["when", _, inner]:
                yield from list_passages(inner)


def make_passage(inline: Any, level: int = 0) -> Passage:
    """A run of words with the texts of its links."""
    return Passage(join_words(inline), level, tuple(list_links(inline)))


def join_words(inline: Any) -> str:
    """The words of a run."""
    return "".join(map(say_node, inline)).strip()


def say_node(node: Any) -> str:
    """The words of one node."""
    match node:
        case str():
            return node
        case ["b" | "i", inner] | ["a", _, inner]:
            return "".join(map(say_node, inner))
        case ["br"]:
            return "\n"
        case ["plural", _, dict(forms)]:
            return "".join(map(say_node, forms.get("other") or next(iter(forms.values()), [])))
        case ["x" | "#", *_]:
            return FILLED_IN
    return ""


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
