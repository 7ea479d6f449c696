"""The folders on disk: read whole, written so that a reader sees the old file or the new one, never half of one.

Law: a file is written beside its place, made durable, then moved over it. All files of one change are written before
the first is moved, so that a crash in between leaves at most some old beside some new, each whole, and the next fetch
completes it. Hidden files are ours and no part of the configuration.
"""

import contextlib
import fcntl
import os
import re
import shutil
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from ridgeway.errors import TrustError

LOCK_FILE = ".lock"
TEMPORARY_PREFIX = ".new-"
MAX_FILES = 2000
CONFIGURATION_FILE = re.compile(r"[\w.-]+\.xml(\.metadata)?|[\w.-]+\.metadata", re.ASCII)
FOLDER_MODE = 0o755
FILE_MODE = 0o644

Fingerprint = tuple[tuple[str, int, int, int], ...]
"""Name, time of change, size and inode of each file: equal means nothing was written since."""


def read_files(folder: Path, *, max_bytes: int) -> dict[str, bytes]:
    """Every file of a folder and of the folders in it, by path with `/`; hidden ones are left out.

    Raises:  TrustError(malformed_global_conf) for a folder that is absent, too full, or too large.
    """
    files: dict[str, bytes] = {}
    for path, entry in list_entries(folder):
        if entry.stat().st_size > max_bytes:
            raise TrustError("malformed_global_conf", f"{entry.path} has more than {max_bytes} bytes.")
        with contextlib.suppress(FileNotFoundError):
            files[path] = Path(entry.path).read_bytes()
    return files


def list_entries(folder: Path) -> list[tuple[str, os.DirEntry[str]]]:
    """The files of a folder and of the folders in it, sorted, with their path below it.

    Raises:  TrustError(malformed_global_conf).
    """
    found: list[tuple[str, os.DirEntry[str]]] = []
    try:
        for entry in visible(folder):
            if entry.is_file():
                found.append((entry.name, entry))
            elif entry.is_dir(follow_symlinks=False):
                found += [(f"{entry.name}/{each.name}", each) for each in visible(entry) if each.is_file()]
    except FileNotFoundError as error:
        raise TrustError(
            "malformed_global_conf",
            f"{error.filename} does not exist.",
            action="Fetch the configuration: ridgeway trust fetch.",
        ) from error
    except OSError as error:
        raise TrustError("malformed_global_conf", f"{folder} cannot be read: {error.strerror}.") from error
    if len(found) > MAX_FILES:
        raise TrustError("malformed_global_conf", f"{folder} holds {len(found)} files; at most {MAX_FILES} are read.")
    return sorted(found, key=lambda pair: pair[0])


def visible(folder: Path | os.DirEntry[str]) -> Iterator[os.DirEntry[str]]:
    """The entries of a folder that are not hidden."""
    with os.scandir(folder) as entries:
        yield from (entry for entry in entries if not entry.name.startswith("."))


def take_fingerprint(folder: Path) -> Fingerprint:
    """What changes when a file of the folder does; empty for a folder that cannot be read."""
    rows: list[tuple[str, int, int, int]] = []
    try:
        entries = list_entries(folder)
    except TrustError:
        return ()
    for path, entry in entries:
        with contextlib.suppress(OSError):
            facts = entry.stat()
            rows.append((path, facts.st_mtime_ns, facts.st_size, facts.st_ino))
    return tuple(rows)


@contextlib.contextmanager
def folder_lock(folder: Path) -> Iterator[None]:
    """Hold the folder for writing; another process waits until this one has written."""
    folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    with (folder / LOCK_FILE).open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def write_files(folder: Path, files: Mapping[str, bytes]) -> tuple[str, ...]:
    """Every file is in its place and durable; returns the paths whose bytes were not there already."""
    changed = [path for path, content in files.items() if find_bytes(folder / path) != content]
    written: list[tuple[Path, Path]] = []
    try:
        for path in changed:
            place = folder / path
            place.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
            written.append((write_beside(place, files[path]), place))
        for temporary, place in written:
            temporary.replace(place)
    finally:
        for temporary, _ in written:
            temporary.unlink(missing_ok=True)
    for parent in {place.parent for _, place in written}:
        make_durable(parent)
    return tuple(changed)


def write_beside(place: Path, content: bytes) -> Path:
    """A durable file next to `place`, ready to be moved over it."""
    temporary = place.with_name(f"{TEMPORARY_PREFIX}{os.getpid()}-{place.name}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, FILE_MODE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return temporary


def make_durable(folder: Path) -> None:
    """The names in a folder survive a crash of the machine."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def find_bytes(path: Path) -> bytes | None:
    """The bytes of a file; None when there is none."""
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None


def delete_others(folder: Path, keep: Collection[str]) -> tuple[str, ...]:
    """No file of the folder is left but those named, and the lock; returns the names of those deleted."""
    if not folder.is_dir():
        return ()
    others = [path for path in folder.iterdir() if path.name not in keep and path.name != LOCK_FILE and path.is_file()]
    for path in others:
        path.unlink(missing_ok=True)
    return tuple(sorted(path.name for path in others if not path.name.startswith(".")))


def delete_folders(folder: Path, keep: Collection[str]) -> tuple[str, ...]:
    """No instance's folder is left in `folder` but those named; returns the names of those deleted.

    What does not look like one is never touched, so that a wrong path in the settings destroys nothing.
    """
    entries = [entry for entry in visible(folder) if entry.is_dir(follow_symlinks=False) and entry.name not in keep]
    others = [Path(entry.path) for entry in entries if is_instance_folder(Path(entry.path))]
    for path in others:
        shutil.rmtree(path)
    return tuple(sorted(path.name for path in others))


def is_instance_folder(folder: Path) -> bool:
    """Whether a folder holds nothing but the files of a configuration."""
    return all(
        path.is_file() and (path.name.startswith(TEMPORARY_PREFIX) or CONFIGURATION_FILE.fullmatch(path.name))
        for path in folder.iterdir()
    )
