"""The client side: a pool of connections, one exchange at a time on each, and one helper for the simple case.

Law: nothing is sent before the caller could look at who answered (`Exchange.connection`). A connection is reused only
when both sides finished cleanly. Nothing is retried behind the caller's back, except in `fetch` where it allows it.
Read next: `client_connection.py`, `connecting.py`.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from OpenSSL import SSL

from ridgeway.errors import NetworkError
from ridgeway.http.addresses import parse_url
from ridgeway.http.client_connection import ClientConnection
from ridgeway.http.connecting import STAGGER_SECONDS, Address, connect_fastest
from ridgeway.http.flow import ignore
from ridgeway.http.headers import Headers
from ridgeway.http.limits import PoolLimits
from ridgeway.http.tls_transport import TlsLayer
from ridgeway.http.values import Connection, Origin, PeerLostError, ResponseHead

__all__ = ["Address", "Exchange", "Favourite", "Pool", "Response", "fetch"]

MAX_SESSIONS = 1000
"""TLS sessions that a pool remembers, one an origin."""

IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"})


@dataclass(frozen=True, slots=True)
class Favourite:
    """The origin that is tried alone first, for so long; only then do all the others race."""

    origin: Origin
    timeout_seconds: float


@dataclass(frozen=True, slots=True)
class Response:
    """A whole answer in memory."""

    status: int
    reason: str
    headers: Headers
    body: bytes = field(repr=False)


class Exchange:
    """One request and its answer on one connection. Writing may go on after the answer has begun."""

    def __init__(self, wire: ClientConnection, *, is_reused: bool) -> None:
        self.wire = wire
        self.is_reused = is_reused

    @property
    def connection(self) -> Connection:
        """Who answered, before anything is sent."""
        return self.wire.facts

    @property
    def origin(self) -> Origin:
        """Which of the given origins it is."""
        return self.wire.origin

    @property
    def has_answer(self) -> bool:
        """Whether the head of an answer is there, be the request finished or not."""
        return self.wire.head is not None

    async def start(
        self, method: str, target: str, headers: Iterable[tuple[str, str]] = (), *, has_body: bool | None = None
    ) -> None:
        """The head is sent in exactly this case and order (Host before it when not given, framing after it).

        Without Content-Length the body is chunked; GET, HEAD, DELETE, OPTIONS and TRACE have none unless `has_body`.
        """
        self.wire.send_head(method, target, headers, has_body=has_body)

    async def write(self, chunk: bytes) -> None:
        """A piece of the body is on its way; returns when there is room for more."""
        await self.wire.send_chunk(chunk)

    async def finish(self) -> None:
        """The request is complete."""
        await self.wire.send_end()

    async def response(self) -> ResponseHead:
        """The head of the answer, as soon as it is there, finished or not.

        Raises:  PeerLostError when the connection ends, breaks the protocol or is silent too long.
        """
        return await self.wire.wait_head()

    def body(self) -> AsyncIterator[bytes]:
        """The answer's body piece by piece; an end that comes too early raises PeerLostError."""
        return self.wire.body.iterate()

    async def read(self, max_bytes: int) -> bytes:
        """The answer's whole body; HttpRefusal(413) when longer than `max_bytes`."""
        return await self.wire.body.read(max_bytes)

    def abort(self) -> None:
        """Drop the connection now; the server cannot take what it has for the whole request."""
        self.wire.kill()


class Lane:
    """How many connections to one set of origins may be, and how many exchanges want one."""

    def __init__(self, limits: PoolLimits) -> None:
        self.room = asyncio.Semaphore(limits.max_connections_per_origin)
        self.users = 0


