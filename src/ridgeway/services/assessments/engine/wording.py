"""Texts of the compiled document, proven and ready to be said: placeholders, plural forms and conditional parts.

Law: a text is a list of blocks (NODES), a line is a text of one paragraph. What is resolved holds no "x", "when" or
"plural" any more: blocks ["p", INL] ["h", 2|3, INL] ["ul"|"ol", [NODES…]] ["inset", NODES] ["warning", NODES] and, for
what fell back to the source language, ["lang", code, dir, NODES|INL]; inlines text ["b", INL] ["i", INL]
["a", href, INL] ["br"]. Neighbouring pieces of text are joined, empty ones dropped. "x" becomes its value as
`showing.py` writes it; of "plural" the form for the number, else its `other`; "#" the number; "when" stays only while
its expression is true. Links lead to https:, http:, tel:, mailto: or # alone.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from ridgeway.services.assessments.engine.errors import DefinitionError
from ridgeway.services.assessments.engine.limits import MAX_TEXT_DEPTH
from ridgeway.services.assessments.expressions import Scope, compile_expression

Json = list[Any]
HREF = re.compile(r"(https?://|tel:|mailto:|#)[^\x00-\x20\"<>\\]*")
FORMS = frozenset({"zero", "one", "two", "few", "many", "other"})


class Voice(Protocol):
    """Who says a text: it knows the language and what is true."""

    scope: Scope

    def show(self, expression: Json, kind: Any, value: Any) -> str:
        """A value as people read it."""

    def choose_form(self, value: Any) -> str:
        """The plural form of a number: zero, one, two, few, many or other."""


Say = Callable[[Voice, str], Json]
"""Says a part; the text is the number of the plural around it."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part that is always the same (`fixed`), or must be said anew (`say`); either is a list of resolved parts."""

    fixed: Json | None
    say: Say | None = None

    def resolve(self, voice: Voice, number: str = "") -> Json:
        """What it comes to; what is always the same is shared, so nobody may change it."""
        return self.fixed if self.say is None else self.say(voice, number)  # type: ignore[return-value]


@dataclass(frozen=True, slots=True)
class Text:
    """A text: as blocks, and as the line that its first paragraph is."""

    blocks: Part
    line: Part


def compile_text(nodes: Any, *, closures: Callable[[Any], Callable[[Scope], Any]] = compile_expression) -> Text:
    """A text that can be said.

    Raises:  DefinitionError(invalid_text) for what is no text; ExpressionError for what is no expression in it.
    """
    compiler = Compiler(closures)
    first = nodes[0][1] if isinstance(nodes, list) and nodes and compiler.is_node(nodes[0], "p", 2) else []
    return Text(compiler.compile_blocks(nodes), compiler.compile_line(first))


def join(parts: list[Json]) -> Json:
    """Inlines in one list: neighbouring texts as one, empty ones gone."""
    joined: Json = []
    for part in parts:
        for each in part:
            if isinstance(each, str) and joined and isinstance(joined[-1], str):
                joined[-1] += each
            elif each != "":
                joined.append(each)
    return joined


def sequence(parts: list[Part], gather: Callable[[list[Json]], Json]) -> Part:
    """Several parts as one."""
    if all(part.say is None for part in parts):
        return Part(gather([part.fixed or [] for part in parts]))
    return Part(None, lambda voice, number: gather([part.resolve(voice, number) for part in parts]))


def flatten(parts: list[Json]) -> Json:
    """Blocks in one list."""
    return [each for part in parts for each in part]


def wrap(head: Json, content: Part) -> Part:
    """A node around its content."""
    if content.say is None:
        return Part([[*head, content.fixed]])
    say = content.say
    return Part(None, lambda voice, number: [[*head, say(voice, number)]])


