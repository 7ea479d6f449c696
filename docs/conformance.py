"""The page `docs/reference/conformance.md`, made from the table `tests/conformance/sections.toml`.

Law: the page adds nothing to the table; `tests/conformance/test_sections.py` proves that what the table names exists.
Read next: `make_reference.py`, which writes it.
"""

import tomllib
from itertools import groupby
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
TABLE = ROOT / "tests/conformance/sections.toml"

INTRODUCTION = """# Conformance

What X-Road's documents say and its servers do, section by section, and what proves that Ridgeway does the same.
Documents are named as X-Road names them (PR-REST, PR-MESS, PR-MESSTRANSP, PR-META, PR-MREST, PR-MSERV, PR-GCONF,
PR-OPMON, PR-SIGDOC, DM-ML, UG-SS, UG-CS …); where they leave something open, the class of X-Road 7.8 that decides it.
`vectors: KIND` are recorded inputs with their expected outcomes: `make vectors DIR=FOLDER KINDS=KIND`.
*differs* leads to what Ridgeway does otherwise, and why.
"""


def render_conformance() -> str:
    """The page, without its note."""
    statements = tomllib.loads(TABLE.read_text("utf-8"))["statement"]
    parts = [INTRODUCTION, render_sums(statements)]
    for section, entries in groupby(statements, key=lambda each: each["section"]):
        parts.append(f"## {section}\n\n| statement | source | tests |\n|---|---|---|")
        parts[-1] += "".join(f"\n{render_row(each)}" for each in entries) + "\n"
    return "\n".join(parts)


def render_sums(statements: list[dict[str, Any]]) -> str:
    """How many statements, tests and kinds of vectors there are."""
    named = {name for each in statements for name in each["tests"]}
    kinds = sum(name.startswith("vectors:") for name in named)
    return f"{len(statements)} statements, {len(named) - kinds} tests, {kinds} kinds of vectors.\n"


def render_row(entry: dict[str, Any]) -> str:
    """One statement as a line of a table."""
    statement = escape(entry["statement"])
    if "differs" in entry:
        statement += f" [*differs*](../{entry['differs'].removeprefix('docs/')})"
    return f"| {statement} | {escape(entry['source'])} | {'<br>'.join(map(render_test, entry['tests']))} |"


def render_test(name: str) -> str:
    """A link to the test, in words."""
    path, _, test = name.partition("::")
    if not test:
        return f"vectors: `{name.removeprefix('vectors:')}`"
    return f"[{test.removeprefix('test_').replace('_', ' ')}](../../{path})"


def escape(text: str) -> str:
    """Text that stands in a cell as it is."""
    for mark in ("\\", "|", "*", "<"):
        text = text.replace(mark, f"\\{mark}")
    return text
