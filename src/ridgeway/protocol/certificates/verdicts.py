"""Verdicts that were reached, kept until they expire, so that each is reached once and not once a message.

Law: a verdict is kept under a digest of everything it rests on, and for the very trust it was reached under; it holds
from when it was reached until the first thing it rests on expires. Refusals are never kept.
"""

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ridgeway.protocol.certificates.snapshot import TrustSnapshot

MAX_VERDICTS = 10_000


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was proven, under which trust, and for which times."""

    value: Any
    trust: TrustSnapshot
    since: datetime
    until: datetime


class VerdictCache:
    """The verdicts of one process; the oldest leave first."""

    def __init__(self, *, max_verdicts: int = MAX_VERDICTS) -> None:
        self.max_verdicts = max_verdicts
        self.verdicts: OrderedDict[bytes, Verdict] = OrderedDict()

    def find(self, key: bytes, *, trust: TrustSnapshot, at: datetime) -> Any | None:
        """What was proven under `key` and holds at `at`; None when it must be proven anew."""
        found = self.verdicts.get(key)
        if found is None or found.trust is not trust or not found.since <= at <= found.until:
            return None
        return found.value

    def keep(self, key: bytes, value: Any, *, trust: TrustSnapshot, since: datetime, until: datetime) -> None:
        """This was proven."""
        self.verdicts[key] = Verdict(value, trust, since, until)
        self.verdicts.move_to_end(key)
        if len(self.verdicts) > self.max_verdicts:
            self.verdicts.popitem(last=False)


def digest_key(purpose: str, *parts: bytes) -> bytes:
    """The key of a verdict that rests on these parts."""
    hashed = hashlib.sha256(purpose.encode())
    for part in parts:
        hashed.update(len(part).to_bytes(4, "big"))
        hashed.update(part)
    return hashed.digest()
