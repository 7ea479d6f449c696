"""One connection to a server: requests come off the wire one after the other, each gets one handler.

Law: bytes that cannot be read without doubt are answered 400 and the connection ends; nothing from the wire raises out
of here. One request at a time: a second that comes before the first is answered ends the connection after that answer.
Every state has its limit:

    idle ── first byte ──▶ head ── empty line ──▶ handling (body, then waiting) ── finish ──▶ idle
    idle_timeout           head_timeout           body_timeout, write_timeout               closing (linger)

Read next: `writer.py`, `framing.py`, `flow.py`.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, Protocol, cast

import httptools

from ridgeway.http.flow import BodyStream, Watchdog, WriteGate
from ridgeway.http.framing import Framing, decide_request_framing, verify_host
from ridgeway.http.headers import Headers, render_head
from ridgeway.http.limits import HttpLimits
from ridgeway.http.request import Request
from ridgeway.http.values import Connection, HttpRefusal, PeerLostError
from ridgeway.http.writer import ResponseWriter, Stage

log = logging.getLogger(__name__)

LINGER_SECONDS = 1.0
"""How long a connection that ends may still bring bytes, which are dropped, so that the answer is not lost."""

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"

Handler = Callable[[Request, ResponseWriter], Coroutine[Any, Any, None]]


class Host(Protocol):
    """What a connection needs of its server."""

    handler: Handler
    limits: HttpLimits
    is_closing: bool

    def forget(self, connection: "ServerConnection") -> None:
        """The connection is gone."""

    def is_crowded(self) -> bool:
        """Whether there are more connections than allowed."""

    def adopt(self, task: asyncio.Task[None]) -> None:
        """Keep a handler's task until it is done."""


