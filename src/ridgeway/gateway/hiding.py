"""Descriptions made fit to leave, without holding messages up.

Law: a large description takes seconds to read. So it is read beside the loop, one at a time, and what came of it is
kept by its digest: whoever asks again and again costs one reading.
"""

import asyncio
import hashlib
from collections.abc import Callable

from ridgeway.errors import MessageError

MAX_KEPT_BYTES = 32 * 1024 * 1024
"""What is kept of answers; everything is forgotten when it is more."""

Hide = Callable[[bytes], bytes]


class Hiding:
    """Hides addresses in descriptions."""

    def __init__(self, *, max_kept_bytes: int = MAX_KEPT_BYTES) -> None:
        self.max_kept_bytes = max_kept_bytes
        self.kept: dict[tuple[Hide, bytes], bytes | MessageError] = {}
        self.kept_bytes = 0
        self.turn = asyncio.Lock()

    async def apply(self, hide: Hide, data: bytes) -> bytes:
        """What `hide` makes of a description.

        Raises:  MessageError when it is none.
        """
        key = (hide, hashlib.sha256(data).digest())
        async with self.turn:
            if key not in self.kept:
                self.keep(key, await asyncio.to_thread(attempt, hide, data))
            found = self.kept[key]
        if isinstance(found, MessageError):
            raise MessageError(found.code, found.detail, action=found.action)
        return found

    def keep(self, key: tuple[Hide, bytes], found: bytes | MessageError) -> None:
        """The outcome is kept."""
        size = len(found) if isinstance(found, bytes) else len(found.detail)
        if self.kept_bytes + size > self.max_kept_bytes:
            self.kept.clear()
            self.kept_bytes = 0
        self.kept[key] = found
        self.kept_bytes += size


def attempt(hide: Hide, data: bytes) -> bytes | MessageError:
    """What `hide` returned or refused with."""
    try:
        return hide(data)
    except MessageError as error:
        return MessageError(error.code, error.detail, action=error.action)
