"""One connection of a client: one exchange after the other, reused only after both sides finished cleanly.

Law: an answer is complete when its framing says so; a connection that ends before is an error, never an end. An answer
may begin, and even end, before the request does.
Read next: `client.py`.
"""

import asyncio
from collections.abc import Callable, Iterable
from typing import cast

import httptools

from ridgeway.http.flow import BodyStream, Watchdog, WriteGate, ignore
from ridgeway.http.framing import LAST_CHUNK, Framing, response_has_body, stated_length, wrap_chunk
from ridgeway.http.headers import TARGET, TOKEN, Headers, render_head
from ridgeway.http.limits import PoolLimits
from ridgeway.http.values import Connection, HttpRefusal, Origin, PeerLostError, ResponseHead

WITHOUT_BODY = frozenset({"GET", "HEAD", "DELETE", "OPTIONS", "TRACE"})
"""Methods whose requests have no body unless the caller says so."""

INFORMATION = range(100, 200)


class ClientConnection(asyncio.Protocol):
    """The protocol of one connection, and the state of the exchange that runs on it."""

    def __init__(self, origin: Origin, limits: PoolLimits) -> None:
        self.origin = origin
        self.limits = limits
        self.gate = WriteGate()
        self.watchdog = Watchdog()
        self.transport: asyncio.Transport | None = None
        self.facts = Connection()
        self.error: PeerLostError | None = None
        self.is_busy = False
        self.on_lost: Callable[[], None] = ignore
        self.exchanges = 0
        self.begin()

    def begin(self) -> None:
        """Ready for an exchange."""
        self.method = ""
        self.unsent_head = b""
        self.parser = httptools.HttpResponseParser(self)
        self.head: ResponseHead | None = None
        self.head_waiter: asyncio.Future[None] | None = None
        self.body = BodyStream(self.limits.max_buffered_bytes, on_pause=self.pause_body, on_resume=self.resume_body)
        self.body.on_wanted = self.guard_read
        self.framing = Framing.NONE
        self.missing_bytes = 0
        self.in_head = True
        self.head_bytes = 0
        self.quiet_bytes = 0
        self.reason = b""
        self.fields: list[tuple[str, str]] = []
        self.got_bytes = False
        self.is_started = False
        self.request_complete = False
        self.may_keep_alive = True
        self.until_close = False
        self.read_timeout_seconds = self.limits.read_timeout_seconds

    # from the transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Connected, and hands shaken."""
        self.transport = cast("asyncio.Transport", transport)
        facts = transport.get_extra_info("connection_facts")
        if facts is None:
            address, port, *_ = transport.get_extra_info("peername") or ("", 0)
            facts = Connection(remote_address=address, remote_port=port)
        self.facts = facts

    def data_received(self, data: bytes) -> None:
        """Bytes from the server; when none are expected the connection is of no use any more."""
        if self.error is not None:
            return
        if not self.is_busy or not self.is_started:
            self.break_off("The server sent something unasked.")
            return
        self.got_bytes = True
        self.watchdog.rest()
        while data and self.error is None:
            data = self.feed(data)
        if self.error is None and (self.head is None or self.body.waiter is not None):
            self.guard_read()

    def eof_received(self) -> bool:
        """The server ended: for a body without framing that is its end."""
        if self.until_close and self.head is not None and self.error is None:
            self.body.end()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone: whoever waits is woken."""
        if self.until_close and exc is None and self.error is None:
            self.body.end()
        why = f"The connection to {self.origin} was lost"
        self.break_off(f"{why}: {exc}." if exc else f"{why}: the server closed it.")
        self.watchdog.stop()
        self.on_lost()

    def pause_writing(self) -> None:
        """The wire is full."""
        self.gate.close()

    def resume_writing(self) -> None:
        """The wire has room."""
        self.gate.open()

    def pause_body(self) -> None:
        """The reader is slower than the wire."""
        self.watchdog.rest()
        if self.transport is not None and not self.transport.is_closing():
            self.transport.pause_reading()

    def resume_body(self) -> None:
        """The reader has caught up."""
        if self.transport is not None and not self.transport.is_closing():
            self.transport.resume_reading()

    # the parser

    def feed(self, data: bytes) -> bytes:
        """Parse the next piece; what is left after it."""
        was_in_head = self.in_head
        piece = data[: self.limits.max_head_bytes - self.head_bytes + 1] if was_in_head else data
        self.head_bytes += len(piece) if was_in_head else 0
        self.quiet_bytes += len(piece)
        try:
            self.parser.feed_data(piece)
        except httptools.HttpParserUpgrade:
            self.break_off(f"{self.origin} switched to another protocol unasked.")
        except httptools.HttpParserError as error:
            if self.error is None:
                self.break_off(f"The answer of {self.origin} cannot be read: {error}.")
        if self.head_bytes > self.limits.max_head_bytes and self.in_head:
            self.break_off(
                f"The head of the answer of {self.origin} is longer than {self.limits.max_head_bytes} bytes."
            )
        elif self.quiet_bytes > 2 * self.limits.max_head_bytes and not self.in_head:
            self.break_off(f"Chunk extensions or trailers of {self.origin} are too long.")
        return data[len(piece) :]

    def on_message_begin(self) -> None:
        """The first byte of an answer; a second answer to one request is refused."""
        if self.head is not None:
            self.break_off(f"{self.origin} sent more than one answer.")
            raise HttpRefusal(502, "Bad Gateway")
        self.reason = b""
        self.fields = []

    def on_status(self, reason: bytes) -> None:
        """A piece of the reason phrase."""
        self.reason += reason

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header field; fields after the body are dropped."""
        if self.in_head:
            self.fields.append((name.decode("latin-1"), value.rstrip(b" \t").decode("latin-1")))

    def on_headers_complete(self) -> None:
        """The head is complete."""
        status = self.parser.get_status_code()
        if status in INFORMATION:
            return
        headers = Headers(self.fields)
        lengths = headers.get_all("Content-Length")
        if headers.has("Transfer-Encoding") and (lengths or headers.get_tokens("Transfer-Encoding") != ("chunked",)):
            self.break_off(f"{self.origin} frames its answer in a way that cannot be trusted.")
            raise HttpRefusal(502, "Bad Gateway")
        if len(lengths) > 1:
            self.break_off(f"{self.origin} states its length {len(lengths)} times.")
            raise HttpRefusal(502, "Bad Gateway")
        self.in_head = False
        self.quiet_bytes = 0
        self.head = ResponseHead(status, self.reason.decode("latin-1"), headers)
        self.decide_end(headers, has_length=bool(lengths))
        self.wake_head()

    def decide_end(self, headers: Headers, *, has_length: bool) -> None:
        """How the end of this answer is known, and whether another exchange may follow."""
        assert self.head is not None
        version = self.parser.get_http_version()
        self.may_keep_alive = version == "1.1" and "close" not in headers.get_tokens("Connection")
        if not response_has_body(self.method, self.head.status):
            self.body.end()
        elif not has_length and not headers.has("Transfer-Encoding"):
            self.until_close = True
            self.may_keep_alive = False

    def on_body(self, data: bytes) -> None:
        """A piece of the body."""
        self.quiet_bytes = 0
        if self.body.is_complete:
            self.break_off(f"{self.origin} sent a body that should not be there.")
            raise HttpRefusal(502, "Bad Gateway")
        self.body.feed(data)

    def on_message_complete(self) -> None:
        """The last byte of the answer (or of a 1xx, which is not one)."""
        if self.head is not None and not self.until_close:
            self.body.end()

    def wake_head(self) -> None:
        """Let `wait_head` look again."""
        if self.head_waiter is not None and not self.head_waiter.done():
            self.head_waiter.set_result(None)

    def guard_read(self) -> None:
        """The server must send something within the read timeout."""
        if self.transport is not None and self.transport.is_reading():
            self.watchdog.watch(self.read_timeout_seconds, self.read_is_late)

    def read_is_late(self) -> None:
        """The server was silent too long."""
        self.break_off(f"{self.origin} was silent for {self.read_timeout_seconds:g} seconds.")

    def break_off(self, detail: str) -> None:
        """This connection is done for; whoever waits on it is woken with the reason."""
        if self.error is None:
            may_retry = self.exchanges > 1 and not self.got_bytes
            self.error = PeerLostError(detail, may_retry=may_retry)
        self.gate.fail(self.error)
        self.body.fail(self.error)
        self.wake_head()
        if self.transport is not None and not self.transport.is_closing():
            self.transport.abort()

    # one exchange

    def send_head(self, method: str, target: str, headers: Iterable[tuple[str, str]], *, has_body: bool | None) -> None:
        """The head of the request is on the wire; Host first if the caller gave none, framing last."""
        if self.error is not None:
            raise self.error
        if not TOKEN.fullmatch(method) or not TARGET.fullmatch(target):
            raise ValueError(f"{method!r} {target!r} cannot be a request line; escape what is not printable ASCII.")
        fields = Headers(headers)
        length = stated_length(fields)
        self.method = method
        if length is not None:
            self.framing, self.missing_bytes = Framing.LENGTH, length
        elif has_body if has_body is not None else method not in WITHOUT_BODY:
            self.framing = Framing.CHUNKED
        before = [] if fields.has("Host") else [("Host", str(self.origin))]
        after = [("Transfer-Encoding", "chunked")] if self.framing is Framing.CHUNKED else []
        self.unsent_head = render_head(f"{method} {target} HTTP/1.1", [*before, *fields, *after])
        self.is_started = True
        # The head waits for this pass of the loop only: with luck it shares a packet with the first piece.
        asyncio.get_running_loop().call_soon(self.flush_head)

    def flush_head(self) -> None:
        """The head is on the wire."""
        if self.unsent_head:
            self.put(b"")

    def put(self, data: bytes) -> None:
        """Bytes of the request are on the wire, after its head."""
        head, self.unsent_head = self.unsent_head, b""
        if self.transport is not None and self.error is None:
            self.transport.write(head + data if head else data)

    async def send_chunk(self, chunk: bytes) -> None:
        """A piece of the body is on the wire; returns when there is room for more."""
        if self.error is not None:
            raise self.error
        if self.framing is Framing.NONE or self.request_complete or not self.is_started:
            raise RuntimeError("This request takes no body now: it has none, is complete, or has not started.")
        if self.framing is Framing.LENGTH:
            self.missing_bytes -= len(chunk)
            if self.missing_bytes < 0:
                self.break_off("The request was longer than its Content-Length.")
                raise RuntimeError(f"The request is {-self.missing_bytes} bytes longer than its Content-Length.")
        if chunk:
            self.put(wrap_chunk(chunk) if self.framing is Framing.CHUNKED else chunk)
            await self.gate.drain(self.limits.write_timeout_seconds)

    async def send_end(self) -> None:
        """The request is complete."""
        if self.error is not None and not self.body.is_complete:
            raise self.error
        if self.framing is Framing.LENGTH and self.missing_bytes:
            missing = self.missing_bytes
            self.break_off("The request was shorter than its Content-Length.")
            raise RuntimeError(f"The request is {missing} bytes shorter than its Content-Length.")
        self.request_complete = True
        if self.framing is Framing.CHUNKED and self.error is None:
            self.put(LAST_CHUNK)
            await self.gate.drain(self.limits.write_timeout_seconds)

    async def wait_head(self) -> ResponseHead:
        """The head of the answer; one that came before the connection was lost still counts."""
        while self.head is None:
            if self.error is not None:
                raise self.error
            self.guard_read()
            self.head_waiter = asyncio.get_running_loop().create_future()
            try:
                await self.head_waiter
            finally:
                self.head_waiter = None
        return self.head

    def is_clean(self) -> bool:
        """Whether both sides finished, and another exchange may follow."""
        if self.error is not None or self.transport is None or self.transport.is_closing():
            return False
        return self.body.is_complete and self.request_complete and self.may_keep_alive and not self.body.is_paused

    def close(self) -> None:
        """End in order."""
        self.watchdog.stop()
        if self.transport is not None and not self.transport.is_closing():
            self.transport.close()

    def kill(self) -> None:
        """Drop the connection at once."""
        self.watchdog.stop()
        if self.transport is not None:
            self.transport.abort()
