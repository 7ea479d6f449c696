"""What archiving writes and reads in the database: which records wait, which archive holds them, what may be deleted.

Law: an archive's row and the marks on its records are one transaction; archived records are deleted oldest first, a few
at a time, and only while every archive is in its place. Read next: `archiving.py`.
"""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from ridgeway.messagelog.databases import Database, transaction

COLUMNS = "id, instance, member_class, member_code, subsystem_code, query_id, is_response, logged_at_ms"
ORDER = "instance, member_class, member_code, subsystem_code, id"
FIND_UNARCHIVED = f"""
SELECT {COLUMNS} FROM messagelog_record
WHERE archive_id IS NULL AND timestamp_id IS NOT NULL AND ({ORDER}) > (%s, %s, %s, %s, %s)
ORDER BY {ORDER} LIMIT %s"""  # noqa: S608 - names of ours
COUNT_UNARCHIVED = "SELECT count(*) FROM messagelog_record WHERE archive_id IS NULL AND timestamp_id IS NOT NULL"
ARCHIVE_COLUMNS = 'id, "group", file_name, made_as, last_digest, records, made_at_ms, is_in_place, is_transferred'
FIND_END = f'SELECT {ARCHIVE_COLUMNS} FROM messagelog_archive WHERE "group" = %s ORDER BY id DESC LIMIT 1'  # noqa: S608
LIST_ARCHIVES = f"SELECT {ARCHIVE_COLUMNS} FROM messagelog_archive ORDER BY id DESC LIMIT %s"  # noqa: S608
FIND_UNFINISHED = f"SELECT {ARCHIVE_COLUMNS} FROM messagelog_archive WHERE NOT is_in_place ORDER BY id"  # noqa: S608
FIND_UNTRANSFERRED = (
    f"SELECT {ARCHIVE_COLUMNS} FROM messagelog_archive WHERE is_in_place AND NOT is_transferred ORDER BY id"  # noqa: S608
)
HIGHEST = "SELECT max(id) FROM messagelog_archive"
ADD_ARCHIVE = (
    'INSERT INTO messagelog_archive (id, "group", file_name, made_as, last_digest, records, made_at_ms, is_in_place, '
    "is_transferred) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)"
)
MARK_ARCHIVED = "UPDATE messagelog_record SET archive_id = %s WHERE id = %s"
MARK_IN_PLACE = "UPDATE messagelog_archive SET is_in_place = %s WHERE id = %s"
MARK_TRANSFERRED = "UPDATE messagelog_archive SET is_transferred = %s WHERE id = %s"
UNMARK = "UPDATE messagelog_record SET archive_id = NULL WHERE archive_id = %s"
DROP_ARCHIVE = "DELETE FROM messagelog_archive WHERE id = %s"
FIND_OLDEST = """
SELECT id, timestamp_id, logged_at_ms FROM messagelog_record
WHERE archive_id IS NOT NULL AND id < (SELECT max(id) FROM messagelog_record) ORDER BY id LIMIT %s"""
DROP_BODIES = "DELETE FROM messagelog_body WHERE record_id = %s"
DROP_RECORD = "DELETE FROM messagelog_record WHERE id = %s"
LESSEN = "UPDATE messagelog_timestamp SET records = records - %s WHERE id = %s"
DROP_TIMESTAMP = "DELETE FROM messagelog_timestamp WHERE id = %s AND records <= 0"

START = ("", "", "", "", 0)


class WaitingRecord(NamedTuple):
    """A stamped record that no archive holds, in the order of `COLUMNS`."""

    id: int
    instance: str
    member_class: str
    member_code: str
    subsystem_code: str
    query_id: str
    is_response: bool
    logged_at_ms: int

    @property
    def place(self) -> tuple[str, str, str, str, int]:
        """Where it stands among those that wait."""
        return (self.instance, self.member_class, self.member_code, self.subsystem_code, self.id)


class ArchiveRow(NamedTuple):
    """One archive, in the order of `ARCHIVE_COLUMNS`."""

    id: int
    group: str
    file_name: str
    made_as: str
    last_digest: str
    records: int
    made_at_ms: int
    is_in_place: bool
    is_transferred: bool


class ArchiveStore:
    """Used by one thread at a time: the writer's for what changes, a reader's for the rest."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def find_unarchived(self, after: tuple[str, str, str, str, int], limit: int) -> list[WaitingRecord]:
        """The records that wait behind `after`, in the order in which they are archived."""
        return [WaitingRecord(*row) for row in self.database.read(FIND_UNARCHIVED, (*after, limit))]

    def count_unarchived(self) -> int:
        """How many stamped records wait for an archive."""
        ((count,),) = self.database.read(COUNT_UNARCHIVED)
        return int(count)

    def find_end(self, group: str) -> ArchiveRow | None:
        """The newest archive of a group."""
        rows = self.database.read(FIND_END, (group,))
        return ArchiveRow(*rows[0]) if rows else None

    def list_archives(self, limit: int) -> list[ArchiveRow]:
        """The newest archives first."""
        return [ArchiveRow(*row) for row in self.database.read(LIST_ARCHIVES, (limit,))]

    def find_unfinished(self) -> list[ArchiveRow]:
        """Archives whose file may not have its name yet."""
        return [ArchiveRow(*row) for row in self.database.read(FIND_UNFINISHED)]

    def find_untransferred(self) -> list[ArchiveRow]:
        """Archives that were not handed on yet."""
        return [ArchiveRow(*row) for row in self.database.read(FIND_UNTRANSFERRED)]

    def add_archive(self, row: ArchiveRow, records: Sequence[int]) -> int:
        """The archive is known and holds these records, durably; its number is returned."""
        with transaction(self.database):
            ((highest,),) = self.database.read(HIGHEST)
            number = (highest or 0) + 1
            self.database.write(ADD_ARCHIVE, (number, *row[1:]))
            self.database.write_each(MARK_ARCHIVED, [(number, record) for record in records])
        return number

    def undo_archive(self, number: int) -> None:
        """The archive is unknown again, and its records wait."""
        with transaction(self.database):
            self.database.write(UNMARK, (number,))
            self.database.write(DROP_ARCHIVE, (number,))

    def note_in_place(self, number: int) -> None:
        """The archive's file has its name."""
        with transaction(self.database):
            self.database.write(MARK_IN_PLACE, (True, number))

    def note_transferred(self, number: int) -> None:
        """The archive was handed on."""
        with transaction(self.database):
            self.database.write(MARK_TRANSFERRED, (True, number))

    def delete_old(self, before_ms: int, limit: int) -> int:
        """At most `limit` archived records from before that time are gone, with tokens of no other; how many were.

        The newest record of all stays, so that no number is given twice.
        """
        found = [row for row in self.database.read(FIND_OLDEST, (limit,)) if row[2] < before_ms]
        numbers = [(number,) for number, _, _ in found]
        if numbers:
            stamps = Counter(stamp for _, stamp, _ in found)
            with transaction(self.database):
                self.database.write_each(DROP_BODIES, numbers)
                self.database.write_each(DROP_RECORD, numbers)
                self.database.write_each(LESSEN, [(count, stamp) for stamp, count in stamps.items()])
                self.database.write_each(DROP_TIMESTAMP, [(stamp,) for stamp in stamps])
        return len(numbers)
