"""What monitoring requests are answered, and to whom."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from ridgeway.errors import AccessError, MessageError
from ridgeway.protocol.identifiers import MemberId, ServiceId, SubsystemId
from ridgeway.protocol.messages import read_soap_message, verify_consistent_headers
from ridgeway.protocol.monitoring import (
    OUTPUT_FIELDS,
    HealthKeeper,
    HealthQuery,
    MetricSet,
    NumberMetric,
    OperationalQuery,
    OperationalRecord,
    ServerType,
    Spread,
    SpreadMetric,
    TextMetric,
    build_server_metrics,
    decide_view,
    may_see_health,
    narrow_query,
    read_records,
    render_health_answer,
    render_metrics_answer,
    render_operational_answer,
    require_metrics,
    select_metrics,
    write_records,
)
from ridgeway.protocol.monitoring.tests.requests import health, metrics, operational, times

OWNER = MemberId("NM", "GOV", "1")
CENTRAL = SubsystemId("NM", "GOV", "0", "monitoring")
OTHER = SubsystemId("NM", "COM", "9", "shop")
NAMESPACES = {"om": "http://x-road.eu/xsd/op-monitoring.xsd", "m": "http://x-road.eu/xsd/monitoring"}
SERVICE = ServiceId("NM", "GOV", "1", "pop", "people", "v1")


def record(**changed) -> OperationalRecord:
    values: dict[str, Any] = {
        "security_server_internal_ip": "192.0.2.1",
        "security_server_type": ServerType.PRODUCER,
        "request_in_ts": 1000,
        "response_out_ts": 1042,
        "succeeded": True,
        "service_x_road_instance": "NM",
        "service_member_class": "GOV",
        "service_member_code": "1",
        "service_subsystem_code": "pop",
        "service_code": "people",
        "service_version": "v1",
        "request_size": 1629,
        "response_size": 1519,
        "service_type": "WSDL",
    }
    return OperationalRecord(**(values | changed))


def texts(xml: bytes, path: str) -> list[str | None]:
    return [each.text for each in etree.fromstring(xml).iterfind(path, NAMESPACES)]


def test_records_travel_compressed_with_the_fields_that_were_asked_for():
    packed = write_records([record(), record(request_in_ts=7)], fields=frozenset({"requestInTs", "xRequestId"}))
    assert packed[:2] == b"\x1f\x8b"
    assert read_records(packed, max_bytes=1000) == [{"requestInTs": 1000}, {"requestInTs": 7}]


def test_records_that_unpack_to_too_much_are_refused():
    with pytest.raises(MessageError):
        read_records(write_records([record()] * 1000, fields=OUTPUT_FIELDS), max_bytes=1000)


@given(st.binary(max_size=100))
def test_bytes_that_are_no_records_are_refused_by_name(data):
    with pytest.raises(MessageError):
        read_records(data, max_bytes=1000)


def test_an_answer_repeats_the_header_of_its_request_without_a_hash():
    request = operational(times())
    answer = render_operational_answer(request, count=2, next_records_from=300)
    asked, told = read_soap_message(request), read_soap_message(answer)
    verify_consistent_headers(asked, told)
    assert told.is_response
    assert told.request_hash is None
    assert texts(answer, ".//om:recordsCount") == ["2"]
    assert texts(answer, ".//om:records") == ["cid:operational-monitoring-data.json.gz"]
    assert texts(answer, ".//om:nextRecordsFrom") == ["300"]


def test_health_says_when_a_service_last_answered_and_how_the_period_was():
    keeper = HealthKeeper(started_ts=5)
    keeper.add(record(), now_seconds=1000)
    keeper.add(record(response_out_ts=1044, request_size=None), now_seconds=1001)
    keeper.add(record(succeeded=False, response_out_ts=2000), now_seconds=1002)
    keeper.add(record(security_server_type=ServerType.CLIENT), now_seconds=1002)
    keeper.add(record(service_code=None), now_seconds=1002)
    answer = render_health_answer(
        health(), started_ts=5, period_seconds=600, services=keeper.list_health(now_seconds=1003)
    )
    assert read_soap_message(answer).is_response
    assert texts(answer, ".//om:serviceEvents/om:lastSuccessfulRequestTimestamp") == ["1044"]
    assert texts(answer, ".//om:serviceEvents/om:lastUnsuccessfulRequestTimestamp") == ["2000"]
    statistics = etree.fromstring(answer).find(".//om:lastPeriodStatistics", NAMESPACES)
    assert statistics is not None
    assert {etree.QName(each).localname: each.text for each in statistics} == {
        "successfulRequestCount": "2",
        "unsuccessfulRequestCount": "1",
        "requestMinDuration": "42",
        "requestAverageDuration": "43.0",
        "requestMaxDuration": "44",
        "requestDurationStdDev": "1.0",
        "requestMinSize": "1629",
        "requestAverageSize": "1629.0",
        "requestMaxSize": "1629",
        "requestSizeStdDev": "0.0",
        "responseMinSize": "1519",
        "responseAverageSize": "1519.0",
        "responseMaxSize": "1519",
        "responseSizeStdDev": "0.0",
    }


def test_what_is_older_than_the_period_no_longer_counts():
    keeper = HealthKeeper(started_ts=0)
    keeper.add(record(), now_seconds=1000)
    (before,) = keeper.list_health(now_seconds=1590)
    (after,) = keeper.list_health(now_seconds=1610)
    assert (before.statistics.successful, after.statistics.successful) == (1, 0)
    assert after.last_successful_ts == 1042


@given(st.lists(st.lists(st.integers(0, 2**40), max_size=20), max_size=5))
def test_spreads_that_are_joined_are_the_spread_of_everything(groups):
    joined, whole = Spread(), Spread()
    for group in groups:
        part = Spread()
        for value in group:
            part.add(value)
            whole.add(value)
        joined.join(part)
    assert joined == whole


def test_the_owner_and_the_central_client_see_everything_and_others_their_own():
    everything = OperationalQuery(0, 1)
    for client in (OWNER, CENTRAL):
        view = decide_view(client, owner=OWNER, monitoring_client=CENTRAL)
        assert view.party is None
        assert "securityServerInternalIp" in narrow_query(everything, view).fields
    view = decide_view(OTHER, owner=OWNER, monitoring_client=CENTRAL)
    assert view.party == OTHER
    assert narrow_query(everything, view).fields == OUTPUT_FIELDS - {"securityServerInternalIp"}


def test_a_subsystem_of_the_owner_is_a_client_like_any_other():
    subsystem = SubsystemId("NM", "GOV", "1", "pop")
    view = decide_view(subsystem, owner=OWNER, monitoring_client=None)
    assert view.party == subsystem
    with pytest.raises(AccessError) as refused:
        require_metrics(view, client=subsystem, owner=OWNER)
    assert refused.value.code == "access_denied"


def test_health_of_others_is_not_shown():
    view = decide_view(OTHER, owner=OWNER, monitoring_client=None)
    assert not may_see_health(SERVICE, query=HealthQuery(), view=view)
    owner = decide_view(OWNER, owner=OWNER, monitoring_client=None)
    assert may_see_health(SERVICE, query=HealthQuery(), view=owner)
    assert not may_see_health(SERVICE, query=HealthQuery(OTHER), view=owner)


def test_metrics_are_sets_in_sets():
    spread = SpreadMetric(
        "SystemCpuLoad",
        datetime(2026, 1, 2, tzinfo=UTC),
        least=Decimal(1),
        most=Decimal(9),
        mean=Decimal("5.5"),
        median=Decimal(5),
        deviation=Decimal("1E-7"),
    )
    processes = MetricSet("Processes", (MetricSet("1", (TextMetric("command", "init\x00"),)),))
    tree = build_server_metrics(
        "SERVER:NM/GOV/1/ss1",
        version="7.8.0",
        metrics=[NumberMetric("TotalPhysicalMemory", 2097684480), spread, processes],
    )
    answer = render_metrics_answer(metrics(), metrics=tree)
    assert read_soap_message(answer).is_response
    assert texts(answer, ".//m:name") == [
        "SERVER:NM/GOV/1/ss1",
        "proxyVersion",
        "systemMetrics",
        "TotalPhysicalMemory",
        "SystemCpuLoad",
        "Processes",
        "1",
        "command",
    ]
    assert texts(answer, ".//m:value") == ["7.8.0", "2097684480", "init\ufffd"]
    assert texts(answer, ".//m:stddev") == ["0.0000001"]
    assert texts(answer, ".//m:updated") == ["2026-01-02T00:00:00.000+00:00"]


def test_a_limited_reader_sees_the_system_and_its_certificates():
    tree = MetricSet(
        "systemMetrics", tuple(MetricSet(name) for name in ("OperatingSystem", "Certificates", "Packages"))
    )
    limited = select_metrics(tree, names=frozenset(), is_limited=True)
    assert [each.name for each in limited.metrics] == ["OperatingSystem", "Certificates"]
    asked = select_metrics(tree, names=frozenset({"Packages"}), is_limited=False)
    assert [each.name for each in asked.metrics] == ["Packages"]
