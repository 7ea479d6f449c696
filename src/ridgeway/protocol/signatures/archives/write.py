"""Writing an archive: container after container, then the chain over them.

Law: bytes go straight to the file, which may be a pipe; nothing but names and digests is kept. Entries are stored, for
containers are compressed already.
Source: UG-SS §11; X-Road's archive writer.
"""

import hashlib
import zipfile
from datetime import UTC, datetime
from typing import BinaryIO

from ridgeway.protocol.signatures.archives.linking import (
    ALGORITHMS,
    FIRST,
    USUAL_ALGORITHM,
    Link,
    LinkedFile,
    LinkingInfo,
    link_digest,
    write_linking_info,
)
from ridgeway.protocol.signatures.archives.names import LINKING_INFO, is_plain_name
from ridgeway.protocol.signatures.containers.write import OLDEST_ZIP_YEAR


class ArchiveWriter:
    """One archive while it is made. `content_bytes` is the size of the containers so far."""

    def __init__(self, file: BinaryIO, *, previous: Link = FIRST, algorithm: str = USUAL_ALGORITHM) -> None:
        self.archive = zipfile.ZipFile(file, "w", zipfile.ZIP_STORED)
        self.previous = previous
        self.algorithm = algorithm
        self.files: list[LinkedFile] = []
        self.last_digest = previous.digest
        self.content_bytes = 0
        self.first_at: datetime | None = None
        self.last_at: datetime | None = None

    def add(self, name: str, container: bytes, *, at: datetime) -> None:
        """The container is in the archive, and linked; `at` is the time of its record."""
        if not is_plain_name(name):
            raise ValueError(f"{name!r} is no plain file name")
        self.archive.writestr(entry_info(name, at), container)
        digest = hashlib.new(ALGORITHMS[self.algorithm], container).digest()
        self.last_digest = link_digest(self.last_digest, digest, algorithm=self.algorithm)
        self.files.append(LinkedFile(self.last_digest, name))
        self.content_bytes += len(container)
        self.first_at = min(self.first_at or at, at)
        self.last_at = max(self.last_at or at, at)

    def finish(self) -> None:
        """The archive is whole; the file stays open."""
        if self.last_at is None:
            raise ValueError("an archive holds one container at least")
        info = LinkingInfo(self.previous, self.algorithm, tuple(self.files))
        self.archive.writestr(entry_info(LINKING_INFO, self.last_at), write_linking_info(info))
        self.archive.close()

    def abandon(self) -> None:
        """Nothing more is written; what was is worth nothing."""
        self.archive.fp = None


def entry_info(name: str, at: datetime) -> zipfile.ZipInfo:
    """An entry with its time in UTC, readable by its owner."""
    stamp = at.astimezone(UTC)
    date_time = (max(stamp.year, OLDEST_ZIP_YEAR), stamp.month, stamp.day, stamp.hour, stamp.minute, stamp.second)
    info = zipfile.ZipInfo(name, date_time)
    info.create_system = 3
    info.external_attr = 0o600 << 16
    return info
