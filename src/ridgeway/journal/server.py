"""The one writer: it takes what queued, commits it in one transaction, then acknowledges each.

Law: no answer before the commit. While one group is being committed in the writer's thread, the loop gathers the next;
the group is handed over whole, so that the thread crosses into Python once for each group and not once for each
record. A store that raises something unknown stops the process: nothing is acknowledged after that.
Read next: `client.py`; `docs/decisions` on the journal's measurements (benchmarks/journal.py).
"""

import asyncio
import contextlib
import os
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import MappingProxyType
from typing import IO, Protocol, Self, TypeVar, cast

from ridgeway.errors import MessageError, NetworkError, RidgewayError
from ridgeway.journal.frames import APPEND, Answer, Entry, FrameReader, Request, read_request, refusal, write_frame
from ridgeway.journal.limits import USUAL_LIMITS, JournalLimits
from ridgeway.journal.places import lock_place, prepare_folder, require_short_path
from ridgeway.telemetry import Durations

T = TypeVar("T")
Handler = Callable[[bytes], Awaitable[bytes]]


class Store(Protocol):
    """Where a journal keeps what it is given; called in the writer's thread alone."""

    def commit(self, batch: Sequence[Entry]) -> Sequence[bytes | RidgewayError]:
        """Every entry is durable, or its place in the answer says why not; one transaction for all.

        Raises:  RidgewayError when none is.
        """
        ...

    def close(self) -> None:
        """Nothing is open any more."""
        ...


class JournalServer:
    """Serves `path`: `append` goes to the store in groups, any other verb to its handler.

    `admit` is asked before each append and raises what the caller shall see when nothing may be appended now.
    Without a thread the loop waits for each commit: quicker by a third for a local file, wrong for a remote server.
    """

    def __init__(
        self,
        store: Store,
        path: Path,
        *,
        handlers: Mapping[str, Handler] = MappingProxyType({}),
        admit: Callable[[], None] = lambda: None,
        limits: JournalLimits = USUAL_LIMITS,
        has_thread: bool = True,
    ) -> None:
        self.store = store
        self.path = path
        self.handlers = handlers
        self.admit = admit
        self.limits = limits
        self.has_thread = has_thread
        self.queue: deque[tuple[Peer, Request]] = deque()
        self.queued_bytes = 0
        self.arrived = asyncio.Event()
        self.peers: set[Peer] = set()
        self.writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="journal-writer")
        self.tasks: set[asyncio.Task[None]] = set()
        self.lock: IO[bytes] | None = None
        self.server: asyncio.Server | None = None
        self.committing: asyncio.Task[None] | None = None
        self.failure: asyncio.Future[None] | None = None
        self.commit_durations = Durations()
        self.committed_entries = 0

    async def __aenter__(self) -> Self:
        """The socket answers."""
        require_short_path(self.path)
        prepare_folder(self.path)
        self.lock = lock_place(self.path)
        self.path.unlink(missing_ok=True)
        before = os.umask(0o177)
        try:
            self.server = await asyncio.get_running_loop().create_unix_server(lambda: Peer(self), str(self.path))
        finally:
            os.umask(before)
        self.failure = asyncio.get_running_loop().create_future()
        self.committing = asyncio.create_task(self.commit_groups(), name="journal")
        self.committing.add_done_callback(self.note_failure)
        return self

    async def __aexit__(self, *_: object) -> None:
        """What was taken is committed and answered; then the socket is gone and the store closed."""
        assert self.server is not None
        assert self.committing is not None
        self.server.close()
        self.path.unlink(missing_ok=True)
        for peer in list(self.peers):
            peer.pause()
        if not self.committing.done():
            await self.settle()
            self.committing.cancel()
        for task in list(self.tasks):
            task.cancel()
        await asyncio.gather(self.committing, *self.tasks, return_exceptions=True)
        assert self.failure is not None
        self.failure.cancel()
        for peer in list(self.peers):
            peer.close()
        await self.execute(self.store.close)
        self.writer.shutdown()
        if self.lock is not None:
            self.lock.close()

    async def wait(self) -> None:
        """Return never, or raise what stopped the writer."""
        assert self.failure is not None
        await asyncio.shield(self.failure)

    def note_failure(self, task: asyncio.Task[None]) -> None:
        """A task is done; what it raised beside our errors stops the writer."""
        self.tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None and self.failure is not None and not self.failure.done():
            self.failure.set_exception(error)

    async def settle(self) -> None:
        """Everything that was queued is committed."""
        assert self.committing is not None
        while self.queue and not self.committing.done():
            self.arrived.set()
            await asyncio.sleep(0.005)
        await self.execute(lambda: None)
        await asyncio.sleep(0)

    async def execute(self, work: Callable[[], T]) -> T:
        """The value of `work`, done in the writer's thread between two groups, or at once where there is none."""
        if not self.has_thread:
            return work()
        return await asyncio.get_running_loop().run_in_executor(self.writer, work)

    def take(self, peer: "Peer", request: Request) -> None:
        """One request came."""
        if request.verb != APPEND:
            task = asyncio.create_task(self.handle(peer, request))
            self.tasks.add(task)
            task.add_done_callback(self.note_failure)
            return
        try:
            self.admit()
        except RidgewayError as error:
            peer.answer(refusal(request.number, error))
            return
        self.queue.append((peer, request))
        self.queued_bytes += len(request.body)
        self.arrived.set()
        if self.is_full():
            for each in self.peers:
                each.pause()

    def is_full(self) -> bool:
        """Whether no more may be taken until a commit makes room."""
        return len(self.queue) >= self.limits.max_queued_records or self.queued_bytes >= self.limits.max_queued_bytes

    def next_group(self) -> list[tuple["Peer", Request]]:
        """Everything that queued, as far as one transaction may hold it."""
        group: list[tuple[Peer, Request]] = []
        size = 0
        while self.queue and len(group) < self.limits.max_batch_records and size < self.limits.max_batch_bytes:
            group.append(self.queue.popleft())
            size += len(group[-1][1].body)
        self.queued_bytes -= size
        return group

    async def commit_groups(self) -> None:
        """Commit group after group, and answer each request once its group is durable."""
        while True:
            await self.arrived.wait()
            self.arrived.clear()
            while group := self.next_group():
                entries = [Entry(request.body, request.key) for _, request in group]
                for (peer, request), answer in zip(group, await self.commit(entries), strict=True):
                    peer.answer(answer_of(request, answer))
                if not self.is_full():
                    for peer in self.peers:
                        peer.resume()

    async def commit(self, entries: list[Entry]) -> Sequence[bytes | RidgewayError]:
        """What each entry is answered."""
        start = time.monotonic()
        try:
            answers = await self.execute(lambda: self.store.commit(entries))
        except RidgewayError as error:
            return [error] * len(entries)
        self.commit_durations.add(time.monotonic() - start)
        self.committed_entries += len(entries)
        return answers

    async def handle(self, peer: "Peer", request: Request) -> None:
        """Answer a request that is no append."""
        handler = self.handlers.get(request.verb)
        try:
            if handler is None:
                known = ", ".join(sorted(self.handlers)) or "append alone"
                raise MessageError("invalid_request", f"The verb {request.verb!r} is not known; known: {known}.")
            peer.answer(Answer(request.number, await handler(request.body)))
        except RidgewayError as error:
            peer.answer(refusal(request.number, error))


