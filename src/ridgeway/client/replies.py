"""What a service may answer: JSON, bytes, a file, or pieces as they are made.

Law: whatever has a known length says so; a stream that breaks off kills the connection, so nobody takes it for whole.
"""

import mimetypes
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from ridgeway.client.files import read_pieces
from ridgeway.http import ResponseWriter

REASONS = {200: "OK", 201: "Created", 202: "Accepted", 204: "No Content", 304: "Not Modified", 400: "Bad Request"}
REASONS |= {403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 409: "Conflict", 413: "Content Too Large"}
REASONS |= {415: "Unsupported Media Type", 422: "Unprocessable Content", 500: "Internal Server Error"}

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """Bytes with a status and header fields."""

    body: bytes = b""
    status: int = 200
    headers: Pairs = ()


@dataclass(frozen=True, slots=True)
class JsonReply:
    """A value (also dataclasses, dates, decimals) as JSON."""

    value: Any
    status: int = 200
    headers: Pairs = ()


@dataclass(frozen=True, slots=True)
class FileReply:
    """A file, streamed."""

    path: Path
    content_type: str = ""
    status: int = 200
    headers: Pairs = ()


@dataclass(frozen=True, slots=True)
class StreamReply:
    """Pieces as they are made; chunked unless the headers state a Content-Length."""

    chunks: AsyncIterator[bytes]
    content_type: str = "application/octet-stream"
    status: int = 200
    headers: Pairs = ()


AnyReply = Reply | JsonReply | FileReply | StreamReply


def as_reply(value: object) -> AnyReply:
    """What a route returned, as a reply: a reply itself, nothing (204), bytes, or a value for JSON."""
    if isinstance(value, AnyReply):
        return value
    if value is None:
        return Reply(status=204)
    if isinstance(value, bytes):
        return Reply(value, headers=(("Content-Type", "application/octet-stream"),))
    return JsonReply(value)


async def send_reply(reply: AnyReply, response: ResponseWriter) -> None:
    """The reply is on its way, whole."""
    reason = REASONS.get(reply.status, "")
    match reply:
        case Reply():
            await response.send(reply.status, reason, reply.headers, reply.body)
        case JsonReply():
            fields = [("Content-Type", "application/json"), *reply.headers]
            await response.send(reply.status, reason, fields, msgspec.json.encode(reply.value))
        case FileReply():
            kind = reply.content_type or mimetypes.guess_type(reply.path.name)[0] or "application/octet-stream"
            length = str(reply.path.stat().st_size)
            fields = [("Content-Type", kind), *reply.headers, ("Content-Length", length)]
            await response.start(reply.status, reason, fields)
            await send_pieces(read_pieces(reply.path), response)
        case StreamReply():
            await response.start(reply.status, reason, [("Content-Type", reply.content_type), *reply.headers])
            await send_pieces(reply.chunks, response)


async def send_pieces(pieces: AsyncIterator[bytes], response: ResponseWriter) -> None:
    """Every piece is sent and the answer finished."""
    async for piece in pieces:
        await response.write(piece)
    await response.finish()
