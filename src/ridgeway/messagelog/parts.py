"""The parts of the running log, put together from the settings: writer, readers, stamper, archiver.

Law: three threads touch the database: the writer's alone writes; readers' questions and the archiver's each have their
own connection, so that none waits for another. Read next: `run.py`.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from ridgeway.journal import JournalServer
from ridgeway.messagelog.answers import Answers
from ridgeway.messagelog.archivefile import ArchiveFiller
from ridgeway.messagelog.archivestore import ArchiveStore
from ridgeway.messagelog.archiving import Archiver, read_command
from ridgeway.messagelog.authorities import Authorities
from ridgeway.messagelog.client import limits_of
from ridgeway.messagelog.databases import open_database
from ridgeway.messagelog.encryption import KeyRing, open_key_ring
from ridgeway.messagelog.measures import Waiting
from ridgeway.messagelog.reading import MessageLogReader
from ridgeway.messagelog.sources import StampSources
from ridgeway.messagelog.stamping import Clock, Stamper
from ridgeway.messagelog.status import StatusReader
from ridgeway.messagelog.store import MessageLogStore
from ridgeway.settings import Settings

T = TypeVar("T")


@dataclass(slots=True)
class ReadingThread:
    """A thread with a connection that only reads."""

    reader: MessageLogReader
    thread: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1))

    @classmethod
    def open(cls, url: str, keys: KeyRing) -> "ReadingThread":
        """Nothing is connected yet."""
        return cls(MessageLogReader(open_database(url, is_writer=False), keys=keys))

    async def read(self, work: Callable[[], T]) -> T:
        """The value of `work`, done in the thread."""
        return await asyncio.get_running_loop().run_in_executor(self.thread, work)

    async def close(self) -> None:
        """The connection is closed, the thread over."""
        await self.read(self.reader.close)
        self.thread.shutdown()


@dataclass(slots=True)
class LogParts:
    """The parts, each knowing the others that it needs."""

    store: MessageLogStore
    server: JournalServer
    stamper: Stamper
    archiver: Archiver
    readers: ReadingThread
    status: StatusReader

    async def count_waiting(self) -> Waiting:
        """How many records have no stamp, and when the oldest of them was logged."""
        return await self.readers.read(self.readers.reader.count_waiting)


@asynccontextmanager
async def open_parts(
    settings: Settings, authorities: Authorities, sources: StampSources, clock: Clock
) -> AsyncIterator[LogParts]:
    """The parts, ready to be run.

    Raises:  SettingsError(malformed_settings) when keys or the transfer command cannot be read.
    """
    url = settings.database_url(settings.messagelog.database)
    keys = open_key_ring(settings)
    store = MessageLogStore(open_database(url, is_writer=True), keys=keys)
    server = JournalServer(
        store,
        settings.path(settings.messagelog.socket),
        limits=limits_of(settings),
        has_thread=not url.startswith("sqlite:"),
    )
    stamper = Stamper(
        store=store,
        execute=server.execute,
        authorities=authorities,
        sources=sources,
        settings=settings.messagelog,
        clock=clock,
    )
    readers, archiving = ReadingThread.open(url, keys), ReadingThread.open(url, keys)
    archiver = Archiver(
        filler=ArchiveFiller(ArchiveStore(archiving.reader.database), archiving.reader, settings),
        marks=ArchiveStore(store.database),
        state=store,
        execute=server.execute,
        read=archiving.read,
        settings=settings.messagelog,
        clock=clock,
        command=read_command(settings.messagelog),
    )
    archives = ArchiveStore(readers.reader.database)
    status = StatusReader(readers.reader, archives, stamper, archiver, readers.read)
    server.admit = stamper.admit
    server.handlers = Answers(readers.reader, stamper, archiver, status, readers.read).handlers()
    try:
        yield LogParts(store, server, stamper, archiver, readers, status)
    finally:
        await readers.close()
        await archiving.close()
