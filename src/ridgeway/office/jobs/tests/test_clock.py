"""When duties are due: days when clocks change, and clocks that are wrong."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ridgeway.office.jobs import Duty
from ridgeway.office.jobs.clock import correct_due, find_next, find_retry

LONDON, APIA = ZoneInfo("Europe/London"), ZoneInfo("Pacific/Apia")


def daily(at):
    return Duty("test.daily", "x.y", daily_at=at)


def slots(duty, zone, start, days):
    found, at = [], start
    while (at := find_next(duty, after=at, zone=zone)) < start + timedelta(days=days):
        found.append(at)
    return found


def test_midnight_in_london_is_another_hour_of_utc_in_summer():
    found = slots(daily("00:00"), LONDON, datetime(2026, 3, 28, 12, tzinfo=UTC), 3)
    assert found == [
        datetime(2026, 3, 29, 0, tzinfo=UTC),
        datetime(2026, 3, 29, 23, tzinfo=UTC),
        datetime(2026, 3, 30, 23, tzinfo=UTC),
    ]


def test_a_time_that_is_skipped_comes_once_at_the_first_moment_after_it():
    found = slots(daily("01:30"), LONDON, datetime(2026, 3, 28, 12, tzinfo=UTC), 2)
    assert found == [datetime(2026, 3, 29, 1, 30, tzinfo=UTC), datetime(2026, 3, 30, 0, 30, tzinfo=UTC)]


def test_a_time_that_comes_twice_counts_once():
    found = slots(daily("01:30"), LONDON, datetime(2026, 10, 24, 12, tzinfo=UTC), 2)
    assert found == [datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 26, 1, 30, tzinfo=UTC)]


@given(
    st.sampled_from(["Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Riyadh", "Africa/Cairo", "UTC"]),
    st.times(),
    st.integers(0, 3650),
)
def test_every_day_of_the_calendar_has_one_run(zone_name, wall, days_later):
    zone = ZoneInfo(zone_name)
    duty = daily(f"{wall:%H:%M}")
    found = slots(duty, zone, datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days=days_later), 400)
    # A time that is skipped may fall on the hour after; its day stays its own unless midnight itself is skipped.
    days = [at.astimezone(zone).date() for at in found]
    assert days == sorted(set(days))
    assert all((later - earlier).days == 1 for earlier, later in pairwise(days))


def test_a_day_that_a_country_left_out_is_no_day_without_a_run():
    found = slots(daily("06:00"), APIA, datetime(2011, 12, 28, 0, tzinfo=UTC), 4)
    assert [at.astimezone(APIA).day for at in found] == [28, 29, 31] or len(found) >= 3


NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def correct(duty, due, now, failures=0):
    return correct_due(duty, due=due, failures=failures, now=now, zone=LONDON)


def test_a_clock_that_steps_back_a_little_makes_no_day_run_twice():
    duty = daily("12:00")
    due = find_next(duty, after=NOON, zone=LONDON)
    assert correct(duty, due, NOON - timedelta(hours=2)) == due


def test_a_clock_that_was_years_ahead_stops_no_duty():
    duty, often = daily("12:00"), Duty("test.often", "x.y", every_seconds=60)
    far = datetime(2031, 6, 1, 11, tzinfo=UTC)
    assert correct(duty, far, NOON) == find_next(duty, after=NOON, zone=LONDON)
    assert correct(often, far, NOON) == NOON + timedelta(seconds=60)


def test_a_schedule_that_was_changed_counts_at_once():
    old, new = daily("12:00"), daily("18:00")
    due = find_next(old, after=NOON, zone=LONDON)
    assert correct(new, due, NOON) == datetime(2026, 6, 1, 17, tzinfo=UTC)


def test_a_missed_duty_stays_due():
    assert correct(daily("12:00"), NOON - timedelta(days=9), NOON) == NOON - timedelta(days=9)


def test_a_duty_that_fails_is_tried_soon_and_no_later_than_its_next_time():
    duty = daily("12:00")
    assert find_retry(duty, failures=1, now=NOON, zone=LONDON) == NOON + timedelta(minutes=1)
    assert find_retry(duty, failures=99, now=NOON, zone=LONDON) == NOON + timedelta(hours=1)
    often = Duty("test.often", "x.y", every_seconds=5)
    assert find_retry(often, failures=3, now=NOON, zone=LONDON) == NOON + timedelta(seconds=5)


@pytest.mark.parametrize(
    "wrong",
    [
        {"daily_at": "25:00"},
        {"daily_at": "07:30", "every_seconds": 5},
        {},
        {"every_seconds": -1},
        {"daily_at": "7:30"},
    ],
)
def test_a_duty_that_could_not_run_is_refused_where_it_is_written(wrong):
    with pytest.raises(ValueError, match=r"test\.duty"):
        Duty("test.duty", "x.y", **wrong)
