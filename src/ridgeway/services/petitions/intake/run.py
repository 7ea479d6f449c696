"""The process: the lean intake, behind a proxy that knows which two requests are for it, until it is told to stop."""

import asyncio
import logging
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ridgeway.http import HttpLimits, Server, serve
from ridgeway.http.forwarded import parse_networks
from ridgeway.journal import JournalClient
from ridgeway.services.petitions.deployment import read_own_settings
from ridgeway.services.petitions.intake.door import IntakeDoor
from ridgeway.services.petitions.intake.knowing import Known
from ridgeway.settings import Settings

log = logging.getLogger(__name__)

LIMITS = HttpLimits(max_head_bytes=16 * 1024, max_buffered_bytes=64 * 1024, idle_timeout_seconds=75.0)


async def run_intake(settings: Settings) -> None:
    """Take signatures until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with open_intake(settings) as server:
        log.info("the intake of signatures answers at port %s", server.port)
        await stop.wait()


@asynccontextmanager
async def open_intake(settings: Settings) -> AsyncIterator[Server]:
    """The intake answers while the block runs."""
    own, known = read_own_settings(), Known()
    await known.load()
    trusted = parse_networks(settings.web.trusted_proxies, key="web.trusted_proxies")
    async with JournalClient(settings.path(own.socket)) as journal:
        door = IntakeDoor(journal, known, trusted)
        async with serve(door.handle, host=own.intake_host, port=own.intake_port, limits=LIMITS) as server:
            keeping = asyncio.create_task(known.keep())
            try:
                yield server
            finally:
                keeping.cancel()
