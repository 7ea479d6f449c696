"""The process: the one writer of the log, its stamper, and the answers to readers, until it is told to stop.

Law: whatever fails beside our own errors ends the process, and nothing is acknowledged after that; whoever watches
processes starts it again. Read next: `stamping.py`, `reading.py`, `../journal/server.py`.
"""

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from ridgeway.journal import Handler, JournalServer
from ridgeway.messagelog.authorities import Authorities, open_pool
from ridgeway.messagelog.client import limits_of
from ridgeway.messagelog.databases import open_database
from ridgeway.messagelog.measures import LogMeasures
from ridgeway.messagelog.reading import MessageLogReader
from ridgeway.messagelog.sources import ServerSources, StampSources
from ridgeway.messagelog.stamping import Clock, Stamper
from ridgeway.messagelog.store import MessageLogStore
from ridgeway.messagelog.values import encoder, read_query
from ridgeway.settings import Settings
from ridgeway.telemetry import metrics_door

log = logging.getLogger(__name__)

T = TypeVar("T")


def read_clock() -> datetime:
    """The time now."""
    return datetime.now(UTC)  # noqa: TID251  the process's clock


@dataclass(slots=True)
class Readers:
    """Answers what is no append; reads are done in a thread of their own, beside the writer's."""

    reader: MessageLogReader
    stamper: Stamper
    thread: ThreadPoolExecutor

    def handlers(self) -> dict[str, Handler]:
        """Verb → who answers it."""
        return {"find": self.find, "container": self.container, "stamp": self.stamp}

    async def find(self, body: bytes) -> bytes:
        """The records of a query."""
        query = read_query(body)
        return encoder.encode(await self.read(lambda: self.reader.find_records(query)))

    async def container(self, body: bytes) -> bytes:
        """The container of the record with that number."""
        number = int.from_bytes(body[:8], "big", signed=True)
        return await self.read(lambda: self.reader.build_container(number))

    async def stamp(self, body: bytes) -> bytes:
        """Everything that waits is stamped now."""
        del body
        return encoder.encode(await self.stamper.stamp_waiting())

    async def read(self, work: Callable[[], T]) -> T:
        """The value of `work`, done in the reader's thread."""
        return await asyncio.get_running_loop().run_in_executor(self.thread, work)


async def run_messagelog(settings: Settings) -> None:
    """Serve the log until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await run_until(stop.wait(), settings)


async def run_until(
    stopped: Awaitable[object],
    settings: Settings,
    *,
    sources: StampSources | None = None,
    clock: Clock = read_clock,
    on_ready: Callable[[], None] = lambda: None,
) -> None:
    """Serve the log until `stopped` is; then what was taken is committed and answered, and the log closed."""
    url = settings.database_url(settings.messagelog.database)
    loop = asyncio.get_running_loop()
    async with open_pool() as pool:
        store = MessageLogStore(open_database(url, is_writer=True))
        server = JournalServer(
            store,
            settings.path(settings.messagelog.socket),
            limits=limits_of(settings),
            has_thread=not url.startswith("sqlite:"),
        )
        stamper = Stamper(
            store=store,
            execute=server.execute,
            authorities=Authorities(pool),
            sources=sources or ServerSources.of(settings),
            settings=settings.messagelog,
            clock=clock,
        )
        store.on_appended = lambda count: announce(loop, stamper, count)
        readers = Readers(MessageLogReader(open_database(url, is_writer=False)), stamper, ThreadPoolExecutor(1))
        server.admit = stamper.admit
        server.handlers = readers.handlers()
        stamper.sources.reload(clock())
        try:
            measures = LogMeasures(server, stamper, lambda: readers.read(readers.reader.count_waiting))
            async with (
                server,
                metrics_door(
                    settings.telemetry,
                    settings.messagelog.metrics_port,
                    measures.list_measures,
                    prepare=measures.prepare,
                ),
            ):
                log.info("the message log answers at %s", server.path)
                on_ready()
                await serve_until(stopped, [server.wait(), stamper.run(), stamper.keep_sources()])
        finally:
            await readers.read(readers.reader.close)
            readers.thread.shutdown()
    log.info("the message log stopped")


def announce(loop: asyncio.AbstractEventLoop, stamper: Stamper, count: int) -> None:
    """Tell the stamper, from the writer's thread, how many records came; at the very end nobody listens any more."""
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(stamper.note_appended, count)


async def serve_until(stopped: Awaitable[object], duties: list[Awaitable[None]]) -> None:
    """Every duty runs until `stopped` is, or one of them fails."""

    async def stop_duties() -> None:
        await stopped
        for task in tasks:
            task.cancel()

    async def do(duty: Awaitable[None]) -> None:
        await duty

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(do(duty)) for duty in duties]
        group.create_task(stop_duties())
