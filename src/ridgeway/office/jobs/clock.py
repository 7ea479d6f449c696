"""When a duty is due next.

Law: pure. A daily duty runs once for each day of the calendar of its time zone: at the first of two equal times when
clocks go back, at the first moment after a time that is skipped. A clock that was set wrongly, forwards or back, makes
no duty run twice for a day within a day's error, and stops none for longer than two of its periods.
Next: `lease.py`.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ridgeway.office.jobs.duty import Duty

DAY = timedelta(days=1)
INSTANT = timedelta(microseconds=1)
RETRIES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))
"""The pause after the first failure in a row, the second …; the last goes on."""


def find_next(duty: Duty, *, after: datetime, zone: ZoneInfo) -> datetime:
    """The first time after `after` at which the duty is due.

    Units:   `after` and what is returned are aware; the latter UTC.
    """
    if duty.every_seconds:
        return after.astimezone(UTC) + timedelta(seconds=duty.every_seconds)
    today = after.astimezone(zone).date()
    candidates = (place(duty, today + DAY * days, zone) for days in (-1, 0, 1, 2))
    return next(at for at in candidates if at > after)


def place(duty: Duty, day: date, zone: ZoneInfo) -> datetime:
    """The moment of a daily duty on a day, in UTC."""
    wall = datetime.combine(day, time.fromisoformat(duty.daily_at), zone)  # fold 0: the first of two equal times
    return wall.astimezone(UTC)


def find_retry(duty: Duty, *, failures: int, now: datetime, zone: ZoneInfo) -> datetime:
    """When a duty that failed so many times in a row is tried again: soon, and no later than it is due anyway."""
    pause = RETRIES[min(failures, len(RETRIES)) - 1]
    return min(now + pause, find_next(duty, after=now, zone=zone))


def correct_due(duty: Duty, *, due: datetime, failures: int, now: datetime, zone: ZoneInfo) -> datetime:
    """`due`, unless a clock that was wrong or a schedule that was changed made it meaningless."""
    if due <= now:
        return due
    period = timedelta(seconds=duty.every_seconds) if duty.every_seconds else DAY
    is_too_far = due - now > 2 * period
    was_rescheduled = (
        bool(duty.daily_at) and not failures and find_next(duty, after=due - INSTANT, zone=zone) != to_utc(due)
    )
    return find_next(duty, after=now, zone=zone) if is_too_far or was_rescheduled else due


def to_utc(at: datetime) -> datetime:
    """The same moment, in UTC."""
    return at.astimezone(UTC)
