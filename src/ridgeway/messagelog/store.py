"""The hot path: a group of records becomes one statement in one transaction.

Law: there is one writer, so numbers are given here and not by the database. A record that cannot be read is refused
alone; when the database fails the whole group is refused, and the next group starts with a new connection.
Read next: `reading.py` for the way out, `stamping.py` for what is added later.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from ridgeway.errors import MessageError, RidgewayError
from ridgeway.journal import Entry
from ridgeway.messagelog.databases import MAX_PARAMETERS, Database, Row, transaction
from ridgeway.messagelog.encryption import PLAIN, KeyRing, place_of_body, place_of_message
from ridgeway.messagelog.values import RecordFrame, read_record

RECORD_COLUMNS = (
    "id",
    "logged_at_ms",
    "query_id",
    "request_id",
    "is_response",
    "instance",
    "member_class",
    "member_code",
    "subsystem_code",
    "message",
    "signature",
    "signature_hash",
    "hash_chain",
    "hash_chain_result",
    "key_id",
    "is_whole",
)
BODY_COLUMNS = ("id", "record_id", "number", "digest", "size", "content")
NUMBER_BYTES = 8
WAITING = "SELECT id, signature_hash FROM messagelog_record WHERE timestamp_id IS NULL ORDER BY id LIMIT %s"
SIGNATURE = "SELECT signature FROM messagelog_record WHERE id = %s"
COUNT_WAITING = "SELECT count(*) FROM messagelog_record WHERE timestamp_id IS NULL"
IS_STAMPED = "SELECT timestamp_id IS NOT NULL FROM messagelog_record WHERE id = %s"
ADD_TIMESTAMP = """
INSERT INTO messagelog_timestamp (id, stamped_at_ms, token, hash_chain_result, records) VALUES (%s, %s, %s, %s, %s)"""
MARK_STAMPED = "UPDATE messagelog_record SET timestamp_id = %s, timestamp_hash_chain = %s WHERE id = %s"
CHANGE_SIGNATURE = "UPDATE messagelog_record SET timestamp_id = %s, signature = %s, signature_hash = %s WHERE id = %s"

READ_STATE = "SELECT value FROM messagelog_state WHERE name = %s"
DROP_STATE = "DELETE FROM messagelog_state WHERE name = %s"
ADD_STATE = "INSERT INTO messagelog_state (name, value) VALUES (%s, %s)"


@dataclass(frozen=True, slots=True)
class GivenStamp:
    """A proven token and its time; `state` is where it is noted that its authority was heard at `given_at`."""

    token: bytes
    at_ms: int
    state: str
    given_at: str


class MessageLogStore:
    """Writes the log; used in the writer's thread alone. `on_appended` hears how many records came."""

    def __init__(
        self, database: Database, *, keys: KeyRing = PLAIN, on_appended: Callable[[int], None] = lambda _: None
    ) -> None:
        self.database = database
        self.keys = keys
        self.on_appended = on_appended
        self.next_record = 0
        self.next_body = 0
        self.next_timestamp = 0

    def commit(self, batch: Sequence[Entry]) -> Sequence[bytes | RidgewayError]:
        """Every record that can be read is durable; its answer is its number.

        Raises:  MessageLogError(logging_failed) when none is.
        """
        frames = [read_or_refuse(entry.body) for entry in batch]
        records: list[Row] = []
        bodies: list[Row] = []
        answers: list[bytes | RidgewayError] = []
        with self.writing():
            for frame in frames:
                if isinstance(frame, RidgewayError):
                    answers.append(frame)
                    continue
                number = self.next_record + len(records)
                records.append(record_row(number, frame, self.keys))
                bodies += body_rows(self.next_body + len(bodies), number, frame, self.keys)
                answers.append(number.to_bytes(NUMBER_BYTES, "big"))
            self.insert("messagelog_record", RECORD_COLUMNS, records)
            self.insert("messagelog_body", BODY_COLUMNS, bodies)
        self.next_record += len(records)
        self.next_body += len(bodies)
        self.on_appended(len(records))
        return answers

    @contextmanager
    def writing(self) -> Iterator[None]:
        """A transaction with the next numbers known; after a failure they are read again, for nobody knows."""
        try:
            with transaction(self.database):
                self.load_numbers()
                yield
        except BaseException:
            self.next_record = 0
            raise

    def load_numbers(self) -> None:
        """The next numbers are known; read once after the start or a failure."""
        if self.next_record == 0:
            self.next_body = self.highest("messagelog_body") + 1
            self.next_timestamp = self.highest("messagelog_timestamp") + 1
            self.next_record = self.highest("messagelog_record") + 1

    def highest(self, table: str) -> int:
        """The highest number of a table; 0 when it is empty."""
        ((number,),) = self.database.read(f"SELECT max(id) FROM {table}")  # noqa: S608 - names of ours
        return number or 0

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
        """The rows are in the table, by as few statements as the database allows."""
        size = MAX_PARAMETERS // len(columns)
        one = f"({', '.join(['%s'] * len(columns))})"
        for start in range(0, len(rows), size):
            part = rows[start : start + size]
            values: list[Any] = [value for row in part for value in row]
            places = ", ".join([one] * len(part))
            self.database.write(f"INSERT INTO {table} ({', '.join(columns)}) VALUES {places}", values)  # noqa: S608

    def find_waiting(self, limit: int) -> list[tuple[int, bytes]]:
        """Records without a stamp, oldest first: number, and the digest of the signature."""
        return [(number, bytes(digest)) for number, digest in self.database.read(WAITING, (limit,))]

    def get_signature(self, number: int) -> bytes:
        """The signature of a record that is there."""
        ((xml,),) = self.database.read(SIGNATURE, (number,))
        return bytes(xml)

    def count_waiting(self) -> int:
        """How many records wait for a stamp."""
        ((count,),) = self.database.read(COUNT_WAITING)
        return int(count)

    def is_stamped(self, number: int) -> bool:
        """Whether the record is there and carries a stamp."""
        return self.database.read(IS_STAMPED, (number,)) == [(True,)]

    def stamp_one(self, number: int, stamp: GivenStamp, *, signature: bytes) -> None:
        """One record is stamped: its signature carries the token."""
        with self.writing():
            self.add_timestamp(stamp, records=1, result=None)
            digest = hashlib.sha512(signature).digest()
            self.database.write(CHANGE_SIGNATURE, (self.next_timestamp, signature, digest, number))
        self.next_timestamp += 1

    def stamp_batch(self, chains: Sequence[tuple[int, bytes]], stamp: GivenStamp, *, result: bytes) -> None:
        """Many records share one token; each has its own hash chain."""
        with self.writing():
            self.add_timestamp(stamp, records=len(chains), result=result)
            rows = [(self.next_timestamp, chain, number) for number, chain in chains]
            self.database.write_each(MARK_STAMPED, rows)
        self.next_timestamp += 1

    def add_timestamp(self, stamp: GivenStamp, *, records: int, result: bytes | None) -> None:
        """The next token is there, with when its authority was heard last."""
        self.database.write(ADD_TIMESTAMP, (self.next_timestamp, stamp.at_ms, stamp.token, result, records))
        self.put_state(stamp.state, stamp.given_at)

    def put_state(self, name: str, value: str | None) -> None:
        """As `write_state`, in a transaction that is open."""
        self.database.write(DROP_STATE, (name,))
        if value is not None:
            self.database.write(ADD_STATE, (name, value))

    def read_state(self, name: str) -> str | None:
        """What was written under `name`."""
        rows = self.database.read(READ_STATE, (name,))
        return rows[0][0] if rows else None

    def write_state(self, name: str, value: str | None) -> None:
        """`value` stands under `name`; None takes it away."""
        with transaction(self.database):
            self.put_state(name, value)

    def close(self) -> None:
        """The connection is closed."""
        self.database.close()


