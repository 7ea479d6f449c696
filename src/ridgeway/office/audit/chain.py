"""The chain over the audit log: the digest of a line covers the line and the digest before it.

Law: whoever knows one digest can prove every line that was sealed up to it, in its order. Pure.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

START: Final = bytes(32)
"""What stands before the first line."""


@dataclass(frozen=True, slots=True)
class Line:
    """What is sealed of a line."""

    number: int
    at: datetime
    actor_name: str
    account_id: int | None
    act: str
    subject: str
    reason: str
    details: Any


def chain_digest(line: Line, before: bytes) -> bytes:
    """The digest of the line after the one whose digest is `before`.

    Shapes:  SHA-256 over `before` and the line as a JSON list, without spaces, its keys sorted, in UTF-8.
    """
    at = line.at.astimezone(UTC).isoformat(timespec="microseconds")
    said = [line.number, at, line.actor_name, line.account_id, line.act, line.subject, line.reason, line.details]
    text = json.dumps(said, ensure_ascii=True, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(before + text.encode("ascii")).digest()
