"""The values both sides of HTTP share: who is at the other end, where to connect, what an answer's head says.

Law: errors of the wire are raised as these types; a handler answers with `HttpRefusal`, a client sees `PeerLostError`.
"""

from dataclasses import dataclass, field

from ridgeway.errors import NetworkError
from ridgeway.http.headers import Headers
from ridgeway.http.tls import ClientTls


@dataclass(frozen=True, slots=True)
class Connection:
    """Who is at the other end. `peer_chain` is DER as sent, leaf first; empty without a peer certificate."""

    is_tls: bool = False
    peer_chain: tuple[bytes, ...] = ()
    remote_address: str = ""
    remote_port: int = 0
    tls_version: str = ""
    cipher: str = ""
    is_resumed: bool = False


@dataclass(frozen=True, slots=True)
class Origin:
    """Where to connect. `tls` is compared by identity: keep one `ClientTls` for each own identity."""

    host: str
    port: int
    tls: ClientTls | None = None

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class ResponseHead:
    """The head of an answer: what the status line and the header fields say."""

    status: int
    reason: str
    headers: Headers = field(default_factory=Headers)


class HttpRefusal(Exception):  # noqa: N818 - it is an answer, not a fault of ours
    """Raised by a handler, or below it, to answer with a status and one sentence instead."""

    def __init__(self, status: int, reason: str, detail: str = "") -> None:
        super().__init__(status, reason, detail)
        self.status = status
        self.reason = reason
        self.detail = detail


class PeerLostError(NetworkError):
    """The connection ended, stalled or broke the protocol in the middle of an exchange.

    `may_retry`: the connection was an old one and failed before any byte of an answer, so the server may simply
    have let go of it; the caller knows whether the request may be sent twice.
    """

    def __init__(self, detail: str, *, code: str = "network_error", may_retry: bool = False) -> None:
        super().__init__(code, detail)
        self.may_retry = may_retry
