"""Measures are told as Prometheus reads them, at a door of their own."""

import pytest
from prometheus_client.parser import text_string_to_metric_families

from ridgeway.http import Origin, Pool, fetch
from ridgeway.settings import TelemetrySettings
from ridgeway.telemetry import Durations, Kind, Measure, Sample, counter, gauge, metrics_door


def list_measures():
    durations = Durations((0.1, 1.0))
    for seconds in (0.05, 0.1, 0.5, 7.0):
        durations.add(seconds)
    yield gauge("ridgeway_test_waiting", "What waits.", 3)
    yield gauge("ridgeway_test_unknown", "What nobody knows.", None)
    yield counter("ridgeway_test_dropped", "What was lost.", 2)
    yield Measure("ridgeway_test_seconds", "How long.", Kind.HISTOGRAM, (Sample(durations, ("a",)),), ("side",))


async def ask(port, target="/metrics", method="GET"):
    async with Pool() as pool:
        return await fetch(pool, method, (Origin("127.0.0.1", port), target), [], None, max_bytes=1_000_000)


@pytest.fixture
def port(unused_tcp_port):
    return unused_tcp_port


async def test_measures_are_told_as_the_client_library_reads_them(port):
    async with metrics_door(TelemetrySettings(), port, list_measures):
        answer = await ask(port)
    assert answer.headers.get("Content-Type").startswith("text/plain; version=0.0.4")
    families = {family.name: family for family in text_string_to_metric_families(answer.body.decode())}
    assert [sample.value for sample in families["ridgeway_test_waiting"].samples] == [3]
    assert families["ridgeway_test_unknown"].samples == []
    assert [(each.name, each.value) for each in families["ridgeway_test_dropped"].samples] == [
        ("ridgeway_test_dropped_total", 2)
    ]
    told = {(each.name, each.labels.get("le")): each.value for each in families["ridgeway_test_seconds"].samples}
    assert told == {
        ("ridgeway_test_seconds_bucket", "0.1"): 2,
        ("ridgeway_test_seconds_bucket", "1.0"): 3,
        ("ridgeway_test_seconds_bucket", "+Inf"): 4,
        ("ridgeway_test_seconds_count", None): 4,
        ("ridgeway_test_seconds_sum", None): 7.65,
    }
    assert "process_resident_memory_bytes" in families


async def test_nothing_else_is_at_the_door(port):
    async with metrics_door(TelemetrySettings(), port, list_measures):
        assert (await ask(port, "/")).status == 404
        assert (await ask(port, method="DELETE")).status == 405


async def test_a_port_of_zero_opens_no_door():
    async with metrics_door(TelemetrySettings(), 0, list_measures) as server:
        assert server is None
