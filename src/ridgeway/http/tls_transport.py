"""TLS as an asyncio transport: bytes from the wire go into OpenSSL's memory, plain bytes come out.

Law: the application's protocol sees a connection only after the handshake, with the peer's chain as extra information
`connection_facts`. Back-pressure passes through both ways. An end without close_notify is an error, so that a cut
connection is never taken for a finished one.
Read next: `tls.py` (identities, profiles), `server.py`, `client.py`.
"""

import asyncio
import ipaddress
from collections.abc import Callable
from typing import Any, cast

from OpenSSL import SSL, crypto

from ridgeway.http.public_trust import verify_public_server
from ridgeway.http.tls import FULL_HANDSHAKE, ClientTls, ServerTls
from ridgeway.http.values import Connection, PeerLostError

READ_BYTES = 16 * 1024
"""One record: OpenSSL hands out no more at once."""

FLUSH_BYTES = 64 * 1024
Failure = Callable[[Exception], None]


class Unconnected(asyncio.Transport):
    """The raw transport before there is one: nothing to abort."""

    def abort(self) -> None:
        """Nothing is there."""


class TlsTransport(asyncio.Transport):
    """What the application's protocol writes to; encrypts onto the raw transport."""

    def __init__(self, layer: "TlsLayer") -> None:
        super().__init__()
        self.layer = layer

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """`connection_facts` is a `Connection`, `tls_session` can be resumed; others are the raw transport's."""
        if name == "connection_facts":
            return self.layer.facts
        if name == "tls_session":
            return self.layer.tls.get_session()
        return self.layer.raw.get_extra_info(name, default)

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Encrypt and send; buffered without limit, the protocol is told to pause."""
        self.layer.encrypt(data)

    def writelines(self, list_of_data: Any) -> None:
        """Encrypt and send the pieces as one."""
        self.layer.encrypt(b"".join(list_of_data))

    def pause_reading(self) -> None:
        """No more data_received until `resume_reading`."""
        self.layer.pause_reading()

    def resume_reading(self) -> None:
        """Deliver again, first what is decrypted already."""
        self.layer.resume_reading()

    def is_reading(self) -> bool:
        """Whether data is delivered."""
        return not self.layer.is_paused

    def is_closing(self) -> bool:
        """Whether the end has begun."""
        return self.layer.is_closing or self.layer.raw.is_closing()

    def close(self) -> None:
        """Say goodbye (close_notify), flush, close."""
        self.layer.close()

    def abort(self) -> None:
        """Drop the connection at once, without a goodbye: the peer must not take it for a clean end."""
        self.layer.abort()

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """The raw transport's limits."""
        self.layer.raw.set_write_buffer_limits(high, low)

    def get_write_buffer_size(self) -> int:
        """Bytes that wait to be encrypted or sent."""
        return self.layer.waiting_bytes + self.layer.raw.get_write_buffer_size()

    def can_write_eof(self) -> bool:
        """TLS has no half-closed state."""
        return False


