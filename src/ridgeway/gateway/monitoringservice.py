"""The three services of monitoring, which the security server answers itself: records, health, metrics.

Law: who may see what is decided in `protocol/monitoring/rights.py` for each call. A request that cannot be answered is
the caller's fault, under `client`; a monitor that does not answer is the service's, under `service_failed`.
Source: PR-OPMON §2, §3; PR-ENVMONMES §2.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from ridgeway.errors import MessageError, WorldError
from ridgeway.gateway.machine import Machine, list_packages
from ridgeway.gateway.ports import OwnAnswer, OwnCall, OwnService, SoapAttachment
from ridgeway.protocol.exchange.consumer import Standing
from ridgeway.protocol.monitoring import (
    HEALTH_DATA,
    METRICS,
    OFFSET_SECONDS,
    OPERATIONAL_DATA,
    RECORDS_HEADERS,
    RECORDS_MEDIA_TYPE,
    Metric,
    MetricSet,
    OperationalQuery,
    ServiceHealth,
    View,
    build_server_metrics,
    decide_view,
    may_see_health,
    read_health_query,
    read_metrics_query,
    read_operational_query,
    render_health_answer,
    render_metrics_answer,
    render_operational_answer,
    require_available,
    require_metrics,
    select_metrics,
)
from ridgeway.protocol.monitoring.metrics import SYSTEM_METRICS
from ridgeway.protocol.transport.heads import XROAD_RELEASE
from ridgeway.trust.clock import read_clock

SERVICE_FAILED = "service_failed"
CLIENT = "client"


class Found(Protocol):
    """Records that were found, packed as they travel."""

    @property
    def count(self) -> int:
        """How many."""

    @property
    def packed(self) -> bytes:
        """Their JSON, compressed."""

    @property
    def next_records_from(self) -> int | None:
        """The second to go on from, when these are not all."""


class Report(Protocol):
    """How every service is."""

    @property
    def started_ts(self) -> int:
        """Since when is watched; milliseconds since 1970."""

    @property
    def period_seconds(self) -> int:
        """How long the last period is."""

    @property
    def services(self) -> Sequence[ServiceHealth]:
        """The services that were called."""


class OperationalArchive(Protocol):
    """Where records and health are asked for; each raises WorldError when it does not answer."""

    async def find_records(self, query: OperationalQuery, view: View) -> Found:
        """The records that `query` asks for, as far as `view` goes."""

    async def get_health(self) -> Report:
        """How every service is."""


class RecordsService:
    """Answers getSecurityServerOperationalData."""

    def __init__(self, archive: OperationalArchive, clock: Callable[[], datetime] = read_clock) -> None:
        self.archive = archive
        self.clock = clock

    async def answer(self, call: OwnCall) -> OwnAnswer:
        """The records as an attachment, with their number."""
        request = call.request.bytes
        query = read_operational_query(request)
        now = int(self.clock().timestamp())
        require_available(query, now_seconds=now)
        available, shifted = limit_period(query, now_seconds=now)
        found = await self.archive.find_records(available, view_of(call))
        next_from = found.next_records_from if found.next_records_from is not None else shifted
        document = render_operational_answer(request, count=found.count, next_records_from=next_from)
        return OwnAnswer(document, attachments=(SoapAttachment(RECORDS_MEDIA_TYPE, RECORDS_HEADERS, found.packed),))


class HealthService:
    """Answers getSecurityServerHealthData."""

    def __init__(self, archive: OperationalArchive) -> None:
        self.archive = archive

    async def answer(self, call: OwnCall) -> OwnAnswer:
        """How the services are that the caller may see."""
        request = call.request.bytes
        query, view = read_health_query(request), view_of(call)
        report = await self.archive.get_health()
        seen = [each for each in report.services if may_see_health(each.service, query=query, view=view)]
        document = render_health_answer(
            request, started_ts=report.started_ts, period_seconds=report.period_seconds, services=seen
        )
        return OwnAnswer(document)


class MetricsService:
    """Answers getSecurityServerMetrics."""

    def __init__(
        self,
        machine: Machine,
        list_certificates: Callable[[Standing], MetricSet],
        *,
        is_limited: bool,
        has_packages: bool,
    ) -> None:
        self.machine = machine
        self.list_certificates = list_certificates
        self.is_limited = is_limited
        self.has_packages = has_packages

    async def answer(self, call: OwnCall) -> OwnAnswer:
        """The metrics that the caller may see, of those that were asked for."""
        request, server = call.request, call.standing.server.server
        query, view = read_metrics_query(request.bytes), view_of(call)
        require_metrics(view, client=request.client, owner=server.owner)
        metrics: list[Metric] = await asyncio.to_thread(self.machine.list_metrics, read_clock())
        metrics.append(self.list_certificates(call.standing))
        if self.has_packages:
            metrics.append(await list_packages())
        is_limited = self.is_limited and not view.is_owner
        chosen = select_metrics(MetricSet(SYSTEM_METRICS, tuple(metrics)), names=query.names, is_limited=is_limited)
        tree = build_server_metrics(str(server), version=XROAD_RELEASE, metrics=chosen.metrics)
        return OwnAnswer(render_metrics_answer(request.bytes, metrics=tree))


class FaultsNamed:
    """A service whose errors say whose fault they are."""

    def __init__(self, service: OwnService) -> None:
        self.service = service

    async def answer(self, call: OwnCall) -> OwnAnswer:
        """As the service answers."""
        try:
            return await self.service.answer(call)
        except MessageError as error:
            raise error.prefixed(CLIENT) from error
        except WorldError as error:
            raise error.prefixed(SERVICE_FAILED) from error


def build_services(archive: OperationalArchive, metrics: MetricsService) -> Mapping[str, OwnService]:
    """The three services by code."""
    services: dict[str, OwnService] = {
        OPERATIONAL_DATA: RecordsService(archive),
        HEALTH_DATA: HealthService(archive),
        METRICS: metrics,
    }
    return {code: FaultsNamed(service) for code, service in services.items()}


def view_of(call: OwnCall) -> View:
    """What the caller may see."""
    standing = call.standing
    return decide_view(
        call.request.client, owner=standing.server.server.owner, monitoring_client=standing.trust.monitoring_client
    )


def limit_period(query: OperationalQuery, *, now_seconds: int) -> tuple[OperationalQuery, int | None]:
    """The period as far as records are handed out now, and the second to go on from if that is not all of it."""
    available = now_seconds - OFFSET_SECONDS
    if query.records_to < available:
        return query, None
    return replace(query, records_to=available - 1), available
