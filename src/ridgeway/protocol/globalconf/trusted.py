"""The order of trust, kept in one place: nothing is believed before what proves it.

    anchor               checked by a person, by its digest
      └─ held shared parameters, while they count: they name the certificates that sign next (key rotation)
           └─ directory  signed by one of those certificates, not expired, not older than what is held
                └─ part  the digest that the directory promises, the instance that the directory names
                     └─ finished: shared parameters are there, all parts are proven; only now may a file be written

Law: a step can only be taken when the one above it was; what fails leaves nothing behind. A directory that was made
before the one held is refused while that one still counts, so nobody can play back an old state (a revoked member, a
removed key). X-Road's clients accept it; docs/divergences.md. Moments are compared only between stamps of one kind,
as they stand in the signed locations, since an authority may shorten or lengthen how long its configuration counts.
Read next: `disk.py`, and `trust/fetch.py`, which takes these steps against the world.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ridgeway.errors import TrustError
from ridgeway.protocol.certificates.snapshot import InstanceTrust
from ridgeway.protocol.globalconf.anchor import Anchor
from ridgeway.protocol.globalconf.directory import (
    PRIVATE_PARAMETERS,
    SHARED_PARAMETERS,
    DirectoryPart,
    VerifiedDirectory,
    read_signed_directory,
    verify_signed_directory,
)
from ridgeway.protocol.globalconf.disk import PRIVATE_FILE, SHARED_FILE, folder_of, is_expired
from ridgeway.protocol.globalconf.locations import Location, list_locations
from ridgeway.protocol.globalconf.metadata import METADATA_SUFFIX, PartMetadata, write_part_metadata
from ridgeway.protocol.globalconf.optional import FILE_NAMES
from ridgeway.protocol.globalconf.private import read_private_parameters
from ridgeway.protocol.globalconf.shared import NEWEST_VERSION, OLDEST_VERSION, read_shared_parameters
from ridgeway.protocol.globalconf.xml import MALFORMED

KNOWN_FILES = {PRIVATE_PARAMETERS: PRIVATE_FILE, SHARED_PARAMETERS: SHARED_FILE, **FILE_NAMES}
FILE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}", re.ASCII)
CENTRAL_SERVER_STAMP = re.compile(r"/V\d{1,4}/(\d{14})(\d{0,9})/[^/]+", re.ASCII)
PROXY_STAMP = re.compile(r"/[^/]+/(\d{12,15})/(?:[^/]+/)?[^/]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Held:
    """What is held of an instance: its shared parameters, proven once, and where they lay when they were made."""

    trust: InstanceTrust
    location: str = ""

    def counts(self, now: datetime) -> bool:
        """Whether they still count at `now`."""
        return not is_expired(self.trust, now)


@dataclass(slots=True)
class TrustedConfiguration:
    """One instance's configuration on its way to being trusted.

    `only_shared`: of a federated instance nothing else is taken, whatever its directory promises.
    """

    anchor: Anchor
    held: Held | None = None
    only_shared: bool = False
    directory: VerifiedDirectory | None = None
    proven: dict[DirectoryPart, bytes] | None = None

    def list_locations(self, now: datetime) -> tuple[tuple[Location, ...], tuple[Location, ...]]:
        """Where to look: by what is held, while it counts, and by the anchor."""
        counting = self.held.trust if self.held is not None and self.held.counts(now) else None
        return list_locations(self.anchor, counting)

    def accept_directory(self, data: bytes, *, location: Location, now: datetime) -> VerifiedDirectory:
        """Take the step from a location's certificates to its directory.

        Raises:  TrustError; nothing of a former directory is left either.
        """
        self.directory, self.proven = None, None
        directory = verify_signed_directory(read_signed_directory(data), location.certificates, now=now)
        if not OLDEST_VERSION <= directory.version <= NEWEST_VERSION:
            raise TrustError(
                "global_conf_get_version_failed",
                f"The directory has version {directory.version}; known are {OLDEST_VERSION} to {NEWEST_VERSION}.",
            )
        self.require_shared(directory)
        self.require_not_older(directory, now)
        self.directory, self.proven = directory, {}
        return directory

    def require_shared(self, directory: VerifiedDirectory) -> None:
        """Hold only while the directory promises the shared parameters of this instance."""
        instances = [part.instance for part in directory.parts if part.identifier == SHARED_PARAMETERS]
        if self.anchor.instance not in instances:
            raise TrustError(
                "global_conf_part_invalid_instance_identifier",
                f"The directory has shared parameters of {', '.join(instances) or 'no instance'}; "
                f"expected {self.anchor.instance}.",
                action="The anchor and the source do not belong together; get the right anchor from the authority.",
            )

    def require_not_older(self, directory: VerifiedDirectory, now: datetime) -> None:
        """Hold only while the directory was not made before the one held, which still counts."""
        if self.held is None or not self.held.counts(now):
            return
        offered = next(part for part in directory.parts if part.identifier == SHARED_PARAMETERS)
        if is_older(offered.location, self.held.location):
            raise TrustError(
                "global_conf_outdated",
                f"The directory was made earlier ({offered.location}) than the one held ({self.held.location}).",
                action="The source serves an old state; see why it does not follow its central server.",
            )

    def list_parts(self) -> tuple[DirectoryPart, ...]:
        """The parts to take, of this instance alone, each once."""
        if self.directory is None:
            raise ValueError("A directory must be accepted before its parts.")
        mine = [part for part in self.directory.parts if part.instance in {"", self.anchor.instance}]
        if self.only_shared:
            mine = [part for part in mine if part.identifier == SHARED_PARAMETERS]
        by_name: dict[str, DirectoryPart] = {}
        for part in mine:
            if by_name.setdefault(file_name_of(part), part) is not part:
                raise TrustError(MALFORMED, f"The directory promises {file_name_of(part)} twice.")
        return tuple(by_name.values())

    def accept_part(self, part: DirectoryPart, content: bytes) -> None:
        """Take the step from the directory to one of its parts.

        Raises:  TrustError when it is not the promised one, cannot be read, or is of another instance.
        """
        if self.directory is None or self.proven is None or part not in self.directory.parts:
            raise ValueError("A part is accepted only under the directory that promises it.")
        part.require_content(content)
        instance = self.read_instance(part, content)
        if instance != self.anchor.instance:
            raise TrustError(
                "global_conf_part_invalid_instance_identifier",
                f"{part.identifier} at {part.location} is of {instance}; expected {self.anchor.instance}.",
            )
        self.proven[part] = content

    def read_instance(self, part: DirectoryPart, content: bytes) -> str:
        """The instance inside a part, which can be read; a part of another kind is opaque and has none of its own."""
        assert self.directory is not None
        if part.identifier == SHARED_PARAMETERS:
            return read_shared_parameters(content, self.directory.version).instance
        if part.identifier == PRIVATE_PARAMETERS:
            return read_private_parameters(content).instance
        return self.anchor.instance

    def finish(self) -> Mapping[str, bytes]:
        """The files of this instance, by path below the configuration folder: each part, and its metadata.

        Raises:  ValueError before every part was accepted.
        """
        parts = self.list_parts()
        if self.directory is None or self.proven is None or any(part not in self.proven for part in parts):
            raise ValueError("Every part must be accepted before the configuration is finished.")
        folder = folder_of(self.anchor.instance)
        files: dict[str, bytes] = {}
        for part in parts:
            name = file_name_of(part)
            metadata = PartMetadata(
                identifier=part.identifier,
                instance=self.anchor.instance,
                expires_at=self.directory.expires_at,
                version=self.directory.version,
                file_name=part.file_name or name,
                location=part.location,
            )
            files[f"{folder}/{name}"] = self.proven[part]
            files[f"{folder}/{name}{METADATA_SUFFIX}"] = write_part_metadata(metadata)
        return files


def file_name_of(part: DirectoryPart) -> str:
    """The file in which a part is kept; never a path, never hidden, never another part's metadata.

    Raises:  TrustError(malformed_global_conf).
    """
    known = KNOWN_FILES.get(part.identifier)
    if known is not None:
        return known
    name = part.file_name or part.location.rpartition("/")[2]
    if not FILE_NAME.fullmatch(name) or name.endswith(METADATA_SUFFIX) or name in KNOWN_FILES.values():
        raise TrustError(
            MALFORMED, f"The part {part.identifier!r} would be kept as {name[:80]!r}, which is not allowed."
        )
    return name


def is_older(offered: str, held: str) -> bool:
    """Whether the stamp in one location is before the stamp in another, of the same kind."""
    for pattern in (CENTRAL_SERVER_STAMP, PROXY_STAMP):
        new, old = pattern.fullmatch(offered), pattern.fullmatch(held)
        if new and old:
            return stamp_of(new) < stamp_of(old)
        if new or old:
            return False
    return False


def stamp_of(found: re.Match[str]) -> tuple[int, int]:
    """A stamp as numbers: the whole part, and the fraction in nanoseconds where it has one."""
    groups = (*found.groups(), "")
    return int(groups[0]), int(groups[1].ljust(9, "0") or "0")
