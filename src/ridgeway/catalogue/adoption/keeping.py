"""The folder of an adopted package: what lies where, and how it changes as a whole or not at all.

    upstream.yaml   which release this stands on, whose, where it came from
    upstream/       that release as it came, to the byte
    overlay.yaml    what this organisation changed
    package/        the two put together: what is served, and what people edit
    evidence/       who published and who gave it, signed

Law: a change is written beside first, whole; then it is marked as ready, and put in place. Whoever finds a ready change
puts it in place before doing anything else, so that a crash at any moment leaves the old state or the new one.
"""

import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from ridgeway.catalogue.adoption.trees import read_package_tree, write_files
from ridgeway.catalogue.overlays.files import parse_overlay, render_overlay
from ridgeway.errors import SettingsError
from ridgeway.office.documents import read_document_file
from ridgeway.office.documents.operations import Operation, apply_operations
from ridgeway.office.documents.tree import Tree
from ridgeway.office.documents.writing import render_tree
from ridgeway.trust.files import make_durable

LOCK: Final = "upstream.yaml"
OVERLAY: Final = "overlay.yaml"
UPSTREAM: Final = "upstream"
PACKAGE: Final = "package"
EVIDENCE: Final = "evidence"
PARTS: Final = (UPSTREAM, PACKAGE, EVIDENCE, OVERLAY, LOCK)
NEXT: Final = ".next"
READY: Final = "ready"
MAX_OVERLAY_BYTES: Final = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Lock:
    """Which release an adopted package stands on. `digest` is the manifest's SHA-256 as hexadecimal digits.

    `signed_by` is the member (INSTANCE/CLASS/CODE) that was proven to have published it, at the latest at `signed_at`;
    both are empty where nothing was proven.
    """

    package: str
    version: str
    service: str
    digest: str
    origin: str
    publisher: str
    adopted_at: str
    signed_by: str = ""
    signed_at: str = ""
    format: str = "upstream/1"


@dataclass(frozen=True, slots=True)
class Adopted:
    """An adopted package as it lies there. `evidence` are the files that prove where it came from."""

    lock: Lock
    upstream: Mapping[str, bytes]
    operations: tuple[Operation, ...]
    evidence: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def upstream_tree(self) -> Tree:
        """The release as a tree."""
        return read_package_tree(self.upstream)

    def build(self) -> dict[str, bytes]:
        """The files that are served: the release with what was changed.

        Raises:  RequestError(stale_operation), SettingsError.
        """
        return write_files(self.upstream, apply_operations(self.upstream_tree, self.operations))


def read_adopted(folder: Path) -> Adopted:
    """The adopted package in a folder; a change that was ready is put in place first.

    Raises:  SettingsError(not_adopted | malformed_document).
    """
    finish_change(folder)
    if not (folder / LOCK).is_file():
        raise SettingsError(
            "not_adopted",
            f"{folder} holds no adopted package: {LOCK} is missing.",
            action="Adopt one with `ridgeway catalogue adopt PACKAGE FOLDER`.",
        )
    lock = read_document_file(folder / LOCK, Lock).value
    overlay = folder / OVERLAY
    operations = parse_overlay(read_bounded(overlay), name=str(overlay)) if overlay.exists() else ()
    return Adopted(lock, read_plain_folder(folder / UPSTREAM), operations, read_plain_folder(folder / EVIDENCE))


def read_bounded(file: Path) -> bytes:
    """What a file of ours holds.

    Raises:  SettingsError(malformed_document) when it is larger than any that we wrote.
    """
    with file.open("rb") as opened:
        data = opened.read(MAX_OVERLAY_BYTES + 1)
    if len(data) > MAX_OVERLAY_BYTES:
        raise SettingsError("malformed_document", f"{file} is larger than {MAX_OVERLAY_BYTES} bytes.")
    return data


def read_plain_folder(folder: Path) -> dict[str, bytes]:
    """The files below a folder by name; what begins with a dot is left out, links are refused.

    Raises:  SettingsError(malformed_package).
    """
    files: dict[str, bytes] = {}
    for file in sorted(folder.rglob("*")):
        inside = file.relative_to(folder)
        if any(part.startswith(".") for part in inside.parts) or (file.is_dir() and not file.is_symlink()):
            continue
        if file.is_symlink() or not file.is_file():
            raise SettingsError("malformed_package", f"{file} is a link or another special file.")
        files[inside.as_posix()] = read_bounded(file)
    return files


def write_adopted(folder: Path, adopted: Adopted) -> None:
    """The folder holds exactly this, or what it held before.

    Raises:  OSError when the disk is full or does not take it; the folder is as before then.
    """
    beside = folder / NEXT
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    try:
        write_folder(beside / UPSTREAM, adopted.upstream)
        write_folder(beside / PACKAGE, adopted.build())
        write_folder(beside / EVIDENCE, adopted.evidence)
        write_synced(beside / OVERLAY, render_overlay(adopted.operations).encode())
        write_synced(beside / LOCK, render_tree(to_plain(adopted.lock)).encode())
        write_synced(beside / READY, b"")
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    make_durable(beside)
    finish_change(folder)


def finish_change(folder: Path) -> None:
    """A change that was ready is in place; one that was not is gone."""
    beside = folder / NEXT
    if not beside.exists():
        return
    if (beside / READY).exists():
        for part in PARTS:
            if (beside / part).exists():
                replace_part(folder, part)
        make_durable(folder)
    shutil.rmtree(beside)


def replace_part(folder: Path, part: str) -> None:
    """One file or folder is replaced by its next state."""
    old, new = folder / part, folder / NEXT / part
    if old.is_dir():
        aside = folder / NEXT / f"old-{part}"
        shutil.rmtree(aside, ignore_errors=True)
        old.rename(aside)
    new.replace(old)


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """The files, synced to the disk."""
    folder.mkdir()
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        write_synced(folder / name, data)


def write_synced(file: Path, data: bytes) -> None:
    """One file is on the disk."""
    with file.open("wb") as opened:
        opened.write(data)
        opened.flush()
        os.fsync(opened.fileno())


def to_plain(lock: Lock) -> dict[str, Any]:
    """The lock with its format first."""
    said = asdict(lock)
    return {"format": said.pop("format")} | said