def read_or_refuse(body: bytes) -> RecordFrame | MessageError:
    """The record, or why it is none."""
    try:
        return read_record(body)
    except MessageError as error:
        return error


def record_row(number: int, frame: RecordFrame, keys: KeyRing) -> Row:
    """A record in the order of `RECORD_COLUMNS`."""
    return (
        number,
        frame.at_ms,
        frame.query_id,
        frame.request_id,
        frame.is_response,
        frame.instance,
        frame.member_class,
        frame.member_code,
        frame.subsystem_code,
        keys.seal(frame.message, place_of_message(number)),
        frame.signature,
        hashlib.sha512(frame.signature).digest(),
        frame.hash_chain,
        frame.hash_chain_result,
        keys.current,
        frame.is_whole,
    )


def body_rows(first: int, record: int, frame: RecordFrame, keys: KeyRing) -> list[Row]:
    """The bodies of a record in the order of `BODY_COLUMNS`."""
    return [
        (first + at, record, at + 1, body.digest, body.size, seal_content(body.content, first + at, keys))
        for at, body in enumerate(frame.bodies)
    ]


def seal_content(content: bytes | None, number: int, keys: KeyRing) -> bytes | None:
    """A body's content as it lies in the database."""
    return None if content is None else keys.seal(content, place_of_body(number))
