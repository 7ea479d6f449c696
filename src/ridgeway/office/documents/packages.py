"""Packages of files from strangers: read from a folder, one file or a zip, and packed again; whatever is in them.

Law: nothing is believed. Names are known ones, links are not followed, nothing is unpacked to the disk, and every size
and count is bounded before it is read. What we pack is the same bytes for the same content, and its digest is that of
the content, however it was carried.
"""

import hashlib
import io
import os
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ridgeway.errors import SettingsError

MAX_PACKAGE_FILES: Final = 300
MAX_FILE_BYTES: Final = 2 * 1024 * 1024
MAX_PACKAGE_BYTES: Final = 8 * 1024 * 1024
MAX_ARCHIVE_BYTES: Final = 8 * 1024 * 1024
MAX_NAME_CHARACTERS: Final = 120
MAX_FOLDER_DEPTH: Final = 3
MAX_FAULTS_SHOWN: Final = 50
MADE_AT: Final = (1980, 1, 1, 0, 0, 0)
"""The time of every file in an archive that we make: the first one that the format knows."""
MODE: Final = stat.S_IFREG | 0o644
CREATED_ON_UNIX: Final = 3
ENCRYPTED: Final = 0x1
UNSEEN: Final = frozenset({"__pycache__", "Thumbs.db"})
"""What tools leave in a folder, beside all that begins with a point; not part of a package."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What files a kind of package has: its main document, which must be there, and which others may be.

    `main` is empty where none must be there; `known` says so in words, for whoever named a file otherwise.
    """

    main: str
    is_known: Callable[[str], bool]
    known: str


@dataclass(frozen=True, slots=True)
class Files:
    """A package as it lies there: its files by name, in order of their names; `origin` is what a person called it."""

    origin: str
    content: Mapping[str, bytes]
    is_single: bool = False

    @property
    def digest(self) -> str:
        """What tells this content from any other: SHA-256 over name, size and SHA-256 of each file, in hexadecimal."""
        rows = (
            f"{name}\t{len(data)}\t{hashlib.sha256(data).hexdigest()}\n" for name, data in sorted(self.content.items())
        )
        return hashlib.sha256("".join(rows).encode()).hexdigest()

    def show(self, name: str) -> str:
        """A file's name as a person finds it."""
        return self.origin if self.is_single else f"{self.origin}/{name}"


