"""What the log is asked and what it answers, and their form on the socket.

Law: what comes over the socket is read into these values or refused; the gateway's `LogRecord` passes unchanged.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from ridgeway.errors import MessageError
from ridgeway.protocol.exchange.values import LoggedBody, LogRecord
from ridgeway.protocol.identifiers import ClientId, MemberId, SubsystemId

Count = Annotated[int, msgspec.Meta(ge=0, lt=2**62)]
"""A number that fits into a column of either database."""


class Direction(StrEnum):
    """Which of the two messages of an exchange."""

    REQUEST = "request"
    RESPONSE = "response"


@dataclass(frozen=True, slots=True)
class ContainerQuery:
    """Which containers are wanted: of one query, at one local party, of one direction or both (None).

    `is_unique` wants the container itself, not an archive of all; `waits_for_stamp` has what is unstamped stamped now.
    """

    query_id: str
    party: ClientId
    direction: Direction | None = None
    is_unique: bool = False
    waits_for_stamp: bool = False


class FoundRecord(msgspec.Struct, array_like=True, frozen=True):
    """One record that was found, without its bytes. `file_name` is that of its container.

    `is_whole` is False where metadata alone was logged, and None where an older release logged and did not note which.
    """

    id: int
    file_name: str
    query_id: str
    request_id: str
    party: str
    is_response: bool
    logged_at: datetime
    stamped_at: datetime | None
    is_whole: bool | None = None


class StampReport(msgspec.Struct, array_like=True, frozen=True):
    """What one round of stamping did, and what still waits."""

    stamped: int
    waiting: int


class ArchiveReport(msgspec.Struct, array_like=True, frozen=True):
    """What one round of archiving did: how many records went into which files."""

    records: int
    files: list[str]


class AuthorityStatus(msgspec.Struct, frozen=True):
    """A time-stamping authority as it was heard last; `failing_since` is None while it answers."""

    url: str
    last_stamp_at: datetime | None
    failing_since: datetime | None
    why: str


class ArchiveStatus(msgspec.Struct, frozen=True):
    """The state of archiving; `why` is what went wrong last since the start, empty while it works."""

    waiting: int
    last_file: str
    last_made_at: datetime | None
    untransferred: int
    failing_since: datetime | None
    why: str


class LogStatus(msgspec.Struct, frozen=True):
    """The state of the log; `refuses` says why no record is taken now, and is empty while they are."""

    waiting: int
    oldest_waiting_at: datetime | None
    failing_since: datetime | None
    refuses: str
    authorities: list[AuthorityStatus]
    archive: ArchiveStatus


class BodyFrame(msgspec.Struct, array_like=True, frozen=True):
    """A `LoggedBody` on the socket."""

    digest: bytes
    size: Count
    content: bytes | None


class RecordFrame(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A `LogRecord` on the socket; no subsystem is the empty text."""

    query_id: str
    request_id: str
    instance: str
    member_class: str
    member_code: str
    subsystem_code: str
    is_response: bool
    at_ms: Count
    message: bytes
    signature: bytes
    hash_chain: bytes | None
    hash_chain_result: bytes | None
    bodies: tuple[BodyFrame, ...]
    is_whole: bool = True


class QueryFrame(msgspec.Struct, array_like=True, frozen=True):
    """Which records are looked for; `instance` empty finds those of every party."""

    query_id: str
    instance: str = ""
    member_class: str = ""
    member_code: str = ""
    subsystem_code: str = ""
    direction: Direction | None = None


encoder = msgspec.msgpack.Encoder()
record_decoder = msgspec.msgpack.Decoder(RecordFrame)
query_decoder = msgspec.msgpack.Decoder(QueryFrame)


def to_milliseconds(at: datetime) -> int:
    """Milliseconds since 1970."""
    whole = int(at.replace(microsecond=0).timestamp())
    return whole * 1000 + at.microsecond // 1000


def from_milliseconds(milliseconds: int) -> datetime:
    """The time that many milliseconds after 1970."""
    seconds, rest = divmod(milliseconds, 1000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest * 1000)


def subsystem_of(party: ClientId) -> str:
    """The code of the subsystem; empty for a member."""
    return party.subsystem_code if isinstance(party, SubsystemId) else ""


def party_of(instance: str, member_class: str, member_code: str, subsystem_code: str) -> ClientId:
    """The local party from its codes; an empty subsystem code is the member itself."""
    if subsystem_code:
        return SubsystemId(instance, member_class, member_code, subsystem_code)
    return MemberId(instance, member_class, member_code)


def write_record(record: LogRecord) -> bytes:
    """A record as it travels."""
    party = record.party
    return encoder.encode(
        RecordFrame(
            query_id=record.query_id,
            request_id=record.request_id,
            instance=party.instance,
            member_class=party.member_class,
            member_code=party.member_code,
            subsystem_code=subsystem_of(party),
            is_response=record.is_response,
            at_ms=to_milliseconds(record.at),
            message=record.message,
            signature=record.signature,
            hash_chain=record.hash_chain,
            hash_chain_result=record.hash_chain_result,
            bodies=tuple(write_body(body) for body in record.bodies),
            is_whole=record.is_whole,
        )
    )


def write_body(body: LoggedBody) -> BodyFrame:
    """A body as it travels."""
    return BodyFrame(body.digest, body.size, body.content)


def read_record(data: bytes) -> RecordFrame:
    """A record that came.

    Raises:  MessageError(invalid_request) when the bytes are none, or a text cannot be kept.
    """
    try:
        frame = record_decoder.decode(data)
    except (msgspec.DecodeError, ValueError) as error:
        raise MessageError("invalid_request", f"These bytes are no log record: {error}.") from error
    texts = (frame.query_id, frame.request_id, frame.instance, frame.member_class, frame.member_code)
    if any("\0" in text for text in (*texts, frame.subsystem_code)):
        raise MessageError("invalid_request", "An identifier of the record holds a zero character.")
    return frame


def read_query(data: bytes) -> QueryFrame:
    """A query that came.

    Raises:  MessageError(invalid_request).
    """
    try:
        frame = query_decoder.decode(data)
    except (msgspec.DecodeError, ValueError) as error:
        raise MessageError("invalid_request", f"These bytes are no query: {error}.") from error
    if any("\0" in text for text in (frame.query_id, frame.instance, frame.member_class, frame.member_code)):
        raise MessageError("invalid_request", "The query holds a zero character.")
    return frame


def write_query(query_id: str, party: ClientId | None, direction: Direction | None) -> bytes:
    """A query as it travels."""
    if party is None:
        return encoder.encode(QueryFrame(query_id, direction=direction))
    codes = (party.instance, party.member_class, party.member_code, subsystem_of(party))
    return encoder.encode(QueryFrame(query_id, *codes, direction))
