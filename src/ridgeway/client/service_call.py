"""One call as a service sees it: who calls, the path, the query, and the body as JSON, bytes, a file or a stream.

Law: nothing is read before the route asks, and never more than its limit.
"""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import msgspec

from ridgeway.client.caller import Caller, parse_caller
from ridgeway.client.files import write_pieces
from ridgeway.errors import MessageError
from ridgeway.http import Headers, HttpRefusal, Request

T = TypeVar("T")

MAX_QUERY_FIELDS = 1000


class ServiceCall:
    """One call of a service."""

    def __init__(self, request: Request, *, path: str, raw_query: str, max_body_bytes: int) -> None:
        self.request = request
        self.path = path
        self.raw_query = raw_query
        self.max_body_bytes = max_body_bytes

    @property
    def method(self) -> str:
        """The HTTP method."""
        return self.request.method

    @property
    def headers(self) -> Headers:
        """Every header field, as it came."""
        return self.request.headers

    @property
    def caller(self) -> Caller:
        """Who calls; MessageError, answered 400, when no security server says."""
        return parse_caller(self.request.headers)

    @property
    def query(self) -> dict[str, str]:
        """The query; of a repeated name the last value."""
        return dict(self.query_pairs)

    @property
    def query_pairs(self) -> list[tuple[str, str]]:
        """The query, in order, with repeated names."""
        try:
            return parse_qsl(self.raw_query, keep_blank_values=True, errors="strict", max_num_fields=MAX_QUERY_FIELDS)
        except ValueError as error:
            raise MessageError("bad_request", f"The query cannot be read: {error}.") from error

    def body(self) -> AsyncIterator[bytes]:
        """The body piece by piece; the limit of this route applies."""
        return self.limited()

    async def limited(self) -> AsyncIterator[bytes]:
        """The body, as long as it is within the limit."""
        size = 0
        async for piece in self.request.body():
            size += len(piece)
            if size > self.max_body_bytes:
                raise HttpRefusal(413, "Content Too Large", f"The body is longer than {self.max_body_bytes} bytes.")
            yield piece

    async def read(self) -> bytes:
        """The whole body, within the limit of this route."""
        return await self.request.read(self.max_body_bytes)

    async def json(self, kind: type[T] | Any = Any) -> T | Any:
        """The body as JSON, checked against `kind` (a dataclass, `dict[str, int]`, …).

        Raises:  MessageError, answered 400, which says where it does not fit.
        """
        try:
            return msgspec.json.decode(await self.read(), type=kind)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise MessageError("bad_request", f"The body is not the JSON that is expected: {error}.") from error

    async def save(self, path: Path) -> int:
        """The body is in the file at `path`; its length. Nothing stays of one that breaks off."""
        return await write_pieces(path, self.body())
