"""Which files a package may hold, by name."""

import re
from typing import Final

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
    r"|NOTICE(\.(txt|md))?|stewardship\.yaml|SOURCES\.md|policy/[A-Za-z0-9._-]+\.(md|txt)"
)
"""What may lie beside a definition; it counts in the digest and is not read."""
KNOWN: Final = (
    "service.yaml, cases.yaml, theme.yaml, CHANGES.yaml, tables/NAME.yaml, lists/NAME.csv, locale/LANGUAGE.po, "
    "and beside them README.md, LICENSE, publiccode.yml"
)


def is_known(name: str) -> bool:
    """Whether a package may hold a file of this name."""
    patterns = (TABLE, LIST, CATALOGUE, BESIDE)
    return name in {SERVICE, CASES, THEME, CHANGES} or any(each.fullmatch(name) for each in patterns)
