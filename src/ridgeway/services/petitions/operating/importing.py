"""Files of places and departments, read row by row into the tables: CSV in UTF-8, a line of names first.

Law: a batch is one transaction, and every row may come again: a file that was cut off at any moment is given once more
and ends as if it had not been. How far it came is kept beside the state, so that what is done is not done twice. A row
that is wrong is named with its line, and nothing of its batch is written.
"""

import csv
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction

from ridgeway.errors import RequestError
from ridgeway.services.petitions.operating.progress import SILENT, Progress

BATCH = 1000
MAX_CELL_CHARACTERS = 2000
Row = dict[str, str]


class ImportFaultError(RequestError):
    """A file that cannot be taken; the detail names the line and what would be right."""

    who = "whoever wrote the file"


@dataclass(frozen=True, slots=True)
class Kind:
    """What one kind of file holds. `write` takes a batch; `group` names a column whose equal values stay together."""

    name: str
    needed: tuple[str, ...]
    known: tuple[str, ...]
    write: Callable[[Sequence[tuple[int, Row]]], None]
    group: str = ""


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of a file; `skipped` rows were done by an earlier run."""

    kind: str
    rows: int
    skipped: int
    is_whole: bool


def import_file(kind: Kind, file: Path, *, notes: Path, progress: Progress = SILENT) -> Imported:
    """Every row of the file is in the tables, or as many as time was.

    Raises:  ImportFaultError.
    """
    total = count_rows(file)
    note = notes / f"{kind.name}-{digest_of(file)}"
    skipped = done = read_note(note)
    for batch in read_batches(kind, file, skip=skipped):
        if progress.is_stopped:
            break
        with transaction.atomic():
            kind.write(batch)
        done += len(batch)
        write_note(note, done)
        progress.report(done, total)
    is_whole = done >= total
    if is_whole:
        note.unlink(missing_ok=True)
    return Imported(kind.name, done - skipped, skipped, is_whole)


def digest_of(file: Path) -> str:
    """What tells this file from another."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()[:24]


def read_note(note: Path) -> int:
    """How many rows an earlier run has done."""
    try:
        return int(note.read_text("ascii"))
    except (OSError, ValueError):
        return 0


def write_note(note: Path, done: int) -> None:
    """An interrupted run is remembered; written after the rows are, so that none is left out."""
    note.parent.mkdir(parents=True, exist_ok=True)
    beside = note.with_name(f".{note.name}.new")
    beside.write_text(str(done), "ascii")
    beside.replace(note)


def count_rows(file: Path) -> int:
    """How many rows the file has, its first line apart."""
    with file.open(encoding="utf-8-sig", newline="") as opened:
        try:
            return max(sum(1 for row in csv.reader(opened) if row) - 1, 0)
        except (csv.Error, UnicodeDecodeError) as error:
            raise ImportFaultError("malformed_file", f"{file.name} is no CSV in UTF-8: {error}.") from error


def read_batches(kind: Kind, file: Path, *, skip: int = 0) -> Iterator[list[tuple[int, Row]]]:
    """The rows with their lines, some at a time; what belongs together is never torn apart.

    Raises:  ImportFaultError.
    """
    batch: list[tuple[int, Row]] = []
    for line, row in read_rows(kind, file, skip=skip):
        is_full = len(batch) >= BATCH and not (kind.group and batch[-1][1][kind.group] == row[kind.group])
        if is_full:
            yield batch
            batch = []
        batch.append((line, row))
    if batch:
        yield batch


def read_rows(kind: Kind, file: Path, *, skip: int) -> Iterator[tuple[int, Row]]:
    """Each row with its line.

    Raises:  ImportFaultError.
    """
    with file.open(encoding="utf-8-sig", newline="") as opened:
        reader = csv.DictReader(opened)
        require_columns(kind, reader.fieldnames or ())
        for number, row in enumerate(reader):
            if number >= skip:
                yield reader.line_num, tidy(kind, row, line=reader.line_num)


def require_columns(kind: Kind, names: Sequence[str]) -> None:
    """Hold only where the first line names all that is needed, and nothing unknown.

    Raises:  ImportFaultError.
    """
    missing = [name for name in kind.needed if name not in names]
    unknown = [name for name in names if name not in (*kind.needed, *kind.known)]
    if missing or unknown:
        said = [f"lacks {', '.join(missing)}"] if missing else []
        said += [f"has {', '.join(unknown)}, which nobody knows"] if unknown else []
        columns = ",".join((*kind.needed, *(f"[{name}]" for name in kind.known)))
        raise ImportFaultError("malformed_file", f"The first line {' and '.join(said)}.", action=f"Write {columns}.")


def tidy(kind: Kind, row: dict[str, Any], *, line: int) -> Row:
    """The row without space around its values; every column is there.

    Raises:  ImportFaultError.
    """
    if None in row or None in row.values():
        raise ImportFaultError("malformed_file", f"Line {line} has not as many values as the first line has names.")
    tidied = {name: " ".join(str(row.get(name, "")).split()) for name in (*kind.needed, *kind.known)}
    empty = [name for name in kind.needed if not tidied[name]]
    long = [name for name, value in tidied.items() if len(value) > MAX_CELL_CHARACTERS]
    if empty or long:
        what = f"has no {empty[0]}" if empty else f"has a {long[0]} that is too long"
        raise ImportFaultError("malformed_file", f"Line {line} {what}.")
    return tidied
