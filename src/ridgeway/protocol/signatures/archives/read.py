"""Opening an archive: its directory, its linking info, and the containers as streams.

Law: an archive is hostile until proven. Its directory, its entries and the ratio of compression are limited before
anything is unpacked; names are plain and stand there once; nothing lies in it that the chain does not cover.
Source: UG-SS §11. Read next: `verify.py`.
"""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from ridgeway.protocol.signatures.archives.linking import (
    MAX_LINKING_BYTES,
    LinkingInfo,
    invalid,
    read_linking_info,
)
from ridgeway.protocol.signatures.archives.names import CONTAINER_ENDING, LINKING_INFO, is_plain_name
from ridgeway.protocol.signatures.containers.read import BROKEN_ZIP, CHUNK_BYTES, MAX_RATIO, BoundedFile

MAX_DIRECTORY_BYTES = 32 * 1024 * 1024
MAX_CONTAINERS = 150_000
MAX_CONTAINER_BYTES = 8 * 1024 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive whose shape is right; nothing in it is proven yet. Keep its file open while it is used."""

    name: str
    linking: LinkingInfo
    containers: tuple[str, ...]
    file: zipfile.ZipFile = field(repr=False, compare=False)

    def iter_container(self, name: str) -> Iterator[bytes]:
        """The bytes of one container, piece by piece.

        Raises:  ArchiveError(invalid_log_archive).
        """
        return iter_entry(self.file, self.file.getinfo(name), limit=MAX_CONTAINER_BYTES)


def read_archive(file: BinaryIO, *, name: str) -> Archive:
    """Open an archive and check its shape; `name` is that of its file.

    Raises:  ArchiveError(invalid_log_archive).
    """
    archive = open_zip(file)
    infos = archive.infolist()
    if len(infos) > MAX_CONTAINERS:
        raise invalid(f"it has {len(infos)} entries; at most {MAX_CONTAINERS} are read")
    check_names(infos)
    if sum(info.compress_size for info in infos) > file.seek(0, io.SEEK_END):
        raise invalid("its entries lie over each other")
    if LINKING_INFO not in archive.NameToInfo:
        raise invalid(f"it has no entry {LINKING_INFO}")
    data = b"".join(iter_entry(archive, archive.getinfo(LINKING_INFO), limit=MAX_LINKING_BYTES))
    containers = tuple(info.filename for info in infos if info.filename != LINKING_INFO)
    return Archive(name, read_linking_info(data), containers, archive)


def open_zip(file: BinaryIO) -> zipfile.ZipFile:
    """The ZIP file, once its directory is known to be small."""
    try:
        return zipfile.ZipFile(BoundedFile(file, MAX_DIRECTORY_BYTES))
    except BROKEN_ZIP as error:
        raise invalid(
            f"the file is not a ZIP archive ({error}); one that ends in .gpg must be decrypted first"
        ) from error


def check_names(infos: list[zipfile.ZipInfo]) -> None:
    """Hold only while each entry is one container or the linking info, under a plain name of its own.

    Raises:  ArchiveError(invalid_log_archive).
    """
    seen: set[str] = set()
    for info in infos:
        name = info.filename
        if not is_plain_name(name) or name != info.orig_filename:
            raise invalid(f"the name of its entry {name[:100]!r} is no plain file name")
        if name in seen:
            raise invalid(f"it has two entries with the name {name[:100]!r}")
        if name != LINKING_INFO and not name.endswith(CONTAINER_ENDING):
            raise invalid(f"its entry {name[:100]!r} is neither a container (…{CONTAINER_ENDING}) nor {LINKING_INFO}")
        seen.add(name)


def iter_entry(archive: zipfile.ZipFile, info: zipfile.ZipInfo, *, limit: int) -> Iterator[bytes]:
    """The content of an entry piece by piece, never more than it says and never more than `limit`.

    Raises:  ArchiveError(invalid_log_archive).
    """
    shown = info.filename[:100]
    if info.file_size > limit or info.file_size > MAX_RATIO * max(info.compress_size, 1):
        raise invalid(f"its entry {shown!r} says that it holds {info.file_size} bytes; at most {limit} are read")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise invalid(f"its entry {shown!r} is neither stored nor deflated")
    try:
        with archive.open(info) as stream:
            while chunk := stream.read(CHUNK_BYTES):
                yield chunk
    except BROKEN_ZIP as error:
        raise invalid(f"its entry {shown!r} cannot be unpacked: {error}") from error
