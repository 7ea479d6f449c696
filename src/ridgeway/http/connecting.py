"""Several addresses of one partner: the first that answers wins, the others are let go.

Law: attempts start one after the other, a short stagger apart or when the one before failed; one time limit bounds all.
Source: RFC 8305 in spirit; PR-MESSTRANSP §3.2 (several servers host one client).
"""

import asyncio
import contextlib
import socket
from collections.abc import Sequence
from dataclasses import dataclass

from ridgeway.errors import NetworkError

STAGGER_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class Address:
    """A host and a port to connect to."""

    host: str
    port: int


async def connect_fastest(
    addresses: Sequence[Address], *, timeout_seconds: float, stagger_seconds: float = STAGGER_SECONDS
) -> tuple[Address, socket.socket]:
    """The address that accepted first, with the connected socket, which is the caller's to close.

    Raises:  NetworkError when none accepted within `timeout_seconds`, with each one's reason.
    """
    names = ", ".join(f"{each.host}:{each.port}" for each in addresses) or "no address"
    try:
        async with asyncio.timeout(timeout_seconds):
            return await race(addresses, stagger_seconds)
    except TimeoutError:
        detail = f"None of {names} accepted a connection within {timeout_seconds:g} seconds."
        raise NetworkError("network_error", detail) from None


async def race(addresses: Sequence[Address], stagger_seconds: float) -> tuple[Address, socket.socket]:
    """The first success of staggered attempts; the others are cancelled and their sockets closed."""
    waiting = list(addresses)
    running: dict[asyncio.Task[socket.socket], Address] = {}
    failures: list[BaseException] = []
    try:
        while waiting or running:
            if waiting:
                address = waiting.pop(0)
                running[asyncio.create_task(connect_one(address))] = address
            pause = stagger_seconds if waiting else None
            done, _ = await asyncio.wait(running, timeout=pause, return_when=asyncio.FIRST_COMPLETED)
            for attempt in done:
                address, failure = running.pop(attempt), attempt.exception()
                if failure is None:
                    return address, attempt.result()
                failures.append(failure)
    finally:
        await let_go(running)
    if len(failures) == 1:
        raise failures[0]
    detail = "; ".join(each.detail if isinstance(each, NetworkError) else str(each) for each in failures)
    raise NetworkError("network_error", detail or "There is no address to connect to.")


async def let_go(attempts: dict[asyncio.Task[socket.socket], Address]) -> None:
    """The losers are cancelled, and closed if they connected after all."""
    for attempt in attempts:
        attempt.cancel()
    for result in await asyncio.gather(*attempts, return_exceptions=True):
        if isinstance(result, socket.socket):
            result.close()


async def connect_one(address: Address) -> socket.socket:
    """A connected socket, trying each address that the name has.

    Raises:  NetworkError: `unknown_host` for a name that is not known, else `network_error`.
    """
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        detail = f"The name {address.host!r} is not known ({error})."
        raise NetworkError("unknown_host", detail, action="Correct the address, or the name service.") from error
    reason = ""
    for family, kind, protocol, _, where in found:
        try:
            return await connect_socket(socket.socket(family, kind, protocol), where)
        except OSError as error:
            reason = error.strerror or str(error)
    raise NetworkError("network_error", f"{address.host}:{address.port} did not accept a connection: {reason}.")


async def connect_socket(sock: socket.socket, where: tuple[object, ...]) -> socket.socket:
    """`sock`, connected; closed when that fails or is cancelled."""
    with contextlib.ExitStack() as stack:
        stack.enter_context(sock)
        sock.setblocking(False)
        await asyncio.get_running_loop().sock_connect(sock, where)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        stack.pop_all()
    return sock
