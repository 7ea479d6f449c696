"""Long lists to choose from: `lists/NAME.csv` with an id and a label in each language, and the countries of the world.

Shapes:  CSV, UTF-8, commas; the first line is `id,en,fr`: codes of languages, the source language among them.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ridgeway.services.assessments.definition import limits
from ridgeway.services.assessments.definition.faults import Faults, Problem
from ridgeway.services.assessments.definition.formats import find_best_locale, is_language

COUNTRIES: Final = "countries"
COUNTRY: Final = re.compile(r"[A-Z]{2}")
NO_COUNTRIES: Final = frozenset({"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"})
"""Two-letter codes of CLDR that are no ISO 3166 country."""
ROW_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


@dataclass(frozen=True, slots=True)
class Listing:
    """A list: its ids in their order, and the labels in each language, in the same order."""

    ids: tuple[str, ...]
    labels: Mapping[str, tuple[str, ...]]

    def to_content(self) -> dict[str, Any]:
        """The list as plain data."""
        return {"ids": list(self.ids), "labels": {code: list(each) for code, each in self.labels.items()}}


def read_listing(data: bytes, *, name: str, source: str, faults: Faults) -> Listing:
    """The list in a CSV file; faults are noted with their lines."""
    try:
        rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        faults.add(Problem(name, 1, "", f"this is no CSV in UTF-8: {error}"))
        return Listing((), {})
    header = [each.strip() for each in rows[0]] if rows else []
    languages = header[1:]
    if header[:1] != ["id"] or source not in languages or not all(is_language(each) for each in languages):
        faults.add(Problem(name, 1, "", f"the first line must be id,{source} and may name more languages"))
        return Listing((), {})
    if len(rows) - 1 > limits.MAX_LIST_ROWS:
        faults.add(Problem(name, 1, "", f"there are {len(rows) - 1} rows; {limits.MAX_LIST_ROWS} are the most"))
        return Listing((), {})
    good = [row for line, row in enumerate(rows[1:], 2) if row and check_row(row, len(header), name, line, faults)]
    check_row_ids(rows, name, faults)
    labels = {code: tuple(row[column].strip() for row in good) for column, code in enumerate(languages, 1)}
    complete = {code: each for code, each in labels.items() if all(each)}
    if source not in complete:
        faults.add(Problem(name, 1, source, "each row needs a label in the source language"))
    return Listing(tuple(row[0].strip() for row in good), complete)


def check_row(row: list[str], width: int, name: str, line: int, faults: Faults) -> bool:
    """Whether a row has an id and as many cells as the first line."""
    if len(row) != width:
        faults.add(Problem(name, line, "", f"there are {len(row)} cells; the first line has {width}"))
        return False
    if not ROW_ID.fullmatch(row[0].strip()):
        faults.add(Problem(name, line, "id", f"{row[0][:60]!r} is no id; it holds letters, digits, _ . and -"))
        return False
    if any(len(cell) > limits.MAX_LIST_CELL_CHARACTERS or not cell.isprintable() for cell in row):
        why = f"a label is one line of at most {limits.MAX_LIST_CELL_CHARACTERS} characters"
        faults.add(Problem(name, line, "", why))
        return False
    return True


def check_row_ids(rows: list[list[str]], name: str, faults: Faults) -> None:
    """Note a fault for each id that was there before."""
    seen: set[str] = set()
    for line, row in enumerate(rows[1:], 2):
        if row and row[0].strip() in seen:
            faults.add(Problem(name, line, "id", f"the id {row[0].strip()!r} is there twice"))
        seen.update(cell.strip() for cell in row[:1])


def list_countries(languages: tuple[str, ...]) -> Listing:
    """The countries, in the order of their names in the first language."""
    names: dict[str, dict[str, str]] = {
        code: {str(key): str(name) for key, name in find_best_locale(code, "").territories.items()}
        for code in languages
    }
    first = names[languages[0]]
    ids = [each for each in first if COUNTRY.fullmatch(each) and each not in NO_COUNTRIES]
    ids.sort(key=lambda each: fold(first[each]))
    return Listing(tuple(ids), {code: tuple(each.get(key, first[key]) for key in ids) for code, each in names.items()})


def fold(name: str) -> str:
    """A name as it is sorted: without marks on letters and without the size of letters."""
    return "".join(each for each in unicodedata.normalize("NFKD", name) if not unicodedata.combining(each)).casefold()
