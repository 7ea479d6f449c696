"""The global configuration: the anchor, the signed directory, shared and private parameters, and the order of trust.

Law: every byte is proven by what was trusted before it, beginning with an anchor that a person checked. Read in this
order: `anchor.py`, `directory.py`, `trusted.py`, `shared.py`, `private.py`, `optional.py`, `disk.py`.
Source: PR-GCONF (protocol for downloading configuration), versions 2 to 6.
"""

from ridgeway.protocol.globalconf.anchor import Anchor, AnchorSource, anchor_hash, read_anchor, write_anchor
from ridgeway.protocol.globalconf.directory import (
    PRIVATE_PARAMETERS,
    SHARED_PARAMETERS,
    DirectoryPart,
    SignedDirectory,
    VerifiedDirectory,
    read_signed_directory,
    verify_signed_directory,
)
from ridgeway.protocol.globalconf.directory_writing import (
    DirectoryContent,
    PublishedPart,
    write_directory_content,
    write_signed_directory,
)
from ridgeway.protocol.globalconf.disk import (
    ConfigurationReading,
    build_snapshot,
    folder_of,
    read_configuration_files,
    read_folder,
    without_expired,
)
from ridgeway.protocol.globalconf.locations import Location, is_federation_allowed, list_locations
from ridgeway.protocol.globalconf.metadata import PartMetadata, read_part_metadata, write_part_metadata
from ridgeway.protocol.globalconf.optional import (
    read_fetch_interval,
    read_monitoring,
    read_next_update,
    write_fetch_interval,
    write_monitoring,
    write_next_update,
)
from ridgeway.protocol.globalconf.private import (
    PrivateParameters,
    read_private_parameters,
    write_private_parameters,
)
from ridgeway.protocol.globalconf.shared import NEWEST_VERSION, OLDEST_VERSION, read_shared_parameters
from ridgeway.protocol.globalconf.shared_writing import hashes_of, write_shared_parameters
from ridgeway.protocol.globalconf.trusted import Held, TrustedConfiguration

__all__ = [
    "NEWEST_VERSION",
    "OLDEST_VERSION",
    "PRIVATE_PARAMETERS",
    "SHARED_PARAMETERS",
    "Anchor",
    "AnchorSource",
    "ConfigurationReading",
    "DirectoryContent",
    "DirectoryPart",
    "Held",
    "Location",
    "PartMetadata",
    "PrivateParameters",
    "PublishedPart",
    "SignedDirectory",
    "TrustedConfiguration",
    "VerifiedDirectory",
    "anchor_hash",
    "build_snapshot",
    "folder_of",
    "hashes_of",
    "is_federation_allowed",
    "list_locations",
    "read_anchor",
    "read_configuration_files",
    "read_fetch_interval",
    "read_folder",
    "read_monitoring",
    "read_next_update",
    "read_part_metadata",
    "read_private_parameters",
    "read_shared_parameters",
    "read_signed_directory",
    "verify_signed_directory",
    "without_expired",
    "write_anchor",
    "write_directory_content",
    "write_fetch_interval",
    "write_monitoring",
    "write_next_update",
    "write_part_metadata",
    "write_private_parameters",
    "write_shared_parameters",
    "write_signed_directory",
]
