"""What the security server itself answers to monitoring requests, and to whom."""

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from ridgeway.errors import AccessError, MessageError, NetworkError
from ridgeway.gateway.certificatelist import list_certificates
from ridgeway.gateway.machine import Machine, find_internal_address, list_packages
from ridgeway.gateway.monitoringservice import MetricsService, RecordsService, build_services
from ridgeway.gateway.ports import OwnAnswer, OwnCall
from ridgeway.gateway.tests.pair import running_pair
from ridgeway.protocol.certificates.snapshot import TrustSnapshot
from ridgeway.protocol.certificates.verdicts import VerdictCache
from ridgeway.protocol.exchange.consumer import Standing
from ridgeway.protocol.exchange.soap import SoapRequest
from ridgeway.protocol.exchange.values import ServerSnapshot
from ridgeway.protocol.identifiers import ServerId, ServiceId, SubsystemId
from ridgeway.protocol.messages import read_soap_message
from ridgeway.protocol.monitoring import MetricSet, ServiceHealth, Statistics, write_records
from ridgeway.protocol.monitoring.tests.requests import health, metrics, operational, times

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECONDS = int(NOW.timestamp())
SERVER = ServerId("NM", "GOV", "1", "ss1")
CENTRAL = SubsystemId("NM", "GOV", "1", "central")
OTHER = SubsystemId("NM", "GOV", "1", "other")


@dataclass
class Found:
    count: int = 2
    packed: bytes = b"packed"
    next_records_from: int | None = None


@dataclass
class Report:
    started_ts: int = 5
    period_seconds: int = 600
    services: list[ServiceHealth] = field(default_factory=list)


@dataclass
class Archive:
    """Answers with what it was given, or fails; remembers what it was asked."""

    found: Found = field(default_factory=Found)
    report: Report = field(default_factory=Report)
    fault: Exception | None = None
    asked: list[Any] = field(default_factory=list)

    async def find_records(self, query, view):
        if self.fault is not None:
            raise self.fault
        self.asked.append((query, view))
        return self.found

    async def get_health(self):
        return self.report


def call(request: bytes, client: SubsystemId | None = None) -> OwnCall:
    """A proven request, of the owner where no other client is named."""
    if client is not None:
        code = f"<id:subsystemCode>{client.subsystem_code}</id:subsystemCode></xroad:client>"
        request = request.replace(b'"MEMBER"', b'"SUBSYSTEM"').replace(b"</xroad:client>", code.encode())
    standing = Standing(ServerSnapshot(1, SERVER), TrustSnapshot("NM", {}, monitoring_client=CENTRAL), VerdictCache())
    return OwnCall(SoapRequest(read_soap_message(request), "r"), b"", standing)


def names(answer: OwnAnswer) -> list[str | None]:
    return [each.text for each in etree.fromstring(answer.body).iter("{http://x-road.eu/xsd/monitoring}name")]


def texts(answer: OwnAnswer, name: str) -> list[str | None]:
    return [
        each.text for each in etree.fromstring(answer.body).iter(f"{{http://x-road.eu/xsd/op-monitoring.xsd}}{name}")
    ]


async def test_records_come_as_an_attachment_that_the_answer_refers_to():
    archive = Archive()
    answer = await RecordsService(archive, lambda: NOW).answer(call(operational(times(100, 200))))
    (attachment,) = answer.attachments
    assert attachment.content == b"packed"
    assert attachment.content_type == "application/gzip"
    assert dict(attachment.headers)["content-id"] == "<operational-monitoring-data.json.gz>"
    assert texts(answer, "records") == ["cid:operational-monitoring-data.json.gz"]
    assert texts(answer, "recordsCount") == ["2"]
    assert texts(answer, "nextRecordsFrom") == []
    assert read_soap_message(answer.body).is_response


async def test_a_period_that_is_not_over_is_cut_and_says_where_to_go_on():
    archive = Archive()
    service = RecordsService(archive, lambda: NOW)
    answer = await service.answer(call(operational(times(100, SECONDS))))
    assert archive.asked[0][0].records_to == SECONDS - 61
    assert texts(answer, "nextRecordsFrom") == [str(SECONDS - 60)]
    archive.found = Found(next_records_from=150)
    assert texts(await service.answer(call(operational(times(100, SECONDS)))), "nextRecordsFrom") == ["150"]


async def test_the_owner_and_the_central_client_see_everything_and_others_their_own():
    archive = Archive()
    service = RecordsService(archive, lambda: NOW)
    for client in (None, CENTRAL, OTHER):
        await service.answer(call(operational(times()), client))
    assert [view.party for _, view in archive.asked] == [None, None, OTHER]


