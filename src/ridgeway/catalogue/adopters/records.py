"""Who runs a package: an adopter's own record of it as a statement, and the publisher's list of those it was given.

    adopters/   of a shelf: the records that were handed over, one file each

Law: a record says nothing of those who use the service. Of several by one adopter the newest counts; who has acted on
a warning is told from what they say that they run.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from ridgeway.catalogue.adopters.notices import FOLDER as NOTICES
from ridgeway.catalogue.adopters.notices import Warned, measure_lag, read_warnings
from ridgeway.catalogue.adoption.keeping import read_adopted
from ridgeway.catalogue.packages.statement import Kind, Statement, make_payload
from ridgeway.catalogue.packages.told import Told, get_text, list_told, name_mark, write_told
from ridgeway.catalogue.packages.versions import is_older
from ridgeway.catalogue.proposals.proposing import describe_upstream
from ridgeway.catalogue.shelves.shelf import is_shelf, list_shelved
from ridgeway.errors import ContainerError, RidgewayError

FOLDER: Final = "adopters"
MAX_SINCE_CHARACTERS: Final = 40
MAX_CHANGES: Final = 1_000_000
MAX_HEARD: Final = 200


@dataclass(frozen=True, slots=True)
class Record:
    """What an adopter runs.

    `changes` are the operations of its overlay, `heard` the marks of warnings it knew of, `earlier` the versions that
    it said before that it ran.
    """

    told: Told
    since: str
    changes: int
    heard: tuple[str, ...]
    earlier: tuple[str, ...] = ()

    @property
    def statement(self) -> Statement:
        """Who, of which version, when."""
        return self.told.statement


def record(folder: Path, *, by: str, at: datetime) -> bytes:
    """The record of the adopted package in a folder, as a statement.

    Raises:  SettingsError(not_adopted), RequestError(invalid_statement).
    """
    adopted = read_adopted(folder)
    heard = sorted({each.told.mark for each in measure_lag(folder, adopted.lock).open})
    return make_payload(
        Kind.ADOPTION,
        describe_upstream(adopted),
        by=by,
        at=at,
        since=adopted.lock.adopted_at,
        changes=len(adopted.operations),
        heard=heard[:MAX_HEARD],
    )


def write_record(place: Path, payload: bytes) -> Path:
    """The record is in a file, or among the adopters of the shelf that a folder is."""
    if is_shelf(place):
        place = place / FOLDER / f"{name_mark(payload)}.json"
    return write_told(place, payload)


def read_records(shelf: Path) -> tuple[tuple[Record, ...], tuple[Path, ...]]:
    """The newest record of each adopter of each package, and the files that are none."""
    heard = list_told(shelf / FOLDER, (Kind.ADOPTION,))
    newest: dict[tuple[str, str], Record] = {}
    broken = list(heard.broken)
    told_in_order = sorted(heard.told, key=lambda each: (each.statement.at, find_arrival(each.file)))
    for told in told_in_order:
        try:
            found = to_record(told)
        except ContainerError:
            broken.append(told.file)
            continue
        key = (told.statement.package, told.statement.by)
        before = newest.get(key)
        newest[key] = replace(found, earlier=(*before.earlier, before.statement.version)) if before else found
    return tuple(newest[key] for key in sorted(newest)), tuple(broken)


def find_arrival(file: Path) -> int:
    """When a file came, in nanoseconds: of two statements of one second the later file counts."""
    try:
        return file.lstat().st_mtime_ns
    except OSError:
        return 0


def to_record(told: Told) -> Record:
    """The record that a statement is.

    Raises:  ContainerError(malformed_statement).
    """
    more = told.statement.more
    since = get_text(told.statement, "since", MAX_SINCE_CHARACTERS)
    changes, heard = more.get("changes"), more.get("heard", [])
    is_count = type(changes) is int and 0 <= changes <= MAX_CHANGES
    is_list = isinstance(heard, list) and len(heard) <= MAX_HEARD and all(isinstance(each, str) for each in heard)
    if not is_count or not is_list or not since.isprintable():
        raise ContainerError("malformed_statement", f"{told.file} is no record of an adoption.")
    return Record(told, since, int(str(changes)), tuple(heard))


@dataclass(frozen=True, slots=True)
class Adopter:
    """One who runs a package, as the publisher sees them. `warned` are warnings with what they did about each."""

    record: Record
    is_known: bool
    """Whether the version lies on the shelf with these files."""
    newer: tuple[str, ...]
    warned: tuple[tuple[Warned, str], ...]


def list_adopters(shelf: Path) -> tuple[tuple[Adopter, ...], tuple[Path, ...]]:
    """Everybody who is known to run a package of the shelf, and the files that are no record."""
    records, broken = read_records(shelf)
    warnings = read_warnings([shelf / NOTICES]).found
    return tuple(describe_adopter(shelf, each, warnings) for each in records), broken


def describe_adopter(shelf: Path, found: Record, warnings: Iterable[Warned]) -> Adopter:
    """One adopter."""
    statement = found.statement
    try:
        listed = list_shelved(shelf, statement.package)
    except RidgewayError:
        listed = []
    is_known = any(f"sha256:{each.digest}" == statement.digest for each in listed)
    newer = tuple(each.version for each in listed if is_older(statement.version, each.version))
    own = (each for each in warnings if each.package == statement.package)
    return Adopter(found, is_known, newer, tuple((each, tell_deed(found, each)) for each in own))


def tell_deed(found: Record, warned: Warned) -> str:
    """What the adopter did about a warning: acted, runs it and knows, runs it and was not heard of since; else none."""
    statement = found.statement
    if not warned.covers(statement.package, statement.version):
        ran_it = any(warned.covers(statement.package, each) for each in found.earlier)
        return "acted" if ran_it else "not concerned"
    return "knows, runs it still" if warned.told.mark in found.heard else "not heard of since"


def describe(adopter: Adopter) -> dict[str, Any]:
    """An adopter as JSON takes it."""
    statement = adopter.record.statement
    return {
        "by": statement.by,
        "package": statement.package,
        "version": statement.version,
        "digest": statement.digest,
        "is_known": adopter.is_known,
        "since": adopter.record.since,
        "said_at": statement.at.isoformat(),
        "changes": adopter.record.changes,
        "is_signed": adopter.record.told.is_signed,
        "newer": list(adopter.newer),
        "warned": [
            {"mark": each.told.mark, "version": each.version, "is_recall": each.is_recall, "deed": deed}
            for each, deed in adopter.warned
        ],
    }
