"""Files of staff as CSV: streamed, for this browser alone, and harmless in a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.http import StreamingHttpResponse

FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
BYTE_ORDER_MARK = "\ufeff"
"""Spreadsheets take a file for UTF-8 that begins with it."""


def write_cell(value: Any) -> str:
    """A value as text which no spreadsheet takes for a formula; numbers stay numbers."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, date):
        return value.isoformat()
    text = str(value)
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_MARKS) or text[:1] in FORMULA_MARKS else text


def write_line(cells: Iterable[Any]) -> str:
    """One line."""
    written = io.StringIO()
    csv.writer(written).writerow([write_cell(cell) for cell in cells])
    return written.getvalue()


def write_lines(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """The lines of a file, its header first."""
    yield BYTE_ORDER_MARK + write_line(header)
    for row in rows:
        yield write_line(row)


def answer_csv(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """The file, row by row."""
    answer = StreamingHttpResponse(write_lines(header, rows), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