class Compiler:
    """Makes parts; `closures` compiles an expression."""

    def __init__(self, closures: Callable[[Any], Callable[[Scope], Any]]) -> None:
        self.closures = closures
        self.depth = 0

    def is_node(self, node: Any, head: str, size: int) -> bool:
        """Whether this is a node of that name and length."""
        return isinstance(node, list) and len(node) == size and node[0] == head

    def go_down(self) -> None:
        """Note that one part stands within another.

        Raises:  DefinitionError(invalid_text) when too many do.
        """
        self.depth += 1
        if self.depth > MAX_TEXT_DEPTH:
            raise DefinitionError("invalid_text", f"A text has more than {MAX_TEXT_DEPTH} parts within one another.")

    def compile_blocks(self, nodes: Any) -> Part:
        """Blocks."""
        if not isinstance(nodes, list):
            raise refuse(nodes)
        self.go_down()
        part = sequence([self.compile_block(node) for node in nodes], flatten)
        self.depth -= 1
        return part

    def compile_block(self, node: Any) -> Part:
        """One block."""
        match node:
            case ["p", list(line)]:
                return wrap(["p"], self.compile_line(line))
            case ["h", (2 | 3) as level, list(line)]:
                return wrap(["h", level], self.compile_line(line))
            case ["ul" | "ol" as kind, list(items)]:
                parts = [self.compile_blocks(item) for item in items]
                return wrap([kind], sequence(parts, list))
            case ["inset" | "warning" as kind, list(inner)]:
                return wrap([kind], self.compile_blocks(inner))
            case ["when", list(condition), list(inner)]:
                return self.compile_when(condition, self.compile_blocks(inner))
        raise refuse(node)

    def compile_when(self, condition: Json, inner: Part) -> Part:
        """Blocks that are there while something is true."""
        holds = self.closures(condition)

        def say(voice: Voice, number: str) -> Json:
            return inner.resolve(voice, number) if holds(voice.scope) is True else []

        return Part(None, say)

    def compile_line(self, line: Any) -> Part:
        """Inlines."""
        if not isinstance(line, list):
            raise refuse(line)
        self.go_down()
        part = sequence([self.compile_inline(each) for each in line], join)
        self.depth -= 1
        return part

    def compile_inline(self, node: Any) -> Part:
        """One inline."""
        match node:
            case str():
                return Part([node])
            case ["b" | "i" as kind, list(inner)]:
                return wrap([kind], self.compile_line(inner))
            case ["a", str(href), list(inner)] if is_link(href):
                return wrap(["a", href], self.compile_line(inner))
            case ["br"]:
                return Part([["br"]])
            case ["#"]:
                return Part(None, lambda _, number: [number])
            case ["x", list(expression), kind]:
                return self.compile_placeholder(expression, kind)
            case ["plural", list(expression), dict(forms)]:
                return self.compile_plural(expression, forms)
        raise refuse(node)

    def compile_placeholder(self, expression: Json, kind: Any) -> Part:
        """A value in a text."""
        read = self.closures(expression)
        return Part(None, lambda voice, _: [voice.show(expression, kind, read(voice.scope))])

    def compile_plural(self, expression: Json, forms: Mapping[str, Any]) -> Part:
        """One of several forms."""
        if "other" not in forms or not FORMS.issuperset(forms):
            raise refuse(["plural"])
        read = self.closures(expression)
        parts = {form: self.compile_line(line) for form, line in forms.items()}
        other = parts["other"]

        def say(voice: Voice, _: str) -> Json:
            value = read(voice.scope)
            shown = voice.show(expression, "number", value)
            return parts.get(voice.choose_form(value), other).resolve(voice, shown)

        return Part(None, say)


def is_link(href: str) -> bool:
    """Whether a text may lead there."""
    return HREF.fullmatch(href) is not None


def refuse(node: Any) -> DefinitionError:
    """The error for what is no part of a text."""
    return DefinitionError("invalid_text", f"{str(node)[:80]} is no part of a text.")


def to_plain(line: Json) -> str:
    """A line without its marks."""
    texts = []
    for part in line:
        if isinstance(part, str):
            texts.append(part)
        elif part[0] == "br":
            texts.append(" ")
        else:
            texts.append(to_plain(part[-1]))
    return "".join(texts)
