"""Numbers as people write them: digits of any script, the language's own signs, spaces, signs of currencies.

Law: what is read is exact. A comma and a point are told apart by the language's `formats` and, where that leaves no
doubt, by how they are used; where it does, the text is no number. The rules:

1. Digits of every script become 0 to 9; spaces, apostrophes, U+066C and signs of currencies vanish; U+066B is a decimal
   sign; U+2212 is a minus; a plus in front vanishes.
2. The language's group sign between digits vanishes when every group behind it has three digits.
3. Then one `.` or `,` at most is left, and it is the decimal sign.
"""

import re
import unicodedata

from ridgeway.services.assessments.engine.document import Formats
from ridgeway.services.assessments.expressions import parse_number, render_number

ZEROS = (
    0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66, 0x0DE6, 0x0E50,
    0x0ED0, 0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50,
    0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10,
)  # fmt: skip
"""The zero of each script whose ten digits follow one another."""

SPACES = (
    "\t\n\x0b\x0c\r \x85\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)
"""What counts as space."""

DIGITS = str.maketrans({zero + digit: str(digit) for zero in ZEROS for digit in range(10)})
VANISHING = str.maketrans({**dict.fromkeys([*SPACES, "'", "\u2019", "\u066c"]), "\u066b": ",", "\u2212": "-"})
GROUPED = r"(?<![0-9])[0-9]{1,3}(?:%s[0-9]{3})+(?![0-9])"
PLAIN = re.compile(r"-?[0-9]*[.,]?[0-9]*")
MAX_CHARACTERS = 60


def to_ascii_digits(text: str) -> str:
    """The text with the digits of every script as 0 to 9."""
    return text.translate(DIGITS)


def read_typed_number(text: str, formats: Formats) -> str | None:
    """A number that a person wrote as a decimal text such as -12.5, which may be finer than can be reckoned with.

    None when it is no number.
    """
    text = to_ascii_digits(text[:MAX_CHARACTERS]).translate(VANISHING)
    text = "".join(each for each in text if unicodedata.category(each) != "Sc").removeprefix("+")
    text = drop_groups(text, formats.group)
    if not PLAIN.fullmatch(text):
        return None
    whole, point, fraction = text.replace(",", ".").partition(".")
    sign, whole = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    if not whole or (point and not fraction):
        return None
    whole = whole.lstrip("0") or "0"
    fraction = fraction.rstrip("0")
    number = whole + ("." + fraction if fraction else "")
    return number if number == "0" else sign + number


def drop_groups(text: str, mark: str) -> str:
    """The text without the sign between groups of three digits."""
    if mark not in {".", ","} or mark not in text:
        return text
    whole, point, fraction = text.partition("," if mark == "." else ".")
    if re.fullmatch("-?" + GROUPED % re.escape(mark), whole):
        return whole.replace(mark, "") + point + fraction
    return text


def to_canonical(number: str) -> str | None:
    """The number in the form that answers have; None when it is too large or too fine."""
    value = parse_number(number)
    return None if value is None else render_number(value)
