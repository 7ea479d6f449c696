"""Which workers of this machine live.

Law: a worker keeps a file locked for as long as it lives; the kernel lets go of it however the worker ends. So a dead
worker is known at once and by no clock. Of workers on other machines only the leases in the database tell.
Next: `lease.py`.
"""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SUFFIX = ".worker"
OWNER_ALONE = 0o600
FOLDER_OF_OWNER_ALONE = 0o700


@contextmanager
def open_life(folder: Path) -> Iterator[str]:
    """A name that counts as living until the end of the block, or of the process."""
    folder.mkdir(mode=FOLDER_OF_OWNER_ALONE, parents=True, exist_ok=True)
    name = secrets.token_hex(16)
    opening = folder / f"{name}.opening"
    descriptor = os.open(opening, os.O_RDWR | os.O_CREAT | os.O_EXCL, OWNER_ALONE)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        opening.rename(folder / f"{name}{SUFFIX}")  # nobody sees it unlocked
        yield name
    finally:
        # The file stays: whatever was left undone under this name is released by who finds it.
        os.close(descriptor)


def list_living(folder: Path) -> set[str]:
    """The workers of this machine that live."""
    return {path.stem for path in folder.glob(f"*{SUFFIX}") if not is_dead(path)}


def list_dead(folder: Path) -> set[str]:
    """The workers of this machine that do not live any more and were not forgotten yet."""
    return {path.stem for path in folder.glob(f"*{SUFFIX}") if is_dead(path)}


def forget_dead(folder: Path, name: str) -> None:
    """What the dead worker held was released."""
    (folder / f"{name}{SUFFIX}").unlink(missing_ok=True)


def is_dead(path: Path) -> bool:
    """Whether nobody holds the file."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True
