"""Signatures as the writer reads and writes them: statements of its own, each of which goes through an index.

Law: what a group costs does not grow with the signatures that are there, and hardly with its own size: one statement
reads for all, one writes for all. Every name in a statement is a constant of this file; values are parameters.
Next: `taking.py`, `confirming.py`.
"""

from collections.abc import Collection, Iterable, Sequence
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
    f"(SELECT count(*) FROM (SELECT 1 FROM {SIGNATURES} s WHERE s.source = w.source "  # noqa: S608
    "AND s.petition_id = w.petition_id AND s.role = w.role AND {since} LIMIT %s) x)"
)
SINCE = {
    "sqlite": "s.created_at > %s",
    # Compared as a row, the time belongs to the index of sources alone: PostgreSQL would else read everything of the
    # last minutes through the index of times whenever it takes a petition for a quiet one.
    "postgresql": "(s.source, s.petition_id, s.created_at) > (w.source, w.petition_id, %s)",
}
FIND_RECENT = f"""WITH wanted (petition_id, source, role) AS (VALUES {{places}})
SELECT w.petition_id, w.source, w.role, {COUNT_SINCE}, {COUNT_SINCE} FROM wanted w"""  # noqa: S608
ADD_SIGNATURES = f"INSERT INTO {SIGNATURES} ({', '.join(NEW_COLUMNS)}) VALUES {{places}} RETURNING id, confirm_token"  # noqa: S608
NOTE_MAIL = f"UPDATE {SIGNATURES} SET mails_sent = %s, nonce = %s, updated_at = %s WHERE id = %s"  # noqa: S608
LIST_PETITIONS = f"SELECT DISTINCT petition_id FROM {SIGNATURES} WHERE id IN {{places}}"  # noqa: S608
FIND_LINKED = f"SELECT {KNOWN}, s.validated_at FROM {SIGNATURES} s WHERE s.id IN {{places}}"  # noqa: S608
FIND_CREATORS = f"""SELECT {KNOWN}, s.validated_at FROM {SIGNATURES} s
WHERE s.petition_id IN {{places}} AND s.role = 'creator'"""  # noqa: S608
FIND_PLACES = f"""SELECT p.key, c.id, c.code FROM {POSTCODES} p JOIN {CONSTITUENCIES} c
ON c.code = p.constituency_code AND c.ends_on IS NULL WHERE p.key IN {{places}} ORDER BY c.code DESC"""  # noqa: S608
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


def ask(statement: str, rows: Iterable[Sequence[Any]], *more: Any, **names: str) -> list[tuple[Any, ...]]:
    """The answer of a statement whose `{places}` hold these rows; `more` are the parameters after them."""
    listed = [tuple(row) for row in rows]
    places = render_places(listed)
    values = [value for row in listed for value in row]
    with connection.cursor() as cursor:
        cursor.execute(statement.format(places=places, **names), [*values, *more])
        return list(cursor.fetchall())


def render_places(rows: Sequence[tuple[Any, ...]]) -> str:
    """The places of rows in a statement: `(%s, %s), (%s, %s)`."""
    return ", ".join([f"({', '.join(['%s'] * len(rows[0]))})"] * len(rows))


def ask_in(statement: str, keys: Collection[Any]) -> list[tuple[Any, ...]]:
    """The answer of a statement whose `{places}` are a list of keys; none for none."""
    return ask(statement, [tuple(keys)]) if keys else []


def find_known(wanted: Iterable[tuple[int, str, str, str]]) -> list[KnownSignature]:
    """Signatures of these petitions by the canonical address, by the address as typed, or by the form; oldest first."""
    return [KnownSignature(*row) for row in ask(FIND_KNOWN, wanted)]


def find_recent(
    crowds: Collection[tuple[int, str, str]], *, burst: datetime, sustained: datetime, limit: int
) -> dict[tuple[int, str, str], Recent]:
    """How many signed these petitions from these places as what since either time, up to `limit`."""
    if not crowds:
        return {}
    times = (as_parameter(burst), limit, as_parameter(sustained), limit)
    return {
        (petition_id, source, role): Recent(in_burst, in_sustained)
        for petition_id, source, role, in_burst, in_sustained in ask(
            FIND_RECENT, crowds, *times, since=SINCE[connection.vendor]
        )
    }


def add_signatures(new: Sequence[NewSignature]) -> None:
    """They are rows, and know their numbers."""
    if not new:
        return
    numbers = {token: number for number, token in ask(ADD_SIGNATURES, [take_new_values(each) for each in new])}
    for each in new:
        each.pk = numbers[each.confirm_token]


def note_mails(mailed: Collection[KnownSignature], *, now: datetime) -> None:
    """How many mails went to each, and by which form the last."""
    rows = [(each.mails_sent, each.nonce, as_parameter(now), each.pk) for each in mailed]
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(NOTE_MAIL, rows)


def list_petitions(signature_ids: Collection[int]) -> list[int]:
    """The petitions of these signatures; a signature never moves to another."""
    return [number for (number,) in ask_in(LIST_PETITIONS, signature_ids)]


def find_linked(signature_ids: Collection[int]) -> dict[int, KnownSignature]:
    """These signatures, as far as they are there."""
    return {row[0]: read_linked(row) for row in ask_in(FIND_LINKED, signature_ids)}


def find_creators(petition_ids: Collection[int]) -> dict[int, KnownSignature]:
    """The creator's signature of each of these petitions."""
    return {row[1]: read_linked(row) for row in ask_in(FIND_CREATORS, petition_ids)}


def read_linked(row: tuple[Any, ...]) -> KnownSignature:
    """One signature with the time at which it became valid."""
    *known, validated_at = row
    signature = KnownSignature(*known)
    signature.validated_at = as_time(validated_at)
    return signature


def find_places(postcodes: Collection[str]) -> dict[str, Place]:
    """Postcode → the constituency it lies in, the first by code where it lies in several."""
    return {key: Place(number, code) for key, number, code in ask_in(FIND_PLACES, postcodes)}


def flip(valid: Collection[KnownSignature], *, now: datetime) -> int:
    """Those of them that are pending are valid, with number, time and place; how many were."""
    if not valid:
        return 0
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
    return len(ask(FLIP, rows, as_parameter(now), **names))


def as_parameter(at: datetime) -> Any:
    """A time as the database takes it."""
    return connection.ops.adapt_datetimefield_value(at)


def as_time(value: Any) -> datetime | None:
    """A time as the database gave it: SQLite keeps UTC without saying so."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) and value.tzinfo is None else value
