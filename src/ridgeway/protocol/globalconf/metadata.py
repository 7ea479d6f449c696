"""What stands beside each part on disk: JSON that says what the part is, until when it counts, and its version.

Law: a field that is absent has X-Road's default; a field that is there must be what it says.
Source: PR-GCONF §4; the files that a configuration client of release 7.8 writes.
"""

import json
import re
from dataclasses import dataclass
from datetime import datetime

from ridgeway.errors import TrustError
from ridgeway.protocol.globalconf.shared import OLDEST_VERSION
from ridgeway.protocol.globalconf.xml import MALFORMED, parse_time, render_time

METADATA_SUFFIX = ".metadata"
MAX_METADATA_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class PartMetadata:
    """What stands beside a part: its identifier, its instance, until when it counts, and where it came from."""

    identifier: str = ""
    instance: str = ""
    expires_at: datetime | None = None
    version: int = OLDEST_VERSION
    file_name: str = ""
    location: str = ""


def read_part_metadata(data: bytes | None) -> PartMetadata:
    """Read what stands beside a part; without it the version is 2 and no date is known.

    Raises:  TrustError(malformed_global_conf).
    """
    if data is None:
        return PartMetadata()
    if len(data) > MAX_METADATA_BYTES:
        raise TrustError(MALFORMED, f"Metadata of {len(data)} bytes; at most {MAX_METADATA_BYTES} are read.")
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise TrustError(MALFORMED, f"The metadata is not JSON: {error}.") from error
    if not isinstance(document, dict):
        raise TrustError(MALFORMED, "The metadata is not a JSON object.")
    stated = {str(name): str(value) for name, value in document.items() if value is not None}
    expires_at = parse_time(stated["expirationDate"]) if "expirationDate" in stated else None
    if expires_at is None and "expirationDate" in stated:
        raise TrustError(
            MALFORMED, f"expirationDate is {stated['expirationDate'][:80]!r}; expected a time in ISO 8601."
        )
    version = stated.get("configurationVersion", str(OLDEST_VERSION))
    if not re.fullmatch(r"\d{1,4}", version, re.ASCII):
        raise TrustError(MALFORMED, f"configurationVersion is {version[:80]!r}; expected a whole number.")
    return PartMetadata(
        identifier=stated.get("contentIdentifier", ""),
        instance=stated.get("instanceIdentifier", ""),
        expires_at=expires_at,
        version=int(version),
        file_name=stated.get("contentFileName", ""),
        location=stated.get("contentLocation", ""),
    )


def write_part_metadata(metadata: PartMetadata) -> bytes:
    """What stands beside a part, as X-Road writes it."""
    document = {
        "contentIdentifier": metadata.identifier,
        "instanceIdentifier": metadata.instance,
        "expirationDate": None if metadata.expires_at is None else render_time(metadata.expires_at),
        "contentFileName": metadata.file_name,
        "contentLocation": metadata.location,
        "configurationVersion": str(metadata.version),
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
