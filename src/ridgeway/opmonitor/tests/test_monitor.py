"""Records go in and come out again, from either database."""

import msgspec
import pytest

from ridgeway.errors import MessageError, NetworkError
from ridgeway.journal import JournalLimits
from ridgeway.opmonitor.client import OpMonitorClient
from ridgeway.opmonitor.tests.cast import (  # noqa: F401 — fixtures are found by name
    DESK,
    EVERYTHING,
    NOW_SECONDS,
    REGISTER,
    Clock,
    a_record,
    a_running_monitor,
    cluster,
    place,
    with_,
)
from ridgeway.opmonitor.values import StatisticsFrame, Traffic, encoder
from ridgeway.protocol.identifiers import MemberId, SubsystemId
from ridgeway.protocol.monitoring import OUTPUT_FIELDS, OperationalQuery, ServerType, View, read_records

DESK_MEMBER = MemberId("NM", "GOV", "1")
ALWAYS = OperationalQuery(0, NOW_SECONDS + 1000)


async def rows(monitor, query=ALWAYS, view=EVERYTHING):
    found = await monitor.find_records(query, view)
    return read_records(found.packed, max_bytes=1_000_000), found.next_records_from


async def test_a_record_comes_out_as_it_went_in(place):  # noqa: F811
    async with a_running_monitor(place) as monitor:
        await monitor.store([a_record()])
        (row,), more = await rows(monitor)
    kept = msgspec.structs.replace(a_record(), monitoring_data_ts=NOW_SECONDS)
    assert row == msgspec.json.decode(msgspec.json.encode(kept))
    assert more is None


async def test_only_the_fields_that_are_asked_for_come_out(place):  # noqa: F811
    async with a_running_monitor(place) as monitor:
        await monitor.store([a_record(7)])
        (row,), _ = await rows(monitor, OperationalQuery(0, NOW_SECONDS, None, frozenset({"messageId"})))
    assert row == {"messageId": "q-7 ✓"}


async def test_others_see_what_they_asked_or_answered_and_no_internal_address(place):  # noqa: F811
    stranger = SubsystemId("NM", "GOV", "3", "x")
    fields = OUTPUT_FIELDS - {"securityServerInternalIp"}
    async with a_running_monitor(place) as monitor:
        await monitor.store([a_record(1), a_record(2, client_subsystem_code=None), a_record(3, service_code="other")])
        for party, seen in ((DESK, 2), (REGISTER, 3), (stranger, 0)):
            found, _ = await rows(monitor, view=View(party, fields))
            assert len(found) == seen
            assert not any("securityServerInternalIp" in row for row in found)
        provided, _ = await rows(monitor, OperationalQuery(0, NOW_SECONDS, REGISTER))
        assert len(provided) == 3
        member, _ = await rows(monitor, view=View(DESK_MEMBER, fields))
        assert [row["messageId"] for row in member] == ["q-2 ✓"]


async def test_a_long_answer_ends_with_a_whole_second_and_says_where_to_go_on(place):  # noqa: F811
    clock = Clock()
    async with a_running_monitor(place, clock) as monitor:
        await monitor.store([a_record(number) for number in range(4)])
        clock.move(1)
        await monitor.store([a_record(number) for number in range(4, 8)])
        clock.move(1)
        await monitor.store([a_record(8)])
        first, more = await rows(monitor)
        assert [row["messageId"] for row in first] == [f"q-{number} ✓" for number in range(8)]
        assert more == NOW_SECONDS + 2
        rest, nothing = await rows(monitor, OperationalQuery(more, NOW_SECONDS + 1000))
        assert [row["messageId"] for row in rest] == ["q-8 ✓"]
        assert nothing is None


async def test_no_second_holds_more_than_an_answer_even_after_a_restart(place):  # noqa: F811
    for part in range(2):
        async with a_running_monitor(place) as monitor:
            await monitor.store([a_record(part * 6 + number) for number in range(6)])
    seconds, start = [], 0
    async with a_running_monitor(place) as monitor:
        while start is not None:
            found, start = await rows(monitor, OperationalQuery(start, NOW_SECONDS + 1000))
            seconds += [row["monitoringDataTs"] - NOW_SECONDS for row in found]
    assert seconds == [0] * 5 + [1] * 5 + [2] * 2


async def test_records_that_are_too_old_are_removed(place):  # noqa: F811
    clock = Clock()
    settings = with_(place, clean_interval_seconds=0.01)
    async with a_running_monitor(settings, clock) as monitor:
        await monitor.store([a_record(number) for number in range(3)])
        clock.move(6 * 86_400)
        await monitor.store([a_record(9)])
        clock.move(1.5 * 86_400)
        query = OperationalQuery(0, NOW_SECONDS + 10 * 86_400)
        while len((await rows(monitor, query))[0]) > 1:
            pass
        (left,), _ = await rows(monitor, query)
    assert left["messageId"] == "q-9 ✓"


async def test_health_knows_when_a_service_last_answered(place):  # noqa: F811
    async with a_running_monitor(place) as monitor:
        await monitor.store([a_record(1), a_record(2, succeeded=False), a_record(3, service_code=None)])
        report = await monitor.get_health()
    (health,) = report.services
    assert report.started_ts == NOW_SECONDS * 1000
    assert str(health.service) == "SERVICE:NM/GOV/2/register/persons"
    assert (health.statistics.successful, health.statistics.unsuccessful) == (1, 1)
    assert health.statistics.duration.mean == 40
    assert health.last_unsuccessful_ts == NOW_SECONDS * 1000 + 42


async def test_traffic_is_counted_step_by_step_and_half_by_half(place):  # noqa: F811
    start = NOW_SECONDS * 1000
    async with a_running_monitor(place) as monitor:
        await monitor.store(
            [
                a_record(1),
                a_record(2, response_out_ts=start + 22),
                a_record(60_001, succeeded=False),
                a_record(60_002, security_server_type=ServerType.CLIENT),
            ]
        )
        counted = await monitor.sum_traffic(StatisticsFrame(start, start + 3_600_000, 1))
    assert counted == [
        Traffic(start, "Producer", 2, 0, 30.0),
        Traffic(start + 60_000, "Client", 1, 0, 40.0),
        Traffic(start + 60_000, "Producer", 0, 1, None),
    ]


async def test_what_is_no_record_is_refused_alone(place):  # noqa: F811
    async with a_running_monitor(place) as monitor:
        for bad in (b"", b"\x93", encoder.encode([{"succeeded": True}]), encoder.encode([a_record(message_id="a\0b")])):
            with pytest.raises(MessageError):
                await monitor.ask("append", bad)
        with pytest.raises(MessageError):
            await monitor.store([a_record()] * 1001)
        await monitor.store([a_record()])
        assert len((await rows(monitor))[0]) == 1


async def test_a_monitor_that_does_not_run_is_a_failure_of_the_world(tmp_path):
    client = OpMonitorClient(tmp_path / "none.sock", limits=JournalLimits(connect_timeout_seconds=0.0))
    with pytest.raises(NetworkError, match="operational monitor did not answer"):
        await client.store([a_record()])
