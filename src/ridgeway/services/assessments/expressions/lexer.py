"""Text → tokens. Law: every token knows its column, counted from 1 in characters, so that an error can point."""

import re
from dataclasses import dataclass

from ridgeway.services.assessments.expressions.errors import ExpressionError, show
from ridgeway.services.assessments.expressions.limits import MAX_LITERAL_TEXT, MAX_TEXT

TOKEN = re.compile(
    r"(?P<space>[ \t\r\n]+)"
    r"|(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9A-Za-z_]))"
    r"|(?P<number>[0-9]+(?:\.[0-9]+)?(?![0-9A-Za-z_]))"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<text>\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*')"
    r"|(?P<operator>&&|\|\||==|!=|<=|>=|\.\.|[-<>!+*/%?:()\[\]{},.])"
)
ESCAPE = re.compile(r"\\(.)", re.DOTALL)
ESCAPES = {"\\": "\\", '"': '"', "'": "'", "n": "\n", "t": "\t"}
HINTS = {
    "=": "Two values are compared with ==.",
    "&": "“And” is written &&.",
    "|": "“Or” is written ||.",
    "“": 'A text stands in straight quotes: "…".',
    "”": 'A text stands in straight quotes: "…".',
    '"': "The quote that begins this text has no end.",
    "'": "The quote that begins this text has no end.",
}


@dataclass(frozen=True, slots=True)
class Token:
    """One word of an expression: `kind` is number, text, date, name, operator or end."""

    kind: str
    value: str
    column: int

    def describe(self) -> str:
        """The token as an error names it."""
        if self.kind == "end":
            return "the end"
        return f'the text "{show(self.value)}"' if self.kind == "text" else show(self.value)


def read_tokens(text: str, most: int = MAX_TEXT) -> tuple[Token, ...]:
    """The tokens of the text, with one that marks the end.

    Raises:  ExpressionError(too_long, unexpected_character, malformed_number, malformed_text).
    """
    if len(text) > most:
        raise ExpressionError("too_long", f"This has {len(text)} characters; {most} is the most. Split it into facts.")
    tokens = []
    place = 0
    while place < len(text):
        found = TOKEN.match(text, place)
        if found is None:
            raise refuse_character(text, place)
        if found.lastgroup != "space":
            tokens.append(make_token(str(found.lastgroup), found[0], place + 1))
        place = found.end()
    return (*tokens, Token("end", "", len(text) + 1))


def make_token(kind: str, value: str, column: int) -> Token:
    """A token; of a text what it says, without quotes and escapes."""
    if kind != "text":
        return Token(kind, value, column)
    for escape in ESCAPE.finditer(value):
        if escape[1] not in ESCAPES:
            why = f"{escape[0]} means nothing in a text; there is \\\\ \\\" \\' \\n \\t."
            raise ExpressionError("malformed_text", why, column=column + escape.start())
    said = ESCAPE.sub(lambda escape: ESCAPES[escape[1]], value[1:-1])
    if len(said) > MAX_LITERAL_TEXT:
        why = f"This text has {len(said)} characters; {MAX_LITERAL_TEXT} is the most."
        raise ExpressionError("malformed_text", why, column=column)
    return Token(kind, said, column)


def refuse_character(text: str, place: int) -> ExpressionError:
    """The error for the character at this place."""
    character = text[place]
    if character.isascii() and character.isdigit():
        word = re.match(r"[0-9A-Za-z_.]+", text[place:])
        shown = show(word[0] if word else character)
        return ExpressionError("malformed_number", f"{shown} is no number. Write one like 12 or 0.5.", column=place + 1)
    code = "malformed_text" if character in "\"'" else "unexpected_character"
    why = f"{character!r} means nothing here. {HINTS.get(character, '')}".strip()
    return ExpressionError(code, why, column=place + 1)
