"""One file that holds everything a server cannot lose, and the way back.

Law: a backup says what it is, whose it is, and the SHA-256 of each piece; nothing is put back before all of it was
checked. Each room names its pieces as `Piece`s; the log's own is here. A database is copied as of one moment, while
it is in use; it is put back only where nobody uses it.
Read next: `commands.py`; `pieces.py` for folders and databases.
"""

import hashlib
import os
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

import msgspec

from ridgeway.errors import ContainerError, SettingsError

FORMAT = "ridgeway-backup-1"
MANIFEST = "manifest.json"
MAX_MANIFEST_BYTES = 16 * 1024 * 1024
MAX_FILES = 100_000
CHUNK_BYTES = 1024 * 1024
OWNER_ALONE = 0o600


class Piece(Protocol):
    """Something that a backup holds. `name` is its folder in the backup; `kind` must be the same on the way back."""

    @property
    def name(self) -> str:
        """The folder of its files in the backup."""
        ...

    @property
    def kind(self) -> str:
        """What its files are, as `sqlite` or `folder`."""
        ...

    def dump(self, folder: Path) -> None:
        """What there is lies in `folder` as files."""
        ...

    def load(self, folder: Path) -> None:
        """What lies in `folder` is in place."""
        ...


class FileEntry(msgspec.Struct, frozen=True):
    """One file of a backup: its path in it, its size, its SHA-256 in hex."""

    path: str
    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """What a backup says about itself. `owner` is whose it is; `kinds` maps each piece to what its files are."""

    format: str
    owner: str
    made_at: datetime
    kinds: dict[str, str]
    files: list[FileEntry]


@dataclass(frozen=True, slots=True)
class BackupReport:
    """What was written or put back."""

    owner: str
    made_at: datetime
    files: int
    size: int


def write_backup(file: Path, pieces: Sequence[Piece], *, owner: str, now: datetime) -> BackupReport:
    """`file` holds every piece, durable and readable by its owner alone; an older file of that name is replaced.

    Raises:  whatever a piece raises that cannot be read; the older file then stays.
    """
    beside = file.with_name(f".new-{file.name}")
    with tempfile.TemporaryDirectory(prefix="ridgeway-backup-", dir=file.parent) as folder:
        entries: list[FileEntry] = []
        try:
            descriptor = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_TRUNC, OWNER_ALONE)
            with os.fdopen(descriptor, "w+b") as target:
                with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
                    for piece in pieces:
                        entries += add_piece(archive, piece, Path(folder) / piece.name)
                    manifest = Manifest(FORMAT, owner, now, {piece.name: piece.kind for piece in pieces}, entries)
                    archive.writestr(MANIFEST, msgspec.json.format(msgspec.json.encode(manifest)))
                target.flush()
                os.fsync(target.fileno())
            beside.replace(file)
        finally:
            beside.unlink(missing_ok=True)
    return report_of(manifest)


def add_piece(archive: zipfile.ZipFile, piece: Piece, folder: Path) -> list[FileEntry]:
    """The files of a piece are in the archive, and their copy beside it is gone again."""
    folder.mkdir(mode=0o700)
    piece.dump(folder)
    entries = []
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        inner = f"{piece.name}/{path.relative_to(folder).as_posix()}"
        with path.open("rb") as source:
            digest = hashlib.file_digest(source, "sha256").hexdigest()
        archive.write(path, inner)
        entries.append(FileEntry(inner, path.stat().st_size, digest))
    shutil.rmtree(folder)
    return entries


def restore_backup(
    file: Path, pieces: Sequence[Piece], *, owner: str, later: frozenset[str] = frozenset()
) -> BackupReport:
    """Every piece is back in place as `file` holds it; `later` are pieces that backups of older releases do not have.

    Raises:  ContainerError(malformed_backup) for a file that is no backup or was changed; SettingsError(foreign_backup)
             for one of another server, or with other pieces. Nothing is touched then.
    """
    with tempfile.TemporaryDirectory(prefix="ridgeway-restore-", dir=file.parent) as name:
        folder = Path(name)
        manifest = unpack_backup(file, folder)
        held = [piece for piece in pieces if piece.name in manifest.kinds or piece.name not in later]
        require_own(manifest, held, owner)
        for piece in held:
            (folder / piece.name).mkdir(exist_ok=True)
            piece.load(folder / piece.name)
    return report_of(manifest)