def answer_of(request: Request, answer: bytes | RidgewayError) -> Answer:
    """What goes back for `request`."""
    return refusal(request.number, answer) if isinstance(answer, RidgewayError) else Answer(request.number, answer)


class Peer(asyncio.Protocol):
    """One connection."""

    def __init__(self, server: JournalServer) -> None:
        self.server = server
        self.frames = FrameReader(server.limits.max_frame_bytes)
        self.transport: asyncio.Transport | None = None
        self.is_paused = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client is there."""
        # uvloop's transports have the methods but not the class.
        self.transport = cast("asyncio.Transport", transport)
        if len(self.server.peers) >= self.server.limits.max_connections:
            self.transport.abort()
            return
        self.server.peers.add(self)
        if self.server.is_full():
            self.pause()

    def connection_lost(self, exc: Exception | None) -> None:
        """A client is gone; what it sent is committed all the same."""
        del exc
        self.transport = None
        self.server.peers.discard(self)

    def data_received(self, data: bytes) -> None:
        """Take each request that is complete; a frame that is none ends the connection."""
        try:
            for content in self.frames.feed(data):
                self.server.take(self, read_request(content))
        except NetworkError as error:
            self.answer(refusal(0, error))
            self.close()

    def answer(self, answer: Answer) -> None:
        """Send, unless the client is gone."""
        if self.transport is not None:
            self.transport.write(write_frame(answer))

    def pause(self) -> None:
        """Read no more for now."""
        if self.transport is not None and not self.is_paused:
            self.is_paused = True
            with contextlib.suppress(RuntimeError):
                self.transport.pause_reading()

    def resume(self) -> None:
        """Read again."""
        if self.transport is not None and self.is_paused:
            self.is_paused = False
            self.transport.resume_reading()

    def close(self) -> None:
        """Send what is left and end the connection."""
        if self.transport is not None:
            self.transport.close()
