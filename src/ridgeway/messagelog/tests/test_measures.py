"""What the log tells Prometheus."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ridgeway.errors import MessageLogError
from ridgeway.http import Origin, Pool, fetch
from ridgeway.messagelog.tests.cast import (  # noqa: F401 — fixtures are found by name
    NOW,
    Clock,
    a_plain_record,
    a_running_log,
    a_time_authority,
    cluster,
    place,
)


async def archiving_measures(port):
    """What is told of archiving now: name → value."""
    async with Pool() as pool:
        answer = await fetch(pool, "GET", (Origin("127.0.0.1", port), "/metrics"), [], None, max_bytes=10**6)
    rows = (line.split() for line in answer.body.decode().splitlines() if not line.startswith("#"))
    names = ("unarchived", "untransferred", "last_archive", "archiving")
    return {
        name.removeprefix("ridgeway_log_"): float(value)
        for name, value in rows
        if name.removeprefix("ridgeway_log_").startswith(names)
    }


async def test_the_log_tells_what_waits_for_a_stamp_and_how_long_commits_take(place, unused_tcp_port):  # noqa: F811
    watched = place.with_(metrics_port=unused_tcp_port)
    async with a_running_log(replace(watched)) as log, Pool() as pool:
        await log.append(a_plain_record("q-1"))
        await log.append(a_plain_record("q-2"))
        answer = await fetch(pool, "GET", (Origin("127.0.0.1", unused_tcp_port), "/metrics"), [], None, max_bytes=10**6)
    lines = answer.body.decode().splitlines()
    assert "ridgeway_log_unstamped_records 2.0" in lines
    assert "ridgeway_journal_committed_entries_total 2.0" in lines
    assert "ridgeway_journal_commit_duration_seconds_count 2.0" in lines
    assert any(line.startswith("ridgeway_log_oldest_unstamped_timestamp_seconds 1.7") for line in lines)
    assert any(line.startswith("ridgeway_log_stamping_failing ") for line in lines)


async def test_the_log_tells_how_far_archiving_is_and_since_when_it_fails(place, unused_tcp_port):  # noqa: F811
    watched = place.with_(metrics_port=unused_tcp_port, archive_transfer_command="false {file}")
    clock = Clock()
    began, later = NOW.timestamp(), (NOW + timedelta(minutes=5)).timestamp()
    async with a_time_authority() as authority, a_running_log(watched, urls=(authority.url,), clock=clock) as log:
        await log.append(a_plain_record("q-1"))
        await log.stamp()
        idle = {"unarchived_records": 1, "untransferred_archives": 0, "archiving_failing": 0}
        assert await archiving_measures(unused_tcp_port) == idle
        with pytest.raises(MessageLogError, match="tried again"):
            await log.archive()
        clock.now = NOW + timedelta(minutes=5)
        with pytest.raises(MessageLogError, match="tried again"):
            await log.archive()
        failing = {
            "unarchived_records": 0,
            "untransferred_archives": 1,
            "last_archive_timestamp_seconds": began,
            "archiving_failing": 1,
            "archiving_failing_since_timestamp_seconds": began,
        }
        assert await archiving_measures(unused_tcp_port) == failing
    async with a_running_log(watched, clock=clock):
        assert await archiving_measures(unused_tcp_port) == failing
    mended = watched.with_(archive_transfer_command="true {file}")
    async with a_time_authority() as authority, a_running_log(mended, urls=(authority.url,), clock=clock) as log:
        await log.append(a_plain_record("q-2"))
        await log.stamp()
        await log.archive()
        working = {
            "unarchived_records": 0,
            "untransferred_archives": 0,
            "last_archive_timestamp_seconds": later,
            "archiving_failing": 0,
        }
        assert await archiving_measures(unused_tcp_port) == working