def unpack_backup(file: Path, folder: Path) -> Manifest:
    """The files of a backup lie in `folder`, each as its manifest says.

    Raises:  ContainerError(malformed_backup).
    """
    try:
        with zipfile.ZipFile(file) as archive:
            names = {info.filename: info for info in archive.infolist()}
            if MANIFEST not in names or names[MANIFEST].file_size > MAX_MANIFEST_BYTES:
                raise ValueError(f"it has no {MANIFEST}")
            manifest = msgspec.json.decode(archive.read(MANIFEST), type=Manifest)
            listed = {entry.path for entry in manifest.files}
            if manifest.format != FORMAT:
                raise ValueError(f"its format is {manifest.format!r}; expected {FORMAT}")
            if listed | {MANIFEST} != set(names) or len(listed) > MAX_FILES or len(names) != len(archive.infolist()):
                raise ValueError("its files are not those that its manifest lists")
            for entry in manifest.files:
                unpack_file(archive, entry, folder)
    except FileNotFoundError as error:
        raise ContainerError("malformed_backup", f"{file} does not exist.") from error
    except (OSError, ValueError, KeyError, NotImplementedError, RuntimeError, EOFError) as error:
        raise malformed(file, error) from error
    except (zipfile.BadZipFile, zlib.error, msgspec.MsgspecError) as error:
        raise malformed(file, error) from error
    return manifest


def unpack_file(archive: zipfile.ZipFile, entry: FileEntry, folder: Path) -> None:
    """One file lies in `folder`, with the size and the digest that the manifest says."""
    place = (folder / entry.path).resolve()
    if not place.is_relative_to(folder.resolve()) or "\\" in entry.path:
        raise ValueError(f"{entry.path!r} leads out of the backup")
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest = hashlib.sha256()
    size = 0
    with archive.open(entry.path) as source, place.open("wb") as target:
        while chunk := source.read(CHUNK_BYTES):
            size += len(chunk)
            if size > entry.size:
                break
            digest.update(chunk)
            target.write(chunk)
    if size != entry.size or digest.hexdigest() != entry.sha256:
        raise ValueError(f"{entry.path} is not what was backed up")


def require_own(manifest: Manifest, pieces: Sequence[Piece], owner: str) -> None:
    """Hold only when the backup is this server's (a new server without a name takes any) and has these pieces.

    Raises:  SettingsError(foreign_backup).
    """
    if owner and manifest.owner != owner:
        raise SettingsError("foreign_backup", f"The backup is of {manifest.owner!r}; this is {owner!r}.")
    expected = {piece.name: piece.kind for piece in pieces}
    if manifest.kinds != expected:
        raise SettingsError(
            "foreign_backup",
            f"The backup holds {render_kinds(manifest.kinds)}; here it would need {render_kinds(expected)}.",
            action="Set the same kinds of database as when it was made, then restore again.",
        )


def render_kinds(kinds: dict[str, str]) -> str:
    """Pieces and their kinds, in words."""
    return ", ".join(f"{name} ({kind})" for name, kind in sorted(kinds.items())) or "nothing"


def malformed(file: Path, error: Exception) -> ContainerError:
    """Why a file is no backup."""
    return ContainerError("malformed_backup", f"{file} is no whole backup: {error}.", action="Take another copy of it.")


def report_of(manifest: Manifest) -> BackupReport:
    """The short of it."""
    return BackupReport(
        manifest.owner, manifest.made_at, len(manifest.files), sum(entry.size for entry in manifest.files)
    )
