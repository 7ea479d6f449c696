"""A script without its comments and needless space.

Law: only what says nothing goes: strings, templates and regular expressions stay letter for letter, and every statement
keeps its end. It knows our own way of writing (each statement ends with a semicolon); nothing else is handed to it.
"""

import re
from typing import Final

TOKEN: Final = re.compile(
    r"(?P<comment>/\*.*?\*/|//[^\n]*)"
    r"|(?P<space>\s+)"
    r"|(?P<text>\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*')"
    r"|(?P<regex>/(?![*/])(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*)"
    r"|(?P<name>[\w$]+)"
    r"|(?P<sign>.)",
    re.DOTALL,
)
OPERAND: Final = re.compile(r"[\w$)\]}]")
KEYWORDS_BEFORE_REGEX: Final = frozenset({"return", "typeof", "case", "in", "of", "else"})
TEMPLATE_TEXT: Final = re.compile(r"(?:[^`\\$]|\\.|\$(?!\{))*", re.DOTALL)


def shrink_script(source: str) -> str:
    """The same script, shorter."""
    shrinker = Shrinker(source)
    shrinker.run(until="")
    return "".join(shrinker.parts)


class Shrinker:
    """A walk through a script."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.place = 0
        self.parts: list[str] = []
        self.last = ""
        self.space = ""

    def run(self, until: str) -> None:
        """Take tokens up to the brace that closes this part, which is taken, too."""
        depth = 0
        while self.place < len(self.source):
            if self.source[self.place] == "`":
                self.take_template()
                continue
            kind, text = self.read()
            if kind in {"comment", "space"}:
                self.space += text if kind == "space" else " "
                continue
            depth += (text == "{") - (text == "}")
            if until and depth < 0:
                self.add(text)
                return
            self.add(text)

    def read(self) -> tuple[str, str]:
        """The next token with its kind; a slash after an operand divides."""
        found = TOKEN.match(self.source, self.place)
        assert found is not None
        kind, text = str(found.lastgroup), found[0]
        if kind == "regex" and OPERAND.match(self.last[-1:]) and self.last not in KEYWORDS_BEFORE_REGEX:
            kind, text = "sign", "/"
        self.place += len(text)
        return kind, text

    def take_template(self) -> None:
        """A template: its texts as they are, what is put in shortened."""
        self.place += 1
        self.add("`")
        while self.source[self.place] != "`":
            found = TEMPLATE_TEXT.match(self.source, self.place)
            assert found is not None
            self.parts.append(found[0])
            self.place = found.end()
            if self.source.startswith("${", self.place):
                self.place += 2
                self.parts.append("${")
                self.last, self.space = "{", ""
                self.run(until="}")
        self.place += 1
        self.parts.append("`")
        self.last, self.space = "`", ""

    def add(self, text: str) -> None:
        """A token, with the space before it that is needed."""
        self.parts.append(self.find_gap(text) + text)
        self.last, self.space = text, ""

    def find_gap(self, text: str) -> str:
        """A line's end after a statement, a space between names or between signs that would grow together."""
        if not self.space:
            return ""
        before, after = self.last[-1:], text[:1]
        if "\n" in self.space and before in ";}":
            return "\n"
        if re.match(r"[\w$]", before) and re.match(r"[\w$]", after):
            return " "
        return " " if before == after and before in "+-" else ""
