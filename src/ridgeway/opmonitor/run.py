"""The process: the one writer of operational records, and the answers to readers, until it is told to stop.

Law: what a gateway handed over is committed before it is acknowledged. Old records are removed while nothing waits.
"""

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from ridgeway.errors import WorldError
from ridgeway.journal import Handler, JournalLimits, JournalServer, list_journal
from ridgeway.opmonitor.reading import OpMonitorReader
from ridgeway.opmonitor.store import Clock, OpMonitorStore
from ridgeway.opmonitor.values import HealthReport, encoder, query_decoder, read_frame, statistics_decoder
from ridgeway.protocol.monitoring import HealthKeeper
from ridgeway.settings import Settings
from ridgeway.telemetry import Measure, gauge, metrics_door
from ridgeway.trust.clock import read_clock

log = logging.getLogger(__name__)

T = TypeVar("T")

MAX_BATCH_ENTRIES = 20
"""Entries in one transaction; each holds up to a thousand records."""
REMOVED_AT_ONCE = 5000
DAY_SECONDS = 86_400


@dataclass(slots=True)
class Readers:
    """Answers what is no append; reads are done in a thread of their own, beside the writer's."""

    reader: OpMonitorReader
    health: HealthKeeper
    clock: Clock
    thread: ThreadPoolExecutor

    def handlers(self) -> dict[str, Handler]:
        """Verb → who answers it."""
        return {"find": self.find, "health": self.tell_health, "statistics": self.sum_traffic}

    async def find(self, body: bytes) -> bytes:
        """The records of a query."""
        query = read_frame(query_decoder, body)
        return encoder.encode(await self.read(lambda: self.reader.find_records(query)))

    async def tell_health(self, body: bytes) -> bytes:
        """How every service is."""
        del body
        services = self.health.list_health(now_seconds=int(self.clock().timestamp()))
        return encoder.encode(HealthReport(self.health.started_ts, self.health.period_seconds, services))

    async def sum_traffic(self, body: bytes) -> bytes:
        """What passed, step by step."""
        query = read_frame(statistics_decoder, body)
        return encoder.encode(await self.read(lambda: self.reader.sum_traffic(query)))

    async def read(self, work: Callable[[], T]) -> T:
        """The value of `work`, done in the reader's thread."""
        return await asyncio.get_running_loop().run_in_executor(self.thread, work)


async def run_opmonitor(settings: Settings) -> None:
    """Keep records until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await run_until(stop, settings)


async def run_until(
    stopped: asyncio.Event,
    settings: Settings,
    *,
    clock: Clock = read_clock,
    on_ready: Callable[[], None] = lambda: None,
) -> None:
    """Keep records until `stopped`; then what was taken is committed and answered, and the database closed."""
    chosen = settings.opmonitor
    health = HealthKeeper(started_ts=int(clock().timestamp() * 1000))
    store = OpMonitorStore(health, clock=clock, max_records_a_second=chosen.max_records_in_answer)
    limits = JournalLimits(max_batch_records=MAX_BATCH_ENTRIES)
    readers = Readers(OpMonitorReader(max_records=chosen.max_records_in_answer), health, clock, ThreadPoolExecutor(1))
    server = JournalServer(store, settings.path(chosen.socket), handlers=readers.handlers(), limits=limits)
    try:
        async with (
            server,
            metrics_door(settings.telemetry, chosen.metrics_port, lambda: list_measures(server, health)),
        ):
            log.info("the operational monitor answers at %s", server.path)
            on_ready()
            cleaning = keep_clean(server, store, settings=settings, clock=clock)
            await run_duties(stopped, [server.wait(), cleaning])
    finally:
        await readers.read(readers.reader.close)
        readers.thread.shutdown()
    log.info("the operational monitor stopped")


def list_measures(server: JournalServer, health: HealthKeeper) -> Iterator[Measure]:
    """What the monitor tells Prometheus of itself."""
    yield from list_journal(server)
    yield gauge("ridgeway_opmonitor_services", "Services whose health is kept.", len(health.watches))


async def run_duties(stopped: asyncio.Event, duties: list[Awaitable[None]]) -> None:
    """Every duty runs until `stopped`, or until one of them fails."""

    async def do(duty: Awaitable[None]) -> None:
        await duty

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(do(duty)) for duty in duties]
        await stopped.wait()
        for task in tasks:
            task.cancel()


async def keep_clean(server: JournalServer, store: OpMonitorStore, *, settings: Settings, clock: Clock) -> None:
    """Records older than `keep_days` are removed, now and then, in transactions that hold nobody up."""
    chosen = settings.opmonitor
    while True:
        before = int(clock().timestamp() - chosen.keep_days * DAY_SECONDS)
        remove = partial(store.remove_old, before, at_most=REMOVED_AT_ONCE)
        try:
            removed = REMOVED_AT_ONCE
            while removed == REMOVED_AT_ONCE:
                removed = await server.execute(remove)
        except WorldError as error:
            log.warning("%s", error.explain())
        await asyncio.sleep(chosen.clean_interval_seconds)
