"""What the monitor is asked and what it answers, and their form on the socket.

Law: what comes over the socket is read into these values or refused.
"""

from typing import Annotated, TypeVar

import msgspec

from ridgeway.errors import MessageError
from ridgeway.protocol.identifiers import ClientId, MemberId, SubsystemId
from ridgeway.protocol.monitoring import OperationalRecord, ServiceHealth
from ridgeway.protocol.monitoring.records import Count

MAX_RECORDS_AT_ONCE = 1000
Party = tuple[str, str, str, str | None]
"""Instance, class, code and, of a subsystem, its code."""
Minutes = Annotated[int, msgspec.Meta(ge=1, le=525_600)]


class RecordsFrame(msgspec.Struct, frozen=True, array_like=True):
    """Which records are asked for; both ends in seconds since 1970, inclusive.

    `party` asked or answered, `provider` answered. `fields` are names in JSON.
    """

    records_from: Count
    records_to: Count
    fields: frozenset[str]
    party: Party | None = None
    provider: Party | None = None


class FoundRecords(msgspec.Struct, frozen=True, array_like=True):
    """The records, packed as they travel, and where to go on when these are not all."""

    count: int
    packed: bytes
    next_records_from: int | None = None


class HealthReport(msgspec.Struct, frozen=True, array_like=True):
    """How every service is. Units: milliseconds since 1970, seconds."""

    started_ts: int
    period_seconds: int
    services: list[ServiceHealth]


class StatisticsFrame(msgspec.Struct, frozen=True, array_like=True):
    """Traffic of a period is asked for, in steps of so many minutes. Units: milliseconds since 1970."""

    start_ts: Count
    end_ts: Count
    step_minutes: Minutes


class Traffic(msgspec.Struct, frozen=True):
    """What passed in one step. Units: milliseconds; the average is of what succeeded, None when nothing did."""

    start_ts: int
    server_type: str
    succeeded: int
    failed: int
    average_duration: float | None


encoder = msgspec.msgpack.Encoder()
records_decoder = msgspec.msgpack.Decoder(list[OperationalRecord])
query_decoder = msgspec.msgpack.Decoder(RecordsFrame)
statistics_decoder = msgspec.msgpack.Decoder(StatisticsFrame)

Read = TypeVar("Read")


def read_frame(decoder: msgspec.msgpack.Decoder[Read], data: bytes) -> Read:
    """The value in these bytes.

    Raises:  MessageError(invalid_request).
    """
    try:
        return decoder.decode(data)
    except (msgspec.DecodeError, ValueError) as error:
        raise MessageError("invalid_request", f"The operational monitor cannot read these bytes: {error}.") from error


def read_sent_records(data: bytes) -> list[OperationalRecord]:
    """Records that a gateway hands over.

    Raises:  MessageError(invalid_request) when they are none, too many, or hold what no database keeps.
    """
    records = read_frame(records_decoder, data)
    if len(records) > MAX_RECORDS_AT_ONCE:
        raise MessageError("invalid_request", f"{len(records)} records at once; at most {MAX_RECORDS_AT_ONCE}.")
    if b"\0" in data and any("\0" in text for each in records for text in list_texts(each)):
        raise MessageError("invalid_request", "A text of a record holds a zero character.")
    return records


def list_texts(record: OperationalRecord) -> list[str]:
    """The texts of a record."""
    return [value for value in msgspec.structs.astuple(record) if isinstance(value, str)]


def party_of(client: ClientId | None) -> Party | None:
    """A client as it travels."""
    if client is None:
        return None
    subsystem = client.subsystem_code if isinstance(client, SubsystemId) else None
    return (client.instance, client.member_class, client.member_code, subsystem)


def client_of(party: Party) -> ClientId:
    """The client that travelled."""
    instance, member_class, member_code, subsystem = party
    if subsystem is None:
        return MemberId(instance, member_class, member_code)
    return SubsystemId(instance, member_class, member_code, subsystem)
