"""Signatures as the writer reads and writes them: statements of its own, each of which goes through an index.

Law: what a group costs does not grow with the signatures that are there, and hardly with its own size: one statement
reads for all, one writes for all. Every name in a statement is a constant of this file; values are parameters.
Next: `taking.py`, `confirming.py`.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any, Protocol

from django.db import connection

from ridgeway.services.petitions.models import Constituency, Postcode, Signature
from ridgeway.services.petitions.rules.ratelimits import Recent

SIGNATURES = Signature._meta.db_table  # noqa: SLF001 - Django's documented name
POSTCODES, CONSTITUENCIES = Postcode._meta.db_table, Constituency._meta.db_table  # noqa: SLF001 - Django's documented name
NEW_COLUMNS = (
    "petition_id",
    "role",
    "state",
    "name",
    "email",
    "canonical_email",
    "postcode",
    "country_code",
    "wants_updates",
    "language",
    "ip",
    "source",
    "confirm_token",
    "signed_token",
    "unsubscribe_token",
    "nonce",
    "mails_sent",
    "created_at",
    "updated_at",
)
KNOWN_COLUMNS = (
    "id",
    "petition_id",
    "role",
    "state",
    "name",
    "email",
    "canonical_email",
    "postcode",
    "country_code",
    "language",
    "confirm_token",
    "signed_token",
    "nonce",
    "mails_sent",
)
KNOWN = ", ".join(f"s.{name}" for name in KNOWN_COLUMNS)
# The three ways in which somebody may be there already. A cross join keeps the order: the wanted first, each through
# an index of its own.
FIND_KNOWN = f"""WITH wanted (petition_id, canonical, typed, nonce) AS (VALUES {{places}})
SELECT {KNOWN} FROM wanted w CROSS JOIN {SIGNATURES} s
WHERE s.petition_id = w.petition_id AND s.canonical_email = w.canonical
UNION SELECT {KNOWN} FROM wanted w CROSS JOIN {SIGNATURES} s
WHERE s.petition_id = w.petition_id AND lower(s.email) = lower(w.typed)
UNION SELECT {KNOWN} FROM wanted w CROSS JOIN {SIGNATURES} s
WHERE s.petition_id = w.petition_id AND s.nonce = w.nonce AND NOT (s.nonce = '') ORDER BY 1"""  # noqa: S608
# Nobody is counted further than it matters: a place that sends a flood costs no more than one that is at its limit.
COUNT_SINCE = (
    f"(SELECT count(*) FROM (SELECT 1 FROM {SIGNATURES} s "  # noqa: S608
    "WHERE s.source = w.source AND s.role = w.role AND {since} LIMIT %s) x)"
)
SINCE = {
    "sqlite": "s.petition_id = w.petition_id AND s.created_at > %s",
    # Compared as rows, petition and time belong to the index of sources alone: PostgreSQL, which guesses, would else
    # read all of a petition, or all of the last minutes, while it takes either for a few rows.
    "postgresql": "(s.source, s.petition_id, s.created_at) > (w.source, w.petition_id, %s) "
    "AND (s.source, s.petition_id) <= (w.source, w.petition_id)",
}
FIND_RECENT = f"""WITH wanted (petition_id, source, role) AS (VALUES {{places}})
SELECT w.petition_id, w.source, w.role, {COUNT_SINCE}, {COUNT_SINCE} FROM wanted w"""  # noqa: S608
ADD_SIGNATURES = f"INSERT INTO {SIGNATURES} ({', '.join(NEW_COLUMNS)}) VALUES {{places}} RETURNING id, confirm_token"  # noqa: S608
NOTE_MAIL = f"UPDATE {SIGNATURES} SET mails_sent = %s, nonce = %s, updated_at = %s WHERE id = %s"  # noqa: S608
FIND_LINKED = f"SELECT {KNOWN}, s.validated_at FROM {SIGNATURES} s WHERE s.id IN {{places}}"  # noqa: S608
FIND_CREATORS = f"""SELECT {KNOWN}, s.validated_at FROM {SIGNATURES} s
WHERE s.petition_id IN {{places}} AND s.role = 'creator'"""  # noqa: S608
FIND_PLACES = f"""SELECT p.key, c.id, c.code FROM {POSTCODES} p JOIN {CONSTITUENCIES} c
ON c.code = p.constituency_code AND c.ends_on IS NULL WHERE p.key IN {{keys}} ORDER BY c.code DESC"""  # noqa: S608
OF_LINKED = f"(SELECT postcode FROM {SIGNATURES} WHERE id IN {{places}} AND state = 'pending')"  # noqa: S608
FLIP = f"""WITH valid (id, validated_at, number, ip, constituency_id) AS (VALUES {{places}})
UPDATE {SIGNATURES} SET state = 'validated', updated_at = %s, validated_at = {{validated_at}},
number = {{number}}, confirmed_ip = {{ip}}, constituency_id = {{constituency_id}} FROM valid
WHERE {SIGNATURES}.id = valid.id AND {SIGNATURES}.state = 'pending' RETURNING {SIGNATURES}.id"""  # noqa: S608
FLIP_TYPES = {"validated_at": "timestamptz", "number": "int", "ip": "inet", "constituency_id": "bigint"}
"""PostgreSQL must be told of what type a column is whose every value may be missing."""


@dataclass(frozen=True, slots=True)
class Place:
    """A constituency, as a signature keeps it."""

    pk: int
    code: str


class Countable(Protocol):
    """What of a signature decides where it is counted."""

    role: Any
    country_code: Any
    constituency: Any
    number: Any


@dataclass(slots=True)
class KnownSignature:
    """A signature that is there, or is about to be: then without a number (`pk`)."""

    pk: int | None
    petition_id: int
    role: str
    state: str
    name: str
    email: str
    canonical_email: str
    postcode: str
    country_code: str
    language: str
    confirm_token: str
    signed_token: str
    nonce: str
    mails_sent: int
    validated_at: datetime | None = None
    constituency: Place | None = None
    number: int | None = None
    confirmed_ip: str | None = None


@dataclass(slots=True)
class NewSignature(KnownSignature):
    """All that a form gives."""

    wants_updates: bool = False
    ip: str | None = None
    source: str = ""
    unsubscribe_token: str = ""
    created_at: Any = None
    updated_at: Any = None


take_new_values = attrgetter(*NEW_COLUMNS)


class Question:
    """A statement that is under way; several may be before the answer of the first is awaited.

    Its `{places}` hold the rows; `more` are the parameters after them. For no rows nothing is asked.
    """

    def __init__(self, statement: str, rows: Collection[Sequence[Any]], *more: Any, **names: str) -> None:
        self.cursor: Any = None
        if rows:
            listed = [tuple(row) for row in rows]
            self.cursor = connection.cursor()
            text = statement.format(places=render_places(listed), **names)
            self.cursor.execute(text, [*(value for row in listed for value in row), *more])

    def answer(self) -> list[tuple[Any, ...]]:
        """All rows."""
        if self.cursor is None:
            return []
        with self.cursor as cursor:
            return list(cursor.fetchall())


@contextmanager
def pipelined() -> Iterator[None]:
    """Statements are sent without waiting for the one before, where the database can: only an answer is awaited.

    Raises:  Django's errors of the database, also for statements whose answer nobody asked for.
    """
    if connection.vendor != "postgresql":
        yield
        return
    connection.ensure_connection()
    driver: Any = connection.connection
    with connection.wrap_database_errors, driver.pipeline():
        yield


def write_rows(statement: str, rows: Collection[Sequence[Any]], *more: Any, **names: str) -> None:
    """Rows in one statement, if there are any."""
    Question(statement, rows, *more, **names)


def render_places(rows: Sequence[tuple[Any, ...]]) -> str:
    """The places of rows in a statement: `(%s, %s), (%s, %s)`."""
    return ", ".join([f"({', '.join(['%s'] * len(rows[0]))})"] * len(rows))


def ask_in(statement: str, keys: Collection[Any], **names: str) -> Question:
    """A question whose `{places}` are a list of keys; none for none."""
    return Question(statement, [tuple(keys)] if keys else [], **names)


def ask_known(wanted: Collection[tuple[int, str, str, str]]) -> Question:
    """Signatures of these petitions by the canonical address, by the address as typed, or by the form; oldest first."""
    return Question(FIND_KNOWN, wanted)


def ask_recent(
    crowds: Collection[tuple[int, str, str]], *, burst: datetime, sustained: datetime, limit: int
) -> Question:
    """How many signed these petitions from these places as what since either time, up to `limit`."""
    times = (as_parameter(burst), limit, as_parameter(sustained), limit)
    return Question(FIND_RECENT, crowds, *times, since=SINCE[connection.vendor])


def read_recent(question: Question) -> dict[tuple[int, str, str], Recent]:
    """The answer to `ask_recent`."""
    return {(petition, source, role): Recent(*counts) for petition, source, role, *counts in question.answer()}


def add_signatures(new: Sequence[NewSignature]) -> None:
    """They are rows, and know their numbers."""
    if not new:
        return
    added = Question(ADD_SIGNATURES, [take_new_values(each) for each in new])
    numbers = {token: number for number, token in added.answer()}
    for each in new:
        each.pk = numbers[each.confirm_token]


def note_mails(mailed: Collection[KnownSignature], *, now: datetime) -> None:
    """How many mails went to each, and by which form the last."""
    for each in mailed:
        with connection.cursor() as cursor:
            cursor.execute(NOTE_MAIL, (each.mails_sent, each.nonce, as_parameter(now), each.pk))


def ask_linked(signature_ids: Collection[int]) -> Question:
    """These signatures, as far as they are there."""
    return ask_in(FIND_LINKED, signature_ids)


def read_linked_by_number(question: Question) -> dict[int, KnownSignature]:
    """The answer to `ask_linked`."""
    return {row[0]: read_linked(row) for row in question.answer()}


def find_creators(petition_ids: Collection[int]) -> dict[int, KnownSignature]:
    """The creator's signature of each of these petitions."""
    return {row[1]: read_linked(row) for row in ask_in(FIND_CREATORS, petition_ids).answer()}


