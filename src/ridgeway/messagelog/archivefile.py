"""One archive while it is written: records of one group into a file that its owner alone may read.

Law: what is not encrypted at rest never touches the disk where archives are encrypted: it goes to gpg through a pipe.
A file that could not be finished is gone. Read next: `archiving.py`.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ridgeway.errors import MessageLogError
from ridgeway.messagelog.archivestore import START, ArchiveStore, WaitingRecord
from ridgeway.messagelog.gnupg import Encryption, read_member_keys
from ridgeway.messagelog.reading import MessageLogReader
from ridgeway.messagelog.values import from_milliseconds
from ridgeway.protocol.signatures.archives import FIRST, ArchiveWriter, Link, render_archive_name
from ridgeway.protocol.signatures.containers import render_container_name
from ridgeway.settings import ArchiveGrouping, Settings

FIND_RECORDS = 200
MAX_RECORDS_AN_ARCHIVE = 100_000
MAKING = ".making-"


@dataclass(frozen=True, slots=True)
class Filled:
    """An archive that was written and is on disk as `file`; `name` is the one that it will have."""

    file: Path
    group: str
    records: tuple[int, ...]
    name: str
    last_digest: str


@dataclass(slots=True)
class ArchiveFiller:
    """Writes archives; used in the archiver's thread alone."""

    store: ArchiveStore
    reader: MessageLogReader
    settings: Settings

    @property
    def folder(self) -> Path:
        """Where archives lie."""
        return self.settings.path(self.settings.messagelog.archive_dir)

    def prepare_folder(self) -> None:
        """The folder is there, and holds no file that an earlier process did not finish and no row names.

        Raises:  MessageLogError(archive_failed).
        """
        named = {row.made_as for row in self.store.find_unfinished()}
        with as_archive_failed(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            for file in self.folder.glob(f"{MAKING}*"):
                if file.name not in named:
                    file.unlink()

    def fill_next(self) -> Filled | None:
        """The next archive, written and on disk; None when nothing waits.

        Raises:  MessageLogError(archive_failed) when it cannot be written.
        """
        rows = self.store.find_unarchived(START, FIND_RECORDS)
        if not rows:
            return None
        group = group_of(rows[0], self.settings.messagelog.archive_grouping)
        end = self.store.find_end(group)
        file = self.folder / f"{MAKING}{secrets.token_hex(8)}"
        with as_archive_failed(self.folder):
            try:
                with self.opened(file, group) as stream:
                    writer = ArchiveWriter(
                        stream, previous=FIRST if end is None else Link(end.last_digest, end.file_name)
                    )
                    records = self.fill(writer, group, rows)
                sync(file)
            except BaseException:
                file.unlink(missing_ok=True)
                raise
        return Filled(file, group, tuple(records), self.name_of(writer, group), writer.last_digest)

    @contextmanager
    def opened(self, file: Path, group: str) -> Iterator[BinaryIO]:
        """Where the archive is written to: the file, or a gpg that writes it."""
        log_settings = self.settings.messagelog
        if not log_settings.archive_encryption:
            with open(file, "xb", opener=open_privately) as plain:
                yield plain
            return
        home = self.settings.path(log_settings.archive_gnupg_dir)
        encryption = Encryption(file, folder=home, recipients=self.recipients_of(group))
        try:
            yield encryption.stream
        except BrokenPipeError:
            encryption.finish()
            raise
        except BaseException:
            encryption.abandon()
            raise
        encryption.finish()

    def recipients_of(self, group: str) -> tuple[str, ...]:
        """The keys that may open the archives of a group: the member's own, or the usual ones."""
        log_settings = self.settings.messagelog
        usual = tuple(log_settings.archive_default_keys.replace(",", " ").split())
        if not group:
            return usual
        member = "/".join(group.split("/")[:3])
        return read_member_keys(self.settings.path(log_settings.archive_keys)).get(member, usual)

    def fill(self, writer: ArchiveWriter, group: str, rows: list[WaitingRecord]) -> list[int]:
        """The archive is whole: it holds as many records of its group as it may, beginning with `rows`."""
        records: list[int] = []
        try:
            for row in self.iter_waiting(rows):
                if self.is_full(writer, records) or self.group_of(row) != group:
                    break
                name = render_container_name(row.query_id, is_response=row.is_response, number=row.id)
                writer.add(name, self.reader.build_container(row.id), at=from_milliseconds(row.logged_at_ms))
                records.append(row.id)
            writer.finish()
        except BaseException:
            writer.abandon()
            raise
        return records

    def iter_waiting(self, rows: list[WaitingRecord]) -> Iterator[WaitingRecord]:
        """These records and all that wait behind them."""
        while rows:
            yield from rows
            rows = self.store.find_unarchived(rows[-1].place, FIND_RECORDS)

    def is_full(self, writer: ArchiveWriter, records: list[int]) -> bool:
        """Whether the next record goes into the next archive."""
        return writer.content_bytes > self.settings.messagelog.archive_max_bytes or (
            len(records) >= MAX_RECORDS_AN_ARCHIVE
        )

    def group_of(self, row: WaitingRecord) -> str:
        """Whose archive a record goes into."""
        return group_of(row, self.settings.messagelog.archive_grouping)

    def name_of(self, writer: ArchiveWriter, group: str) -> str:
        """The name of the archive that was written."""
        assert writer.first_at is not None
        assert writer.last_at is not None
        return render_archive_name(
            group,
            first_at=writer.first_at,
            last_at=writer.last_at,
            last_digest=writer.last_digest,
            is_encrypted=self.settings.messagelog.archive_encryption,
        )


def group_of(row: WaitingRecord, grouping: ArchiveGrouping) -> str:
    """Whose archive a record goes into; empty where all share."""
    if grouping is ArchiveGrouping.NONE:
        return ""
    codes = [row.instance, row.member_class, row.member_code]
    if grouping is ArchiveGrouping.SUBSYSTEM and row.subsystem_code:
        codes.append(row.subsystem_code)
    return "/".join(codes)


@contextmanager
def as_archive_failed(folder: Path) -> Iterator[None]:
    """What the disk reports is raised as ours.

    Raises:  MessageLogError(archive_failed).
    """
    try:
        yield
    except OSError as error:
        raise MessageLogError(
            "archive_failed",
            f"An archive cannot be written to {folder}: {error.strerror}.",
            action="See to the disk; the records stay in the log until then.",
        ) from error


def open_privately(path: str, flags: int) -> int:
    """Open a file that its owner alone may read."""
    return os.open(path, flags, 0o600)


def sync(place: Path) -> None:
    """A file, or the names in a folder, are on disk."""
    descriptor = os.open(place, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def rename_durably(made: Path, place: Path) -> None:
    """The file has its name, on disk."""
    with as_archive_failed(place.parent):
        made.replace(place)
        sync(place.parent)
