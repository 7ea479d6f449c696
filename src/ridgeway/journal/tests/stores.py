"""Small stores for the tests of the journal: SQLite with a key, and one that can be told to wait or fail."""

import sqlite3
import threading
from collections.abc import Sequence
from pathlib import Path

from ridgeway.errors import MessageError, MessageLogError, RidgewayError
from ridgeway.journal import Entry


class SqliteStore:
    """Keeps each entry in a row; refuses the body `bad`; answers the number of the row."""

    def __init__(self, path: Path) -> None:
        self.connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self.connection.execute("PRAGMA journal_mode=WAL")
        self.connection.execute("PRAGMA synchronous=FULL")
        self.connection.execute("CREATE TABLE IF NOT EXISTS entry (id INTEGER PRIMARY KEY, key TEXT UNIQUE, body BLOB)")
        self.groups: list[int] = []
        self.gate = threading.Event()
        self.gate.set()
        self.fails: RidgewayError | BaseException | None = None

    def commit(self, batch: Sequence[Entry]) -> Sequence[bytes | RidgewayError]:
        self.gate.wait()
        if self.fails is not None:
            raise self.fails
        self.groups.append(len(batch))
        self.connection.execute("BEGIN IMMEDIATE")
        answers = [self.keep(entry) for entry in batch]
        self.connection.execute("COMMIT")
        return answers

    def keep(self, entry: Entry) -> bytes | RidgewayError:
        if entry.body == b"bad":
            return MessageError("invalid_request", "This body is bad.", action="Send a good one.")
        self.connection.execute(
            "INSERT INTO entry (key, body) VALUES (?, ?) ON CONFLICT (key) DO NOTHING", (entry.key or None, entry.body)
        )
        where = ("key = ?", entry.key) if entry.key else ("id = last_insert_rowid() AND body = ?", entry.body)
        (number,) = self.connection.execute(f"SELECT id FROM entry WHERE {where[0]}", (where[1],)).fetchone()
        return str(number).encode()

    def bodies(self) -> list[bytes]:
        return [body for (body,) in self.connection.execute("SELECT body FROM entry ORDER BY id")]

    def close(self) -> None:
        self.connection.close()


def disk_full() -> MessageLogError:
    return MessageLogError("logging_failed", "The disk is full.")
