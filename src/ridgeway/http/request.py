"""A request as a handler sees it: the head at once, the body as it comes.

Law: nothing is normalised. The target is the raw bytes of the request line, header names keep their case and order.
"""

import re
from collections.abc import AsyncIterator

from ridgeway.http.flow import BodyStream
from ridgeway.http.headers import Headers
from ridgeway.http.values import Connection

ABSOLUTE = re.compile(rb"https?://[^/?#@]+(?=[/?]|$)", re.IGNORECASE)


class Request:
    """One request. `target` is raw, without scheme and host where a client sent them; `connection` says who sent it."""

    __slots__ = ("connection", "headers", "method", "stream", "target", "version")

    def __init__(self, method: str, target: bytes, headers: Headers, *, version: str, connection: Connection) -> None:
        self.method = method
        self.target = find_origin_form(target)
        self.headers = headers
        self.version = version
        self.connection = connection
        self.stream: BodyStream

    def body(self) -> AsyncIterator[bytes]:
        """The body, piece by piece as it arrives; the client is slowed down to the reader's pace."""
        return self.stream.iterate()

    async def read(self, max_bytes: int) -> bytes:
        """The whole body.

        Raises:  HttpRefusal(413) when it is longer than `max_bytes`; others when it ends early.
        """
        return await self.stream.read(max_bytes)

    def __repr__(self) -> str:
        return f"Request({self.method} {self.target!r} from {self.connection.remote_address})"


def find_origin_form(target: bytes) -> bytes:
    """The path and query of a target that may be a whole address, as clients send it that know of a proxy.

    Source:  RFC 9112 §3.2.2: a server must take it, and looks at the rest alone.
    """
    found = ABSOLUTE.match(target)
    if found is None:
        return target
    rest = target[found.end() :]
    return rest if rest.startswith(b"/") else b"/" + rest
