"""What stands inside a line: bold, italic, links, placeholders. Read next: `texts.py`."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from ridgeway.services.assessments.definition import limits

CATEGORIES: Final = ("zero", "one", "two", "few", "many", "other")
HREF: Final = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+(?:[/?#][^\s<>\"\\`]*)?|tel:[+0-9().,;#*-]+|#[A-Za-z][\w.-]*")
MAIL: Final = re.compile(r"mailto:[^\s<>\"\\`@]+@[A-Za-z0-9.-]+(?:\?[^\s<>\"\\`]*)?")
HTML: Final = re.compile(r"<[A-Za-z/!?]")
PLURAL: Final = re.compile(r"\s*,\s*plural\s*,")
WHEN: Final = re.compile(r"^ *::: *when +(\S.*)$", re.MULTILINE)
LINK: Final = re.compile(r"\[[^\[\]]*\]\(")
BRANCH: Final = re.compile(r"\s*([a-z0-9=]+)\s*\{")
ESCAPED: Final = "\\`*_{}[]()#+-.!>:"
EXPRESSION, FORMS, WORDS = "expression", "forms", "words"
"""What stands between braces: an expression, the forms of a plural, or the words of one of them."""
CLOSING: Final = {"(": ")", "[": "]", "{": "}"}


class TextFault(ValueError):  # noqa: N818 — it becomes one fault of many
    """A text cannot be read: why, and on which of its lines (from 0)."""

    def __init__(self, why: str, line: int = 0) -> None:
        super().__init__(why)
        self.line = line


def explain_bad_href(href: str) -> str:
    """What is wrong with where a link leads; empty when it may lead there."""
    if len(href) > limits.MAX_HREF_CHARACTERS:
        return f"this address has {len(href)} characters; {limits.MAX_HREF_CHARACTERS} are the most"
    if not HREF.fullmatch(href) and not MAIL.fullmatch(href):
        return f"{href[:60]!r} is no address that a link may lead to; write https://…, http://…, tel:…, mailto:… or #…"
    return ""


def split_placeholder(inside: str) -> tuple[str, str | None]:
    """The expression of a placeholder, and the branches of a plural when it is one."""
    depth = 0
    quote = ""
    position = 0
    while position < len(inside):
        character = inside[position]
        if quote:
            position += character == "\\"
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        elif character in CLOSING:
            depth += 1
        elif character in CLOSING.values():
            depth -= 1
        elif character == "," and depth == 0 and (match := PLURAL.match(inside, position)):
            return inside[:position].strip(), inside[match.end() :]
        position += 1
    return inside.strip(), None


def find_end(text: str, start: int, region: str = EXPRESSION) -> int:
    """Where the brace that opens at `start` closes; -1 when it does not.

    Quotes count in expressions alone: in the forms of a plural an apostrophe is one.
    """
    regions: list[str] = []
    quote = ""
    position = start
    while position < len(text):
        character = text[position]
        here = regions[-1] if regions else WORDS
        if quote:
            position += character == "\\"
            quote = "" if character == quote else quote
        elif character == "\\":
            position += 1
        elif character in "\"'" and here == EXPRESSION:
            quote = character
        elif character == "{":
            regions.append({WORDS: EXPRESSION, FORMS: WORDS, EXPRESSION: EXPRESSION}[here] if regions else region)
        elif character == "}":
            regions.pop()
            if not regions:
                return position
        elif character == "," and here == EXPRESSION and PLURAL.match(text, position):
            regions[-1] = FORMS
        position += 1
    return -1


@dataclass(slots=True)
class Inlines:
    """Reads lines; `read_expression` says what an expression is."""

    read_expression: Callable[[str], tuple[Any, Any]]

    def parse(self, text: str, line: int = 0) -> list[Any]:
        """What stands in a line.

        Raises:  TextFault.
        """
        if HTML.search(text):
            raise TextFault(
                "HTML is not read; write **bold**, *italic*, [text](https://…), and < alone with a space", line
            )
        return Scan(self, text, line).run("")

    def read_value(self, source: str, line: int) -> tuple[Any, Any]:
        """An expression with its type.

        Raises:  TextFault, with its line.
        """
        if not source:
            raise TextFault("an empty placeholder {}; write {{ for a brace", line)
        try:
            return self.read_expression(source)
        except TextFault as fault:
            raise TextFault(str(fault), line) from None

    def read_condition(self, source: str, line: int) -> Any:
        """An expression that is true or false.

        Raises:  TextFault, with its line.
        """
        expression, kind = self.read_value(source, line)
        if kind != "bool":
            raise TextFault(f"{source!r} is not true or false, so it cannot say when a block is shown", line)
        return expression


@dataclass(slots=True)
class Scan:
    """One walk through a line."""

    inlines: Inlines
    text: str
    line: int
    position: int = 0
    in_plural: bool = False
    depth: int = 0

    def run(self, until: str) -> list[Any]:
        """What stands before `until` (empty: the end), which is passed over.

        Raises:  TextFault.
        """
        self.depth += 1
        if self.depth > limits.MAX_TEXT_DEPTH:
            raise TextFault(f"marks lie more than {limits.MAX_TEXT_DEPTH} deep", self.line)
        found: list[Any] = []
        begin = self.position
        while self.position < len(self.text):
            if until and self.text.startswith(until, self.position) and self.may_close(until, begin):
                self.position += len(until)
                self.depth -= 1
                return found
            add(found, self.take())
        if until:
            raise TextFault(f"{until} is opened and not closed; write \\{until[0]} for the character itself", self.line)
        self.depth -= 1
        return found

    def may_close(self, until: str, begin: int) -> bool:
        """Whether a mark here ends what it began: something stands between, and no space before it."""
        if until == "]":
            return self.position > begin
        is_bold_end = until == "*" and self.text.startswith("**", self.position)
        return self.position > begin and not self.text[self.position - 1].isspace() and not is_bold_end

    def take(self) -> Any:
        """The next piece."""
        text, position = self.text, self.position
        character = text[position]
        pair = text[position : position + 2]
        if character == "\\" and pair[1:] and pair[1:] in ESCAPED:
            self.position += 2
            return pair[1:]
        if pair in {"{{", "}}"}:
            self.position += 2
            return character
        if character == "{":
            return self.take_placeholder()
        if character == "}":
            raise TextFault("a } without its {; write }} for a brace", self.line)
        if pair == "**" and not text[position + 2 : position + 3].isspace():
            self.position += 2
            return ["b", self.run("**")]
        if character == "*" and text[position + 1 : position + 2].strip():
            self.position += 1
            return ["i", self.run("*")]
        if pair == "![":
            raise TextFault("images are not read; take it out", self.line)
        if character == "[" and self.is_link():
            return self.take_link()
        self.position += 1
        if character == "\n":
            return ["br"]
        return ["#"] if self.in_plural and character == "#" else character

    def is_link(self) -> bool:
        """Whether what opens here is a link."""
        return LINK.match(self.text, self.position) is not None

    def take_link(self) -> list[Any]:
        """`[text](address)`."""
        self.position += 1
        inside = self.run("]")
        end = self.text.find(")", self.position)
        if end < 0:
            raise TextFault("the address of a link has no end; write [text](https://…)", self.line)
        href = self.text[self.position + 1 : end].strip()
        self.position = end + 1
        why = explain_bad_href(href)
        if why:
            raise TextFault(why, self.line)
        return ["a", href, inside]

    def take_placeholder(self) -> list[Any]:
        """`{EXPR}` or `{EXPR, plural, one {…} other {…}}`."""
        end = find_end(self.text, self.position)
        if end < 0:
            raise TextFault("a { without its }; write {{ for a brace", self.line)
        inside = self.text[self.position + 1 : end]
        self.position = end + 1
        source, branches = split_placeholder(inside)
        expression, kind = self.inlines.read_value(source, self.line)
        if branches is None:
            return ["x", expression, kind]
        if kind != "number":
            raise TextFault(f"{source!r} is no number, so it has no plural", self.line)
        return ["plural", expression, self.take_branches(branches)]

    def take_branches(self, text: str) -> dict[str, list[Any]]:
        """`one {…} other {…}`."""
        found: dict[str, list[Any]] = {}
        position = 0
        while text[position:].strip():
            match = BRANCH.match(text, position)
            end = find_end(text, match.end() - 1, WORDS) if match else -1
            if match is None or end < 0:
                raise TextFault("a plural is written {n, plural, one {# day} other {# days}}", self.line)
            if match[1] not in CATEGORIES:
                raise TextFault(f"there is no plural {match[1]!r}; known are {', '.join(CATEGORIES)}", self.line)
            inner = Scan(self.inlines, text[match.end() : end], self.line, in_plural=True, depth=self.depth)
            found[match[1]] = inner.run("")
            position = end + 1
        if "other" not in found:
            raise TextFault("a plural needs the form other: {n, plural, one {# day} other {# days}}", self.line)
        return found


def add(found: list[Any], piece: Any) -> None:
    """Put a piece behind the others; letters grow together."""
    if isinstance(piece, str) and found and isinstance(found[-1], str):
        found[-1] += piece
    else:
        found.append(piece)


def list_placeholders(text: str, depth: int = 0) -> frozenset[str]:
    """The expressions that a text shows or asks for, without their spaces; of a text that cannot be read, some."""
    found = {"".join(match.split()) for match in WHEN.findall(text)}
    position = 0
    while position < len(text) and depth <= limits.MAX_TEXT_DEPTH:
        pair = text[position : position + 2]
        if pair in {"{{", "}}"} or (pair[:1] == "\\" and pair[1:]):
            position += 2
            continue
        if pair[:1] == "{":
            end = find_end(text, position)
            if end < 0:
                break
            expression, branches = split_placeholder(text[position + 1 : end])
            found.add("".join(expression.split()))
            for form in list_forms(branches or ""):
                found |= list_placeholders(form, depth + 1)
            position = end
        position += 1
    return frozenset(found)


def list_forms(text: str) -> Iterator[str]:
    """The forms of a plural, as far as they can be read."""
    position = 0
    while match := BRANCH.match(text, position):
        end = find_end(text, match.end() - 1, WORDS)
        if end < 0:
            return
        yield text[match.end() : end]
        position = end + 1
