"""Verdicts already reached, so that a message costs only what is new in it.

Law: a cache is a value that whoever runs a process makes and hands in, never a module's own. A verdict is found again
only for the same octets, under the same trust, between the time it was reached and the first expiry it rests on.
Refusals are never kept: the next answer of an authority may be better.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ridgeway.protocol.certificates.snapshot import TrustSnapshot

MAX_VERDICTS = 2000


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was proven, and for which times."""

    value: Any
    since: datetime
    until: datetime


class VerdictCache:
    """The verdicts of one process under one trust; a newer trust begins anew, and the oldest leave first."""

    def __init__(self, *, max_verdicts: int = MAX_VERDICTS) -> None:
        self.max_verdicts = max_verdicts
        self.trust: TrustSnapshot | None = None
        self.verdicts: OrderedDict[bytes, Verdict] = OrderedDict()

    def find(self, key: bytes, *, trust: TrustSnapshot, at: datetime) -> Any | None:
        """What was proven under `key` and holds at `at`; None when it must be proven anew."""
        found = self.verdicts.get(key) if trust is self.trust else None
        return found.value if found is not None and found.since <= at <= found.until else None

    def keep(self, key: bytes, value: Any, *, trust: TrustSnapshot, since: datetime, until: datetime) -> None:
        """`value` is found again under `key`, while `trust` and the times hold."""
        if trust is not self.trust:
            self.verdicts.clear()
            self.trust = trust
        self.verdicts[key] = Verdict(value, since, until)
        self.verdicts.move_to_end(key)
        if len(self.verdicts) > self.max_verdicts:
            self.verdicts.popitem(last=False)


def digest_key(*groups: Iterable[str | bytes]) -> bytes:
    """The key of a verdict that rests on these groups of parts; no other groups have the same."""
    hashed = hashlib.sha256()
    for group in groups:
        parts = [part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part for part in group]
        hashed.update(len(parts).to_bytes(4, "big"))
        for part in parts:
            hashed.update(len(part).to_bytes(4, "big"))
            hashed.update(part)
    return hashed.digest()
