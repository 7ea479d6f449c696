"""TLS identities and profiles: what we show, what we ask for, and in which dialect we speak.

Law: keys and certificates are bytes, never files. With the X-Road profile the handshake accepts any certificate that
proves possession of its key; whether the certificate is good is the application's decision, made on the whole chain
as the peer sent it. Read next: `tls_transport.py`.
Source: PR-MESSTRANSP §2.1. Why pyOpenSSL: docs/decisions/0003-tls.md.
"""

import hashlib
import tempfile
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_der_private_key
from OpenSSL import SSL

XROAD_SUITES = "ECDHE-RSA-AES256-SHA384:DHE-RSA-AES256-SHA256:ECDHE-ECDSA-AES256-SHA384"
MODERN_SUITES = "ECDHE+AESGCM:ECDHE+CHACHA20"
SESSION_TIMEOUT_SECONDS = 600
FULL_HANDSHAKE = "full handshake"

FFDHE2048 = b"""-----BEGIN DH PARAMETERS-----
MIIBCAKCAQEA//////////+t+FRYortKmq/cViAnPTzx2LnFg84tNpWp4TZBFGQz
+8yTnc4kmz75fS/jY2MMddj2gbICrsRhetPfHtXV/WVhJDP1H18GbtCFY2VVPe0a
87VXE15/V8k1mE8McODmi3fipona8+/och3xWKE2rec1MKzKT0g6eXq8CrGCsyT7
YdEIqUuyyOP7uWrat2DX9GgdT0Kj3jlN9K5W7edjcrsZCwenyO4KbXCeAvzhzffi
7MA0BM0oNC9hkXL+nOmFg/+OTxIy7vKBg8P+OxtMb61zO7X8vC7CIAXFjvGDfRaD
ssbzSibBsu/6iGtCOGEoXJf//////////wIBAg==
-----END DH PARAMETERS-----
"""
"""Group ffdhe2048 (RFC 7919 appendix A.1; public), for the one suite without elliptic curves."""

PARTIAL_WRITE = 0x1
"""SSL_MODE_ENABLE_PARTIAL_WRITE, which pyOpenSSL sets; into memory a write is always whole."""


@dataclass(frozen=True, slots=True)
class TlsProfile:
    """A dialect: the versions and cipher suites that are offered."""

    name: str
    min_version: int
    max_version: int
    suites: str


XROAD = TlsProfile("xroad", SSL.TLS1_2_VERSION, SSL.TLS1_2_VERSION, XROAD_SUITES)
"""Between security servers, as X-Road alone speaks: exactly TLS 1.2 and three suites."""

EXCHANGE = TlsProfile("exchange", SSL.TLS1_2_VERSION, SSL.TLS1_3_VERSION, XROAD_SUITES)
"""Between security servers: TLS 1.3 with one of ours, and with X-Road the three suites of TLS 1.2."""

EXCHANGE_PROFILES = {"1.2": XROAD, "1.3": EXCHANGE}
"""The newest TLS that a server may speak with others, as settings say it → its profile."""

MODERN = TlsProfile("modern", SSL.TLS1_2_VERSION, SSL.TLS1_3_VERSION, MODERN_SUITES)
"""With information systems and services: TLS 1.2 or 1.3, forward secrecy, authenticated encryption."""


@dataclass(frozen=True, eq=False)
class ServerTls:
    """A server's identity. `certificate_chain` is DER, leaf first, without the root; `private_key` is PKCS #8 DER.

    `require_client_certificate` refuses the handshake without one; `request_client_certificate` takes one if there is.
    """

    certificate_chain: tuple[bytes, ...]
    private_key: bytes = field(repr=False)
    request_client_certificate: bool = False
    require_client_certificate: bool = False
    profile: TlsProfile = MODERN
    context: SSL.Context = field(init=False, repr=False)

    def __post_init__(self) -> None:
        context = new_context(self.profile)
        use_identity(context, self.certificate_chain, self.private_key)
        if self.request_client_certificate or self.require_client_certificate:
            demand = SSL.VERIFY_FAIL_IF_NO_PEER_CERT if self.require_client_certificate else 0
            context.set_verify(SSL.VERIFY_PEER | demand, accept_certificate)
        use_session_cache(context, self.certificate_chain)
        if ":DHE-" in self.profile.suites:
            use_finite_field_group(context)
        object.__setattr__(self, "context", context)


@dataclass(frozen=True, eq=False)
class ClientTls:
    """A client's identity (may be none) and whom it accepts.

    `pinned`: the peer's leaf must be one of these DER certificates. `is_public`: its certificate must name the host and
    lead to one of `authorities` (DER), as on the web. With neither every leaf is accepted, and the application decides
    on `Connection.peer_chain` before it sends anything. `server_name` is sent as SNI (the host, when `is_public`).
    """

    certificate_chain: tuple[bytes, ...] = ()
    private_key: bytes = field(default=b"", repr=False)
    profile: TlsProfile = MODERN
    pinned: tuple[bytes, ...] = ()
    authorities: tuple[bytes, ...] = field(default=(), repr=False)
    is_public: bool = False
    server_name: str = ""
    context: SSL.Context = field(init=False, repr=False)

    def __post_init__(self) -> None:
        context = new_context(self.profile)
        if self.certificate_chain:
            use_identity(context, self.certificate_chain, self.private_key)
        context.set_verify(SSL.VERIFY_PEER, accept_certificate)
        context.set_session_cache_mode(SSL.SESS_CACHE_CLIENT)
        object.__setattr__(self, "context", context)


def accept_certificate(connection: SSL.Connection, *_facts: object) -> bool:
    """Accept: trust is decided by the application, on the chain as sent. Notes that the handshake was a full one."""
    connection.set_app_data(FULL_HANDSHAKE)
    return True


def new_context(profile: TlsProfile) -> SSL.Context:
    """A context that speaks `profile` and nothing else, without renegotiation."""
    context = SSL.Context(SSL.TLS_METHOD)
    context.set_min_proto_version(profile.min_version)
    context.set_max_proto_version(profile.max_version)
    context.set_cipher_list(profile.suites.encode())
    context.set_options(SSL.OP_NO_RENEGOTIATION | SSL.OP_NO_COMPRESSION | SSL.OP_CIPHER_SERVER_PREFERENCE)
    context.set_mode(SSL.MODE_RELEASE_BUFFERS)
    context.clear_mode(PARTIAL_WRITE)
    return context


def use_identity(context: SSL.Context, chain: tuple[bytes, ...], private_key: bytes) -> None:
    """The context shows this chain and proves possession of its key."""
    leaf, *others = (x509.load_der_x509_certificate(der) for der in chain)
    context.use_certificate(leaf)
    for certificate in others:
        context.add_extra_chain_cert(certificate)
    context.use_privatekey(load_der_private_key(private_key, password=None))  # type: ignore[arg-type]
    context.check_privatekey()


def use_session_cache(context: SSL.Context, chain: tuple[bytes, ...]) -> None:
    """A client that comes back within ten minutes need not shake hands in full.

    Sessions stay in the server's memory: a ticket would carry the client's leaf alone, and the chain would be lost.
    """
    context.set_options(SSL.OP_NO_TICKET)
    context.set_session_cache_mode(SSL.SESS_CACHE_SERVER)
    context.set_session_id(hashlib.sha256(chain[0]).digest())
    context.set_timeout(SESSION_TIMEOUT_SECONDS)


def use_finite_field_group(context: SSL.Context) -> None:
    """The suite without elliptic curves can be chosen; pyOpenSSL takes its (public) group from a file only."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(FFDHE2048)
        file.flush()
        context.load_tmp_dh(file.name)