async def test_what_is_wrong_with_a_request_is_the_clients_and_a_silent_monitor_the_services():
    archive = Archive()
    services = build_services(archive, metrics_service())
    records = services["getSecurityServerOperationalData"]
    with pytest.raises(MessageError) as refused:
        await records.answer(call(operational(times(200, 100))))
    assert refused.value.code == "client.invalid_request"
    archive.fault = NetworkError("network_error", "Nobody answers.")
    with pytest.raises(NetworkError) as failed:
        await records.answer(call(operational(times())))
    assert failed.value.code == "service_failed.network_error"


async def test_health_of_ones_own_services_alone_is_shown_to_others():
    mine, yours = (ServiceId("NM", "GOV", "1", code, "s") for code in ("other", "yours"))
    archive = Archive(report=Report(services=[ServiceHealth(each, Statistics()) for each in (mine, yours)]))
    service = build_services(archive, metrics_service())["getSecurityServerHealthData"]
    assert len(texts(await service.answer(call(health())), "serviceEvents")) == 2
    assert len(texts(await service.answer(call(health(), OTHER)), "serviceEvents")) == 1


def metrics_service(*, is_limited: bool = False) -> MetricsService:
    machine = Machine()
    machine.sample(NOW)
    return MetricsService(
        machine, lambda _standing: MetricSet("Certificates"), is_limited=is_limited, has_packages=False
    )


async def test_metrics_tell_the_version_and_the_machine_to_the_owner_alone():
    service = metrics_service()
    told = names(await service.answer(call(metrics())))
    assert told[:3] == ["SERVER:NM/GOV/1/ss1", "proxyVersion", "systemMetrics"]
    assert {"OperatingSystem", "TotalPhysicalMemory", "SystemCpuLoad", "DiskSpaceFree_/", "Processes"} <= set(told)
    assert "Packages" not in told
    with pytest.raises(AccessError) as refused:
        await service.answer(call(metrics(), OTHER))
    assert refused.value.code == "access_denied"


async def test_metrics_that_are_named_come_alone():
    spec = "<m:outputSpec><m:outputField>TotalPhysicalMemory</m:outputField></m:outputSpec>"
    told = names(await metrics_service().answer(call(metrics(spec))))
    assert told[2:] == ["systemMetrics", "TotalPhysicalMemory"]


async def test_the_central_client_may_be_shown_less():
    told = names(await metrics_service(is_limited=True).answer(call(metrics(), CENTRAL)))
    assert told[2:] == ["systemMetrics", "OperatingSystem", "Certificates"]
    assert len(names(await metrics_service(is_limited=True).answer(call(metrics())))) > 10


def test_a_process_is_told_by_its_name_without_its_arguments():
    processes = next(each for each in Machine().list_metrics(datetime.now(UTC)) if each.name == "Processes")
    assert isinstance(processes, MetricSet)
    (first, *_) = processes.metrics
    assert isinstance(first, MetricSet)
    kept = ["processId", "command", "cpuLoad", "memUsed", "startTime", "userId"]
    assert [each.name for each in first.metrics] == kept


async def test_packages_are_listed_where_there_are_any():
    packages = await list_packages()
    assert packages.name == "Packages"
    assert all(each.name for each in packages.metrics)


def test_certificates_that_cannot_be_read_are_left_out():
    assert list_certificates((), internal=b"none", systems=[b"neither"]) == MetricSet("Certificates")


def test_the_internal_address_is_one():
    assert re.fullmatch(r"[0-9.]{7,15}", find_internal_address())


def test_disks_that_are_named_are_told(tmp_path: Path):
    told = {each.name for each in replace(Machine(), disks=(tmp_path,)).list_metrics(NOW)}
    assert f"DiskSpaceTotal_{tmp_path}" in told


async def test_records_travel_between_two_gateways_as_any_attachment(tmp_path):
    request = operational(times()).decode().replace("NM<", "LAB<").replace(">1<", ">1002<")
    asker = "<id:memberCode>1001</id:memberCode><id:subsystemCode>desk</id:subsystemCode></xroad:client>"
    request = request.replace('"MEMBER"', '"SUBSYSTEM"').replace(
        "<id:memberCode>1002</id:memberCode></xroad:client>", asker
    )
    async with running_pair(tmp_path) as pair:
        archive = Archive(found=Found(packed=write_records([], fields=frozenset())))
        pair.provider.own_services = build_services(archive, metrics_service())
        answer = await pair.ask("POST", "/", request.encode(), [("Content-Type", "text/xml")])
    assert answer.headers.get("Content-Type").startswith("multipart/related")
    assert b"cid:operational-monitoring-data.json.gz" in answer.body
    assert b"requestHash" in answer.body
    assert archive.found.packed in answer.body
    ((_, view),) = archive.asked
    assert str(view.party) == "SUBSYSTEM:LAB/GOV/1001/desk"
    assert [len(record.bodies) for record in pair.provider.messagelog.records] == [0, 1]
