"""When a petition closes.

Law: it is open to the end of a local day: the day on which it was opened, so many months later, and days that were
added. The deadline is the first moment of the next day; a dissolution that comes first is the deadline instead.
Units:   times are aware; `zone` is the Parliament's. A month later is the same day of the month, or its last day.
"""

import calendar
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

CONFIRMATION_GRACE = timedelta(hours=24)
"""How long a link that confirms works after the petition closed."""


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The first moment after a local day, in UTC."""
    after = day + timedelta(days=1)
    return datetime(after.year, after.month, after.day, tzinfo=zone).astimezone(UTC)


def decide_deadline(opened_at: datetime, *, months: int, zone: ZoneInfo, extension_days: int = 0) -> datetime:
    """When a petition that was opened then closes, in UTC."""
    day = add_months(opened_at.astimezone(zone).date(), months) + timedelta(days=extension_days)
    return end_of_day(day, zone)


def extend_deadline(closes_at: datetime, *, days: int, zone: ZoneInfo) -> datetime:
    """The deadline so many local days later, at the end of the day all the same."""
    return end_of_day(last_day(closes_at, zone) + timedelta(days=days), zone)


def clip_deadline(closes_at: datetime, dissolution_at: datetime | None) -> datetime:
    """The deadline, or the dissolution when it comes first."""
    return closes_at if dissolution_at is None else min(closes_at, dissolution_at)


def last_day(closes_at: datetime, zone: ZoneInfo) -> date:
    """The local day on which it can be signed last: what a page says of a deadline."""
    return (closes_at - timedelta(microseconds=1)).astimezone(zone).date()


def is_over(closes_at: datetime | None, *, now: datetime) -> bool:
    """Whether the deadline has come."""
    return closes_at is not None and now >= closes_at
