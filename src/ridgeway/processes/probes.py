"""Ways to see that a process answers."""

import socket
from pathlib import Path

from ridgeway.processes.supervisor import Probe

CONNECT_SECONDS = 0.2


def answers_at(host: str, port: int) -> Probe:
    """A probe that connects."""

    async def probe() -> bool:
        with socket.socket() as tried:
            tried.settimeout(CONNECT_SECONDS)
            return tried.connect_ex((host, port)) == 0

    return probe


def has_socket(path: Path) -> Probe:
    """A probe that connects to a Unix socket."""

    async def probe() -> bool:
        with socket.socket(socket.AF_UNIX) as tried:
            tried.settimeout(CONNECT_SECONDS)
            try:
                return tried.connect_ex(str(path)) == 0
            except OSError:
                return False

    return probe


async def is_there() -> bool:
    """For a process that nobody asks anything: it was started, and it is brought back when it ends."""
    return True
