"""Opening a container: the named entries as bytes, the attachments as things that can be digested but not held.

Law: a container is hostile until proven. Entries, their sizes, the ratio of compression and the central directory are
limited before anything is unpacked; attachments pass through in constant memory. The checks come in X-Road's order,
because the first that fails gives the code.
Source: PR-SIGDOC §3; X-Road's order of checks.
Read next: `verify.py`, which proves what was read here.
"""

import hashlib
import io
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, NoReturn

from ridgeway.errors import ContainerError
from ridgeway.protocol.hashchains.digests import get_digest_name
from ridgeway.protocol.signatures.containers import names

MAX_ENTRIES = 2000
MAX_DIRECTORY_BYTES = 1024 * 1024
MAX_TEXT_ENTRY_BYTES = 16 * 1024 * 1024
MAX_ATTACHMENT_BYTES = 4 * 1024 * 1024 * 1024
MAX_RATIO = 1100
"""Above what deflate can reach (1032): such an entry says something false about its size."""
CHUNK_BYTES = 256 * 1024

BROKEN_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    OverflowError,
    RuntimeError,
    KeyError,
    IndexError,
    struct.error,
)
"""What `zipfile` raises for a damaged file (what it does not support is a RuntimeError, bad names are ValueErrors)."""

UNREADABLE = {
    names.MIMETYPE: "asic_mime_type_not_found",
    names.MESSAGE: "asic_message_not_found",
    names.SIGNATURE: "asic_signature_not_found",
    names.SIG_CHAIN_RESULT: "asic_hash_chain_result_not_found",
    names.SIG_CHAIN: "asic_hash_chain_not_found",
    names.TS_CHAIN_RESULT: "asic_hash_chain_result_not_found",
    names.TS_CHAIN: "asic_hash_chain_not_found",
    names.MANIFEST: "asic_manifest_not_found",
    names.ASIC_MANIFEST: "asic_manifest_not_found",
    names.TIMESTAMP: "asic_timestamp_not_found",
}
"""The code for an entry that is there but cannot be unpacked; a broken attachment is one that differs."""
UNREADABLE_ATTACHMENT = "malformed_signature.invalid_hash_chain_ref"


@dataclass(frozen=True, slots=True)
class Attachment:
    """An attachment inside a container, not held in memory. Call it with a digest algorithm's identifier."""

    name: str
    size: int
    archive: zipfile.ZipFile = field(repr=False, compare=False)
    info: zipfile.ZipInfo = field(repr=False, compare=False)

    def __call__(self, algorithm: str) -> bytes:
        """The raw digest of the content, read once from end to end."""
        digest = hashlib.new(get_digest_name(algorithm))
        for chunk in iter_entry(self.archive, self.info, limit=MAX_ATTACHMENT_BYTES):
            digest.update(chunk)
        return digest.digest()


@dataclass(frozen=True, slots=True)
class Container:
    """The entries of a container whose shape is right; nothing in it is proven yet.

    `entries` maps the exact names of `names.ENTRIES` to bytes; blank ones are absent. `attachments` maps entry names
    in the order of the archive. `listing` names every known entry.
    """

    entries: Mapping[str, bytes] = field(repr=False)
    attachments: Mapping[str, Attachment]

    @property
    def message(self) -> bytes:
        """The bytes of the message."""
        return self.entries[names.MESSAGE]

    @property
    def signature(self) -> bytes:
        """The bytes of the signature document."""
        return self.entries[names.SIGNATURE]

    @property
    def listing(self) -> tuple[str, ...]:
        """The entries that were read, attachments last."""
        return (*sorted(self.entries), *self.attachments)


