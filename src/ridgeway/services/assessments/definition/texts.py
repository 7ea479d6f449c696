"""Texts as data: a small part of Markdown with placeholders, read into nodes that both engines turn into words.

Law: nothing else is read. HTML, images and unknown marks are faults, not passed on; links lead to https, http, tel,
mailto or a place on the page. Every line break, star and brace means one thing.
Shapes:  blocks ["p", INL] ["h", 2|3, INL] ["ul"|"ol", [BLOCKS, …]] ["inset", BLOCKS] ["warning", BLOCKS]
         ["when", EXPR, BLOCKS]; INL is a list of texts and ["b", INL] ["i", INL] ["a", href, INL] ["br"]
         ["x", EXPR, TYPE] ["plural", EXPR, {category: INL}], in which ["#"] is the number.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from ridgeway.services.assessments.definition import limits
from ridgeway.services.assessments.definition.elements import Form
from ridgeway.services.assessments.definition.inlines import Inlines, TextFault

ReadExpression = Callable[[str], tuple[Any, Any]]
"""An expression as written → its EXPR and its TYPE. Raises: TextFault."""
HEADING: Final = re.compile(r"(#{1,6})\s+(.*)")
BULLET: Final = re.compile(r"[-*]\s+(.*)")
NUMBERED: Final = re.compile(r"[0-9]{1,3}[.)]\s+(.*)")
CALLOUT: Final = re.compile(r"(!?>)( |$)(.*)")
WHEN: Final = re.compile(r":::\s*when\s+(\S.*)")
END: Final = ":::"
JOINERS: Final = frozenset("\u00ad\u200c\u200d\u200e\u200f\u061c")
"""What cannot be seen and belongs into words all the same: soft hyphens, joiners, marks of direction."""
HEADING_LEVELS: Final = (2, 3)


def parse_text(source: str, form: Form, read_expression: ReadExpression) -> list[Any]:
    """The nodes of a text.

    Raises:  TextFault saying what is wrong, with its line in the text (from 0).
    """
    most = limits.MAX_TITLE_CHARACTERS if form is Form.LINE else limits.MAX_TEXT_CHARACTERS
    if len(source) > most:
        raise TextFault(f"this text has {len(source)} characters; {most} are the most")
    hidden = next((each for each in source if not (each.isprintable() or each.isspace() or each in JOINERS)), "")
    if hidden:
        raise TextFault(f"the character U+{ord(hidden):04X} cannot be seen; take it out")
    inlines = Inlines(read_expression)
    if form is Form.LINE:
        return [["p", inlines.parse(re.sub(r"[ \n]+", " ", source).strip())]]
    blocks = Blocks(inlines)
    return blocks.parse([Line(number, row) for number, row in enumerate(source.expandtabs(4).split("\n"))], 0)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a text and its number (from 0)."""

    number: int
    text: str

    @property
    def indent(self) -> int:
        """How far it stands from the left."""
        return len(self.text) - len(self.text.lstrip(" "))

    def cut(self, count: int) -> "Line":
        """The same line without its first characters."""
        return Line(self.number, self.text[count:])