class ServerConnection(asyncio.Protocol):
    """The protocol of one connection, and the wire of its answers."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.limits = host.limits
        self.gate = WriteGate()
        self.parser = httptools.HttpRequestParser(self)
        self.transport: asyncio.Transport | None = None
        self.layer: Any = None
        self.facts = Connection()
        self.request: Request | None = None
        self.response: ResponseWriter | None = None
        self.body: BodyStream | None = None
        self.task: asyncio.Task[None] | None = None
        self.refusal: HttpRefusal | None = None
        self.may_keep_alive = True
        self.is_deaf = False
        self.is_replaying = False
        self.is_upgrading = False
        self.wants_continue = False
        self.request_complete = True
        self.start_head()

    def start_head(self) -> None:
        """Ready for the next head."""
        self.in_head = True
        self.head_bytes = 0
        self.quiet_bytes = 0
        self.window_bytes = 0
        self.in_window = False
        self.url = b""
        self.fields: list[tuple[str, str]] = []

    # from the transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Somebody connected (and shook hands, where there is TLS)."""
        self.transport = cast("asyncio.Transport", transport)
        self.watchdog = Watchdog()
        if self.host.is_crowded() and self.layer is None:
            self.transport.abort()
            return
        facts = self.transport.get_extra_info("connection_facts")
        if facts is None:
            address, port, *_ = self.transport.get_extra_info("peername") or ("", 0)
            facts = Connection(remote_address=address, remote_port=port)
        self.facts = facts
        if self.host.is_closing:
            self.transport.close()
            return
        self.watchdog.watch(self.limits.idle_timeout_seconds, self.close)

    def data_received(self, data: bytes) -> None:
        """Bytes from the wire."""
        while data and not self.is_deaf:
            data = self.feed(data)

    def eof_received(self) -> bool:
        """The client closed its side: it takes no answer any more."""
        return False

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        """The connection is gone: the handler is cancelled, whoever waits is woken."""
        self.watchdog.stop()
        self.is_deaf = True
        error = PeerLostError("The client closed the connection.", code="io_error")
        self.gate.fail(error)
        if self.body is not None:
            self.body.fail(error)
        if self.task is not None and self.response is not None and self.response.stage is not Stage.FINISHED:
            self.task.cancel()
        self.host.forget(self)

    def pause_writing(self) -> None:
        """The wire is full."""
        self.gate.close()

    def resume_writing(self) -> None:
        """The wire has room."""
        self.gate.open()

    # the parser

    def feed(self, data: bytes) -> bytes:
        """Parse the next piece; what is left after it."""
        was_in_head = self.in_head
        piece = data[: self.limits.max_head_bytes - self.head_bytes + 1] if was_in_head else data
        rest = data[len(piece) :]
        self.head_bytes += len(piece) if was_in_head else 0
        self.quiet_bytes += len(piece)
        try:
            self.parser.feed_data(piece)
        except httptools.HttpParserUpgrade as upgrade:
            rest = piece[upgrade.args[0] :] + rest
            self.replay_head()
        except httptools.HttpParserError as error:
            self.stop_parsing(error)
        if self.in_head and self.head_bytes > self.limits.max_head_bytes:
            detail = f"The head is longer than {self.limits.max_head_bytes} bytes."
            self.refuse(HttpRefusal(431, "Request Header Fields Too Large", detail))
        elif self.quiet_bytes > 2 * self.limits.max_head_bytes and not self.in_head:
            self.refuse(HttpRefusal(400, "Bad Request", "Chunk extensions or trailers are too long."))
        return rest

    def stop_parsing(self, error: httptools.HttpParserError) -> None:
        """The parser gave up: because of a callback's verdict, or because these bytes are no HTTP."""
        if self.refusal is not None:
            self.refuse(self.refusal)
        elif not self.is_deaf:
            self.refuse(HttpRefusal(400, "Bad Request", f"The request cannot be read: {error}."))

    def replay_head(self) -> None:
        """Go on after a head that asked for another protocol, which is ignored: a fresh parser gets a plain head.

        The old parser would take the body for the other protocol's bytes, and then for a next request.
        """
        assert self.request is not None
        headers = self.request.headers
        framing, length = decide_request_framing(headers, self.request.version)
        field = b"Transfer-Encoding: chunked" if framing is Framing.CHUNKED else b"Content-Length: %d" % length
        self.parser = httptools.HttpRequestParser(self)
        self.is_upgrading = False
        self.is_replaying = True
        self.parser.feed_data(b"POST / HTTP/1.1\r\n%b\r\n\r\n" % field)
        self.is_replaying = False

    def on_message_begin(self) -> None:
        """The first byte of a request."""
        if self.is_replaying:
            return
        if self.request is not None:
            self.is_deaf = True
            self.may_keep_alive = False
            raise HttpRefusal(400, "Bad Request", "A second request came before the first was answered.")
        self.watchdog.watch(self.limits.head_timeout_seconds, self.head_is_late)

    def on_url(self, url: bytes) -> None:
        """A piece of the request target, exactly as sent."""
        self.url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header field; fields after the body are dropped."""
        if self.in_head and not self.is_replaying:
            self.fields.append((name.decode("latin-1"), value.rstrip(b" \t").decode("latin-1")))

    def on_headers_complete(self) -> None:
        """The head is complete: refuse it, or start its handler."""
        if self.is_replaying:
            return
        try:
            self.start_request()
        except HttpRefusal as refusal:
            self.refusal = refusal
            raise

    def on_body(self, data: bytes) -> None:
        """A piece of the body."""
        self.quiet_bytes = 0
        self.window_bytes += len(data)
        if self.body is not None:
            self.body.feed(data)

    def on_message_complete(self) -> None:
        """The last byte of the request."""
        if self.is_upgrading:
            return
        self.request_complete = True
        self.watchdog.rest()
        if self.body is not None:
            self.body.end()
        if self.request is None:
            self.become_idle()

    # one request

    def start_request(self) -> None:
        """A handler is at work on the request whose head is complete."""
        method = self.parser.get_method().decode("ascii")
        version = self.parser.get_http_version()
        headers = Headers(self.fields)
        if version not in {"1.0", "1.1"}:
            raise HttpRefusal(505, "HTTP Version Not Supported", "Only HTTP/1.0 and HTTP/1.1 are spoken.")
        if method == "CONNECT":
            raise HttpRefusal(501, "Not Implemented", "This is no proxy for CONNECT.")
        verify_host(headers, version)
        decide_request_framing(headers, version)
        self.in_head = False
        self.quiet_bytes = 0
        self.is_upgrading = self.parser.should_upgrade()
        self.wants_continue = self.read_expectation(headers, version)
        self.may_keep_alive = version == "1.1" and "close" not in headers.get_tokens("Connection")
        self.request_complete = False
        self.watchdog.rest()
        self.begin_exchange(Request(method, self.url, headers, version=version, connection=self.facts))

    def begin_exchange(self, request: Request) -> None:
        """Join request, body, answer and handler."""
        body = BodyStream(self.limits.max_buffered_bytes, on_pause=self.pause_body, on_resume=self.resume_body)
        body.on_wanted = self.body_wanted
        request.stream = body
        seconds = self.limits.write_timeout_seconds
        response = ResponseWriter(self, method=request.method, version=request.version, write_timeout_seconds=seconds)
        self.request, self.body, self.response = request, body, response
        self.may_keep_alive = self.may_keep_alive and not self.host.is_closing
        task = asyncio.get_running_loop().create_task(self.host.handler(request, response))
        self.task = task
        self.host.adopt(task)
        task.add_done_callback(lambda done: self.handler_done(done, response))

    def read_expectation(self, headers: Headers, version: str) -> bool:
        """Whether the client waits for `100 Continue`; raise HttpRefusal(417) when it expects something else."""
        expected = headers.get_tokens("Expect")
        if expected and expected != ("100-continue",):
            raise HttpRefusal(417, "Expectation Failed", "Only Expect: 100-continue is known.")
        return bool(expected) and version == "1.1"

    def body_wanted(self) -> None:
        """The handler waits for the body: let the client send it, and guard its pace."""
        if self.wants_continue and self.response is not None and not self.response.is_started:
            self.send(CONTINUE)
        self.wants_continue = False
        self.guard_body()

    def guard_body(self) -> None:
        """A period begins that must bring `body_min_bytes`."""
        if not self.in_window and not self.request_complete:
            self.in_window = True
            self.window_bytes = 0
            self.watchdog.watch(self.limits.body_timeout_seconds, self.check_body)

    def check_body(self) -> None:
        """A period has ended: go on, or give up on this client."""
        self.in_window = False
        if self.window_bytes >= self.limits.body_min_bytes:
            self.guard_body()
        elif self.body is not None:
            seconds = self.limits.body_timeout_seconds
            detail = f"The body brought {self.window_bytes} bytes in {seconds:g} seconds."
            self.refuse(HttpRefusal(408, "Request Timeout", detail))

    def pause_body(self) -> None:
        """The handler is slower than the wire: stop the wire, and the client's clock."""
        self.in_window = False
        self.watchdog.rest()
        if self.transport is not None and not self.transport.is_closing():
            self.transport.pause_reading()

    def resume_body(self) -> None:
        """The handler has caught up."""
        if self.transport is not None and not self.transport.is_closing():
            self.transport.resume_reading()

    def handler_done(self, task: asyncio.Task[None], response: ResponseWriter) -> None:
        """The handler has ended: well, with a refusal, by failing, or cancelled."""
        error = None if task.cancelled() else task.exception()
        if response.stage in {Stage.FINISHED, Stage.ABORTED}:
            if error is not None:
                log.error("A handler failed after its answer.", exc_info=error)
            return
        if task.cancelled() or (isinstance(error, PeerLostError) and self.is_lost()):
            self.kill()
            return
        if not isinstance(error, HttpRefusal):
            log.error("A handler failed, or left its answer unfinished.", exc_info=error)
            error = HttpRefusal(500, "Internal Server Error", "")
        if response.is_started:
            self.kill()
        else:
            self.answer_refusal(error)

    def response_finished(self) -> None:
        """The answer is out: wait for the next request, or end."""
        self.request = self.response = self.task = None
        body, self.body = self.body, None
        if self.is_lost():
            return
        if body is not None and body.is_paused:
            self.resume_body()
        if not self.request_complete or self.is_deaf:
            # The answer came before the whole request: what still comes is dropped, for a moment.
            self.linger()
        elif self.may_keep_alive and not self.host.is_closing:
            self.become_idle()
        else:
            self.close()

    def become_idle(self) -> None:
        """Ready for the next request."""
        self.start_head()
        self.watchdog.watch(self.limits.idle_timeout_seconds, self.close)

    # the ends

    def head_is_late(self) -> None:
        """The head took too long."""
        seconds = self.limits.head_timeout_seconds
        self.refuse(HttpRefusal(408, "Request Timeout", f"The head took longer than {seconds:g} seconds."))

    def refuse(self, refusal: HttpRefusal) -> None:
        """Read no more; tell the handler, if there is one, else answer here."""
        self.is_deaf = True
        self.may_keep_alive = False
        self.watchdog.rest()
        if self.body is not None and self.request is not None:
            self.body.fail(refusal)
        elif self.request is None:
            self.answer_refusal(refusal)

    def answer_refusal(self, refusal: HttpRefusal) -> None:
        """A small answer that says why, and the end."""
        if self.is_lost():
            return
        self.may_keep_alive = False
        body = f"{refusal.detail}\n".encode() if refusal.detail else b""
        fields = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))]
        head = render_head(f"HTTP/1.1 {refusal.status} {refusal.reason}", [*fields, ("Connection", "close")])
        self.send(head if self.request is not None and self.request.method == "HEAD" else head + body)
        if self.response is not None:
            self.response.stage = Stage.FINISHED
        self.request = self.response = self.task = self.body = None
        self.linger()

    def linger(self) -> None:
        """Take no more, drop what still comes for a moment, then close."""
        assert self.transport is not None
        self.is_deaf = True
        if self.transport.can_write_eof() and not self.transport.is_closing():
            self.transport.write_eof()
        self.watchdog.watch(LINGER_SECONDS, self.close)

    def send(self, data: bytes) -> None:
        """Put bytes on the wire."""
        if self.transport is not None and not self.transport.is_closing():
            self.transport.write(data)

    def is_lost(self) -> bool:
        """Whether nothing can be sent any more."""
        return self.transport is None or self.transport.is_closing()

    def close(self) -> None:
        """End in order: what is written is flushed, within `write_timeout_seconds`."""
        if self.transport is None or self.transport.is_closing():
            return
        self.is_deaf = True
        self.transport.close()
        self.watchdog.watch(self.limits.write_timeout_seconds, self.kill)

    def retire(self) -> None:
        """End when the running request is answered; at once when there is none."""
        self.may_keep_alive = False
        if self.request is None:
            self.close()

    def kill(self) -> None:
        """Drop the connection at once."""
        if self.transport is not None:
            self.transport.abort()
        elif self.layer is not None:
            self.layer.abort()
