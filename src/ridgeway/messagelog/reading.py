"""The way out of the log: find records, and build the container of one.

Law: a reader sees what was committed and writes nothing. A record that carries no stamp has no container.
Source: PR-SIGDOC §3; DM-ML.
"""

from typing import NamedTuple

from ridgeway.errors import ContainerError
from ridgeway.messagelog.databases import Database
from ridgeway.messagelog.encryption import PLAIN, KeyRing, place_of_body, place_of_message
from ridgeway.messagelog.values import Direction, FoundRecord, QueryFrame, from_milliseconds, party_of
from ridgeway.protocol.signatures.containers import ContainerParts, render_container_name, write_container

MAX_FOUND = 1000
FIND = """
SELECT r.id, r.query_id, r.request_id, r.instance, r.member_class, r.member_code, r.subsystem_code, r.is_response,
       r.logged_at_ms, t.stamped_at_ms, r.is_whole
FROM messagelog_record r LEFT JOIN messagelog_timestamp t ON t.id = r.timestamp_id
WHERE r.query_id = %s"""
OF_PARTY = " AND r.instance = %s AND r.member_class = %s AND r.member_code = %s AND r.subsystem_code = %s"
OF_DIRECTION = " AND r.is_response = %s"
ORDER = " ORDER BY r.id LIMIT %s"
GET = """
SELECT r.message, r.signature, r.hash_chain, r.hash_chain_result, r.timestamp_hash_chain, r.logged_at_ms,
       t.token, t.hash_chain_result, r.key_id
FROM messagelog_record r LEFT JOIN messagelog_timestamp t ON t.id = r.timestamp_id
WHERE r.id = %s"""
COUNT_WAITING = "SELECT count(*), min(logged_at_ms) FROM messagelog_record WHERE timestamp_id IS NULL"
BODIES = "SELECT id, content FROM messagelog_body WHERE record_id = %s ORDER BY number"


class StoredRecord(NamedTuple):
    """One record with its stamp, in the order of `GET`."""

    message: bytes
    signature: bytes
    hash_chain: bytes | None
    hash_chain_result: bytes | None
    timestamp_chain: bytes | None
    logged_at_ms: int
    token: bytes | None
    timestamp_chain_result: bytes | None
    key_id: str


class MessageLogReader:
    """Reads the log; used in the reader's thread alone."""

    def __init__(self, database: Database, *, keys: KeyRing = PLAIN) -> None:
        self.database = database
        self.keys = keys

    def find_records(self, query: QueryFrame) -> list[FoundRecord]:
        """The records of a query, oldest first."""
        statement, values = FIND, [query.query_id]
        conditions: list[object] = list(values)
        if query.instance:
            statement += OF_PARTY
            conditions += [query.instance, query.member_class, query.member_code, query.subsystem_code]
        if query.direction is not None:
            statement += OF_DIRECTION
            conditions.append(query.direction is Direction.RESPONSE)
        rows = self.database.read(statement + ORDER, [*conditions, MAX_FOUND])
        return [found_record(row) for row in rows]

    def build_container(self, record_id: int) -> bytes:
        """The container of a stamped record.

        Raises:  ContainerError(internal_error) when there is no such record, or no stamp yet.
        """
        rows = self.database.read(GET, (record_id,))
        if not rows:
            raise ContainerError("internal_error", f"The log has no record {record_id}.")
        record = StoredRecord(*rows[0])
        if record.token is None:
            raise ContainerError("internal_error", f"Record {record_id} is not time-stamped yet.")
        message = self.keys.open(bytes(record.message), place_of_message(record_id), key_id=record.key_id)
        bodies = tuple(
            None if content is None else self.keys.open(bytes(content), place_of_body(number), key_id=record.key_id)
            for number, content in self.database.read(BODIES, (record_id,))
        )
        return build_container(record._replace(message=message), bodies)

    def count_waiting(self) -> tuple[int, int | None]:
        """How many records have no stamp, and when the oldest of them was logged (milliseconds)."""
        ((count, oldest),) = self.database.read(COUNT_WAITING)
        return int(count), oldest

    def close(self) -> None:
        """The connection is closed."""
        self.database.close()


def build_container(record: StoredRecord, bodies: tuple[bytes | None, ...]) -> bytes:
    """The container (ASiC-E) of a stamped record; a token over a signature's value stands inside the signature."""
    is_batch = record.timestamp_chain_result is not None
    parts = ContainerParts(
        message=record.message,
        signature=record.signature,
        hash_chain_result=record.hash_chain_result,
        hash_chain=record.hash_chain,
        timestamp_chain_result=record.timestamp_chain_result,
        timestamp_chain=record.timestamp_chain,
        timestamp=record.token if is_batch else None,
        attachments=bodies,
    )
    return write_container(parts, at=from_milliseconds(record.logged_at_ms))


def found_record(row: tuple[object, ...]) -> FoundRecord:
    """One row of `FIND`."""
    number, query_id, request_id, instance, member_class, member_code, subsystem, is_response, *others = row
    logged, stamped, is_whole = others
    assert isinstance(number, int)
    assert isinstance(logged, int)
    return FoundRecord(
        id=number,
        file_name=render_container_name(str(query_id), is_response=bool(is_response), number=number),
        query_id=str(query_id),
        request_id=str(request_id),
        party=str(party_of(str(instance), str(member_class), str(member_code), str(subsystem))),
        is_response=bool(is_response),
        logged_at=from_milliseconds(logged),
        stamped_at=from_milliseconds(stamped) if isinstance(stamped, int) else None,
        is_whole=None if is_whole is None else bool(is_whole),
    )
