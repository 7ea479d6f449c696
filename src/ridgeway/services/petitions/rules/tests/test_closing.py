from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ridgeway.services.petitions.rules.closing import (
    add_months,
    clip_deadline,
    decide_deadline,
    end_of_day,
    extend_deadline,
    is_over,
    last_day,
)

LONDON = ZoneInfo("Europe/London")
ZONES = st.sampled_from(["Europe/London", "UTC", "Asia/Kathmandu", "America/St_Johns", "Pacific/Apia", "Africa/Cairo"])
DAYS = st.dates(date(2000, 1, 1), date(2080, 1, 1))


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 15), 6, date(2026, 7, 15)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 12, 31), 1, date(2027, 1, 31)),
        (date(2026, 5, 31), 12, date(2027, 5, 31)),
    ],
)
def test_a_month_later_is_the_same_day_or_the_last(day: date, months: int, later: date):
    assert add_months(day, months) == later


def test_a_petition_opened_in_winter_closes_at_the_end_of_a_summer_day():
    opened = datetime(2026, 1, 15, 9, 30, tzinfo=UTC)
    deadline = decide_deadline(opened, months=6, zone=LONDON)
    assert deadline == datetime(2026, 7, 15, 23, tzinfo=UTC)
    assert last_day(deadline, LONDON) == date(2026, 7, 15)


def test_a_petition_opened_after_local_midnight_has_the_new_day():
    opened = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)  # 00:30 on 1 July in London
    assert last_day(decide_deadline(opened, months=6, zone=LONDON), LONDON) == date(2027, 1, 1)


def test_days_added_in_a_pause_end_at_the_end_of_a_day_over_a_change_of_the_clock():
    deadline = end_of_day(date(2026, 10, 24), LONDON)
    assert extend_deadline(deadline, days=1, zone=LONDON) - deadline == timedelta(hours=25)
    opened = datetime(2026, 4, 24, 9, tzinfo=UTC)
    one_more = decide_deadline(opened, months=6, zone=LONDON, extension_days=1)
    assert extend_deadline(decide_deadline(opened, months=6, zone=LONDON), days=1, zone=LONDON) == one_more


def test_a_dissolution_that_comes_first_is_the_deadline():
    deadline = datetime(2026, 7, 15, 23, tzinfo=UTC)
    assert clip_deadline(deadline, None) == deadline
    assert clip_deadline(deadline, deadline + timedelta(1)) == deadline
    assert clip_deadline(deadline, deadline - timedelta(1)) == deadline - timedelta(1)


def test_it_is_over_at_the_deadline_and_not_a_moment_before():
    deadline = datetime(2026, 7, 15, 23, tzinfo=UTC)
    assert is_over(deadline, now=deadline)
    assert not is_over(deadline, now=deadline - timedelta(microseconds=1))
    assert not is_over(None, now=deadline)


@given(DAYS, st.times(), st.integers(1, 24), st.integers(0, 40), ZONES)
def test_the_last_day_is_that_of_the_calendar_in_every_zone(day, time, months: int, extra: int, name: str):
    zone = ZoneInfo(name)
    opened = datetime.combine(day, time, tzinfo=UTC)
    deadline = decide_deadline(opened, months=months, zone=zone, extension_days=extra)
    assert deadline > opened
    assert last_day(deadline, zone) == add_months(opened.astimezone(zone).date(), months) + timedelta(days=extra)
