"""Which files a package may hold, by name. Law: a name that could mean two things, or another place, is refused."""

import re
import unicodedata
from typing import Final

from ridgeway.services.assessments.definition.limits import MAX_FOLDER_DEPTH, MAX_NAME_CHARACTERS

ID: Final = re.compile(r"[a-z][a-z0-9-]{0,63}")
"""The id of a package."""
SERVICE: Final = "service.yaml"
CASES: Final = "cases.yaml"
THEME: Final = "theme.yaml"
CHANGES: Final = "CHANGES.yaml"

TABLE: Final = re.compile(r"tables/([a-z][a-z0-9_]{0,63})\.yaml")
LIST: Final = re.compile(r"lists/([a-z][a-z0-9_]{0,63})\.csv")
CATALOGUE: Final = re.compile(r"locale/([a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3})\.po")
BESIDE: Final = re.compile(
    r"publiccode\.ya?ml|package\.yaml|README(\.[a-z]{2})?\.md|LICENSE(\.(txt|md))?|LICENSES/[A-Za-z0-9.+-]+\.txt"
    r"|NOTICE(\.(txt|md))?|SOURCES\.md|policy/[A-Za-z0-9._-]+\.(md|txt)"
)
"""What may lie beside a definition; it counts in the digest and is not read."""
UNSEEN: Final = frozenset({"__pycache__", "Thumbs.db"})
"""What tools leave in a folder, beside all that begins with a point; not part of a package."""
KNOWN: Final = (
    "service.yaml, cases.yaml, theme.yaml, CHANGES.yaml, tables/NAME.yaml, lists/NAME.csv, locale/LANGUAGE.po"
)


def explain_bad_name(name: str) -> str:
    """What is wrong with a file's name inside a package; empty when it may be there."""
    if not name or len(name) > MAX_NAME_CHARACTERS:
        return f"a name has 1 to {MAX_NAME_CHARACTERS} characters"
    if not name.isprintable() or unicodedata.normalize("NFC", name) != name:
        return "the name holds characters that cannot be seen or are not composed; rename it"
    if "\\" in name or ":" in name or name.startswith("/"):
        return "the name leads out of the package; names are like tables/advice.yaml"
    parts = name.split("/")
    if any(part in {"", ".", ".."} for part in parts) or len(parts) > MAX_FOLDER_DEPTH:
        return "the name leads out of the package or too deep; names are like tables/advice.yaml"
    if not is_known(name):
        return f"this file is no part of a package; known are {KNOWN} and README.md, LICENSE, publiccode.yml"
    return ""


def is_known(name: str) -> bool:
    """Whether a package may hold a file of this name."""
    patterns = (TABLE, LIST, CATALOGUE, BESIDE)
    return name in {SERVICE, CASES, THEME, CHANGES} or any(each.fullmatch(name) for each in patterns)


def is_unseen(name: str) -> bool:
    """Whether a folder may hold it without its being part of the package."""
    return name.startswith(".") or name in UNSEEN
