"""The gateway's hands on the message log: append, find, fetch a container; no Django, one connection.

Law: `append` returns only when the record is durable. Whatever else happens is `logging_failed`, and the message must
stop.
"""

from pathlib import Path
from typing import Self

import msgspec

from ridgeway.errors import ContainerError, MessageLogError, NetworkError
from ridgeway.journal import JournalClient, JournalLimits
from ridgeway.messagelog.values import ContainerQuery, Direction, FoundRecord, StampReport, write_query, write_record
from ridgeway.protocol.exchange.values import LogRecord
from ridgeway.protocol.identifiers import ClientId
from ridgeway.settings import Settings

FRAME_HEAD_BYTES = 8 * 1024 * 1024
"""Room in a frame for a message, its signature and hash chains, beside its bodies."""

found_decoder = msgspec.msgpack.Decoder(list[FoundRecord])
report_decoder = msgspec.msgpack.Decoder(StampReport)


def limits_of(settings: Settings) -> JournalLimits:
    """The journal's limits for this log: a frame holds a message and the longest bodies that are kept."""
    longest = FRAME_HEAD_BYTES + 2 * settings.messagelog.max_loggable_body_bytes
    usual = JournalLimits()
    return JournalLimits(
        max_frame_bytes=max(longest, usual.max_frame_bytes),
        answer_timeout_seconds=settings.gateway.log_timeout_seconds,
    )


class MessageLogClient:
    """Requests to `ridgeway messagelog run`; opened lazily, opened again after a loss."""

    def __init__(self, path: Path, *, limits: JournalLimits | None = None) -> None:
        self.journal = JournalClient(path, limits=limits or JournalLimits())

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The client of the log that `settings` name."""
        return cls(settings.path(settings.messagelog.socket), limits=limits_of(settings))

    async def __aenter__(self) -> Self:
        """Nothing is opened yet."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """The connection is closed."""
        await self.close()

    async def close(self) -> None:
        """The connection is closed."""
        await self.journal.close()

    async def append(self, record: LogRecord) -> int:
        """The record is durable; its number in the log is returned.

        Raises:  MessageLogError(logging_failed…) whenever that is not certain.
        """
        return int.from_bytes(await self.ask("append", write_record(record)), "big")

    async def find_records(
        self, query_id: str, *, party: ClientId | None = None, direction: Direction | None = None
    ) -> list[FoundRecord]:
        """The records of a query, of one local party or of all, oldest first."""
        return found_decoder.decode(await self.ask("find", write_query(query_id, party, direction)))

    async def find_containers(self, query: ContainerQuery) -> list[FoundRecord]:
        """The records whose containers `query` wants, oldest first; stamped when it waits for that.

        Raises:  ContainerError(internal_error) when one is not stamped yet.
        """
        found = await self.find_records(query.query_id, party=query.party, direction=query.direction)
        if query.waits_for_stamp and any(each.stamped_at is None for each in found):
            await self.stamp()
            found = await self.find_records(query.query_id, party=query.party, direction=query.direction)
        waiting = [each for each in found if each.stamped_at is None]
        if waiting:
            raise ContainerError(
                "internal_error",
                f"{waiting[0].file_name} is not time-stamped yet, so there is no container of it.",
                action="Ask again later, or ask with `force`, which has it stamped now.",
            )
        return found

    async def fetch_container(self, record_id: int) -> bytes:
        """The container (ASiC-E) of one stamped record.

        Raises:  ContainerError(internal_error) when there is none.
        """
        return await self.ask("container", record_id.to_bytes(8, "big", signed=True))

    async def stamp(self) -> StampReport:
        """Everything that waited when this was asked is stamped.

        Raises:  TimestampError(timestamping_failed) when no authority would.
        """
        return report_decoder.decode(await self.ask("stamp"))

    async def ask(self, verb: str, body: bytes = b"") -> bytes:
        """The log's answer; a log that cannot be reached is `logging_failed`."""
        try:
            return await self.journal.ask(verb, body)
        except NetworkError as error:
            raise MessageLogError(
                "logging_failed",
                f"The message log did not answer: {error.detail}",
                action="See whether `ridgeway messagelog run` is running.",
            ) from error
