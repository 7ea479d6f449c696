"""Our thin HTTP/1.1: exact header case, late parts, the peer's whole certificate chain, limits with names.

Server: `serve`. Client: `Pool` and `fetch`. TLS: `ServerTls`, `ClientTls`. Start a process with `run`.
"""

from ridgeway.http.addresses import parse_url
from ridgeway.http.client import Address, Exchange, Favourite, Pool, Response, fetch
from ridgeway.http.connecting import connect_fastest
from ridgeway.http.headers import Headers
from ridgeway.http.limits import HttpLimits, PoolLimits
from ridgeway.http.running import run
from ridgeway.http.server import Handler, Request, ResponseWriter, Server, serve
from ridgeway.http.tls import ClientTls, ServerTls, TlsProfile
from ridgeway.http.values import Connection, HttpRefusal, Origin, PeerLostError, ResponseHead

__all__ = [
    "Address",
    "ClientTls",
    "Connection",
    "Exchange",
    "Favourite",
    "Handler",
    "Headers",
    "HttpLimits",
    "HttpRefusal",
    "Origin",
    "PeerLostError",
    "Pool",
    "PoolLimits",
    "Request",
    "Response",
    "ResponseHead",
    "ResponseWriter",
    "Server",
    "ServerTls",
    "TlsProfile",
    "connect_fastest",
    "fetch",
    "parse_url",
    "run",
    "serve",
]
