"""A request as a handler sees it: the head at once, the body as it comes.

Law: nothing is normalised. The target is the raw bytes of the request line, header names keep their case and order.
"""

from collections.abc import AsyncIterator

from ridgeway.http.flow import BodyStream
from ridgeway.http.headers import Headers
from ridgeway.http.values import Connection


class Request:
    """One request. `target` is raw; `connection` says who sent it."""

    __slots__ = ("connection", "headers", "method", "stream", "target", "version")

    def __init__(self, method: str, target: bytes, headers: Headers, *, version: str, connection: Connection) -> None:
        self.method = method
        self.target = target
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