class TlsLayer(asyncio.Protocol):
    """The raw transport's protocol: shakes hands, then passes plain bytes between wire and application.

    handshake → open → closing; a failure before `open` calls `on_failure` and never shows the application anything.
    """

    def __init__(
        self,
        identity: ServerTls | ClientTls,
        application: asyncio.Protocol,
        *,
        handshake_timeout_seconds: float,
        on_failure: Failure | None = None,
        session: SSL.Session | None = None,
        host: str = "",
    ) -> None:
        self.identity = identity
        self.application = application
        self.on_failure = on_failure
        self.on_open: Callable[[], object] = lambda: None
        self.timeout_seconds = handshake_timeout_seconds
        self.raw: asyncio.Transport = Unconnected()
        self.tls = SSL.Connection(identity.context, None)
        self.facts = Connection(is_tls=True)
        self.is_open = False
        self.is_paused = False
        self.is_closing = False
        self.is_refused = False
        self.waiting: list[bytes] = []
        self.waiting_bytes = 0
        self.session = session
        self.host = host
        self.timer: asyncio.TimerHandle | None = None
        self.start_role()

    def start_role(self) -> None:
        """Ready to shake hands as the server or as the client."""
        if isinstance(self.identity, ServerTls):
            self.tls.set_accept_state()
            return
        name = self.identity.server_name or (self.host if self.identity.is_public else "")
        if name and not is_ip_address(name):
            self.tls.set_tlsext_host_name(name.encode("idna"))
        if self.session is not None:
            self.tls.set_session(self.session)
        self.tls.set_connect_state()

    # from the raw transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The wire is there: begin the handshake under its time limit."""
        self.raw = cast("asyncio.Transport", transport)
        self.transport = TlsTransport(self)
        if self.is_refused:
            self.raw.abort()
            return
        loop = asyncio.get_running_loop()
        self.timer = loop.call_later(self.timeout_seconds, self.fail, "the TLS handshake took too long")
        self.shake_hands()

    def data_received(self, data: bytes) -> None:
        """Feed the wire's bytes, then go on with what was going on."""
        if self.is_closing:
            return
        self.tls.bio_write(data)
        if not self.is_open:
            self.shake_hands()
        if self.is_open and not self.is_paused:
            self.deliver()

    def eof_received(self) -> bool:
        """The wire ended without close_notify: for the application the connection is lost."""
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """The wire is gone; the application learns whether the end was clean."""
        self.stop_timer()
        if not self.is_open:
            self.report(exc or PeerLostError("The peer closed the connection during the TLS handshake."))
            return
        if exc is None and not self.tls.get_shutdown() & SSL.RECEIVED_SHUTDOWN and not self.is_closing:
            exc = PeerLostError("The connection ended without TLS close_notify.", code="io_error")
        self.application.connection_lost(exc)

    def pause_writing(self) -> None:
        """The wire is full."""
        if self.is_open:
            self.application.pause_writing()

    def resume_writing(self) -> None:
        """The wire has room again."""
        if self.is_open:
            self.application.resume_writing()

    # the handshake

    def shake_hands(self) -> None:
        """One more step of the handshake; when it is done the application is connected."""
        try:
            self.tls.do_handshake()
        except SSL.WantReadError:
            self.flush()
            return
        except SSL.Error as error:
            self.flush()
            self.fail(f"the TLS handshake failed: {describe(error)}")
            return
        self.flush()
        self.stop_timer()
        self.finish_handshake()

    def finish_handshake(self) -> None:
        """The handshake is done: gather who the peer is, check the pin, connect the application."""
        chain = self.read_peer_chain()
        try:
            self.verify_server(chain)
        except ValueError as error:
            self.fail(str(error))
            return
        host, port, *_ = self.raw.get_extra_info("peername") or ("", 0)
        self.facts = Connection(
            is_tls=True,
            peer_chain=chain,
            remote_address=host,
            remote_port=port,
            tls_version=self.tls.get_protocol_version_name(),
            cipher=self.tls.get_cipher_name() or "",
            is_resumed=bool(chain) and self.tls.get_app_data() != FULL_HANDSHAKE,
        )
        self.is_open = True
        self.application.connection_made(self.transport)
        self.on_open()

    def verify_server(self, chain: tuple[bytes, ...]) -> None:
        """Prove what this identity demands of a server; ValueError with the reason otherwise."""
        if not isinstance(self.identity, ClientTls):
            return
        if self.identity.pinned and (not chain or chain[0] not in self.identity.pinned):
            raise ValueError("the server's certificate is none of those registered for it")
        if self.identity.is_public:
            verify_public_server(chain, host=self.host, authorities=self.identity.authorities)

    def read_peer_chain(self) -> tuple[bytes, ...]:
        """The peer's certificates as DER, leaf first, exactly as sent (a server's OpenSSL lists the leaf apart)."""
        leaf = self.tls.get_peer_certificate()
        if leaf is None:
            return ()
        ders = [crypto.dump_certificate(crypto.FILETYPE_ASN1, each) for each in self.tls.get_peer_cert_chain() or ()]
        first = crypto.dump_certificate(crypto.FILETYPE_ASN1, leaf)
        if isinstance(self.identity, ServerTls):
            ders.insert(0, first)
        return tuple(ders or [first])

    def stop_timer(self) -> None:
        """The handshake's time limit no longer runs."""
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None

    def fail(self, why: str) -> None:
        """Give up: the alert, if any, is sent; the application never saw the connection."""
        self.stop_timer()
        self.is_closing = True
        self.report(PeerLostError(f"No TLS connection: {why}.", code="ssl_authentication_failed"))
        self.raw.close()

    def abort(self) -> None:
        """Drop the connection at once."""
        self.is_closing = True
        self.waiting, self.waiting_bytes = [], 0
        self.raw.abort()

    def report(self, error: Exception) -> None:
        """Tell whoever waits for the handshake, once."""
        if self.on_failure is not None:
            self.on_failure(error)
            self.on_failure = None

    # plain bytes

    def deliver(self) -> None:
        """Hand every plain byte that can be had to the application, until it pauses."""
        has_delivered = False
        try:
            while not self.is_paused and not self.is_closing:
                data = self.tls.recv(READ_BYTES)
                has_delivered = True
                self.application.data_received(data)
        except SSL.WantReadError:
            if not has_delivered:  # no data, so perhaps a matter between the two OpenSSLs, which wants an answer
                self.flush()
        except SSL.ZeroReturnError:
            self.receive_goodbye()
        except SSL.Error:
            self.flush()
            self.raw.abort()

    def receive_goodbye(self) -> None:
        """The peer said close_notify: a clean end."""
        if not self.application.eof_received():
            self.close()

    def encrypt(self, data: bytes | bytearray | memoryview) -> None:
        """Plain bytes onto the wire, with whatever else is written in this pass of the loop: fewer, fuller records."""
        if self.is_closing or not data:
            return
        if not self.waiting:
            asyncio.get_running_loop().call_soon(self.push)
        self.waiting.append(bytes(data))
        self.waiting_bytes += len(data)
        if self.waiting_bytes >= FLUSH_BYTES:
            self.push()

    def push(self) -> None:
        """The plain bytes that waited are encrypted and on the raw transport."""
        if not self.waiting:
            return
        data = self.waiting[0] if len(self.waiting) == 1 else b"".join(self.waiting)
        self.waiting, self.waiting_bytes = [], 0
        if self.raw.is_closing():
            return
        try:
            self.tls.send(data)
        except SSL.Error:
            self.abort()
            return
        self.flush()

    def flush(self) -> None:
        """What OpenSSL wants to send is on the raw transport."""
        pieces = []
        try:
            pieces.append(self.tls.bio_read(FLUSH_BYTES))
            while len(pieces[-1]) == FLUSH_BYTES:
                pieces.append(self.tls.bio_read(FLUSH_BYTES))
        except SSL.WantReadError:
            pass
        if pieces and not self.raw.is_closing():
            self.raw.write(pieces[0] if len(pieces) == 1 else b"".join(pieces))

    def pause_reading(self) -> None:
        """Stop the wire; what is decrypted stays in OpenSSL."""
        self.is_paused = True
        if not self.raw.is_closing():
            self.raw.pause_reading()

    def resume_reading(self) -> None:
        """Go on, soon: never inside the caller."""
        if not self.is_paused:
            return
        self.is_paused = False
        asyncio.get_running_loop().call_soon(self.go_on)

    def go_on(self) -> None:
        """Deliver what waited, then read from the wire again."""
        if not self.is_paused and not self.is_closing:
            self.deliver()
        if not self.is_paused and not self.raw.is_closing():
            self.raw.resume_reading()

    def close(self) -> None:
        """Say goodbye and close when everything is sent."""
        if self.is_closing:
            return
        self.push()
        self.is_closing = True
        try:
            self.tls.shutdown()
        except SSL.Error:
            self.raw.abort()
            return
        self.flush()
        self.raw.close()


def is_ip_address(host: str) -> bool:
    """Whether this is an address and not a name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def describe(error: SSL.Error) -> str:
    """The reason OpenSSL gives, in its words."""
    reasons = error.args[0] if error.args and isinstance(error.args[0], list) else []
    return "; ".join(str(reason[-1]) for reason in reasons) or type(error).__name__
