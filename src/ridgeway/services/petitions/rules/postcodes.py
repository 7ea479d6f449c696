"""Postcodes: of the home country in its shape, of others as people write them.

Law: a postcode is kept without spaces and signs, in capitals. A shape that is right is taken, known or not: the place
stays open then.
Source:  BS 7666 for the shapes of the UK; forces (BFPO) and GIR 0AA.
"""

import re
import unicodedata
from collections.abc import Mapping

from ridgeway.services.petitions.rules.faults import Fault, Wrong

POSTCODE_LIMIT = 50
KEY_LIMIT = 12
UNITED_KINGDOM = "GB"
OUTWARD = (
    r"[A-PR-UWYZ][0-9][0-9A-HJKPSTUW]?"  # M1, M60, W1A
    r"|[A-PR-UWYZ][A-HK-Y][0-9][0-9ABEHMNPRVWXY]?"  # CR2, DN55, EC1A
)
INWARD = r"[0-9][ABD-HJLNP-UW-Z]{2}"
UK = re.compile(rf"(?P<outward>{OUTWARD})(?P<inward>{INWARD})")
FORCES = re.compile(r"BFPO(?:CO)?[0-9]{1,4}")
GIROBANK = "GIR0AA"
OTHER_HOME = re.compile(r"[A-Z0-9]{2,12}")


def is_uk_postcode(key: str) -> bool:
    """Whether a tidied postcode has one of the UK's shapes."""
    return key == GIROBANK or UK.fullmatch(key) is not None or FORCES.fullmatch(key) is not None


SHAPES: Mapping[str, re.Pattern[str]] = {
    UNITED_KINGDOM: re.compile(rf"{GIROBANK}|(?:{OUTWARD}){INWARD}|{FORCES.pattern}"),
}
"""Home country → what its postcodes look like; one that is not here takes letters and digits."""


def tidy_postcode(text: str) -> str:
    """The postcode in capitals, letters and digits alone."""
    wide = unicodedata.normalize("NFKC", text).upper()
    return "".join(letter for letter in wide if letter.isascii() and letter.isalnum())


def tidy_postcode_of(text: str, *, country_code: str, home_code: str) -> str:
    """The postcode as it is stored: at home tidied, elsewhere as people write it."""
    return tidy_postcode(text) if country_code == home_code else " ".join(text.split())


def find_postcode_fault(text: str, *, country_code: str, home_code: str = UNITED_KINGDOM) -> Fault | None:
    """What is wrong with a postcode; abroad none is asked for."""
    if country_code != home_code:
        return find_foreign_fault(text)
    key = tidy_postcode(text)
    if not key:
        return Fault(Wrong.MISSING)
    if len(key) > KEY_LIMIT:
        return Fault(Wrong.TOO_LONG, KEY_LIMIT)
    return None if SHAPES.get(home_code, OTHER_HOME).fullmatch(key) else Fault(Wrong.SHAPE)


def find_foreign_fault(text: str) -> Fault | None:
    """What is wrong with a postcode of another country."""
    plain = " ".join(text.split())
    if len(plain) > POSTCODE_LIMIT:
        return Fault(Wrong.TOO_LONG, POSTCODE_LIMIT)
    if plain[:1] in "=+-@" and plain:
        return Fault(Wrong.FORMULA)
    return None if plain.isprintable() else Fault(Wrong.CONTROL)


def render_postcode(key: str) -> str:
    """The postcode as people write it: `SW1A 1AA`."""
    match = UK.fullmatch(key)
    return f"{match['outward']} {match['inward']}" if match else key


def find_sector(key: str) -> str | None:
    """What a search of a neighbourhood goes by, `RG1 2` for `RG12AB`; None where there is none."""
    match = UK.fullmatch(key)
    return f"{match['outward']} {match['inward'][0]}" if match else None
