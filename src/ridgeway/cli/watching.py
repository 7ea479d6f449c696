"""What watches a running gateway, put together: records, metrics, traces, and the services that hand them out.

Law: the gateway carries messages with or without any of this. What is handed over at the end has a few seconds.
Read next: `gateway/recorder.py`, `gateway/monitoringservice.py`, `telemetry/`.
"""

import asyncio
import importlib.metadata
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

from ridgeway.gateway.certificatelist import list_certificates
from ridgeway.gateway.machine import Machine, find_internal_address
from ridgeway.gateway.measures import MessageMeasures, list_recorder, list_station
from ridgeway.gateway.monitoringservice import MetricsService, build_services
from ridgeway.gateway.recorder import Listener, Recorder
from ridgeway.gateway.station import Station
from ridgeway.gateway.tracing import MessageTracer
from ridgeway.messagelog.client import MessageLogClient
from ridgeway.opmonitor.client import OpMonitorClient
from ridgeway.protocol.exchange.consumer import Standing
from ridgeway.protocol.monitoring import MetricSet
from ridgeway.settings import OpMonitorSettings
from ridgeway.telemetry import Measure, metrics_door, open_sink
from ridgeway.trust.clock import read_clock

LAST_SECONDS = 3.0
PING_QUERY = "health-check"
"""A query id that no message has; asking for it shows that the log answers."""


@asynccontextmanager
async def watched(station: Station, log: MessageLogClient, *, number: int = 0) -> AsyncIterator[None]:
    """Every message of `station` is observed meanwhile; `number` is the worker's, from 0."""
    settings = station.settings
    sink = open_sink(settings.telemetry, process="ridgeway-gateway", version=importlib.metadata.version("ridgeway"))
    tracer = None
    if sink is not None:
        telemetry = settings.telemetry
        tracer = MessageTracer(sink, ratio=telemetry.traces_ratio, may_leave=telemetry.traces_leave)
    measures, machine = MessageMeasures(), Machine(disks=(Path("/"), settings.state_dir))
    port = settings.gateway.metrics_port and settings.gateway.metrics_port + number
    async with OpMonitorClient.of(settings) as opmonitor:
        recorder = build_recorder(opmonitor, measures if port else None, tracer, settings=settings.opmonitor)
        station.monitor = recorder
        station.ping_log = lambda: log.find_records(PING_QUERY)
        services = build_services(opmonitor, build_metrics_service(station, machine))
        station.own_services = {**station.own_services, **services}

        def list_measures() -> Iterator[Measure]:
            yield from measures.list_measures()
            yield from list_recorder(recorder)
            yield from list_station(station)

        async with metrics_door(settings.telemetry, port, list_measures), running(recorder, machine):
            yield
    if sink is not None:
        await asyncio.to_thread(sink.close)


def build_recorder(
    opmonitor: OpMonitorClient,
    measures: MessageMeasures | None,
    tracer: MessageTracer | None,
    *,
    settings: OpMonitorSettings,
) -> Recorder:
    """The monitor of the gateway, with those who hear of each message."""
    listeners: list[Listener] = [] if measures is None else [measures.hear]
    if tracer is not None:
        listeners.append(tracer.hear)
    return Recorder(
        opmonitor,
        internal_address=find_internal_address(),
        buffer_records=settings.buffer_records,
        interval_seconds=settings.send_interval_seconds,
        listeners=listeners,
        begin_trace=None if tracer is None else tracer.begin,
    )


def build_metrics_service(station: Station, machine: Machine) -> MetricsService:
    """The service that tells of the machine and of the server's certificates."""

    def certificates(standing: Standing) -> MetricSet:
        systems = [der for client in standing.server.clients.values() for der in client.tls_certificates]
        return list_certificates(station.keys, internal=station.internal.certificate, systems=systems)

    chosen = station.settings.opmonitor
    return MetricsService(
        machine, certificates, is_limited=chosen.limit_remote_metrics, has_packages=chosen.list_packages
    )


@asynccontextmanager
async def running(recorder: Recorder, machine: Machine) -> AsyncIterator[None]:
    """Records are handed over and the machine is measured meanwhile; at the end what waits is handed over once more."""
    # No task group: it would wrap what the gateway itself raises, and neither of these two ends by itself.
    tasks = [asyncio.create_task(each) for each in (recorder.run(), machine.run(read_clock))]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    try:
        async with asyncio.timeout(LAST_SECONDS):
            await recorder.hand_over()
    except TimeoutError:
        return
