"""The files of a package: the only place of this service's pure parts that reads, from a folder, one file or a zip.

Law: what is read comes from a stranger. Names are known ones, links are not followed, nothing is unpacked to the disk,
and every size and count is bounded before it is believed. Made archives are the same bytes for the same content.
"""

import hashlib
import io
import os
import stat
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ridgeway.errors import SettingsError
from ridgeway.services.assessments.definition.limits import (
    MAX_ARCHIVE_BYTES,
    MAX_FILE_BYTES,
    MAX_FOLDER_DEPTH,
    MAX_PACKAGE_BYTES,
    MAX_PACKAGE_FILES,
)
from ridgeway.services.assessments.definition.names import SERVICE, explain_bad_name, is_unseen

MADE_AT: Final = (1980, 1, 1, 0, 0, 0)
"""The time of every file in an archive that we make: the first one that the format knows."""
MODE: Final = stat.S_IFREG | 0o644
CREATED_ON_UNIX: Final = 3
ENCRYPTED: Final = 0x1
CHUNK_BYTES: Final = 64 * 1024
OWN_LOCALE: Final = Path(__file__).parents[1] / "locale"


@dataclass(frozen=True, slots=True)
class Files:
    """A package as it lies there: its files by name, in order of their names; `origin` is what a person called it."""

    origin: str
    content: Mapping[str, bytes]
    is_single: bool = False

    @property
    def digest(self) -> str:
        """What tells this content from any other, in 64 hexadecimal digits."""
        rows = (f"{name}\t{len(data)}\t{hashlib.sha256(data).hexdigest()}\n" for name, data in self.content.items())
        return hashlib.sha256("".join(rows).encode()).hexdigest()

    def show(self, name: str) -> str:
        """A file's name as a person finds it."""
        return self.origin if self.is_single else f"{self.origin}/{name}"


def read_files(path: Path) -> Files:
    """The files at `path`: a folder, a zip, or one definition by itself.

    Raises:  SettingsError(malformed_package), naming each file that cannot be part of a package.
    """
    try:
        if path.is_dir():
            return check_files(str(path), read_folder(path))
        data = read_bounded(path, MAX_ARCHIVE_BYTES)
    except OSError as error:
        raise refuse(f"{path} cannot be read: {error.strerror}.") from error
    if zipfile.is_zipfile(io.BytesIO(data)):
        return read_archive(data, str(path))
    if path.suffix in {".yaml", ".yml"}:
        return Files(str(path), {SERVICE: data}, is_single=True)
    raise refuse(f"{path} is no package.", "Name a folder, a zip or a definition (service.yaml).")


def read_archive(data: bytes, origin: str) -> Files:
    """The files in a zip.

    Raises:  SettingsError(malformed_package).
    """
    if len(data) > MAX_ARCHIVE_BYTES:
        raise refuse(f"{origin} is larger than {MAX_ARCHIVE_BYTES} bytes.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return check_files(origin, read_entries(archive, origin))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, ValueError, RuntimeError) as error:
        raise refuse(f"{origin} is no zip that can be read: {error}.") from error


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
    """Each file of a folder, with its content. Links are refused, not followed."""
    for above, folders, files in os.walk(folder, followlinks=False):
        inside = Path(above).relative_to(folder)
        folders[:] = sorted(each for each in folders if not is_unseen(each))
        if len(inside.parts) > MAX_FOLDER_DEPTH:
            raise refuse(f"{above} lies deeper than {MAX_FOLDER_DEPTH} folders.")
        for name in sorted((*files, *(each for each in folders if (Path(above) / each).is_symlink()))):
            file = Path(above) / name
            if is_unseen(name):
                continue
            if not stat.S_ISREG(file.lstat().st_mode):
                raise refuse(f"{file} is a link or another special file.", "Put the file itself there.")
            yield (inside / name).as_posix(), read_bounded(file, MAX_FILE_BYTES)


def read_bounded(file: Path, limit: int) -> bytes:
    """What a file holds, up to one byte over the limit."""
    with file.open("rb") as opened:
        return opened.read(limit + 1)


def check_files(origin: str, entries: Iterator[tuple[str, bytes]]) -> Files:
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
        why = explain_bad_name(name)
        if not why and len(data) > MAX_FILE_BYTES:
            why = f"it is larger than {MAX_FILE_BYTES} bytes"
        if not why and name.casefold() in seen:
            why = f"there is {show_name(seen[name.casefold()])} already"
        if why:
            faults.append(f"{origin}/{show_name(name)}: {why}")
        seen.setdefault(name.casefold(), name)
        content[name] = data
    if SERVICE not in content:
        faults.append(f"{origin}: {SERVICE} is missing{hint_at_folder(content)}")
    if faults:
        raise refuse("\n".join(faults[:50]))
    return Files(origin, dict(sorted(content.items())))


def hint_at_folder(content: Mapping[str, bytes]) -> str:
    """Says so when everything lies one folder down."""
    return next((f"; it lies in {show_name(name)}" for name in content if name.endswith(f"/{SERVICE}")), "")


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


def read_own_catalogue(language: str) -> bytes | None:
    """This service's own compiled texts in a language; None when there are none."""
    file = OWN_LOCALE / language.replace("-", "_") / "LC_MESSAGES" / "django.mo"
    return file.read_bytes() if language.replace("-", "").isalnum() and file.is_file() else None


def show_name(name: str) -> str:
    """A name on one line, without what could hide it."""
    return "".join(each if each.isprintable() else f"\\u{ord(each):04x}" for each in name[:200])


def refuse(detail: str, action: str = "") -> SettingsError:
    """The error that says why it is no package."""
    return SettingsError("malformed_package", detail, action=action)
