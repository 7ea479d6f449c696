"""Several addresses of one partner: the first that answers wins, the others are let go.

Law: attempts start one after the other, a short stagger apart or when the one before failed; one time limit bounds all.
A name that has several addresses is such a race of its own, the families taking turns.
Source: RFC 8305 in spirit; PR-MESSTRANSP §3.2 (several servers host one client).
"""

import asyncio
import contextlib
import functools
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ridgeway.errors import NetworkError

STAGGER_SECONDS = 0.25

Attempt = Callable[[], Awaitable[socket.socket]]
Resolved = tuple[int, int, int, str, tuple[Any, ...]]
"""One way to reach a name, as `getaddrinfo` tells it."""


@dataclass(frozen=True, slots=True)
class Address:
    """A host and a port to connect to."""

    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


async def connect_fastest(
    addresses: Sequence[Address], *, timeout_seconds: float, stagger_seconds: float = STAGGER_SECONDS
) -> tuple[Address, socket.socket]:
    """The address that accepted first, with the connected socket, which is the caller's to close.

    Raises:  NetworkError when none accepted within `timeout_seconds`, with each one's reason.
    """
    attempts = [functools.partial(connect_one, address, stagger_seconds) for address in addresses]
    try:
        async with asyncio.timeout(timeout_seconds):
            winner, sock = await race(attempts, stagger_seconds)
    except TimeoutError:
        names = ", ".join(str(each) for each in addresses)
        detail = f"None of {names} accepted a connection within {timeout_seconds:g} seconds."
        raise NetworkError("network_error", detail) from None
    return addresses[winner], sock


async def race(attempts: Sequence[Attempt], stagger_seconds: float) -> tuple[int, socket.socket]:
    """The number and the socket of the first attempt that succeeds; the others are cancelled, their sockets closed.

    Raises:  NetworkError when none does: the reason of the only one, or all reasons.
    """
    waiting = list(enumerate(attempts))
    running: dict[asyncio.Future[socket.socket], int] = {}
    failures: list[NetworkError] = []
    try:
        while waiting or running:
            if waiting:
                number, attempt = waiting.pop(0)
                running[asyncio.ensure_future(attempt())] = number
            pause = stagger_seconds if waiting else None
            done, _ = await asyncio.wait(running, timeout=pause, return_when=asyncio.FIRST_COMPLETED)
            for each in done:
                failure = each.exception()
                if failure is None:
                    return running.pop(each), each.result()
                del running[each]
                if not isinstance(failure, NetworkError):
                    raise failure
                failures.append(failure)
    finally:
        await let_go(running)
    if len(failures) == 1:
        raise failures[0]
    detail = "; ".join(each.detail for each in failures)
    raise NetworkError("network_error", detail or "There is no address to connect to.")


async def let_go(attempts: dict[asyncio.Future[socket.socket], int]) -> None:
    """The losers are cancelled, and closed if they connected after all."""
    for attempt in attempts:
        attempt.cancel()
    for result in await asyncio.gather(*attempts, return_exceptions=True):
        if isinstance(result, socket.socket):
            result.close()


async def connect_one(address: Address, stagger_seconds: float = STAGGER_SECONDS) -> socket.socket:
    """A socket connected to the fastest of the addresses that the name has.

    Raises:  NetworkError: `unknown_host` for a name that is not known, else `network_error`.
    """
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        detail = f"The name {address.host!r} is not known ({error})."
        raise NetworkError("unknown_host", detail, action="Correct the address, or the name service.") from error
    ways = [functools.partial(connect_way, address, way) for way in take_turns(found)]
    _, sock = await race(ways, stagger_seconds)
    return sock


def take_turns(found: Sequence[Resolved]) -> list[Resolved]:
    """The ways to a name, its families taking turns, so that a family without a route costs one stagger."""
    families: dict[int, list[Resolved]] = {}
    for way in found:
        families.setdefault(way[0], []).append(way)
    turns = [(turn, order, way) for order, ways in enumerate(families.values()) for turn, way in enumerate(ways)]
    return [way for _, _, way in sorted(turns, key=lambda each: each[:2])]


async def connect_way(address: Address, way: Resolved) -> socket.socket:
    """A connected socket.

    Raises:  NetworkError with the reason of the system.
    """
    family, kind, protocol, _, where = way
    try:
        return await connect_socket(socket.socket(family, kind, protocol), where)
    except OSError as error:
        reason = error.strerror or str(error)
        raise NetworkError("network_error", f"{address} did not accept a connection: {reason}.") from error


async def connect_socket(sock: socket.socket, where: tuple[Any, ...]) -> socket.socket:
    """`sock`, connected; closed when that fails or is cancelled."""
    with contextlib.ExitStack() as stack:
        stack.enter_context(sock)
        sock.setblocking(False)
        await asyncio.get_running_loop().sock_connect(sock, where)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        stack.pop_all()
    return sock
