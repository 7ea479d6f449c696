"""The one statement that queues a notice, for those who write rows without Django's models.

Law: the columns here are all that a writer gives; every other has a default in the database. A second row for the same
kind, subject, version and recipient is no row and no error. Importable without Django. Next: `posting.py`.

    cursor.execute(INSERT_NOTICE, render_row(…))                 psycopg, or a cursor of Django's on either database
    connection.execute(INSERT_NOTICE_SQLITE, render_row(…))      sqlite3
    cursor.executemany(INSERT_NOTICE, [render_row(…), …])        many
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from ridgeway.office.notices.values import Priority

TABLE = "notices_notice"
COLUMNS = (
    "kind",
    "subject",
    "version",
    "recipient_key",
    "address",
    "language",
    "payload",
    "priority",
    "created_at_ms",
    "due_at_ms",
)
UNIQUE = ("kind", "subject", "version", "recipient_key")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Row = tuple[str, str, str, str, str, str, str, int, int, int]

# Every name below is a constant of this file: nothing of a notice is written into a statement.
INSERT_NOTICE = (
    f"INSERT INTO {TABLE} ({', '.join(COLUMNS)}) VALUES ({', '.join(['%s'] * len(COLUMNS))}) "  # noqa: S608
    f"ON CONFLICT ({', '.join(UNIQUE)}) DO NOTHING"
)
"""For psycopg, and for cursors of Django's on both databases."""
INSERT_NOTICE_SQLITE = INSERT_NOTICE.replace("%s", "?")
"""For a connection of Python's sqlite3."""


def render_row(
    kind: str,
    *,
    subject: str,
    recipient_key: str,
    version: str = "1",
    address: str,
    language: str = "en",
    payload: Mapping[str, Any],
    now: datetime,
    not_before: datetime | None = None,
    priority: Priority = Priority.NORMAL,
) -> Row:
    """The values of `COLUMNS`, in their order; takes what `post_notice` takes and checks nothing."""
    created_at_ms = to_ms(now)
    due_at_ms = created_at_ms if not_before is None else to_ms(not_before)
    return (
        kind,
        subject,
        version,
        recipient_key,
        address,
        language,
        render_payload(payload),
        int(priority),
        created_at_ms,
        due_at_ms,
    )


def render_payload(payload: Mapping[str, Any]) -> str:
    """The payload as it is stored: JSON text."""
    return msgspec.json.encode(payload).decode()


def to_ms(at: datetime) -> int:
    """Milliseconds since 1970 of an aware time."""
    return (at - EPOCH) // timedelta(milliseconds=1)


def from_ms(at_ms: int) -> datetime:
    """The aware time of so many milliseconds since 1970."""
    return EPOCH + timedelta(milliseconds=at_ms)
