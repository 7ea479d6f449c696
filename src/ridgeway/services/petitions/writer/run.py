"""The process: the one writer of signatures of this machine, until it is told to stop.

Law: as every journal: no answer before the commit, and nothing is acknowledged after a failure that nobody foresaw. On
SQLite there is one on the machine; on PostgreSQL one on each, which the locks of petitions keep apart.
"""

import asyncio
import logging
import signal
from collections.abc import Callable

from django.utils import timezone

from ridgeway.journal import JournalLimits, JournalServer
from ridgeway.services.petitions.deployment import read_own_settings
from ridgeway.services.petitions.writer.store import Clock, SignatureStore
from ridgeway.settings import Settings

log = logging.getLogger(__name__)

MAX_BATCH_COMMANDS = 500
"""Commands in one transaction; staff who want to change one of its petitions wait for its end."""


async def run_writer(settings: Settings) -> None:
    """Write signatures until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await run_until(stop, settings)


def open_server(settings: Settings, *, clock: Clock = timezone.now) -> JournalServer:
    """The writer, not listening yet."""
    return JournalServer(
        SignatureStore(clock=clock),
        settings.path(read_own_settings().socket),
        limits=JournalLimits(max_batch_records=MAX_BATCH_COMMANDS),
    )


async def run_until(
    stopped: asyncio.Event,
    settings: Settings,
    *,
    clock: Clock = timezone.now,
    on_ready: Callable[[], None] = lambda: None,
) -> None:
    """Write signatures until `stopped`; then what was taken is committed and answered."""
    async with open_server(settings, clock=clock) as server:
        log.info("the writer of signatures answers at %s", server.path)
        on_ready()
        waiting = asyncio.ensure_future(server.wait())
        stopping = asyncio.ensure_future(stopped.wait())
        await asyncio.wait({waiting, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if waiting.done():
            waiting.result()
        waiting.cancel()
    log.info("the writer of signatures stopped")
