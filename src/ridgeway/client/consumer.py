"""Call a service through the consumer door of one's security server.

    async with AsyncClient("http://localhost:8080", "EX/GOV/1234/desk") as client:
        answer = await client.get("EX/GOV/5678/register/persons", "/38001085718")
        print(answer.json(), answer.query_id)

Law: a fault on the way raises `ServiceFault`; the service's own answer, whatever its status, is returned. Bodies in
memory have a limit; longer ones go to and from files or iterators in constant memory.
Read next: `sync.py` for programs without asyncio, `app.py` for the other side.
"""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, TypedDict, Unpack

import msgspec

from ridgeway.client.files import body_length, read_pieces, write_pieces
from ridgeway.client.soap import Attachment, SoapReply, read_reply, write_request
from ridgeway.client.target import (
    Extras,
    Query,
    as_client,
    as_service,
    as_soap_service,
    render_client_headers,
    render_container_target,
    render_target,
)
from ridgeway.client.values import ServiceFault, ServiceResponse, StreamedResponse, as_response, read_fault
from ridgeway.errors import WorldError
from ridgeway.http import ClientTls, Exchange, PeerLostError, Pool, PoolLimits, parse_url
from ridgeway.protocol.identifiers import ClientId, ServiceId
from ridgeway.protocol.messages import SecurityToken

MAX_BODY_BYTES = 10 * 1024 * 1024
MAX_FAULT_BYTES = 64 * 1024
NO_EXTRAS = Extras()

Body = bytes | Path | AsyncIterable[bytes]
"""What a request may carry: bytes, a file, or pieces as they are made."""


class RequestOptions(TypedDict, total=False):
    """What may be added to a request: a query, more header fields, a body or a value for JSON, ids and names."""

    query: Query | None
    headers: Iterable[tuple[str, str]]
    body: Body | None
    json: Any
    extras: Extras


class CallOptions(RequestOptions, total=False):
    """As well: `into`, a file for the answer's body, of which nothing stays when the answer breaks off."""

    into: Path


class SoapOptions(TypedDict, total=False):
    """What may be added to a SOAP request: attachments, ids and names, a token for the service."""

    attachments: Iterable[Attachment]
    extras: Extras
    security_token: SecurityToken | None


