"""Every size, count and time that bounds an HTTP connection, by name.

Law: nothing from outside is waited for, kept or counted without one of these limits.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HttpLimits:
    """The limits of a server.

    `body_timeout_seconds` and `body_min_bytes` are one rule: while the handler takes what comes, each period of that
    length must bring that many bytes (or the end), so neither silence nor a trickle holds a connection.
    """

    max_head_bytes: int = 64 * 1024
    max_connections: int = 5000
    max_buffered_bytes: int = 256 * 1024
    idle_timeout_seconds: float = 30.0
    head_timeout_seconds: float = 30.0
    handshake_timeout_seconds: float = 30.0
    body_timeout_seconds: float = 30.0
    body_min_bytes: int = 512
    write_timeout_seconds: float = 30.0
    grace_seconds: float = 20.0
    backlog: int = 1024


@dataclass(frozen=True, slots=True)
class PoolLimits:
    """The limits of a client. A read timeout bounds each wait for the peer, not the whole answer.

    `idle_timeout_seconds` is shorter than a server's, so that the pool lets go first. Each further round of connecting
    has half the time of the one before, but no less than `connect_floor_seconds` (or than it had).
    """

    max_connections_per_origin: int = 64
    max_idle_per_origin: int = 64
    max_head_bytes: int = 64 * 1024
    max_buffered_bytes: int = 256 * 1024
    idle_timeout_seconds: float = 20.0
    connect_timeout_seconds: float = 30.0
    connect_floor_seconds: float = 5.0
    waiting_timeout_seconds: float = 30.0
    read_timeout_seconds: float = 120.0
    write_timeout_seconds: float = 60.0
