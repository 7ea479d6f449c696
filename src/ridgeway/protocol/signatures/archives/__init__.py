"""Archives of the message log: containers, and the chain that runs through them from one archive to the next."""

from ridgeway.protocol.signatures.archives.linking import (
    FIRST,
    USUAL_ALGORITHM,
    Link,
    LinkedFile,
    LinkingInfo,
    link_digest,
    parse_digest,
    read_linking_info,
    write_linking_info,
)
from ridgeway.protocol.signatures.archives.names import render_archive_name
from ridgeway.protocol.signatures.archives.read import Archive, read_archive
from ridgeway.protocol.signatures.archives.verify import VerifiedArchive, verify_archive, verify_links
from ridgeway.protocol.signatures.archives.write import ArchiveWriter

__all__ = [
    "FIRST",
    "USUAL_ALGORITHM",
    "Archive",
    "ArchiveWriter",
    "Link",
    "LinkedFile",
    "LinkingInfo",
    "VerifiedArchive",
    "link_digest",
    "parse_digest",
    "read_archive",
    "read_linking_info",
    "render_archive_name",
    "verify_archive",
    "verify_links",
    "write_linking_info",
]
