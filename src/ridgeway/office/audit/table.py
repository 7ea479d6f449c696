"""The audit log as CSV, safe to open in a spreadsheet.

Law: a cell that a spreadsheet would take for a formula begins with an apostrophe. Pure.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Any, Final

COLUMNS: Final = ("number", "at", "actor", "account", "act", "subject", "reason", "details")
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def render_lines(entries: Iterable[Any]) -> Iterator[str]:
    """The lines of the file, the names of the columns first."""
    yield render_line(COLUMNS)
    for entry in entries:
        details = json.dumps(entry.details, ensure_ascii=False, sort_keys=True) if entry.details else ""
        account = "" if entry.account_id is None else str(entry.account_id)
        at = entry.at.strftime("%Y-%m-%dT%H:%M:%SZ")
        yield render_line(
            (str(entry.pk), at, entry.actor_name, account, entry.act, entry.subject, entry.reason, details)
        )


def render_line(cells: Iterable[str]) -> str:
    """One line of CSV."""
    written = io.StringIO()
    csv.writer(written).writerow([disarm(cell) for cell in cells])
    return written.getvalue()


def disarm(cell: str) -> str:
    """The cell, which no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) or cell.lstrip().startswith(FORMULA) else cell
