"""What is on a shelf, so that it can be found: one row a version, searched by words.

Law: the index is made of the packages and can be made again from them; it proves nothing. Searching and asking for the
newest version cost the same with ten packages and with ten thousand.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Final

from ridgeway.catalogue.packages.versions import order_version
from ridgeway.errors import WorldError

FILE: Final = "index.sqlite3"
MAX_WORDS: Final = 10
MAX_WORD_CHARACTERS: Final = 60
MAX_FOUND: Final = 200
TABLES: Final = """
CREATE TABLE IF NOT EXISTS versions (
    package TEXT NOT NULL, version TEXT NOT NULL, service TEXT NOT NULL, title TEXT NOT NULL, publisher TEXT NOT NULL,
    licence TEXT NOT NULL, languages TEXT NOT NULL, digest TEXT NOT NULL, published_at TEXT NOT NULL,
    is_newest INTEGER NOT NULL, PRIMARY KEY (package, version));
CREATE INDEX IF NOT EXISTS newest ON versions (is_newest, package);
CREATE VIRTUAL TABLE IF NOT EXISTS words
    USING fts5 (package, title, publisher, tokenize='unicode61 remove_diacritics 2');
"""


@dataclass(frozen=True, slots=True)
class Shelved:
    """One version of one package on a shelf; `languages` with spaces between, `digest` as hexadecimal digits."""

    package: str
    version: str
    service: str
    title: str
    publisher: str
    licence: str
    languages: str
    digest: str
    published_at: str


COLUMNS: Final = ", ".join(each.name for each in fields(Shelved))


@contextmanager
def open_index(shelf: Path) -> Iterator[sqlite3.Connection]:
    """The index of a shelf; one transaction, which counts when the block ends well.

    Raises:  WorldError(database_error).
    """
    try:
        with closing(sqlite3.connect(shelf / FILE, timeout=30)) as connection:
            connection.executescript(TABLES)
            with connection:
                yield connection
    except sqlite3.Error as error:
        raise WorldError(
            "database_error",
            f"The index {shelf / FILE} cannot be used: {error}.",
            action=f"Make it anew: ridgeway catalogue index {shelf}",
        ) from error


def put_versions(connection: sqlite3.Connection, rows: Iterable[Shelved]) -> None:
    """These versions can be found."""
    packages = set()
    for row in rows:
        values = asdict(row)
        names = ", ".join(f":{name}" for name in values)
        connection.execute(f"INSERT OR REPLACE INTO versions ({COLUMNS}, is_newest) VALUES ({names}, 0)", values)  # noqa: S608
        packages.add(row.package)
    for package in packages:
        mark_newest(connection, package)


def mark_newest(connection: sqlite3.Connection, package: str) -> None:
    """The newest version of a package is the one that searches find."""
    rows = list_versions(connection, package)
    connection.execute("UPDATE versions SET is_newest = 0 WHERE package = ?", (package,))
    connection.execute("DELETE FROM words WHERE rowid IN (SELECT rowid FROM versions WHERE package = ?)", (package,))
    if not rows:
        return
    newest = rows[0]
    connection.execute("UPDATE versions SET is_newest = 1 WHERE package = ? AND version = ?", (package, newest.version))
    connection.execute(
        "INSERT INTO words (rowid, package, title, publisher)"
        " SELECT rowid, package, title, publisher FROM versions WHERE package = ? AND version = ?",
        (package, newest.version),
    )


def list_versions(connection: sqlite3.Connection, package: str) -> list[Shelved]:
    """Every version of a package, the newest first."""
    rows = connection.execute(f"SELECT {COLUMNS} FROM versions WHERE package = ?", (package,))  # noqa: S608
    return sorted((Shelved(*row) for row in rows), key=lambda each: order_version(each.version), reverse=True)


def find_packages(connection: sqlite3.Connection, text: str, *, limit: int = 50) -> list[Shelved]:
    """The newest versions that have all these words (or their beginnings), the best first; all, without words."""
    limit = max(1, min(limit, MAX_FOUND))
    query = render_query(text)
    if not query:
        sql = f"SELECT {COLUMNS} FROM versions WHERE is_newest = 1 ORDER BY package LIMIT ?"  # noqa: S608
        return [Shelved(*row) for row in connection.execute(sql, (limit,))]
    columns = ", ".join(f"versions.{each.name}" for each in fields(Shelved))
    sql = (
        f"SELECT {columns} FROM words JOIN versions ON versions.rowid = words.rowid"  # noqa: S608
        " WHERE words MATCH ? ORDER BY words.rank LIMIT ?"
    )
    return [Shelved(*row) for row in connection.execute(sql, (query, limit))]


def render_query(text: str) -> str:
    """Words as the index asks for them: each in quotes, so that nothing in them is a command; the beginning counts."""
    words: list[Any] = ["".join(each for each in word if each.isalnum()) for word in text.replace("-", " ").split()]
    kept = [word[:MAX_WORD_CHARACTERS] for word in words if word][:MAX_WORDS]
    return " ".join(f'"{word}"*' for word in kept)
