"""The gateway's hands on the message log: append, find, fetch a container; no Django, one connection.

Law: `append` returns only when the record is durable. Whatever else happens is `logging_failed`, and the message must
stop.
"""

from pathlib import Path
from typing import Self

import msgspec

from ridgeway.errors import ContainerError, MessageLogError, NetworkError
from ridgeway.journal import JournalClient, JournalLimits
from ridgeway.messagelog.values import (
    ArchiveReport,
    ContainerQuery,
    Direction,
    FoundRecord,
    LogStatus,
    StampReport,
    write_query,
    write_record,
)
from ridgeway.protocol.exchange.values import LogRecord
from ridgeway.protocol.identifiers import ClientId
from ridgeway.settings import Settings

FRAME_HEAD_BYTES = 8 * 1024 * 1024
"""Room in a frame for a message, its signature and hash chains, beside its bodies."""

LONG_SECONDS = 24 * 3600.0
"""Limit on archiving and cleaning, which go through a whole log."""

found_decoder = msgspec.msgpack.Decoder(list[FoundRecord])
report_decoder = msgspec.msgpack.Decoder(StampReport)
archive_decoder = msgspec.msgpack.Decoder(ArchiveReport)
count_decoder = msgspec.msgpack.Decoder(int)
status_decoder = msgspec.msgpack.Decoder(LogStatus)


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

    def __init__(self, path: Path, *, limits: JournalLimits | None = None, stamps_immediately: bool = False) -> None:
        self.journal = JournalClient(path, limits=limits or JournalLimits())
        self.stamps_immediately = stamps_immediately

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The client of the log that `settings` name."""
        return cls(
            settings.path(settings.messagelog.socket),
            limits=limits_of(settings),
            stamps_immediately=settings.messagelog.stamp_immediately,
        )

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
        """The record is durable, and stamped where that is the rule; its number in the log is returned.

        Raises:  MessageLogError(logging_failed…) whenever that is not certain.
        """
        number = await self.ask("append", write_record(record))
        if self.stamps_immediately:
            await self.ask("stamp-record", number)
        return int.from_bytes(number, "big")

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

    async def archive(self) -> ArchiveReport:
        """Everything that is stamped is in an archive, and every archive handed on.

        Raises:  MessageLogError(archive_failed).
        """
        return archive_decoder.decode(await self.ask("archive", timeout_seconds=LONG_SECONDS))

    async def clean(self) -> int:
        """Archived records whose time is over are gone; how many there were."""
        return count_decoder.decode(await self.ask("clean", timeout_seconds=LONG_SECONDS))

    async def read_status(self) -> LogStatus:
        """The state of the log."""
        return status_decoder.decode(await self.ask("status"))

    async def ask(self, verb: str, body: bytes = b"", *, timeout_seconds: float | None = None) -> bytes:
        """The log's answer; a log that cannot be reached is `logging_failed`."""
        try:
            return await self.journal.ask(verb, body, timeout_seconds=timeout_seconds)
        except NetworkError as error:
            raise MessageLogError(
                "logging_failed",
                f"The message log did not answer: {error.detail}",
                action="See whether `ridgeway messagelog run` is running.",
            ) from error
