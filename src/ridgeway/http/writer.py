"""The answer of a server, written piece by piece; what it promised in its head it keeps, or the connection dies.

Law: an answer that is not finished is never taken for a finished one: a missing last chunk or missing bytes end the
connection abruptly, so that the peer fails closed.

    new ── start ──▶ started ── finish ──▶ finished
     └──────────────────┴── abort ──▶ aborted
"""

import asyncio
from collections.abc import Iterable
from enum import StrEnum
from typing import Protocol

from ridgeway.http.flow import WriteGate
from ridgeway.http.framing import LAST_CHUNK, Framing, response_has_body, stated_length, wrap_chunk
from ridgeway.http.headers import Headers, render_head


class Stage(StrEnum):
    """How far an answer has come."""

    NEW = "new"
    STARTED = "started"
    FINISHED = "finished"
    ABORTED = "aborted"


class Wire(Protocol):
    """What a writer needs of its connection."""

    gate: WriteGate
    may_keep_alive: bool

    def send(self, data: bytes) -> None:
        """Put bytes on the wire."""

    def response_finished(self) -> None:
        """The answer is out."""

    def kill(self) -> None:
        """Drop the connection at once."""


class ResponseWriter:
    """The answer to one request."""

    def __init__(self, wire: Wire, *, method: str, version: str, write_timeout_seconds: float) -> None:
        self.wire = wire
        self.method = method
        self.version = version
        self.write_timeout_seconds = write_timeout_seconds
        self.stage = Stage.NEW
        self.framing = Framing.NONE
        self.missing_bytes = 0
        self.head = b""

    @property
    def is_started(self) -> bool:
        """Whether a status has been chosen."""
        return self.stage is not Stage.NEW

    async def start(self, status: int, reason: str = "", headers: Iterable[tuple[str, str]] = ()) -> None:
        """The head is written, in exactly this case and order; framing fields follow it.

        The body is chunked unless the head has a Content-Length. `Connection: close` may be given.
        Raises:  ValueError for a head that cannot be; RuntimeError when started before.
        """
        if self.stage is not Stage.NEW:
            raise RuntimeError(f"The answer is {self.stage}; it starts once.")
        fields = Headers(headers)
        length = stated_length(fields)
        self.decide_framing(status, length)
        extra = [("Transfer-Encoding", "chunked")] if self.framing is Framing.CHUNKED else []
        if "close" in fields.get_tokens("Connection"):
            self.wire.may_keep_alive = False
        elif not self.wire.may_keep_alive:
            extra.append(("Connection", "close"))
        self.head = render_head(f"HTTP/1.1 {status:03d} {reason}", [*fields, *extra])
        self.stage = Stage.STARTED
        # The head waits for this pass of the loop only: with luck it shares a packet with the first piece.
        asyncio.get_running_loop().call_soon(self.flush_head)

    def decide_framing(self, status: int, length: int | None) -> None:
        """How this body will be delimited."""
        if not response_has_body(self.method, status):
            self.framing = Framing.NONE
        elif length is not None:
            self.framing, self.missing_bytes = Framing.LENGTH, length
        elif self.version == "1.1":
            self.framing = Framing.CHUNKED
        else:
            self.framing = Framing.UNTIL_CLOSE
            self.wire.may_keep_alive = False

    def flush_head(self) -> None:
        """The head is on the wire."""
        if self.head and self.stage is Stage.STARTED:
            head, self.head = self.head, b""
            self.wire.send(head)

    async def write(self, chunk: bytes) -> None:
        """`chunk` is on the wire, or in its buffer while that has room; returns when there is room for more.

        Raises:  PeerLostError when the client is gone or takes nothing; RuntimeError beyond the stated length.
        """
        if self.stage is not Stage.STARTED:
            raise RuntimeError(f"The answer is {self.stage}; write after start and before finish.")
        if not chunk or self.framing is Framing.NONE:
            return
        if self.framing is Framing.LENGTH:
            self.missing_bytes -= len(chunk)
            if self.missing_bytes < 0:
                self.abort()
                raise RuntimeError(f"The answer is {-self.missing_bytes} bytes longer than its Content-Length.")
        data = wrap_chunk(chunk) if self.framing is Framing.CHUNKED else chunk
        head, self.head = self.head, b""
        self.wire.send(head + data if head else data)
        await self.wire.gate.drain(self.write_timeout_seconds)

    async def finish(self) -> None:
        """The answer is complete.

        Raises:  RuntimeError (and the connection is dropped) when bytes are missing.
        """
        if self.stage is not Stage.STARTED:
            raise RuntimeError(f"The answer is {self.stage}; it finishes once, after start.")
        if self.framing is Framing.LENGTH and self.missing_bytes:
            self.abort()
            raise RuntimeError(f"The answer is {self.missing_bytes} bytes shorter than its Content-Length.")
        tail = LAST_CHUNK if self.framing is Framing.CHUNKED else b""
        if self.head or tail:
            self.wire.send(self.head + tail)
        self.head = b""
        await self.wire.gate.drain(self.write_timeout_seconds)
        self.stage = Stage.FINISHED
        self.wire.response_finished()

    async def send(self, status: int, reason: str, headers: Iterable[tuple[str, str]], body: bytes) -> None:
        """The whole answer at once, with its Content-Length (which a 204 or 304 does not have)."""
        length = [] if status in {204, 304} else [("Content-Length", str(len(body)))]
        await self.start(status, reason, [*headers, *length])
        await self.write(body)
        await self.finish()

    def abort(self) -> None:
        """The connection dies now; the peer cannot take what it has for the whole answer."""
        self.stage = Stage.ABORTED
        self.head = b""
        self.wire.kill()
