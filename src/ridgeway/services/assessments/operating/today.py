"""Whose day it is: a package's rules count days where the package lives."""

from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from ridgeway.services.assessments.deployment import read_own_settings


def find_today(zone: str, now: datetime) -> date:
    """The day in the zone of a package; the day that an author asked for, where packages are previewed."""
    asked = read_own_settings().preview_today
    return date.fromisoformat(asked) if asked else now.astimezone(find_zone(zone)).date()


@lru_cache(maxsize=64)
def find_zone(zone: str) -> ZoneInfo:
    """The time zone of that name."""
    return ZoneInfo(zone)
