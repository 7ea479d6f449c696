"""Bodies in transit: hashed as they pass, held in memory while short and in a file when long.

Law: memory stays bounded however long the body is; a file is unlinked as soon as it is open, so that a crash leaves
nothing behind; the digest is of every byte that passed.
"""

import hashlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ridgeway.errors import MessageError, MessageLogError
from ridgeway.protocol.exchange.values import LoggedBody

READ_BYTES = 128 * 1024


@dataclass(frozen=True, slots=True)
class SpoolLimits:
    """How much of a body passes, stays in memory, and is logged; all in bytes."""

    folder: Path
    max_body_bytes: int
    max_in_memory_bytes: int
    max_loggable_bytes: int


class BodyCopies:
    """The bodies of one message that pass through: hashed, and copied for the log while all copies are short enough."""

    def __init__(self, limits: SpoolLimits) -> None:
        self.limits = limits
        self.size = 0
        self.left = limits.max_loggable_bytes
        self.bodies: list[LoggedBody] = []
        self.begin()

    def begin(self) -> None:
        """The next body begins."""
        self.hash = hashlib.sha512()
        self.start = self.size
        self.kept: bytearray | None = bytearray()

    def feed(self, chunk: bytes) -> None:
        """Count, hash and keep `chunk`.

        Raises:  MessageError(invalid_request) when the bodies grow beyond `max_body_bytes`.
        """
        self.size += len(chunk)
        require_size(self.size, self.limits)
        self.hash.update(chunk)
        if self.size - self.start > self.left:
            self.kept = None
        elif self.kept is not None:
            self.kept += chunk

    def end(self) -> None:
        """The body is complete."""
        content = None if self.kept is None else bytes(self.kept)
        self.left -= len(content or b"")
        self.bodies.append(LoggedBody(self.hash.digest(), self.size - self.start, content))

    def logged(self) -> tuple[LoggedBody, ...]:
        """The bodies as they are logged; the content of those that no longer fitted is absent."""
        return tuple(self.bodies)


@dataclass(frozen=True, slots=True)
class HeldBody:
    """One REST body or attachment that is held: the type and headers of its part, where it lies, its SHA-512."""

    content_type: str | None
    headers: tuple[tuple[str, str], ...]
    start: int
    size: int
    digest: bytes


class BodySpool:
    """Bodies that are held back until they are proven, one after the other, and can be read once they are."""

    def __init__(self, limits: SpoolLimits) -> None:
        self.limits = limits
        self.hash = hashlib.sha512()
        self.size = 0
        self.bodies: list[HeldBody] = []
        self.head: tuple[str | None, tuple[tuple[str, str], ...]] = (None, ())
        self.start = 0
        self.file: IO[bytes] = tempfile.SpooledTemporaryFile(  # noqa: SIM115 — closed by close()
            max_size=limits.max_in_memory_bytes, dir=str(limits.folder)
        )

    def begin(self, content_type: str | None = None, headers: tuple[tuple[str, str], ...] = ()) -> None:
        """The next body begins."""
        self.hash = hashlib.sha512()
        self.head, self.start = (content_type, headers), self.size

    def feed(self, chunk: bytes) -> None:
        """Count, hash and hold `chunk`.

        Raises:  MessageError(invalid_request) beyond `max_body_bytes`, MessageLogError(io_error) on a full disk.
        """
        self.size += len(chunk)
        require_size(self.size, self.limits)
        self.hash.update(chunk)
        try:
            self.file.write(chunk)
        except OSError as error:
            raise MessageLogError(
                "io_error", f"A body cannot be spooled to {self.limits.folder}: {error.strerror}."
            ) from error

    def end(self) -> None:
        """The body is complete."""
        self.bodies.append(HeldBody(*self.head, self.start, self.size - self.start, self.hash.digest()))

    def logged(self) -> tuple[LoggedBody, ...]:
        """The bodies as they are logged; the content of those that no longer fit is absent."""
        left = self.limits.max_loggable_bytes
        logged = []
        for body in self.bodies:
            content = None
            if body.size <= left:
                left -= body.size
                self.file.seek(body.start)
                content = self.file.read(body.size)
            logged.append(LoggedBody(body.digest, body.size, content))
        return tuple(logged)

    def chunks(self, body: HeldBody) -> Iterator[bytes]:
        """One body from its start, in pieces of at most `READ_BYTES`."""
        at, end = body.start, body.start + body.size
        while at < end:
            self.file.seek(at)
            chunk = self.file.read(min(READ_BYTES, end - at))
            at += len(chunk)
            yield chunk

    def close(self) -> None:
        """Let go of the memory or the file."""
        self.file.close()


def require_size(size: int, limits: SpoolLimits) -> None:
    """Hold only while a body is within `max_body_bytes`."""
    if size > limits.max_body_bytes:
        raise MessageError(
            "invalid_request", f"The body is longer than the {limits.max_body_bytes} bytes that this server passes."
        )
