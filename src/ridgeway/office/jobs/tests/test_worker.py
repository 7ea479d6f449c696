"""`ridgeway jobs run`: real processes that are stopped, killed and told to work side by side."""

import asyncio
import json
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from django.db import transaction

from ridgeway.office.jobs.models import DutyRun
from ridgeway.office.notices.tests.senders import environment
from ridgeway.office.tests.ready import any_office, cluster, migrated_file, office

__all__ = ["any_office", "cluster", "migrated_file", "office"]
WAIT_SECONDS = 60


@pytest.fixture(autouse=True)
def trace(tmp_path, monkeypatch):
    monkeypatch.setenv("RIDGEWAY_TEST_TRACE", str(tmp_path / "trace"))
    return tmp_path / "trace"


@contextmanager
def a_worker(place, *duties):
    arguments = (str(place.settings.state_dir), place.settings.web.database, duties)
    code = f"from ridgeway.office.jobs.tests.working import work; work(*{arguments!r})"
    with (place.settings.state_dir / f"log{len(duties)}{time.monotonic_ns()}").open("w+") as log:
        process = subprocess.Popen([sys.executable, "-c", code], env=environment(), stdout=log, stderr=log)
        try:
            yield process
        finally:
            process.kill()
            process.wait(20)
            log.seek(0)
            print(log.read())  # shown when the test fails


def wait_for(condition, what):
    before = time.monotonic() + WAIT_SECONDS
    while not condition():
        assert time.monotonic() < before, what
        time.sleep(0.1)


def lines(trace):
    return trace.read_text().split() if trace.exists() else []


def test_a_worker_does_its_duties_and_stops_when_told(any_office, trace):
    with a_worker(any_office, ("tick", 3600)) as process:
        wait_for(lambda: DutyRun.objects.filter(name="test.tick", result="ticked").exists(), "no duty was done")
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0
    assert len(lines(trace)) == 1


def test_a_part_that_breaks_ends_the_worker_and_is_told(office, caplog):
    from ridgeway.errors import WorldError
    from ridgeway.office.jobs.worker import Worker, WorkerParts, run_worker

    def break_down(_worker):
        raise KeyError("person@example.org")

    async def run_broken():
        await asyncio.wait_for(run_worker(office.settings, WorkerParts(senders=0, queue=False)), WAIT_SECONDS)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Worker, "do_duties", break_down)
        with pytest.raises(WorldError, match="duties"):
            asyncio.run(run_broken())
    assert "ALERT: duties broke: KeyError at test_worker.py" in caplog.text
    assert "example.org" not in caplog.text


def test_of_two_workers_one_does_the_duty(any_office, trace):
    with a_worker(any_office, ("tick", 3600)), a_worker(any_office, ("tick", 3600)):
        wait_for(lambda: DutyRun.objects.filter(name="test.tick", result="ticked").exists(), "no duty was done")
        time.sleep(2.5)
    assert len(lines(trace)) == 1


def test_the_duty_of_a_killed_worker_is_begun_anew_at_once(any_office, trace):
    with a_worker(any_office, ("last_long", 3600)):
        wait_for(lambda: lines(trace) == ["begin"], "the duty did not begin")
    with a_worker(any_office, ("last_long", 3600)):
        wait_for(lambda: lines(trace) == ["begin", "begin"], "the duty was not begun anew")


def test_tasks_are_there_when_their_transaction_is_and_then_done_once(any_office, trace):
    from ridgeway.office.jobs.tests.sample import add

    def enqueue_and_fail():
        with transaction.atomic():
            add.enqueue(1)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        enqueue_and_fail()
    for number in (2, 3):
        add.enqueue(number)
    with a_worker(any_office), a_worker(any_office):
        wait_for(lambda: len(lines(trace)) == 2, "the tasks were not done")
        time.sleep(1.5)
    assert sorted(lines(trace)) == ["task:2", "task:3"]


def test_a_task_that_fails_is_noted_and_told_without_its_words(office, caplog):
    from django_tasks_db.models import DBTaskResult

    from ridgeway.office.jobs.tasks import run_next_task
    from ridgeway.office.jobs.tests.sample import break_down

    break_down.enqueue()
    assert run_next_task("me")
    assert not run_next_task("me")
    assert DBTaskResult.objects.failed().count() == 1
    assert "ALERT: the task ridgeway.office.jobs.tests.sample.break_down failed: ValueError" in caplog.text
    assert "example.org" not in caplog.text


def test_a_task_whose_workers_die_is_begun_again_and_given_up_in_the_end(office):
    from django_tasks_db.models import DBTaskResult

    from ridgeway.office.jobs.retention import KEEP, forget_finished
    from ridgeway.office.jobs.tasks import MAX_STARTS, release_tasks
    from ridgeway.office.jobs.tests.sample import add

    now = datetime.now(UTC)
    add.enqueue(1)
    for number in range(MAX_STARTS):
        worker = f"worker{number}"
        DBTaskResult.objects.ready().get().claim(worker)
        assert release_tasks(dead=set(), living={worker}, now=now) == 0
        assert release_tasks(dead={worker}, living=set(), now=now) == 1
    assert DBTaskResult.objects.failed().count() == 1
    assert forget_finished(now) == "0 finished tasks forgotten"
    assert forget_finished(now + KEEP + timedelta(minutes=1)) == "1 finished tasks forgotten"


def test_the_commands_list_duties_and_do_one(office):
    from ridgeway.office.jobs.commands import jobs

    def call(*arguments):
        return CliRunner().invoke(jobs, arguments, obj=office.settings)

    done = call("do", "notices.forget")
    assert (done.exit_code, done.output) == (0, "notices.forget: 0 notices forgotten, 0 deleted\n")
    assert json.loads(call("do", "jobs.forget", "--json").output)["result"] == "0 finished tasks forgotten"
    rows = {row["name"]: row for row in json.loads(call("list", "--json").output)}
    assert rows["notices.forget"]["result"] == "0 notices forgotten, 0 deleted"
    assert rows["notices.forget"]["when"] == "daily 03:10"
    assert not rows["notices.forget"]["is_running"]
    assert "notices.forget" in call("list").output
    assert isinstance(call("do", "nothing.such").exception, Exception)


def test_measures_tell_what_waits(office):
    from ridgeway.office.jobs.measures import WorkerMeasures
    from ridgeway.office.notices.tests.senders import NOW, post_greeting

    post_greeting(1)
    DutyRun.objects.create(name="test.tick", due_at_ms=0, succeeded_at_ms=1000, failures=2)
    measures = WorkerMeasures((), lambda: NOW + timedelta(seconds=9))
    measures.figures = measures.count()
    found = {each.name: [sample.value for sample in each.samples] for each in measures.list_measures()}
    assert found["ridgeway_notices_queued"] == [1]
    assert found["ridgeway_notices_lag_seconds"] == [9.0]
    assert found["ridgeway_duty_failures"] == [2]
