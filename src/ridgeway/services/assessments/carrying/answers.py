"""What a person carries: the answers, which version they were given to, and until when they count. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any


class Purpose(StrEnum):
    """Where a seal is good; one made for a place never opens in another."""

    COOKIE = "cookie"
    PAGE = "page"
    DEVICE = "device"


@dataclass(frozen=True, slots=True)
class Carried:
    """Answers on their way.

    Shapes:  `answers` is the engines' plain JSON, question → answer.
    Units:   times are aware UTC, whole seconds.
    """

    package: str
    """The name in the address: of a package, or of a preview."""
    digest: str
    """The version that the answers were given to."""
    answers: Mapping[str, Any]
    begun_at: datetime
    expires_at: datetime

    def holding(self, answers: Mapping[str, Any]) -> "Carried":
        """The same, with these answers."""
        return replace(self, answers=answers)

    def kept_until(self, expires_at: datetime) -> "Carried":
        """The same, for longer or shorter."""
        return replace(self, expires_at=expires_at.replace(microsecond=0))


def begin(package: str, digest: str, *, now: datetime, lifetime: timedelta) -> Carried:
    """Nothing answered yet."""
    now = now.replace(microsecond=0)
    return Carried(package, digest, {}, now, now + lifetime)
