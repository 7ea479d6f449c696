"""Files as bodies: read and written in pieces, outside the event loop, so that size does not matter.

Law: a file that is being received carries another name until it is whole.
"""

import asyncio
import contextlib
import os
import tempfile
from collections.abc import AsyncIterable, AsyncIterator
from pathlib import Path

PIECE_BYTES = 256 * 1024


def body_length(body: bytes | Path) -> int:
    """How many bytes a body has."""
    return len(body) if isinstance(body, bytes) else body.stat().st_size


async def read_pieces(path: Path) -> AsyncIterator[bytes]:
    """The file's content, piece by piece."""
    file = await asyncio.to_thread(path.open, "rb")
    try:
        while piece := await asyncio.to_thread(file.read, PIECE_BYTES):
            yield piece
    finally:
        file.close()


async def write_pieces(path: Path, chunks: AsyncIterable[bytes], *, max_bytes: int | None = None) -> int:
    """Everything is in the file at `path`, and how many bytes that were; on failure the file is as it was.

    Raises:  ValueError when there are more than `max_bytes`.
    """
    handle, name = await asyncio.to_thread(tempfile.mkstemp, dir=path.parent, prefix=f".{path.name}.")
    size = 0
    try:
        with os.fdopen(handle, "wb") as file:
            async for chunk in chunks:
                size += len(chunk)
                if max_bytes is not None and size > max_bytes:
                    raise ValueError(f"There are more than {max_bytes} bytes.")
                await asyncio.to_thread(file.write, chunk)
        await asyncio.to_thread(os.replace, name, path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)  # noqa: PTH108 - one quick call that must not be awaited in a cancellation
    return size