class Pool:
    """Connections kept for reuse, per origin, within limits. Close it, or use it as `async with Pool() as pool`."""

    def __init__(self, limits: PoolLimits | None = None) -> None:
        self.limits = limits or PoolLimits()
        self.lanes: dict[frozenset[Origin], Lane] = {}
        self.idle: dict[Origin, list[ClientConnection]] = {}
        self.sessions: dict[Origin, SSL.Session] = {}
        self.is_closed = False

    async def __aenter__(self) -> "Pool":
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Every idle connection is closed; running exchanges close theirs when they end."""
        self.is_closed = True
        for wire in [each for waiting in self.idle.values() for each in waiting]:
            wire.close()
        self.idle.clear()
        self.sessions.clear()
        await asyncio.sleep(0)

    @asynccontextmanager
    async def exchange(
        self,
        origin: Origin | Sequence[Origin],
        *,
        fresh: bool = False,
        favourite: Favourite | None = None,
        connect_timeout_seconds: float | None = None,
        read_timeout_seconds: float | None = None,
        stagger_seconds: float = STAGGER_SECONDS,
    ) -> AsyncIterator[Exchange]:
        """An exchange with the origin, or with the fastest of several; `fresh` takes no idle connection.

        One that connects but does not shake hands is left out, and the rest race again in half the time.
        Raises:  NetworkError when no connection can be had in time.
        """
        origins = (origin,) if isinstance(origin, Origin) else tuple(origin)
        key = frozenset(origins)
        lane = self.lanes.setdefault(key, Lane(self.limits))
        lane.users += 1
        try:
            async with await self.take_place(lane, origins):
                wire = None if fresh else self.take_idle(origins)
                is_reused = wire is not None
                if wire is None:
                    seconds = connect_timeout_seconds or self.limits.connect_timeout_seconds
                    wire = await self.connect(origins, favourite, seconds, stagger_seconds)
                begin_exchange(wire, read_timeout_seconds or self.limits.read_timeout_seconds)
                try:
                    yield Exchange(wire, is_reused=is_reused)
                finally:
                    self.give_back(wire)
        finally:
            lane.users -= 1
            if not lane.users:
                self.lanes.pop(key, None)

    async def take_place(self, lane: Lane, origins: tuple[Origin, ...]) -> "Place":
        """A place among the connections allowed to this origin."""
        if not lane.room.locked():
            await lane.room.acquire()  # does not wait, so needs no clock
            return Place(lane.room)
        seconds = self.limits.waiting_timeout_seconds
        try:
            async with asyncio.timeout(seconds):
                await lane.room.acquire()
        except TimeoutError:
            detail = f"All connections to {origins[0]} stayed busy for {seconds:g} seconds."
            raise NetworkError("network_error", detail) from None
        return Place(lane.room)

    async def connect(
        self, origins: tuple[Origin, ...], favourite: Favourite | None, seconds: float, stagger_seconds: float
    ) -> ClientConnection:
        """A new connection to the favourite, or else to the fastest origin that also shakes hands."""
        if favourite is not None and favourite.origin in origins:
            others = tuple(each for each in origins if each != favourite.origin)
            try:
                return await self.connect_race((favourite.origin,), favourite.timeout_seconds, stagger_seconds)
            except NetworkError:
                if not others:
                    raise
            origins = others
        return await self.connect_race(origins, seconds, stagger_seconds)

    async def connect_race(
        self, origins: tuple[Origin, ...], seconds: float, stagger_seconds: float
    ) -> ClientConnection:
        """A new connection to the fastest origin that also shakes hands."""
        remaining = {Address(each.host, each.port): each for each in origins}
        floor = min(seconds, self.limits.connect_floor_seconds)
        while True:
            address, sock = await connect_fastest(
                tuple(remaining), timeout_seconds=seconds, stagger_seconds=stagger_seconds
            )
            origin = remaining.pop(address)
            wire = ClientConnection(origin, self.limits)
            try:
                await self.join(wire, sock, seconds)
            except PeerLostError:
                if not remaining:
                    raise
            else:
                return wire
            seconds = max(floor, seconds / 2)

    async def join(self, wire: ClientConnection, sock: object, seconds: float) -> None:
        """`wire` is connected through `sock`, with TLS where the origin has it."""
        loop = asyncio.get_running_loop()
        tls = wire.origin.tls
        if tls is None:
            await loop.create_connection(lambda: wire, sock=sock)  # type: ignore[call-overload]
            return
        done: asyncio.Future[None] = loop.create_future()
        layer = TlsLayer(
            tls,
            wire,
            handshake_timeout_seconds=seconds,
            on_failure=lambda error: fail_future(done, error),
            session=self.sessions.get(wire.origin),
            host=wire.origin.host,
        )
        layer.on_open = lambda: None if done.done() else done.set_result(None)
        transport, _ = await loop.create_connection(lambda: layer, sock=sock)  # type: ignore[call-overload]
        try:
            await done
        except BaseException:
            transport.abort()
            raise

    def take_idle(self, origins: tuple[Origin, ...]) -> ClientConnection | None:
        """The idle connection to one of these origins that was used last and is still alive."""
        for origin in origins:
            while waiting := self.idle.get(origin):
                wire = waiting[-1]
                self.forget_idle(wire)
                if wire.error is None and wire.transport is not None and not wire.transport.is_closing():
                    return wire
        return None

    def give_back(self, wire: ClientConnection) -> None:
        """The connection is idle now, if both sides finished cleanly; else it is closed or dropped."""
        wire.is_busy = False
        wire.watchdog.rest()
        waiting = self.idle.get(wire.origin, [])
        if wire.is_clean() and not self.is_closed and len(waiting) < self.limits.max_idle_per_origin:
            self.remember_session(wire)
            self.idle[wire.origin] = [*waiting, wire]
            wire.on_lost = lambda: self.forget_idle(wire)
            wire.watchdog.watch(self.limits.idle_timeout_seconds, wire.close)
        elif (wire.body.is_complete and wire.request_complete) or not wire.is_started:
            self.remember_session(wire)
            wire.close()
        else:
            wire.kill()

    def forget_idle(self, wire: ClientConnection) -> None:
        """The connection is not idle any more."""
        wire.on_lost = ignore
        left = [each for each in self.idle.get(wire.origin, []) if each is not wire]
        if left:
            self.idle[wire.origin] = left
        else:
            self.idle.pop(wire.origin, None)

    def remember_session(self, wire: ClientConnection) -> None:
        """The next connection to this origin may resume this TLS session; the oldest is forgotten for it."""
        if wire.origin.tls is None or wire.transport is None or self.is_closed or wire.error is not None:
            return
        session = wire.transport.get_extra_info("tls_session")
        if session is not None:
            self.sessions.pop(wire.origin, None)
            self.sessions[wire.origin] = session
        if len(self.sessions) > MAX_SESSIONS:
            del self.sessions[next(iter(self.sessions))]


class Place:
    """A place taken in a lane, given back at the end of the block."""

    def __init__(self, room: asyncio.Semaphore) -> None:
        self.room = room

    async def __aenter__(self) -> None:
        return None

    async def __aexit__(self, *_exc: object) -> None:
        self.room.release()


def begin_exchange(wire: ClientConnection, read_timeout_seconds: float) -> None:
    """The connection is busy with a new exchange."""
    wire.watchdog.rest()
    wire.begin()
    wire.is_busy = True
    wire.exchanges += 1
    wire.read_timeout_seconds = read_timeout_seconds


def fail_future(future: asyncio.Future[None], error: Exception) -> None:
    """Whoever waits for the handshake learns why there is none."""
    if not future.done():
        future.set_exception(error)


async def fetch(
    pool: Pool,
    method: str,
    url: str | tuple[Origin, str],
    headers: Iterable[tuple[str, str]] = (),
    body: bytes | None = None,
    *,
    max_bytes: int,
    may_retry: bool | None = None,
) -> Response:
    """The whole answer, at most `max_bytes` of body. `url` is an address, or an origin with a target.

    `may_retry` (default: the method is idempotent) sends the request once more, on a new connection, when an old
    connection failed before any byte of an answer.
    """
    origin, target = parse_url(url) if isinstance(url, str) else url
    fields = [*headers, ("Content-Length", str(len(body)))] if body is not None else list(headers)
    again = method in IDEMPOTENT if may_retry is None else may_retry
    for fresh in (False, True):
        try:
            async with pool.exchange(origin, fresh=fresh) as exchange:
                await exchange.start(method, target, fields, has_body=body is not None)
                if body:
                    await send_body(exchange, body)
                await exchange.finish()
                head = await exchange.response()
                return Response(head.status, head.reason, head.headers, await exchange.read(max_bytes))
        except PeerLostError as error:
            if fresh or not again or not error.may_retry:
                raise
    raise AssertionError("unreachable")


async def send_body(exchange: Exchange, body: bytes) -> None:
    """The body is sent, or an early answer says that it is not wanted."""
    try:
        await exchange.write(body)
    except PeerLostError:
        if exchange.wire.head is None:
            raise
