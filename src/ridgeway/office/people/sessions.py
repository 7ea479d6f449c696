"""How long a session counts: one an account, ended by idleness, by age, by another sign-in, and by signing out.

Law: the account's row says which sign-in counts (`sign_in_mark`) and when its owner was last there, so a cookie that
was copied is worth nothing once its owner signs out or signs in anew. Pure. Next: `middleware.py`, which asks.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

MARK: Final = "people.mark"
"""Under which name a session keeps the mark of its sign-in."""
TOUCH_SECONDS: Final = 5
"""How old `last_seen` may be before a request renews it: the row is not written for every request."""
WARNING_SECONDS: Final = 120


class Ended(StrEnum):
    """Why a session counts no more."""

    IDLE = "idle"
    OLD = "old"
    ELSEWHERE = "elsewhere"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Standing:
    """What an account's row and a session say of one another."""

    session_mark: str
    account_mark: str
    is_active: bool
    signed_in_at: datetime | None
    last_seen: datetime | None


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a session may be idle, and how old it may become."""

    idle_seconds: int
    age_seconds: int


def decide_end(standing: Standing, limits: Limits, *, now: datetime) -> Ended | None:
    """Say whether the session counts no more, and why."""
    if not standing.is_active:
        return Ended.CLOSED
    if not standing.account_mark or standing.session_mark != standing.account_mark:
        return Ended.ELSEWHERE
    if standing.signed_in_at is None or now - standing.signed_in_at >= timedelta(seconds=limits.age_seconds):
        return Ended.OLD
    if standing.last_seen is None or now - standing.last_seen >= timedelta(seconds=limits.idle_seconds):
        return Ended.IDLE
    return None


def count_seconds_left(last_seen: datetime | None, limits: Limits, *, now: datetime) -> int:
    """The seconds until idleness ends the session."""
    if last_seen is None:
        return 0
    return max(0, limits.idle_seconds - int((now - last_seen).total_seconds()))


def is_stale(last_seen: datetime | None, limits: Limits, *, now: datetime) -> bool:
    """Whether the row should say anew that its owner is there."""
    step = min(TOUCH_SECONDS, limits.idle_seconds / 20)
    return last_seen is None or now - last_seen >= timedelta(seconds=step)
