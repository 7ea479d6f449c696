"""The socket's place on disk: a folder of its owner alone, a path that fits, one server at a time."""

import fcntl
import hashlib
import os
import tempfile
from pathlib import Path
from typing import IO

from ridgeway.errors import SettingsError

MAX_SOCKET_PATH_BYTES = 107
"""The kernel keeps 108 bytes for a path, its closing zero included."""
LONGEST_SOCKET_NAME = "messagelog.sock.lock"


def require_short_path(path: Path) -> None:
    """Hold only while the kernel can keep the path of the socket.

    Raises:  SettingsError(socket_path_too_long).
    """
    length = len(os.fsencode(path))
    if length > MAX_SOCKET_PATH_BYTES:
        raise SettingsError(
            "socket_path_too_long",
            f"The socket {path} has a path of {length} bytes; the system takes at most {MAX_SOCKET_PATH_BYTES}.",
            action='Name a shorter one, as in socket = "/run/ridgeway/messagelog.sock".',
        )


def choose_socket_folder(folder: Path) -> Path:
    """Where the sockets of a deployment are: in its folder, or in a short one when the path is too long for sockets."""
    usual = folder / "run"
    if len(str(usual / LONGEST_SOCKET_NAME).encode()) <= MAX_SOCKET_PATH_BYTES:
        return usual
    mark = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"ridgeway-{mark}"


def prepare_folder(path: Path) -> None:
    """The folder of the socket is there; a new one is for its owner alone, an old one stays as its owner made it.

    Raises:  SettingsError(unsafe_socket_folder) when others may write there.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    mode = path.parent.stat().st_mode & 0o777
    if mode & 0o022:
        raise SettingsError(
            "unsafe_socket_folder",
            f"The folder {path.parent} of the socket may be written by others (mode {mode:o}).",
            action=f"Make it its owner's alone: chmod 700 {path.parent}.",
        )


def lock_place(path: Path) -> IO[bytes]:
    """This process alone serves `path`, for as long as the returned file is open.

    Raises:  SettingsError(already_running) while another process does.
    """
    lock = path.with_name(path.name + ".lock").open("ab")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.close()
        raise SettingsError(
            "already_running", f"Another process serves {path}.", action="Stop that one, or name another socket."
        ) from error
    return lock