class AsyncClient:
    """One client (a subsystem) at one security server. `tls` is this system's own identity, where the door asks."""

    def __init__(
        self,
        door_url: str,
        client_id: ClientId | str,
        *,
        tls: ClientTls | None = None,
        limits: PoolLimits | None = None,
        max_body_bytes: int = MAX_BODY_BYTES,
    ) -> None:
        self.client = as_client(client_id)
        self.origin, base = parse_url(door_url, tls=tls)
        self.base = base.rstrip("/")
        self.limits = limits or PoolLimits()
        self.max_body_bytes = max_body_bytes
        self.pool: Pool | None = None

    async def __aenter__(self) -> "AsyncClient":
        self.pool = Pool(self.limits)
        return self

    async def __aexit__(self, *_exc: object) -> None:
        if self.pool is not None:
            await self.pool.close()
            self.pool = None

    async def get(self, service: ServiceId | str, path: str = "", **options: Unpack[CallOptions]) -> ServiceResponse:
        """GET: see `call` for the options."""
        return await self.call("GET", service, path, **options)

    async def post(self, service: ServiceId | str, path: str = "", **options: Unpack[CallOptions]) -> ServiceResponse:
        """POST: see `call` for the options."""
        return await self.call("POST", service, path, **options)

    async def put(self, service: ServiceId | str, path: str = "", **options: Unpack[CallOptions]) -> ServiceResponse:
        """PUT: see `call` for the options."""
        return await self.call("PUT", service, path, **options)

    async def delete(self, service: ServiceId | str, path: str = "", **options: Unpack[CallOptions]) -> ServiceResponse:
        """DELETE: see `call` for the options."""
        return await self.call("DELETE", service, path, **options)

    async def call(
        self, method: str, service: ServiceId | str, path: str = "", **options: Unpack[CallOptions]
    ) -> ServiceResponse:
        """The service's answer, whatever its status; see `CallOptions`.

        Raises:  ServiceFault from a security server; NetworkError when the door cannot be reached.
        """
        into = options.pop("into", None)
        async with self.stream(method, service, path, **options) as answer:  # type: ignore[misc]
            if into is not None:
                await write_pieces(into, answer.chunks)
                return answer.head
            body = await gather(answer.chunks, self.max_body_bytes)
            return ServiceResponse(answer.head.status, answer.head.reason, answer.head.headers, body)

    async def call_soap(self, service: ServiceId | str, body: bytes, **options: Unpack[SoapOptions]) -> SoapReply:
        """The answer of a SOAP service to `body`, one element whose name begins with the service's code.

        `service` may end in /VERSION. Raises:  ServiceFault of a security server or of the service; NetworkError.
        """
        content_type, request = write_request(
            self.client,
            as_soap_service(service),
            body,
            attachments=options.get("attachments", ()),
            extras=options.get("extras", NO_EXTRAS),
            security_token=options.get("security_token"),
        )
        fields = [("Content-Type", content_type), ("SOAPAction", '""')]
        async with self.send("POST", "/", fields, request) as answer:
            data = await gather(answer.chunks, self.max_body_bytes)
        return read_reply(answer.head.headers.get("Content-Type"), data)

    @asynccontextmanager
    async def stream(
        self, method: str, service: ServiceId | str, path: str = "", **options: Unpack[RequestOptions]
    ) -> AsyncIterator[StreamedResponse]:
        """The service's answer with its body still coming; raises like `call`."""
        fields = [*render_client_headers(self.client, options.get("extras", NO_EXTRAS)), *options.get("headers", ())]
        body = options.get("body")
        if "json" in options:
            body = msgspec.json.encode(options["json"])
            fields.append(("Content-Type", "application/json"))
        target = render_target(as_service(service), path, options.get("query"))
        async with self.send(method, target, fields, body) as answer:
            yield answer

    @asynccontextmanager
    async def send(
        self, method: str, target: str, fields: list[tuple[str, str]], body: Body | None
    ) -> AsyncIterator[StreamedResponse]:
        """One exchange with the door; a fault raises."""
        if self.pool is None:
            raise RuntimeError("The client is not open: use it as `async with AsyncClient(…) as client`.")
        async with AsyncExitStack() as stack:
            exchange = await stack.enter_async_context(self.pool.exchange(self.origin))
            length = [("Content-Length", str(body_length(body)))] if isinstance(body, bytes | Path) else []
            await exchange.start(method, self.base + target, [*fields, *length], has_body=body is not None)
            sending = asyncio.ensure_future(send_body(exchange, body))
            stack.push_async_callback(settle, sending)
            head = await exchange.response()
            if head.headers.has("X-Road-Error"):
                raise read_fault(head, await exchange.read(MAX_FAULT_BYTES))
            yield StreamedResponse(as_response(head), exchange.body())

    async def fetch_container(
        self, query_id: str, into: Path, *, flags: Iterable[str] = ("unique", "requestOnly")
    ) -> ServiceResponse:
        """The signed container of a query is in the file `into` (of several, a ZIP of them: `flags=()`).

        `flags`: `unique`, `requestOnly` or `responseOnly`, `force` (even if not time-stamped yet).
        Raises:  ServiceFault with the door's status and sentence when there is none.
        """
        return await self.download(render_container_target(self.client, query_id, flags), into)

    async def fetch_verification_configuration(self, into: Path) -> ServiceResponse:
        """What is needed to verify containers offline is in the file `into`, a ZIP."""
        return await self.download("/verificationconf", into)

    async def download(self, target: str, into: Path) -> ServiceResponse:
        """What the door has at `target` is in the file `into`."""
        async with self.send("GET", target, [], None) as answer:
            if not answer.head.is_success:
                text = (await gather(answer.chunks, MAX_FAULT_BYTES)).decode("utf-8", "replace").strip()
                code = "not_found" if answer.head.status == 404 else "bad_request"
                raise ServiceFault(code, text or answer.head.reason, status=answer.head.status)
            await write_pieces(into, answer.chunks)
            return answer.head


async def send_body(exchange: Exchange, body: Body | None) -> None:
    """The body is sent, at the pace at which the door takes it; when its source fails the door sees a cut request."""
    pieces = read_pieces(body) if isinstance(body, Path) else as_pieces(body)
    finished = False
    try:
        async for piece in pieces:
            await exchange.write(piece)
        await exchange.finish()
        finished = True
    except WorldError:
        finished = True
        raise
    finally:
        if not finished:
            exchange.abort()


async def as_pieces(body: bytes | AsyncIterable[bytes] | None) -> AsyncIterator[bytes]:
    """The body, piece by piece."""
    if isinstance(body, bytes):
        yield body
    elif body is not None:
        async for piece in body:
            yield piece


async def settle(sending: "asyncio.Future[None]") -> None:
    """The sender has ended: a lost connection shows in the answer, other errors are the caller's own."""
    if not sending.done():
        sending.cancel()
    result = (await asyncio.gather(sending, return_exceptions=True))[0]
    if isinstance(result, Exception) and not isinstance(result, WorldError):
        raise result


async def gather(chunks: AsyncIterator[bytes], max_bytes: int) -> bytes:
    """The pieces as one; PeerLostError when they are longer than `max_bytes`."""
    pieces = []
    size = 0
    async for chunk in chunks:
        size += len(chunk)
        if size > max_bytes:
            raise PeerLostError(f"The answer is longer than {max_bytes} bytes; stream it into a file.", code="io_error")
        pieces.append(chunk)
    return b"".join(pieces)
