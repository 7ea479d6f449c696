"""What the log tells Prometheus."""

from dataclasses import replace

from ridgeway.http import Origin, Pool, fetch
from ridgeway.messagelog.tests.cast import (  # noqa: F401 — fixtures are found by name
    a_plain_record,
    a_running_log,
    cluster,
    place,
)


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
