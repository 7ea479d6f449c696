"""The kinds of pieces that a backup holds: a folder, a file, a database of either kind.

Law: a database is copied as of one moment (SQLite's backup API; one repeatable-read transaction of PostgreSQL) and put
back whole or not at all. PostgreSQL's tables must be those of the backup; where they are not, an older release made it.
"""

import os
import shutil
import sqlite3
from dataclasses import dataclass
from pathlib import Path

import msgspec
import psycopg
from psycopg import sql

from ridgeway.errors import MessageLogError, SettingsError
from ridgeway.messagelog.backup import Piece

TABLES = """
SELECT c.relname, array_agg(a.attname ORDER BY a.attnum)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace GROUP BY c.relname ORDER BY c.relname"""
FIND_NUMBERS = "SELECT pg_get_serial_sequence(%s, %s)"
INDEX = "tables.json"
SNAPSHOT = "snapshot.sqlite3"
CHUNK_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class FolderPiece:
    """A folder with everything in it, or one file; what is absent stays absent."""

    name: str
    place: Path
    kind: str = "folder"

    def dump(self, folder: Path) -> None:
        """Its files lie in `folder`."""
        if self.place.is_dir():
            shutil.copytree(self.place, folder, dirs_exist_ok=True, ignore=ignore_special)
        elif self.place.is_file():
            shutil.copy2(self.place, folder / self.place.name)

    def load(self, folder: Path) -> None:
        """What lies in `folder` is in place, and nothing else; files are their owner's alone."""
        for path in folder.rglob("*"):
            path.chmod(0o700 if path.is_dir() else 0o600)
        single = folder / self.place.name
        self.place.parent.mkdir(parents=True, exist_ok=True)
        if [*folder.iterdir()] == [single] and single.is_file() and not self.place.is_dir():
            replace_file(single, self.place)
            return
        if self.place.is_dir():
            shutil.rmtree(self.place)
        if any(folder.iterdir()):
            shutil.copytree(folder, self.place)


def ignore_special(folder: str, names: list[str]) -> set[str]:
    """Sockets, links and pipes are no part of a backup."""
    return {name for name in names if not is_plain(Path(folder) / name)}


def is_plain(path: Path) -> bool:
    """Whether it is a file or a folder, and no link."""
    return not path.is_symlink() and (path.is_file() or path.is_dir())


def replace_file(source: Path, place: Path) -> None:
    """`place` is a durable copy of `source`, changed at one moment."""
    beside = place.with_name(f".new-{place.name}")
    with source.open("rb") as reading, os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as writing:
        shutil.copyfileobj(reading, writing, CHUNK_BYTES)
        writing.flush()
        os.fsync(writing.fileno())
    beside.replace(place)


@dataclass(frozen=True, slots=True)
class SqlitePiece:
    """A SQLite database."""

    name: str
    file: Path
    kind: str = "sqlite"

    def dump(self, folder: Path) -> None:
        """A copy as of one moment lies in `folder`."""
        if not self.file.exists():
            return
        try:
            source, target = sqlite3.connect(self.file), sqlite3.connect(folder / SNAPSHOT)
            try:
                source.backup(target)
            finally:
                source.close()
                target.close()
        except sqlite3.Error as error:
            raise MessageLogError("logging_failed", f"{self.file} cannot be copied: {error}.") from error

    def load(self, folder: Path) -> None:
        """The database is the copy."""
        if not (folder / SNAPSHOT).exists():
            return
        self.file.parent.mkdir(parents=True, exist_ok=True)
        for suffix in ("-wal", "-shm"):
            self.file.with_name(self.file.name + suffix).unlink(missing_ok=True)
        replace_file(folder / SNAPSHOT, self.file)


@dataclass(frozen=True, slots=True)
class PostgresPiece:
    """The tables of a PostgreSQL database."""

    name: str
    url: str
    kind: str = "postgresql"

    def dump(self, folder: Path) -> None:
        """A copy of every table, all as of one moment, lies in `folder`."""
        try:
            with psycopg.connect(self.url) as connection:
                connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
                tables: dict[str, list[str]] = dict(connection.execute(TABLES).fetchall())
                (folder / INDEX).write_bytes(msgspec.json.encode(tables))
                for table, columns in tables.items():
                    copy_out(connection, table, columns, folder / table)
        except psycopg.Error as error:
            raise MessageLogError("logging_failed", f"The database {self.name} cannot be copied: {error}.") from error

    def load(self, folder: Path) -> None:
        """Every table is the copy; all or none. Where nothing ever was, nothing is put back.

        Raises:  SettingsError(foreign_backup) when the tables are not those of the backup.
        """
        tables = msgspec.json.decode((folder / INDEX).read_bytes(), type=dict[str, list[str]])
        if not tables:
            return
        try:
            with psycopg.connect(self.url) as connection:
                here: dict[str, list[str]] = dict(connection.execute(TABLES).fetchall())
                if here != tables:
                    raise SettingsError(
                        "foreign_backup",
                        f"The tables of {self.name} are not those of the backup.",
                        action="Restore with the release that made it, then start this one.",
                    )
                names = sql.SQL(", ").join(map(sql.Identifier, tables))
                connection.execute(sql.SQL("TRUNCATE {} CASCADE").format(names))
                connection.execute("SET CONSTRAINTS ALL DEFERRED")
                for table, columns in tables.items():
                    copy_in(connection, table, columns, folder / table)
                    advance_numbers(connection, table, columns)
        except psycopg.Error as error:
            raise MessageLogError("logging_failed", f"The database {self.name} cannot be restored: {error}.") from error


def copy_out(connection: psycopg.Connection, table: str, columns: list[str], file: Path) -> None:
    """The rows of a table lie in `file`."""
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    statement = sql.SQL("COPY {} ({}) TO STDOUT (FORMAT BINARY)").format(sql.Identifier(table), names)
    with connection.cursor() as cursor, cursor.copy(statement) as copy, file.open("wb") as target:
        for chunk in copy:
            target.write(chunk)


def copy_in(connection: psycopg.Connection, table: str, columns: list[str], file: Path) -> None:
    """The rows in `file` are in the table."""
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(sql.Identifier(table), names)
    with connection.cursor() as cursor, cursor.copy(statement) as copy, file.open("rb") as source:
        while chunk := source.read(CHUNK_BYTES):
            copy.write(chunk)


def advance_numbers(connection: psycopg.Connection, table: str, columns: list[str]) -> None:
    """The table's own numbers go on after those of its rows, so that no next row takes one that is there."""
    for column in columns:
        found = connection.execute(FIND_NUMBERS, (f'"{table}"', column)).fetchone()
        if found is None or found[0] is None:
            continue
        statement = sql.SQL("SELECT setval(%s, coalesce(max({}), 0) + 1, false) FROM {}")
        connection.execute(statement.format(sql.Identifier(column), sql.Identifier(table)), (found[0],))


def database_piece(name: str, url: str) -> Piece:
    """The piece of the database at `sqlite:FILE` or `postgresql://…`."""
    scheme, _, rest = url.partition(":")
    return SqlitePiece(name, Path(rest)) if scheme == "sqlite" else PostgresPiece(name, url)
