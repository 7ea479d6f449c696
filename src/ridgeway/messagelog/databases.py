"""SQLite and PostgreSQL behind one small door, for statements that are written once with `%s`.

Law: a transaction that was committed here is on disk (SQLite: WAL, `synchronous=FULL`; PostgreSQL:
`synchronous_commit=on`). Whatever a database reports becomes `logging_failed`, and the connection is made anew.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

import psycopg

from ridgeway.errors import MessageLogError, SettingsError

Row = tuple[Any, ...]
LOCK_NUMBER = 0x52494447455741
"""The advisory lock that one writer of a PostgreSQL log holds."""
LOCK_TIMEOUT_SECONDS = 20
MAX_PARAMETERS = 32_000
"""Most values in one statement; SQLite takes 32,766, PostgreSQL 65,535."""


class Database(Protocol):
    """One connection, opened when first needed. Used by one thread at a time."""

    def read(self, statement: str, values: Sequence[Any] = ()) -> list[Row]:
        """The rows of a query."""
        ...

    def write(self, statement: str, values: Sequence[Any] = ()) -> None:
        """One statement of a transaction."""
        ...

    def write_each(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        """One statement of a transaction for each row."""
        ...

    def begin(self) -> None:
        """A transaction has begun."""
        ...

    def commit(self) -> None:
        """The transaction is durable."""
        ...

    def close(self) -> None:
        """The connection is closed; an open transaction is undone."""
        ...


@contextmanager
def transaction(database: Database) -> Iterator[None]:
    """What is written inside is durable afterwards, or nothing of it is."""
    try:
        database.begin()
        yield
        database.commit()
    except BaseException:
        # A connection in doubt is worth nothing: the next transaction opens its own.
        database.close()
        raise


@contextmanager
def as_logging_failed(name: str) -> Iterator[None]:
    """What the database reports is raised as ours.

    Raises:  MessageLogError(logging_failed).
    """
    try:
        yield
    except (sqlite3.Error, psycopg.Error, OSError) as error:
        raise MessageLogError(
            "logging_failed",
            f"The log's database {name} failed: {str(error).strip() or type(error).__name__}.",
            action="See its disk and its server; no message passes until it works again.",
        ) from error


class SqliteDatabase:
    """A file. A writer may write; a reader sees what was committed."""

    def __init__(self, file: str, *, is_writer: bool) -> None:
        self.file = file
        self.is_writer = is_writer
        self.connection: sqlite3.Connection | None = None

    def open(self) -> sqlite3.Connection:
        """The connection."""
        if self.connection is None:
            mode = "rw" if self.is_writer else "ro"
            self.connection = sqlite3.connect(
                f"file:{self.file}?mode={mode}",
                uri=True,
                timeout=LOCK_TIMEOUT_SECONDS,
                isolation_level=None,
                check_same_thread=False,
            )
            if self.is_writer:
                self.connection.execute("PRAGMA journal_mode=WAL")
                self.connection.execute("PRAGMA synchronous=FULL")
                self.connection.execute("PRAGMA foreign_keys=ON")
        return self.connection

    def read(self, statement: str, values: Sequence[Any] = ()) -> list[Row]:
        """The rows of a query."""
        with as_logging_failed(self.file):
            return self.open().execute(statement.replace("%s", "?"), values).fetchall()

    def write(self, statement: str, values: Sequence[Any] = ()) -> None:
        """One statement of a transaction."""
        with as_logging_failed(self.file):
            self.open().execute(statement.replace("%s", "?"), values)

    def write_each(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        """One statement of a transaction for each row."""
        with as_logging_failed(self.file):
            self.open().executemany(statement.replace("%s", "?"), rows)

    def begin(self) -> None:
        """A transaction has begun."""
        self.write("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """The transaction is durable."""
        self.write("COMMIT")

    def close(self) -> None:
        """The connection is closed; an open transaction is undone."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None


class PostgresDatabase:
    """A server. The writer holds a lock, so that there is one."""

    def __init__(self, url: str, *, is_writer: bool) -> None:
        self.url = url
        self.is_writer = is_writer
        self.name = "of PostgreSQL"
        self.connection: psycopg.Connection[Row] | None = None

    def open(self) -> psycopg.Connection[Row]:
        """The connection.

        Raises:  MessageLogError(logging_failed) also when another writer holds the lock.
        """
        if self.connection is None:
            connection = psycopg.connect(self.url, autocommit=True, connect_timeout=LOCK_TIMEOUT_SECONDS)
            # Groups have many sizes; each would be a prepared statement of its own.
            connection.prepare_threshold = None
            connection.execute("SET synchronous_commit = on")
            if self.is_writer:
                row = connection.execute("SELECT pg_try_advisory_lock(%s)", (LOCK_NUMBER,)).fetchone()
                if row != (True,):
                    connection.close()
                    raise MessageLogError(
                        "logging_failed", f"Another process writes the log {self.name}; there is one writer."
                    )
            self.connection = connection
        return self.connection

    def read(self, statement: str, values: Sequence[Any] = ()) -> list[Row]:
        """The rows of a query."""
        with as_logging_failed(self.name):
            try:
                return self.open().execute(statement.encode(), values, binary=True).fetchall()
            except psycopg.OperationalError:
                self.close()
                raise

    def write(self, statement: str, values: Sequence[Any] = ()) -> None:
        """One statement of a transaction."""
        with as_logging_failed(self.name):
            self.open().execute(statement.encode(), values)

    def write_each(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        """One statement of a transaction for each row."""
        with as_logging_failed(self.name), self.open().cursor() as cursor:
            cursor.executemany(statement.encode(), rows)

    def begin(self) -> None:
        """A transaction has begun."""
        self.write("BEGIN")

    def commit(self) -> None:
        """The transaction is durable."""
        self.write("COMMIT")

    def close(self) -> None:
        """The connection is closed; an open transaction is undone."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None


def open_database(url: str, *, is_writer: bool) -> Database:
    """The door to `sqlite:FILE` or `postgresql://…`; nothing is connected yet.

    Raises:  SettingsError(malformed_settings).
    """
    scheme, _, rest = url.partition(":")
    if scheme == "sqlite" and rest:
        return SqliteDatabase(rest, is_writer=is_writer)
    if scheme in {"postgresql", "postgres"}:
        return PostgresDatabase(url, is_writer=is_writer)
    raise SettingsError(
        "malformed_settings", f"messagelog.database starts with {scheme!r}; write sqlite:FILE or postgresql://…."
    )
