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


class BodyCopy:
    """A body that passes through: hashed, and copied for the log while it is short enough."""

    def __init__(self, limits: SpoolLimits) -> None:
        self.limits = limits
        self.hash = hashlib.sha512()
        self.size = 0
        self.kept: list[bytes] | None = []

    def feed(self, chunk: bytes) -> None:
        """Count, hash and keep `chunk`.

        Raises:  MessageError(invalid_request) when the body grows beyond `max_body_bytes`.
        """
        self.size += len(chunk)
        require_size(self.size, self.limits)
        self.hash.update(chunk)
        if self.size > self.limits.max_loggable_bytes:
            self.kept = None
        elif self.kept is not None:
            self.kept.append(chunk)

    def logged(self) -> LoggedBody:
        """The body as it is logged."""
        content = None if self.kept is None else b"".join(self.kept)
        return LoggedBody(self.hash.digest(), self.size, content)

    def close(self) -> None:
        """Nothing is held outside memory."""


class BodySpool:
    """A body that is held back until it is proven, and can be read once it is."""

    def __init__(self, limits: SpoolLimits) -> None:
        self.limits = limits
        self.hash = hashlib.sha512()
        self.size = 0
        self.file: IO[bytes] = tempfile.SpooledTemporaryFile(  # noqa: SIM115 — closed by close()
            max_size=limits.max_in_memory_bytes, dir=str(limits.folder)
        )

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

    def logged(self) -> LoggedBody:
        """The body as it is logged; its content is absent when it is too long."""
        content = None
        if self.size <= self.limits.max_loggable_bytes:
            self.file.seek(0)
            content = self.file.read()
        return LoggedBody(self.hash.digest(), self.size, content)

    def chunks(self) -> Iterator[bytes]:
        """The body from its start, in pieces of at most `READ_BYTES`."""
        self.file.seek(0)
        while chunk := self.file.read(READ_BYTES):
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
