"""A server: listens, takes connections within its limits, ends gracefully.

Law: a handler is one coroutine a request; when the client goes away it is cancelled, when it fails the client sees
500 or a dead connection, never half an answer that looks whole.
Read next: `server_connection.py`.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ridgeway.http.limits import HttpLimits
from ridgeway.http.request import Request
from ridgeway.http.server_connection import Handler, ServerConnection
from ridgeway.http.tls import ServerTls
from ridgeway.http.tls_transport import TlsLayer
from ridgeway.http.writer import ResponseWriter

__all__ = ["Handler", "Request", "ResponseWriter", "Server", "serve"]

log = logging.getLogger(__name__)

LAST_MOMENT_SECONDS = 2.0
"""How long cancelled handlers may clean up after the grace is over."""


class Server:
    """One listening address with its connections. `tls` may be replaced while running; new connections use it."""

    def __init__(self, handler: Handler, *, limits: HttpLimits, tls: ServerTls | None) -> None:
        self.handler = handler
        self.limits = limits
        self.tls = tls
        self.is_closing = False
        self.connections: set[ServerConnection] = set()
        self.tasks: set[asyncio.Task[None]] = set()
        self.is_empty = asyncio.Event()
        self.listener: asyncio.Server

    @property
    def port(self) -> int:
        """The port it listens on."""
        port: int = self.listener.sockets[0].getsockname()[1]
        return port

    def new_protocol(self) -> asyncio.Protocol:
        """The protocol of a connection that has just been accepted."""
        connection = ServerConnection(self)
        self.connections.add(connection)
        self.is_empty.clear()
        if self.tls is None:
            return connection
        layer = TlsLayer(
            self.tls,
            connection,
            handshake_timeout_seconds=self.limits.handshake_timeout_seconds,
            on_failure=lambda error: self.handshake_failed(connection, error),
        )
        layer.is_refused = self.is_crowded()
        connection.layer = layer
        return layer

    def handshake_failed(self, connection: ServerConnection, error: Exception) -> None:
        """A connection ended before it began."""
        log.info("No connection at port %s: %s", self.port if self.listener.sockets else "-", error)
        self.forget(connection)

    def is_crowded(self) -> bool:
        """Whether there are more connections than allowed."""
        return len(self.connections) > self.limits.max_connections

    def forget(self, connection: ServerConnection) -> None:
        """The connection is gone."""
        self.connections.discard(connection)
        if not self.connections:
            self.is_empty.set()

    def adopt(self, task: asyncio.Task[None]) -> None:
        """Keep a handler's task until it is done."""
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def close(self, grace_seconds: float | None = None) -> None:
        """No new connection is taken, running requests had their grace, everything is closed."""
        self.is_closing = True
        self.listener.close()
        for connection in tuple(self.connections):
            connection.retire()
        seconds = self.limits.grace_seconds if grace_seconds is None else grace_seconds
        if self.connections:
            await self.wait_empty(seconds)
        for task in tuple(self.tasks):
            task.cancel()
        for connection in tuple(self.connections):
            connection.kill()
        if self.tasks:
            await asyncio.wait(self.tasks, timeout=LAST_MOMENT_SECONDS)
        if self.connections:
            await self.wait_empty(LAST_MOMENT_SECONDS)

    async def wait_empty(self, seconds: float) -> None:
        """Wait until the last connection is gone, at most so long."""
        self.is_empty.clear()
        try:
            async with asyncio.timeout(seconds):
                await self.is_empty.wait()
        except TimeoutError:
            log.info("%d connections outlived their %g seconds.", len(self.connections), seconds)


@asynccontextmanager
async def serve(
    handler: Handler,
    *,
    host: str,
    port: int,
    tls: ServerTls | None = None,
    limits: HttpLimits | None = None,
    reuse_port: bool = False,
) -> AsyncIterator[Server]:
    """A server listens while the block runs, and closes gracefully after it. Port 0 takes a free one."""
    server = Server(handler, limits=limits or HttpLimits(), tls=tls)
    loop = asyncio.get_running_loop()
    server.listener = await loop.create_server(
        server.new_protocol, host, port, backlog=server.limits.backlog, reuse_port=reuse_port or None
    )
    try:
        yield server
    finally:
        await server.close()
