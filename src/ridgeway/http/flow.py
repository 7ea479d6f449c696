"""The three small machines under both ends of a connection: a clock that guards, a body that waits, a wire that fills.

Law: the reader sets the pace. What comes faster than it is taken stops at the socket (pause_reading), what is written
faster than it leaves stops the writer (drain); memory stays within `max_buffered_bytes`.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable

from ridgeway.http.values import HttpRefusal, PeerLostError

SMALL_BYTES = 16 * 1024
"""Pieces that arrived are joined up to this."""


class Watchdog:
    """One timer of a connection: acts when the deadline in force passes. Setting it costs next to nothing."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.deadline = 0.0
        self.action: Callable[[], None] | None = None
        self.timer: asyncio.TimerHandle | None = None

    def watch(self, seconds: float, action: Callable[[], None]) -> None:
        """Do `action` in `seconds`, unless another watch or `rest` comes before."""
        self.deadline = self.loop.time() + seconds
        self.action = action
        if self.timer is not None and self.timer.when() > self.deadline:
            self.timer.cancel()
            self.timer = None
        if self.timer is None:
            self.timer = self.loop.call_at(self.deadline, self.wake)

    def rest(self) -> None:
        """Nothing is guarded."""
        self.action = None

    def stop(self) -> None:
        """Nothing is guarded any more, and no timer is left."""
        self.action = None
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None

    def wake(self) -> None:
        """The timer rang: act, or sleep on when the deadline moved."""
        self.timer = None
        if self.action is None:
            return
        if self.loop.time() + 0.001 < self.deadline:
            self.timer = self.loop.call_at(self.deadline, self.wake)
            return
        action, self.action = self.action, None
        action()


class BodyStream:
    """The body of one message as it arrives: fed by the parser, taken by one reader.

    `on_pause` and `on_resume` stop and start the wire; `on_wanted` is called before the reader waits.
    """

    def __init__(self, max_buffered_bytes: int, *, on_pause: Callable[[], None], on_resume: Callable[[], None]) -> None:
        self.max_buffered_bytes = max_buffered_bytes
        self.on_pause = on_pause
        self.on_resume = on_resume
        self.on_wanted: Callable[[], None] = ignore
        self.chunks: deque[bytes] = deque()
        self.buffered_bytes = 0
        self.is_complete = False
        self.is_paused = False
        self.error: Exception | None = None
        self.waiter: asyncio.Future[None] | None = None

    def feed(self, data: bytes) -> None:
        """A piece has arrived."""
        self.chunks.append(data)
        self.buffered_bytes += len(data)
        if self.buffered_bytes > self.max_buffered_bytes and not self.is_paused:
            self.is_paused = True
            self.on_pause()
        self.wake()

    def end(self) -> None:
        """The last piece has arrived."""
        self.is_complete = True
        self.wake()

    def fail(self, error: Exception) -> None:
        """No more will come: the reader gets `error` after what is there, unless the body was complete."""
        if not self.is_complete and self.error is None:
            self.error = error
        self.wake()

    def wake(self) -> None:
        """Let the reader look again."""
        if self.waiter is not None and not self.waiter.done():
            self.waiter.set_result(None)

    async def next_chunk(self) -> bytes:
        """The next piece; empty at the end.

        Raises:  PeerLostError or HttpRefusal, whichever ended the body early.
        """
        while not self.chunks:
            if self.is_complete:
                return b""
            if self.error is not None:
                raise self.error
            self.on_wanted()
            await self.wait()
        data = self.chunks.popleft()
        if self.chunks and len(data) < SMALL_BYTES:
            data = self.join_small(data)
        self.buffered_bytes -= len(data)
        if self.is_paused and self.buffered_bytes <= self.max_buffered_bytes // 2:
            self.is_paused = False
            self.on_resume()
        return data

    def join_small(self, data: bytes) -> bytes:
        """`data` with what has arrived behind it, as long as that is small: a peer that sends bytes costs no more."""
        pieces, size = [data], len(data)
        while self.chunks and size + len(self.chunks[0]) <= SMALL_BYTES:
            pieces.append(self.chunks.popleft())
            size += len(pieces[-1])
        return b"".join(pieces)

    async def wait(self) -> None:
        """Wait until something changed."""
        if self.waiter is not None:
            raise RuntimeError("A body has one reader; two were waiting for it.")
        self.waiter = asyncio.get_running_loop().create_future()
        try:
            await self.waiter
        finally:
            self.waiter = None

    async def iterate(self) -> AsyncIterator[bytes]:
        """Piece after piece, to the end."""
        while chunk := await self.next_chunk():
            yield chunk

    async def read(self, max_bytes: int) -> bytes:
        """The whole body.

        Raises:  HttpRefusal(413) as soon as it is longer than `max_bytes`.
        """
        pieces = []
        size = 0
        while chunk := await self.next_chunk():
            size += len(chunk)
            if size > max_bytes:
                raise HttpRefusal(413, "Content Too Large", f"The body is longer than {max_bytes} bytes.")
            pieces.append(chunk)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)


class WriteGate:
    """Whether the wire takes more: closed by pause_writing, opened by resume_writing or the end."""

    def __init__(self) -> None:
        self.is_full = False
        self.error: Exception | None = None
        self.waiters: set[asyncio.Future[None]] = set()

    def close(self) -> None:
        """The wire is full."""
        self.is_full = True

    def open(self) -> None:
        """The wire has room."""
        self.is_full = False
        for waiter in self.waiters:
            if not waiter.done():
                waiter.set_result(None)

    def fail(self, error: Exception) -> None:
        """The wire is gone: every writer learns it."""
        self.error = self.error or error
        self.open()

    async def drain(self, timeout_seconds: float) -> None:
        """Come back when the wire takes more.

        Raises:  PeerLostError when it is gone or stays full for `timeout_seconds`.
        """
        if self.error is not None:
            raise self.error
        if not self.is_full:
            return
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.waiters.add(waiter)
        try:
            async with asyncio.timeout(timeout_seconds):
                await waiter
        except TimeoutError:
            detail = f"The peer took nothing for {timeout_seconds:g} seconds."
            raise PeerLostError(detail, code="io_error") from None
        finally:
            self.waiters.discard(waiter)
        if self.error is not None:
            raise self.error


def ignore() -> None:
    """Do nothing."""
