"""The writer of signatures, running beside a test: the real one, in a thread, at the socket of the settings."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from ridgeway.services.petitions.deployment import read_own_settings
from ridgeway.services.petitions.writer.client import connect
from ridgeway.services.petitions.writer.run import run_until

START_SECONDS = 20


@contextmanager
def writing() -> Iterator[None]:
    """Signatures are taken, confirmed and counted within."""
    ready = threading.Event()
    stop: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def write() -> None:
        stopped = asyncio.Event()
        stop.append((asyncio.get_running_loop(), stopped))
        await run_until(stopped, settings.RIDGEWAY_SETTINGS, on_ready=ready.set)

    thread = threading.Thread(target=lambda: asyncio.run(write()))
    thread.start()
    try:
        assert ready.wait(START_SECONDS), "the writer did not start"
        yield
    finally:
        connect(settings.RIDGEWAY_SETTINGS.path(read_own_settings().socket)).close()
        loop, stopped = stop[0]
        loop.call_soon_threadsafe(stopped.set)
        thread.join()
