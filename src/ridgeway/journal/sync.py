"""The client's side of the journal for programs with threads: each request has a connection to itself while it waits.

Law: as `client.py`: an answer means that the request is durable, and only a request with a key is repeated when its
connection is lost. Idle connections are kept for the next request of any thread; one that waited longer than its time
is closed, so that a late answer never reaches another request. After a fork the child opens its own.
"""

import itertools
import os
import socket
import threading
import time
from pathlib import Path
from typing import Self

from ridgeway.errors import NetworkError
from ridgeway.journal.frames import APPEND, Answer, FrameReader, Request, error_of, read_answer, write_frame
from ridgeway.journal.limits import USUAL_LIMITS, JournalLimits
from ridgeway.journal.places import require_short_path

READ_BYTES = 65_536
FRAME_OVERHEAD_BYTES = 1024


class SyncJournalClient:
    """Requests to the writer at `path`, from any number of threads; nothing is opened before the first."""

    def __init__(self, path: Path, *, limits: JournalLimits = USUAL_LIMITS) -> None:
        require_short_path(path)
        self.path = path
        self.limits = limits
        self.numbers = itertools.count(1)
        self.idle: list[SyncLink] = []
        self.guard = threading.Lock()
        self.owner = os.getpid()

    def __enter__(self) -> Self:
        """Nothing is opened yet."""
        return self

    def __exit__(self, *_: object) -> None:
        """The idle connections are closed."""
        self.close()

    def close(self) -> None:
        """The idle connections are closed; those in use are closed when their request is over."""
        with self.guard:
            links, self.idle = self.idle, []
        for link in links:
            link.close()

    def append(self, body: bytes, *, key: str = "", timeout_seconds: float | None = None) -> bytes:
        """`body` is durable; the answer is the store's.

        Raises:  NetworkError when the writer cannot be reached or did not answer (a request with a `key` is repeated
                 until the time is up); else the error that the store raised.
        """
        return self.ask(APPEND, body, key=key, timeout_seconds=timeout_seconds)

    def ask(self, verb: str, body: bytes = b"", *, key: str = "", timeout_seconds: float | None = None) -> bytes:
        """The writer's answer to one request.

        Raises:  as `append`.
        """
        limit = self.limits.answer_timeout_seconds if timeout_seconds is None else timeout_seconds
        if len(body) + len(key) + FRAME_OVERHEAD_BYTES > self.limits.max_frame_bytes:
            raise NetworkError(
                "io_error", f"A request of {len(body)} bytes is too long; at most {self.limits.max_frame_bytes} pass."
            )
        end = time.monotonic() + limit
        try:
            answer = self.ask_until_answered(Request(next(self.numbers), verb, body, key), end=end)
        except TimeoutError as error:
            raise NetworkError("network_error", f"{self.path} did not answer within {limit} seconds.") from error
        if answer.error:
            raise error_of(answer)
        return answer.body

    def ask_until_answered(self, request: Request, *, end: float) -> Answer:
        """Ask once, or with a key as often as the connection is lost.

        Raises:  TimeoutError at `end`; NetworkError.
        """
        frame = write_frame(request)
        while True:
            link = self.take_link(end=end)
            try:
                answer = link.ask(frame, number=request.number, end=end)
            except LinkLostError as error:
                link.close()
                if not request.key:
                    raise NetworkError(
                        "network_error", f"The connection to {self.path} was lost before an answer came."
                    ) from error
                time.sleep(min(self.limits.connect_pause_seconds, remaining_until(end)))
            except BaseException:
                link.close()
                raise
            else:
                self.keep(link)
                return answer

    def take_link(self, *, end: float) -> "SyncLink":
        """An idle connection that still stands, or a new one, for this thread alone."""
        while True:
            with self.guard:
                self.forget_parents_links()
                link = self.idle.pop() if self.idle else None
            if link is None:
                return self.open_link(end=end)
            if link.is_open():
                return link
            link.close()

    def forget_parents_links(self) -> None:
        """In a child process the connections of its parent are let go: two must not read from one."""
        if self.owner != os.getpid():
            self.owner = os.getpid()
            links, self.idle = self.idle, []
            for link in links:
                link.close()

    def keep(self, link: "SyncLink") -> None:
        """The connection is free for the next request."""
        with self.guard:
            self.idle.append(link)

    def open_link(self, *, end: float) -> "SyncLink":
        """A new connection; while nobody listens it is tried again.

        Raises:  NetworkError when none can be made in time; TimeoutError when the request's own time is over first.
        """
        give_up = time.monotonic() + self.limits.connect_timeout_seconds
        while True:
            link = SyncLink(self.limits.max_frame_bytes)
            try:
                link.connect(self.path, timeout_seconds=remaining_until(min(end, give_up)))
            except OSError as error:
                link.close()
                if time.monotonic() + self.limits.connect_pause_seconds >= give_up:
                    reason = error.strerror or "no answer in time"
                    raise NetworkError(
                        "network_error", f"Nobody answers at {self.path} ({reason}); is its process running?"
                    ) from error
                time.sleep(min(self.limits.connect_pause_seconds, remaining_until(end)))
            else:
                return link


class LinkLostError(Exception):
    """The connection ended before the answer came."""


class SyncLink:
    """One connection, used by one thread at a time."""

    def __init__(self, max_frame_bytes: int) -> None:
        self.frames = FrameReader(max_frame_bytes)
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)

    def connect(self, path: Path, *, timeout_seconds: float) -> None:
        """The writer is there.

        Raises:  OSError.
        """
        self.socket.settimeout(timeout_seconds)
        self.socket.connect(str(path))

    def is_open(self) -> bool:
        """Whether the writer still holds its end, and has sent nothing that nobody asked for."""
        try:
            self.socket.setblocking(False)
            self.socket.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False

    def ask(self, frame: bytes, *, number: int, end: float) -> Answer:
        """The answer to the request of that number.

        Raises:  LinkLostError; TimeoutError at `end`.
        """
        try:
            self.socket.settimeout(remaining_until(end))
            self.socket.sendall(frame)
            return self.receive(number, end=end)
        except TimeoutError:
            raise
        except OSError as error:
            raise LinkLostError from error

    def receive(self, number: int, *, end: float) -> Answer:
        """The next answer, which must be the one that is awaited.

        Raises:  LinkLostError; TimeoutError at `end`; OSError.
        """
        while True:
            self.socket.settimeout(remaining_until(end))
            data = self.socket.recv(READ_BYTES)
            if not data:
                raise LinkLostError
            try:
                for content in self.frames.feed(data):
                    answer = read_answer(content)
                    if answer.number == number:
                        return answer
                    raise LinkLostError
            except NetworkError as error:
                raise LinkLostError from error

    def close(self) -> None:
        """The connection ends."""
        self.socket.close()


def remaining_until(end: float) -> float:
    """The seconds until `end` of the monotonic clock; more than none.

    Raises:  TimeoutError when it has come.
    """
    left = end - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
