"""The client's side of the journal: one connection for all of a process's requests.

Law: `append` returns only when the writer said that the record is durable. When the connection is lost before that,
nobody knows; so the request is repeated only when it carries a key, and else the caller is told.
"""

import asyncio
import itertools
from pathlib import Path
from typing import Self, cast

from ridgeway.errors import NetworkError
from ridgeway.journal.frames import APPEND, Answer, FrameReader, Request, error_of, read_answer, write_frame
from ridgeway.journal.limits import USUAL_LIMITS, JournalLimits
from ridgeway.journal.places import require_short_path


class JournalClient:
    """Requests to the writer at `path`; it connects when first needed, and again after a loss."""

    def __init__(self, path: Path, *, limits: JournalLimits = USUAL_LIMITS) -> None:
        require_short_path(path)
        self.path = path
        self.limits = limits
        self.numbers = itertools.count(1)
        self.link: Link | None = None
        self.connecting = asyncio.Lock()

    async def __aenter__(self) -> Self:
        """Nothing is opened yet."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """The connection is closed."""
        await self.close()

    async def close(self) -> None:
        """The connection is closed; whoever waits is told so."""
        if self.link is not None:
            self.link.close()
            self.link = None

    async def append(self, body: bytes, *, key: str = "", timeout_seconds: float | None = None) -> bytes:
        """`body` is durable; the answer is the store's.

        Raises:  NetworkError when the writer cannot be reached or did not answer (a request with a `key` is repeated
                 until the time is up); else the error that the store raised.
        """
        return await self.ask(APPEND, body, key=key, timeout_seconds=timeout_seconds)

    async def ask(self, verb: str, body: bytes = b"", *, key: str = "", timeout_seconds: float | None = None) -> bytes:
        """The writer's answer to one request.

        Raises:  as `append`.
        """
        limit = self.limits.answer_timeout_seconds if timeout_seconds is None else timeout_seconds
        if len(body) + len(key) + 1024 > self.limits.max_frame_bytes:
            raise NetworkError(
                "io_error", f"A request of {len(body)} bytes is too long; at most {self.limits.max_frame_bytes} pass."
            )
        try:
            async with asyncio.timeout(limit):
                return await self.ask_until_answered(verb, body, key)
        except TimeoutError as error:
            raise NetworkError("network_error", f"{self.path} did not answer within {limit} seconds.") from error

    async def ask_until_answered(self, verb: str, body: bytes, key: str) -> bytes:
        """Ask once, or with a `key` as often as the connection is lost."""
        while True:
            link = await self.connect()
            try:
                answer = await link.ask(Request(next(self.numbers), verb, body, key))
            except LinkLostError as error:
                if not key:
                    raise NetworkError(
                        "network_error", f"The connection to {self.path} was lost before an answer came."
                    ) from error
                await asyncio.sleep(self.limits.connect_pause_seconds)
                continue
            if answer.error:
                raise error_of(answer)
            return answer.body

    async def connect(self) -> "Link":
        """The open connection, or a new one.

        Raises:  NetworkError when none can be made in time.
        """
        async with self.connecting:
            if self.link is None or self.link.is_lost:
                self.link = await self.open_link()
            return self.link

    async def open_link(self) -> "Link":
        """A new connection; while nobody listens it is tried again."""
        loop = asyncio.get_running_loop()
        end = loop.time() + self.limits.connect_timeout_seconds
        while True:
            try:
                _, link = await loop.create_unix_connection(lambda: Link(self.limits.max_frame_bytes), str(self.path))
            except OSError as error:
                if loop.time() >= end:
                    raise NetworkError(
                        "network_error", f"Nobody answers at {self.path} ({error.strerror}); is its process running?"
                    ) from error
                await asyncio.sleep(self.limits.connect_pause_seconds)
            else:
                return link


class LinkLostError(Exception):
    """The connection ended before the answer came."""


class Link(asyncio.Protocol):
    """One connection and those who wait for an answer on it."""

    def __init__(self, max_frame_bytes: int) -> None:
        self.frames = FrameReader(max_frame_bytes)
        self.waiting: dict[int, asyncio.Future[Answer]] = {}
        self.transport: asyncio.Transport | None = None
        self.is_lost = False
        self.may_write = asyncio.Event()
        self.may_write.set()

    async def ask(self, request: Request) -> Answer:
        """The answer to `request`.

        Raises:  LinkLostError.
        """
        await self.may_write.wait()
        if self.transport is None or self.is_lost:
            raise LinkLostError
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self.waiting[request.number] = future
        try:
            self.transport.write(write_frame(request))
            return await future
        finally:
            self.waiting.pop(request.number, None)

    def close(self) -> None:
        """The connection ends."""
        self.is_lost = True
        if self.transport is not None:
            self.transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The writer is there."""
        # uvloop's transports have the methods but not the class.
        self.transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """Whoever waits is told."""
        self.is_lost = True
        self.transport = None
        self.may_write.set()
        for future in self.waiting.values():
            if not future.done():
                future.set_exception(LinkLostError(str(exc or "")))

    def data_received(self, data: bytes) -> None:
        """Hand each answer to the one who waits for it; an answer that cannot be read ends the connection."""
        try:
            for content in self.frames.feed(data):
                answer = read_answer(content)
                future = self.waiting.get(answer.number)
                if future is not None and not future.done():
                    future.set_result(answer)
        except NetworkError:
            self.close()

    def pause_writing(self) -> None:
        """The writer is behind; nothing more is sent for now."""
        self.may_write.clear()

    def resume_writing(self) -> None:
        """The writer took what was sent."""
        self.may_write.set()