def read_linked(row: tuple[Any, ...]) -> KnownSignature:
    """One signature with the time at which it became valid."""
    *known, validated_at = row
    signature = KnownSignature(*known)
    signature.validated_at = as_time(validated_at)
    return signature


def ask_places_of(signature_ids: Collection[int]) -> Question:
    """Where the pending ones of these signatures live."""
    return ask_in(FIND_PLACES.replace("{keys}", OF_LINKED), signature_ids)


def ask_places(postcodes: Collection[str]) -> Question:
    """Where these postcodes are."""
    return ask_in(FIND_PLACES.replace("{keys}", "{places}"), postcodes)


def read_places(question: Question) -> dict[str, Place]:
    """Postcode → the constituency it lies in, the first by code where it lies in several."""
    return {key: Place(number, code) for key, number, code in question.answer()}


def flip(valid: Collection[KnownSignature], *, now: datetime) -> Question:
    """Those of them that are pending are valid, with number, time and place; the answer has a row for each."""
    rows = [
        (
            each.pk,
            as_parameter(each.validated_at or now),
            each.number,
            each.confirmed_ip,
            each.constituency.pk if each.constituency else None,
        )
        for each in valid
    ]
    is_postgres = connection.vendor == "postgresql"
    names = {name: f"valid.{name}::{kind}" if is_postgres else f"valid.{name}" for name, kind in FLIP_TYPES.items()}
    return Question(FLIP, rows, as_parameter(now), **names)


def as_parameter(at: datetime) -> Any:
    """A time as the database takes it."""
    return connection.ops.adapt_datetimefield_value(at)


def as_time(value: Any) -> datetime | None:
    """A time as the database gave it: SQLite keeps UTC without saying so."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) and value.tzinfo is None else value
