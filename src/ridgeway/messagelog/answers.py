"""What the running log answers beside appends: records, containers, stamps, archives, its status.

Law: reads are done in a thread of their own, beside the writer's; whatever writes goes through the writer.
"""

from dataclasses import dataclass

from ridgeway.journal import Handler
from ridgeway.messagelog.archiving import Archiver, Read
from ridgeway.messagelog.reading import MessageLogReader
from ridgeway.messagelog.stamping import Stamper
from ridgeway.messagelog.status import StatusReader
from ridgeway.messagelog.values import encoder, read_query


@dataclass(slots=True)
class Answers:
    """Answers what is no append."""

    reader: MessageLogReader
    stamper: Stamper
    archiver: Archiver
    status: StatusReader
    read: Read

    def handlers(self) -> dict[str, Handler]:
        """Verb → who answers it."""
        return {
            "find": self.find,
            "container": self.container,
            "stamp": self.stamp,
            "stamp-record": self.stamp_record,
            "archive": self.archive,
            "clean": self.clean,
            "status": self.tell_status,
        }

    async def find(self, body: bytes) -> bytes:
        """The records of a query."""
        query = read_query(body)
        return encoder.encode(await self.read(lambda: self.reader.find_records(query)))

    async def container(self, body: bytes) -> bytes:
        """The container of the record with that number."""
        number = int.from_bytes(body[:8], "big", signed=True)
        container: bytes = await self.read(lambda: self.reader.build_container(number))
        return container

    async def stamp(self, body: bytes) -> bytes:
        """Everything that waits is stamped now."""
        del body
        return encoder.encode(await self.stamper.stamp_waiting())

    async def stamp_record(self, body: bytes) -> bytes:
        """The record with that number is stamped now."""
        await self.stamper.stamp_record(int.from_bytes(body[:8], "big"))
        return b""

    async def archive(self, body: bytes) -> bytes:
        """Everything that is stamped is archived now."""
        del body
        return encoder.encode(await self.archiver.archive_waiting())

    async def clean(self, body: bytes) -> bytes:
        """Archived records whose time is over are deleted now."""
        del body
        return encoder.encode(await self.archiver.clean())

    async def tell_status(self, body: bytes) -> bytes:
        """The state of the log."""
        del body
        return encoder.encode(await self.status.read_status())
