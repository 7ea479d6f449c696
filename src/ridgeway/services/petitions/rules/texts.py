"""Free texts: their limits, and what may not stand in them.

Law: a text is counted as it is stored: composed letters, line breaks as one. None begins as a formula of a spreadsheet,
none holds letters that cannot be seen; a text of one line has no line break and so can stand in a header.
Source:  petitions of the UK Parliament: 80, 300 and 800 letters.
"""

import unicodedata

from ridgeway.services.petitions.rules.faults import Fault, Wrong

ACTION_LIMIT = 80
BACKGROUND_LIMIT = 300
DETAILS_LIMIT = 800
COMMITTEE_NOTE_LIMIT = 800
REJECTION_DETAILS_LIMIT = 4000
RESPONSE_SUMMARY_LIMIT = 200
RESPONSE_DETAILS_LIMIT = 6000
BUSINESS_SUBJECT_LIMIT = 150
BUSINESS_BODY_LIMIT = 6000

FORMULA_MARKS = frozenset("=+-@＝＋－＠\t\r")
"""Spreadsheets take the wide forms for the narrow ones."""
OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""They turn the direction of what follows, and so can make a text look like another."""
LINE_MARKS = frozenset("\n\t")
UNSEEN_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})


def tidy_text(text: str) -> str:
    """The text as it is stored: composed, line breaks as `\\n`, nothing empty at its ends."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def tidy_line(text: str) -> str:
    """The text as one line: every stretch of white space is one space."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def find_text_fault(text: str, *, limit: int, is_required: bool = False) -> Fault | None:
    """What is wrong with a text that may have several lines; None when nothing is."""
    return find_fault(text, limit=limit, is_required=is_required, also=LINE_MARKS)


def find_line_fault(text: str, *, limit: int, is_required: bool = False) -> Fault | None:
    """What is wrong with a text of one line; None when nothing is."""
    return find_fault(text, limit=limit, is_required=is_required, also=frozenset())


def find_fault(text: str, *, limit: int, is_required: bool, also: frozenset[str]) -> Fault | None:
    """The first fault; `also` are letters that count as seen."""
    if not text.strip():
        return Fault(Wrong.MISSING) if is_required else None
    if len(text) > limit:
        return Fault(Wrong.TOO_LONG, limit)
    if is_formula(text):
        return Fault(Wrong.FORMULA)
    if any(letter not in also and is_unseen(letter) for letter in text):
        return Fault(Wrong.CONTROL)
    return None


def is_formula(text: str) -> bool:
    """Whether a spreadsheet would take the text for a formula."""
    return text[:1] in FORMULA_MARKS or text.lstrip()[:1] in FORMULA_MARKS


def is_unseen(letter: str) -> bool:
    """Whether nobody sees the letter, or it hides how others are read."""
    return letter in OVERRIDES or unicodedata.category(letter) in UNSEEN_CATEGORIES
