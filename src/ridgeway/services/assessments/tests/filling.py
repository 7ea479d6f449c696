"""Forms at random, as people fill them in, and as no page of ours would send them."""

from random import Random
from typing import Any

Json = dict[str, Any]
WRITTEN = (
    "", " ", "3", "12", "-1", "12.5", "12,5", "1,234", "1 234", "1.234", "1'000", "$45", "٣", "１２", "+7", "1e3",
    "08", "65", "0", "2026", "2000", "99999999999999", "12.3456789", "0.0000001", "−5", "abc", "Lima", " a  b ", "é",
    "e\u0301", "ana@example.org", "a@b", "K1A 0B1", "sw1a-1aa", "(613) 555-0100", "+1 613 555 0100", "Canada",
    "france", "x" * 250, "a\x00b", "a\nb\r\nc", "\U0001f600" * 3, "مرحبا", "nov", "Novembre", "mars", "31", "30", "2",
    "11", "…", "<b>'\"&",
)  # fmt: skip
UNITS = ("", "days", "weeks", "months", "years", "week", "two_weeks", "month", "year", "ages")


def fill(fields: list[Json], random: Random) -> dict[str, list[str]]:
    """What a browser might send for these fields."""
    form: dict[str, list[str]] = {}
    for field in fields:
        form |= fill_field(field, random)
    if random.random() < 0.05:
        form["constructor"] = ["x"]
    return {name: values for name, values in form.items() if random.random() < 0.95}


def fill_field(field: Json, random: Random) -> dict[str, list[str]]:
    """One field with its parts."""
    name = field["id"]
    values = [option["value"] for option in field["options"]] or [""]
    if field["kind"] == "radios":
        return {name: [random.choice([*values, *values, "odd", ""])]}
    if field["kind"] == "checkboxes":
        return {name: [value for value in values if random.random() < 0.3]}
    marked = {f"{name}-unknown": ["unknown"]} if random.random() < 0.1 else {}
    parts = [part for part in field["values"] if part]
    if not parts:
        choices = [*WRITTEN, *field["list"][:5]]
        return {name: [random.choice(choices)]} | marked
    return {f"{name}-{part}": [fill_part(part, random)] for part in parts} | marked


def fill_part(part: str, random: Random) -> str:
    """A part of a date or of an amount."""
    if part == "unit":
        return random.choice(UNITS)
    if random.random() < 0.3:
        return random.choice(WRITTEN)
    spans = {"day": (1, 31), "month": (1, 12), "year": (1930, 2030), "amount": (0, 40)}
    return str(random.randint(*spans[part]))
