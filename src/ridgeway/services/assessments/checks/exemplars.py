"""One good answer for each kind of text."""

import re
from typing import Any, Final

EXAMPLES: Final = (
    "K1A 0B1", "SW1A 1AA", "20500", "10115", "75001", "1012 AB", "K1A", "SW1A", "205", "10", "75", "1010",
    "00-950", "1000-001", "046454286", "123456782", "1234567890", "QQ123456C", "AB123456C", "12345678", "123456789",
    "12345678901", "12345678Z", "784198012345671", "D02X285", "D02", "110001", "018956", "7569217076985",
    "73282932000074", "1234567T", "234567890123", "ABCDE1234F", "RSSMRA85T10A562S", "+16135550100", "613-555-0100",
)  # fmt: skip
"""Postal codes, numbers and the like, tried in turn against a question's pattern."""


def find_exemplar(question: dict[str, Any]) -> str:
    """A text that the question would take, as it is kept."""
    match question["type"]:
        case "email":
            return "name@office.example"
        case "phone":
            return "+16135550100"
    pattern = question.get("pattern")
    return find_of_form(pattern) if pattern else "text"[: question.get("max_length") or None]


def find_of_form(pattern: str) -> str:
    """A text of this form; empty when none of the examples is."""
    for example in EXAMPLES:
        for form in (example, re.sub(r"[\s./-]", "", example)):
            if re.fullmatch(pattern, form):
                return form
    return ""
