"""Duties in one process: who may run them, and what is noted."""

import logging
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError

from ridgeway.errors import RequestError
from ridgeway.office.jobs import Duty
from ridgeway.office.jobs.duties import get_duty, run_due, run_now
from ridgeway.office.jobs.lease import LEASE, Leases
from ridgeway.office.jobs.life import list_dead, list_living, open_life
from ridgeway.office.jobs.models import DutyRun
from ridgeway.office.notices.tests.senders import NOW, Clock
from ridgeway.office.tests.ready import any_office, cluster, migrated_file

__all__ = ["any_office", "cluster", "migrated_file"]
SAMPLE = "ridgeway.office.jobs.tests.sample"
TICK = Duty("test.tick", f"{SAMPLE}.tick", daily_at="15:00")
OFTEN = Duty("test.often", f"{SAMPLE}.tick", every_seconds=60)
FAIL = Duty("test.fail", f"{SAMPLE}.fail", every_seconds=3600)


@pytest.fixture(autouse=True)
def trace(tmp_path, monkeypatch):
    monkeypatch.setenv("RIDGEWAY_TEST_TRACE", str(tmp_path / "trace"))


def ran(tmp_path):
    path = Path(tmp_path / "trace")
    return len(path.read_text().split()) if path.exists() else 0


def leases(tmp_path, holder="me"):
    return Leases(holder, tmp_path / "lives", ZoneInfo("Europe/London"))


def test_a_daily_duty_runs_at_its_time_and_once(any_office, tmp_path):
    clock, mine = Clock(NOW), leases(tmp_path)
    assert run_due([TICK], mine, clock=clock) == ()
    clock.now = NOW + timedelta(hours=3)
    assert [report.result for report in run_due([TICK], mine, clock=clock)] == ["ticked"]
    assert run_due([TICK], mine, clock=clock) == ()
    clock.now += timedelta(days=1)
    assert len(run_due([TICK], mine, clock=clock)) == 1
    row = DutyRun.objects.get(name="test.tick")
    assert (row.result, row.failures, row.holder) == ("ticked", 0, "")
    assert ran(tmp_path) == 2


def test_a_duty_missed_for_days_runs_once_at_start(any_office, tmp_path):
    clock, mine = Clock(NOW), leases(tmp_path)
    run_due([TICK], mine, clock=clock)
    clock.now += timedelta(days=9)
    assert len(run_due([TICK], mine, clock=clock)) == 1
    assert run_due([TICK], mine, clock=clock) == ()


def test_a_clock_that_steps_back_runs_nothing_twice(any_office, tmp_path):
    clock, mine = Clock(NOW + timedelta(hours=2, minutes=59)), leases(tmp_path)
    run_due([TICK], mine, clock=clock)
    clock.now += timedelta(minutes=2)
    assert len(run_due([TICK], mine, clock=clock)) == 1
    clock.now -= timedelta(hours=1)
    assert run_due([TICK], mine, clock=clock) == ()
    clock.now += timedelta(hours=1, minutes=10)
    assert run_due([TICK], mine, clock=clock) == ()


def test_a_duty_that_fails_is_noted_told_and_tried_again(any_office, tmp_path, caplog):
    clock, mine = Clock(NOW), leases(tmp_path)
    with caplog.at_level(logging.INFO):
        (report,) = run_due([FAIL], mine, clock=clock)
    assert report.error.startswith("ValueError at sample.py")
    assert "ALERT: the duty test.fail failed 1 times" in caplog.text
    assert "example.org" not in caplog.text
    row = DutyRun.objects.get(name="test.fail")
    assert (row.failures, row.holder, "example.org" in row.error) == (1, "", False)
    assert run_due([FAIL], mine, clock=clock) == ()
    clock.now += timedelta(minutes=1)
    assert len(run_due([FAIL], mine, clock=clock)) == 1


def test_a_duty_that_another_runs_is_left_to_it_however_the_clock_goes(any_office, tmp_path):
    with open_life(tmp_path / "lives") as other:
        assert leases(tmp_path, other).take_due(OFTEN, now=NOW)
        assert not leases(tmp_path).take_due(OFTEN, now=NOW)
        assert not leases(tmp_path).take_due(OFTEN, now=NOW + timedelta(days=300))
        with pytest.raises(RequestError) as raised:
            run_now(OFTEN, leases(tmp_path), clock=Clock(NOW))
        assert raised.value.code == "duty_running"
        assert list_living(tmp_path / "lives") == {other}
    assert list_dead(tmp_path / "lives") == {other}
    assert leases(tmp_path).release(other) == 1
    assert leases(tmp_path).take_due(OFTEN, now=NOW)


def test_a_worker_of_another_machine_holds_a_duty_until_its_lease_is_over(any_office, tmp_path):
    elsewhere, here = leases(tmp_path / "elsewhere", "them"), leases(tmp_path)
    assert elsewhere.take_due(OFTEN, now=NOW)
    assert not here.take_due(OFTEN, now=NOW + LEASE)
    elsewhere.renew(now=NOW + LEASE)
    assert not here.take_due(OFTEN, now=NOW + LEASE * 1.5)
    assert here.take_due(OFTEN, now=NOW + LEASE * 3)


def test_what_a_worker_says_about_a_duty_that_it_lost_is_not_noted(any_office, tmp_path):
    elsewhere, here = leases(tmp_path / "elsewhere", "them"), leases(tmp_path)
    elsewhere.take_due(OFTEN, now=NOW)
    here.take_due(OFTEN, now=NOW + LEASE * 3)
    elsewhere.settle_success(OFTEN, "too late", started=NOW, now=NOW + LEASE * 3)
    assert DutyRun.objects.values_list("holder", "result").get() == ("me", "")


def test_a_run_whose_end_could_not_be_noted_does_not_stay_taken_for_ever(any_office, tmp_path, monkeypatch):
    with open_life(tmp_path / "lives") as name:
        mine = leases(tmp_path, name)

        def fail(*_arguments, **_values):
            raise DatabaseError("away")

        with monkeypatch.context() as patch:
            patch.setattr(Leases, "settle", fail)
            with pytest.raises(DatabaseError):
                run_due([OFTEN], mine, clock=Clock(NOW))
        assert DutyRun.objects.get(name="test.often").holder == name
        assert len(run_due([OFTEN], mine, clock=Clock(NOW))) == 1


def test_one_thread_of_a_worker_leaves_to_the_other_what_that_does(any_office, tmp_path):
    mine = leases(tmp_path)
    assert mine.take_due(OFTEN, now=NOW)
    assert not mine.take_due(OFTEN, now=NOW)
    assert not mine.take_due(OFTEN, now=NOW + LEASE * 9)


def test_an_unknown_duty_is_named(any_office):
    with pytest.raises(RequestError) as raised:
        get_duty("test.nothing")
    assert "notices.forget" in raised.value.action
    assert get_duty("notices.forget").daily_at == "03:10"
