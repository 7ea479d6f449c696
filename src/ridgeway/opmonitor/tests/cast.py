"""An operational monitor in a temporary place, on either database, and records to fill it with."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ridgeway.messagelog.tests.clusters import BOTH, Cluster, cluster
from ridgeway.opmonitor.client import OpMonitorClient
from ridgeway.protocol.identifiers import SubsystemId
from ridgeway.protocol.monitoring import OUTPUT_FIELDS, OperationalRecord, ServerType, View
from ridgeway.settings import OpMonitorSettings, Settings
from ridgeway.web.setup import setup_django

setup_django(Settings())  # models can be imported from here on; each test points Django at its own database

from ridgeway.opmonitor.run import run_until  # noqa: E402
from ridgeway.opmonitor.schema import migrate_database  # noqa: E402

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
NOW_SECONDS = int(NOW.timestamp())
DESK = SubsystemId("NM", "GOV", "1", "desk")
REGISTER = SubsystemId("NM", "GOV", "2", "register")
EVERYTHING = View(None, OUTPUT_FIELDS, is_owner=True)


def a_record(number: int = 1, **changed: Any) -> OperationalRecord:
    """A record of the provider's half, with every kind of column in it."""
    start = NOW_SECONDS * 1000 + number
    values: dict[str, Any] = {
        "security_server_internal_ip": "192.0.2.1",
        "security_server_type": ServerType.PRODUCER,
        "request_in_ts": start,
        "request_out_ts": start + 1,
        "response_out_ts": start + 40,
        "client_x_road_instance": "NM",
        "client_member_class": "GOV",
        "client_member_code": "1",
        "client_subsystem_code": "desk",
        "service_x_road_instance": "NM",
        "service_member_class": "GOV",
        "service_member_code": "2",
        "service_subsystem_code": "register",
        "service_code": "persons",
        "message_id": f"q-{number} ✓",
        "request_size": 100,
        "succeeded": True,
    }
    return OperationalRecord(**(values | changed))


@dataclass
class Clock:
    """A clock that a test moves."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def move(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture(params=BOTH)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    url = "sqlite:opmonitor.sqlite3"
    if request.param == "postgres":
        running: Cluster = request.getfixturevalue("cluster")
        url = running.new_database()
    settings = Settings(
        state_dir=tmp_path,
        opmonitor=OpMonitorSettings(database=url, socket=Path("run/op.sock"), max_records_in_answer=5),
    )
    setup_django(settings)
    assert migrate_database() == ("0001_initial",)
    return settings


def with_(settings: Settings, **changes: Any) -> Settings:
    """The settings with other ones of the monitor."""
    return replace(settings, opmonitor=replace(settings.opmonitor, **changes))


@asynccontextmanager
async def a_running_monitor(
    settings: Settings, clock: Callable[[], datetime] | None = None
) -> AsyncIterator[OpMonitorClient]:
    """The monitor's process inside this one, and a client."""
    stop, ready = asyncio.Event(), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(run_until(stop, settings, clock=clock or Clock(), on_ready=ready.set))
        await asyncio.wait_for(ready.wait(), 20)
        try:
            async with OpMonitorClient.of(settings) as client:
                yield client
        finally:
            stop.set()


__all__ = ["Clock", "a_record", "a_running_monitor", "cluster", "place", "with_"]
