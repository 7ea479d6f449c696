"""The door for Prometheus: `GET /metrics`, on an address of its own, closed unless a port is set.

Law: it is for the operator's own network, without TLS and without names; so it listens on loopback unless told
otherwise, and tells nothing that may not be seen there.
"""

import importlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager

from ridgeway.errors import RidgewayError
from ridgeway.http import HttpLimits, Request, ResponseWriter, Server, serve
from ridgeway.settings import TelemetrySettings
from ridgeway.telemetry.values import Measure

log = logging.getLogger(__name__)

LIMITS = HttpLimits(max_connections=32, idle_timeout_seconds=120.0)
TEXT = [("Content-Type", "text/plain; charset=UTF-8")]
PATH = b"/metrics"


async def nothing() -> None:
    """Nothing has to be prepared."""


@asynccontextmanager
async def metrics_door(
    settings: TelemetrySettings,
    port: int,
    list_measures: Callable[[], Iterable[Measure]],
    *,
    prepare: Callable[[], Awaitable[None]] = nothing,
) -> AsyncIterator[Server | None]:
    """The door is open at `port`, or there is none when that is 0; `prepare` is awaited before each answer.

    What cannot be prepared is not told: the answer is 503 then, and Prometheus marks the process as not scraped.
    """
    if not port:
        yield None
        return
    prometheus = importlib.import_module("ridgeway.telemetry.prometheus")
    render: Callable[[], bytes] = prometheus.make_renderer(list_measures)
    content_type: str = prometheus.CONTENT_TYPE

    async def handle(request: Request, response: ResponseWriter) -> None:
        if request.target.partition(b"?")[0] != PATH:
            await response.send(404, "Not Found", TEXT, b"Metrics are at /metrics.\n")
        elif request.method not in {"GET", "HEAD"}:
            await response.send(405, "Method Not Allowed", [*TEXT, ("Allow", "GET, HEAD")], b"Ask with GET.\n")
        else:
            try:
                await prepare()
            except RidgewayError as error:
                await response.send(503, "Service Unavailable", TEXT, f"{error.explain()}\n".encode())
                return
            await response.send(200, "OK", [("Content-Type", content_type)], render())

    async with serve(handle, host=settings.host, port=port, limits=LIMITS) as server:
        log.info("metrics are at http://%s:%d/metrics", settings.host, server.port)
        yield server
