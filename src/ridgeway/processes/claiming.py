"""One process a folder, and a port that nobody else has.

Law: the lock is the kernel's, so it ends with the process, however that ends.
"""

import fcntl
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ridgeway.errors import SettingsError


@contextmanager
def holding(file: Path, refusal: SettingsError) -> Iterator[None]:
    """The lock at `file` is this process's alone while the block runs; its folder is there already.

    Raises:  `refusal` when another process holds it.
    """
    with file.open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise refusal from error
        yield


def require_free_port(host: str, port: int, *, action: str) -> None:
    """Hold only while nobody else listens there; `action` says what to do otherwise.

    Raises:  SettingsError(port_in_use) naming the address.
    """
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((host, port))
        except OSError as error:
            raise SettingsError(
                "port_in_use", f"{host}:{port} cannot be listened on: {error.strerror}.", action=action
            ) from error