@dataclass(slots=True)
class BoundedFile(io.RawIOBase):
    """A file from which nobody can ask for more than the largest directory at once."""

    inner: BinaryIO
    limit: int

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes; more than the limit at once is refused."""
        data = self.inner.read(self.limit + 1 if size < 0 else min(size, self.limit + 1))
        if len(data) > self.limit:
            raise zipfile.BadZipFile(f"its directory is larger than {self.limit} bytes")
        return data

    def seek(self, offset: int, whence: int = 0) -> int:
        """Move in the file."""
        return self.inner.seek(offset, whence)

    def tell(self) -> int:
        """Where the file stands."""
        return self.inner.tell()

    def seekable(self) -> bool:
        """It is."""
        return True


def read_container(file: BinaryIO | bytes) -> Container:
    """Open a container and check its shape; keep `file` open while the container is used.

    Raises:  ContainerError(asic_*).
    """
    archive = open_archive(io.BytesIO(file) if isinstance(file, bytes) else file)
    known = {info.filename: info for info in archive.infolist() if is_known(info.filename)}
    entries = {
        name: read_entry(archive, info, limit=MAX_TEXT_ENTRY_BYTES)
        for name, info in known.items()
        if name in names.ENTRIES
    }
    check_structure(entries)
    attachments = {
        name: Attachment(name, info.file_size, archive, info)
        for name, info in known.items()
        if name.startswith(names.ATTACHMENT)
    }
    return Container({name: data for name, data in entries.items() if data.strip()}, attachments)


def is_known(name: str) -> bool:
    """Whether a container may have an entry of that name."""
    return name in names.ENTRIES or name.startswith(names.ATTACHMENT)


def open_archive(file: BinaryIO) -> zipfile.ZipFile:
    """The ZIP file, once its directory is known to be small."""
    try:
        archive = zipfile.ZipFile(BoundedFile(file, MAX_DIRECTORY_BYTES))
    except BROKEN_ZIP as error:
        raise ContainerError("asic_mime_type_not_found", f"The file is not a ZIP archive: {error}.") from error
    if len(archive.infolist()) > MAX_ENTRIES:
        raise ContainerError(
            "asic_mime_type_not_found",
            f"The archive has {len(archive.infolist())} entries; at most {MAX_ENTRIES} are read.",
        )
    return archive


def read_entry(archive: zipfile.ZipFile, info: zipfile.ZipInfo, *, limit: int) -> bytes:
    """An entry that is small enough to be held."""
    return b"".join(iter_entry(archive, info, limit=limit))


def iter_entry(archive: zipfile.ZipFile, info: zipfile.ZipInfo, *, limit: int) -> Iterator[bytes]:
    """The content of an entry piece by piece, never more than it says and never more than `limit`."""
    if info.file_size > limit or info.file_size > MAX_RATIO * max(info.compress_size, 1):
        refuse_entry(info, f"it says that it holds {info.file_size} bytes; at most {limit} are read")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        refuse_entry(info, "it is neither stored nor deflated")
    try:
        with archive.open(info) as stream:
            while chunk := stream.read(CHUNK_BYTES):
                yield chunk
    except BROKEN_ZIP as error:
        code = UNREADABLE.get(info.filename, UNREADABLE_ATTACHMENT)
        raise ContainerError(code, f"{info.filename[:100]!r} cannot be unpacked: {error}.") from error


def refuse_entry(info: zipfile.ZipInfo, why: str) -> NoReturn:
    """Say that an entry is not read."""
    code = UNREADABLE.get(info.filename, UNREADABLE_ATTACHMENT)
    raise ContainerError(code, f"{info.filename[:100]!r} is not read: {why}.")


def check_structure(entries: Mapping[str, bytes]) -> None:
    """Hold only while the entries that a container needs are there, in X-Road's order of checks.

    Raises:  ContainerError(asic_*).
    """
    mimetype = find_entry(entries, names.MIMETYPE)
    if mimetype is None:
        refuse("asic_mime_type_not_found", f"The container has no entry {names.MIMETYPE}.")
    if mimetype.lower() != names.CONTAINER_TYPE.encode():
        refuse("asic_invalid_mime_type", f"Its {names.MIMETYPE} is {mimetype[:60]!r}; expected {names.CONTAINER_TYPE}.")
    if find_entry(entries, names.MESSAGE) is None:
        refuse("asic_message_not_found", f"The container has no {names.MESSAGE}.")
    if find_entry(entries, names.SIGNATURE) is None:
        refuse("asic_signature_not_found", f"The container has no {names.SIGNATURE}.")
    check_pair(entries, names.SIG_CHAIN_RESULT, names.SIG_CHAIN)
    check_pair(entries, names.TS_CHAIN_RESULT, names.TS_CHAIN)
    if names.TIMESTAMP in entries and find_entry(entries, names.TIMESTAMP) is None:
        refuse("asic_timestamp_not_found", f"The entry {names.TIMESTAMP} is blank.")
    for name in (names.MANIFEST, names.ASIC_MANIFEST):
        if name in entries and find_entry(entries, name) is None:
            refuse("asic_manifest_not_found", f"The entry {name} is blank.")


def check_pair(entries: Mapping[str, bytes], result: str, chain: str) -> None:
    """Hold only while both documents of a hash chain are there, or none."""
    has_result, has_chain = (find_entry(entries, name) is not None for name in (result, chain))
    if has_chain and not has_result:
        refuse("asic_hash_chain_result_not_found", f"The container has {chain} without {result}.")
    if has_result and not has_chain:
        refuse("asic_hash_chain_not_found", f"The container has {result} without {chain}.")


def find_entry(entries: Mapping[str, bytes], name: str) -> bytes | None:
    """An entry that holds something else than white space."""
    data = entries.get(name, b"")
    return data if data.strip() else None


def refuse(code: str, detail: str) -> NoReturn:
    """Say what the container lacks."""
    raise ContainerError(code, detail)