@dataclass(slots=True)
class Blocks:
    """The blocks of one text in progress."""

    inlines: Inlines
    count: int = 0

    def parse(self, lines: list[Line], depth: int) -> list[Any]:
        """The blocks of some lines, one after another.

        Raises:  TextFault.
        """
        if depth > limits.MAX_TEXT_DEPTH:
            raise TextFault(f"blocks lie more than {limits.MAX_TEXT_DEPTH} deep", lines[0].number if lines else 0)
        found: list[Any] = []
        rest = lines
        while rest := skip_empty(rest):
            self.count += 1
            if self.count > limits.MAX_BLOCKS:
                raise TextFault(f"there are more than {limits.MAX_BLOCKS} blocks", rest[0].number)
            block, rest = self.take(rest, depth)
            found.append(block)
        return found

    def take(self, lines: list[Line], depth: int) -> tuple[list[Any], list[Line]]:
        """The first block of some lines, and the lines behind it."""
        first = lines[0]
        text = first.text.strip()
        if text.startswith(END):
            return self.take_when(lines, depth)
        if HEADING.fullmatch(text):
            return self.take_heading(first, text), lines[1:]
        if CALLOUT.fullmatch(text):
            return self.take_callout(lines, depth)
        for pattern, kind in ((BULLET, "ul"), (NUMBERED, "ol")):
            if pattern.fullmatch(text):
                return self.take_list(lines, pattern, kind, depth)
        return self.take_paragraph(lines)

    def take_heading(self, line: Line, text: str) -> list[Any]:
        """`## …` or `### …`."""
        marks, title = HEADING.fullmatch(text).groups()  # type: ignore[union-attr]
        if len(marks) not in HEADING_LEVELS:
            raise TextFault(f"a heading of level {len(marks)} is not read; write ## or ###", line.number)
        return ["h", len(marks), self.inlines.parse(title.rstrip("# "), line.number)]

    def take_when(self, lines: list[Line], depth: int) -> tuple[list[Any], list[Line]]:
        """`:::when EXPR` … `:::`."""
        first = lines[0]
        match = WHEN.fullmatch(first.text.strip())
        if match is None:
            raise TextFault("expected :::when EXPRESSION here; a ::: alone ends one", first.number)
        condition = self.inlines.read_condition(match[1], first.number)
        open_blocks = 1
        for number, line in enumerate(lines[1:], 1):
            text = line.text.strip()
            if text == END:
                open_blocks -= 1
            elif text.startswith(END):
                open_blocks += 1
            if not open_blocks:
                return ["when", condition, self.parse(lines[1:number], depth + 1)], lines[number + 1 :]
        raise TextFault("the block that :::when begins has no end; write ::: on a line by itself", first.number)

    def take_callout(self, lines: list[Line], depth: int) -> tuple[list[Any], list[Line]]:
        """`> …` is set in, `!> …` is a warning."""
        mark = lines[0].text.strip().split(" ")[0]
        inside: list[Line] = []
        for line in lines:
            match = CALLOUT.fullmatch(line.text.strip())
            if match is None or match[1] != mark:
                break
            inside.append(Line(line.number, match[3]))
        kind = "inset" if mark == ">" else "warning"
        return [kind, self.parse(inside, depth + 1)], lines[len(inside) :]

    def take_list(
        self, lines: list[Line], pattern: re.Pattern[str], kind: str, depth: int
    ) -> tuple[list[Any], list[Line]]:
        """Points, each with what is indented below it."""
        margin = lines[0].indent
        items: list[list[Line]] = []
        used = 0
        for line in lines:
            match = pattern.fullmatch(line.text.strip())
            if line.text.strip() and line.indent <= margin:
                if match is None or line.indent < margin:
                    break
                items.append([Line(line.number, match[1])])
            else:
                items[-1].append(line.cut(min(line.indent, margin + 2)))
            used += 1
        return [kind, [self.parse(item, depth + 1) for item in items]], lines[used:]

    def take_paragraph(self, lines: list[Line]) -> tuple[list[Any], list[Line]]:
        """Lines up to an empty one or to the beginning of another block; two spaces or \\ at an end break the line."""
        taken: list[Line] = []
        for line in lines:
            text = line.text.strip()
            begins = (each.fullmatch(text) for each in (HEADING, BULLET, NUMBERED, CALLOUT))
            if not text or text.startswith(END) or (taken and any(begins)):
                break
            taken.append(line)
        joined = ""
        for line in taken:
            text = line.text.lstrip(" ")
            is_broken = line is not taken[-1] and (text.endswith(("  ", "\\")))
            text = text.rstrip(" ").removesuffix("\\") if is_broken else text.rstrip(" ")
            joined += text + ("\n" if is_broken else " ")
        return ["p", self.inlines.parse(joined.strip(), taken[0].number)], lines[len(taken) :]


def skip_empty(lines: list[Line]) -> list[Line]:
    """The lines from the first one on that says something."""
    first = next((number for number, line in enumerate(lines) if line.text.strip()), len(lines))
    return lines[first:] if first else lines