def read_files(path: Path, shape: Shape) -> Files:
    """The files at `path`: a folder, a zip, or the main document by itself.

    Raises:  SettingsError(malformed_package), naming each file that cannot be part of a package.
    """
    try:
        if path.is_dir():
            return check_files(str(path), read_folder(path), shape)
        data = read_bounded(path, MAX_ARCHIVE_BYTES)
    except OSError as error:
        raise refuse(f"{path} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise refuse(f"{show_name(str(path))} is no name of a file: {error}.") from error
    if zipfile.is_zipfile(io.BytesIO(data)):
        return read_archive(data, str(path), shape)
    if path.suffix in {".yaml", ".yml"}:
        files = check_files(str(path.parent), [(shape.main, data)], shape)
        return Files(str(path), files.content, is_single=True)
    raise refuse(f"{path} is no package.", f"Name a folder, a zip, or one document like {shape.main}.")


def read_archive(data: bytes, origin: str, shape: Shape) -> Files:
    """The files in a zip; `origin` stands in errors.

    Raises:  SettingsError(malformed_package).
    """
    if len(data) > MAX_ARCHIVE_BYTES:
        raise refuse(f"{origin} is larger than {MAX_ARCHIVE_BYTES} bytes.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return check_files(origin, read_entries(archive, origin), shape)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, ValueError, RuntimeError) as error:
        raise refuse(f"{origin} is no zip that can be read: {show_name(str(error))}.") from error


def read_entries(archive: zipfile.ZipFile, origin: str) -> Iterator[tuple[str, bytes]]:
    """Each file of a zip, with its content.

    Raises:  SettingsError(malformed_package) for what is no plain file.
    """
    entries = archive.infolist()
    if len(entries) > 2 * MAX_PACKAGE_FILES:
        raise refuse(f"{origin} holds more than {MAX_PACKAGE_FILES} files.")
    for entry in entries:
        if entry.is_dir():
            continue
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if kind not in {0, stat.S_IFREG}:
            raise refuse(f"{origin}: {show_name(entry.filename)} is a link or another special file.")
        if entry.flag_bits & ENCRYPTED:
            raise refuse(f"{origin}: {show_name(entry.filename)} is locked with a password.")
        if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise refuse(f"{origin}: {show_name(entry.filename)} is packed by a method that is not read.")
        if entry.orig_filename != entry.filename:
            raise refuse(f"{origin}: the name {show_name(entry.orig_filename)} holds a zero or a backslash.")
        with archive.open(entry) as opened:
            yield entry.filename, opened.read(MAX_FILE_BYTES + 1)


def read_folder(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Each file of a folder, with its content. Links are refused, not followed.

    Raises:  SettingsError(malformed_package), OSError.
    """
    for above, folders, files in os.walk(folder, followlinks=False):
        inside = Path(above).relative_to(folder)
        folders[:] = sorted(each for each in folders if not is_unseen(each))
        if len(inside.parts) > MAX_FOLDER_DEPTH:
            raise refuse(f"{show_name(above)} lies deeper than {MAX_FOLDER_DEPTH} folders.")
        for name in sorted((*files, *(each for each in folders if (Path(above) / each).is_symlink()))):
            file = Path(above) / name
            if is_unseen(name):
                continue
            if not stat.S_ISREG(file.lstat().st_mode):
                raise refuse(f"{show_name(str(file))} is a link or another special file.", "Put the file itself there.")
            yield (inside / name).as_posix(), read_bounded(file, MAX_FILE_BYTES)


def read_bounded(file: Path, limit: int) -> bytes:
    """What a file holds, up to one byte over the limit."""
    with file.open("rb") as opened:
        return opened.read(limit + 1)


def check_files(origin: str, entries: Iterable[tuple[str, bytes]], shape: Shape) -> Files:
    """The files in order, when each may be there.

    Raises:  SettingsError(malformed_package) with everything that is wrong.
    """
    faults: list[str] = []
    content: dict[str, bytes] = {}
    seen: dict[str, str] = {}
    total = 0
    for name, data in entries:
        total += len(data)
        if total > MAX_PACKAGE_BYTES or len(content) >= MAX_PACKAGE_FILES:
            raise refuse(f"{origin} holds more than {MAX_PACKAGE_FILES} files or {MAX_PACKAGE_BYTES} bytes.")
        why = explain_bad_name(name, shape)
        if not why and len(data) > MAX_FILE_BYTES:
            why = f"it is larger than {MAX_FILE_BYTES} bytes"
        if not why and name.casefold() in seen:
            why = f"there is {show_name(seen[name.casefold()])} already"
        if why:
            faults.append(f"{origin}/{show_name(name)}: {why}")
        seen.setdefault(name.casefold(), name)
        content[name] = data
    if shape.main and shape.main not in content:
        faults.append(f"{origin}: {shape.main} is missing{hint_at_folder(content, shape)}")
    if faults:
        raise refuse("\n".join(faults[:MAX_FAULTS_SHOWN]))
    return Files(origin, dict(sorted(content.items())))


def explain_bad_name(name: str, shape: Shape) -> str:
    """What is wrong with a file's name inside a package; empty when it may be there."""
    if not name or len(name) > MAX_NAME_CHARACTERS:
        return f"a name has 1 to {MAX_NAME_CHARACTERS} characters"
    if not name.isprintable() or unicodedata.normalize("NFC", name) != name:
        return "the name holds characters that cannot be seen or are not composed; rename it"
    parts = name.split("/")
    if "\\" in name or ":" in name or any(part in {"", ".", ".."} for part in parts):
        return f"the name leads out of the package; names are like {shape.main}"
    if len(parts) > MAX_FOLDER_DEPTH:
        return f"it lies deeper than {MAX_FOLDER_DEPTH} folders"
    if not shape.is_known(name):
        return f"this file is no part of a package; known are {shape.known}"
    return ""


def is_unseen(name: str) -> bool:
    """Whether a folder may hold it without its being part of the package."""
    return name.startswith(".") or name in UNSEEN


def hint_at_folder(content: Mapping[str, bytes], shape: Shape) -> str:
    """Says so when everything lies one folder down."""
    return next((f"; it lies in {show_name(name)}" for name in content if name.endswith(f"/{shape.main}")), "")


def pack_files(files: Files) -> bytes:
    """The files as a zip, the same bytes for the same content.

    Law: nothing is compressed: how small a compressor makes things differs from one release of it to the next.
    """
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, data in sorted(files.content.items()):
            entry = zipfile.ZipInfo(name, MADE_AT)
            entry.external_attr = MODE << 16
            entry.create_system = CREATED_ON_UNIX
            archive.writestr(entry, data)
    return target.getvalue()


def write_file(files: Files, name: str, data: bytes) -> Path:
    """Put one file of a package that lies in a folder in its place.

    Raises:  SettingsError(malformed_package) when the package is no folder.
    """
    folder = Path(files.origin)
    if files.is_single or not folder.is_dir():
        raise refuse(f"{files.origin} is no folder, so {name} cannot be written into it.", "Unpack it first.")
    target = folder / name
    target.parent.mkdir(exist_ok=True)
    part = target.with_name(f".{target.name}.part")
    part.write_bytes(data)
    part.replace(target)
    return target


def show_name(name: str) -> str:
    """A name on one line, without what could hide it."""
    return "".join(each if each.isprintable() else f"\\u{ord(each):04x}" for each in name[:200])


def refuse(detail: str, action: str = "") -> SettingsError:
    """The error that says why it is no package."""
    return SettingsError("malformed_package", detail, action=action)
