"""What the certification authority has issued, and what of that is revoked: one SQLite file that processes share.

Law: each question and each change opens the file anew, so that the set-up and the running authority see one another.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

BUSY_SECONDS = 10.0
TABLE = """
create table if not exists certificate (
    serial text primary key, der blob not null, usage text not null, issued_at text not null, revoked_at text
) without rowid
"""


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate (DER) as the register has it."""

    der: bytes
    usage: str
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Register:
    """The certificates of one authority, by serial number."""

    file: Path

    @contextmanager
    def open(self) -> Iterator[sqlite3.Connection]:
        """A connection with one transaction, which is kept unless something is raised."""
        with closing(sqlite3.connect(self.file, timeout=BUSY_SECONDS)) as connection, connection:
            yield connection

    def create(self) -> None:
        """The file has its table."""
        with closing(sqlite3.connect(self.file, timeout=BUSY_SECONDS)) as connection:
            connection.execute("pragma journal_mode = wal")
            connection.execute(TABLE)

    def append_issued(self, serial: int, issued: Issued, *, now: datetime) -> None:
        """The certificate is on record."""
        row = (render_serial(serial), issued.der, issued.usage, now.isoformat())
        with self.open() as connection:
            connection.execute("insert into certificate (serial, der, usage, issued_at) values (?, ?, ?, ?)", row)

    def revoke(self, serial: int, *, now: datetime) -> bool:
        """Whether there is such a certificate; it is revoked then, since when it first was."""
        at = now.astimezone(UTC).replace(microsecond=0).isoformat()
        with self.open() as connection:
            changed = connection.execute(
                "update certificate set revoked_at = coalesce(revoked_at, ?) where serial = ?",
                (at, render_serial(serial)),
            )
            return changed.rowcount == 1

    def find(self, serial: int) -> Issued | None:
        """The certificate of that number."""
        with self.open() as connection:
            row = connection.execute(
                "select der, usage, revoked_at from certificate where serial = ?", (render_serial(serial),)
            ).fetchone()
        if row is None:
            return None
        return Issued(row[0], row[1], datetime.fromisoformat(row[2]) if row[2] else None)


def render_serial(serial: int) -> str:
    """A serial number in hexadecimal, as openssl prints it."""
    return f"{serial:X}"
