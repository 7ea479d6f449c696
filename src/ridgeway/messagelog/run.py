"""The process: the one writer of the log, its stamper, and the answers to readers, until it is told to stop.

Law: whatever fails beside our own errors ends the process, and nothing is acknowledged after that; whoever watches
processes starts it again. Read next: `parts.py`, `stamping.py`, `archiving.py`, `../journal/server.py`.
"""

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime

from ridgeway.messagelog.authorities import Authorities, open_pool
from ridgeway.messagelog.measures import LogMeasures
from ridgeway.messagelog.parts import open_parts
from ridgeway.messagelog.sources import ServerSources, StampSources
from ridgeway.messagelog.stamping import Clock, Stamper
from ridgeway.settings import Settings
from ridgeway.telemetry import metrics_door

log = logging.getLogger(__name__)


def read_clock() -> datetime:
    """The time now."""
    return datetime.now(UTC)  # noqa: TID251  the process's clock


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
    loop = asyncio.get_running_loop()
    async with (
        open_pool() as pool,
        open_parts(settings, Authorities(pool, clock), sources or ServerSources.of(settings), clock) as parts,
    ):
        parts.store.on_appended = lambda count: announce(loop, parts.stamper, count)
        parts.stamper.sources.reload(clock())
        await parts.stamper.load_failing()
        await parts.archiver.load_failing()
        measures = LogMeasures(parts.server, parts.stamper, parts.count_waiting, parts.status.read_archiving)
        door = metrics_door(
            settings.telemetry, settings.messagelog.metrics_port, measures.list_measures, prepare=measures.prepare
        )
        async with parts.server, door:
            log.info("the message log answers at %s", parts.server.path)
            on_ready()
            duties = [parts.server.wait(), parts.stamper.run(), parts.stamper.keep_sources(), parts.archiver.run()]
            await serve_until(stopped, duties)
    log.info("the message log stopped")


def announce(loop: asyncio.AbstractEventLoop, stamper: Stamper, count: int) -> None:
    """Tell the stamper, from the writer's thread, how many records came; at the very end nobody listens any more."""
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(stamper.note_appended, count)


async def serve_until(stopped: Awaitable[object], duties: Sequence[Awaitable[None]]) -> None:
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
