"""From a message to its record and back over the exchange: two gateways, a real monitor, a client that asks."""

import asyncio
import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ridgeway.gateway.monitoringservice import RecordsService, build_services
from ridgeway.gateway.recorder import Recorder
from ridgeway.gateway.tests.pair import running_pair
from ridgeway.opmonitor.tests.cast import (  # noqa: F401 — fixtures are found by name
    a_running_monitor,
    cluster,
    place,
    with_,
)
from ridgeway.protocol.monitoring.tests.requests import health, operational, times
from ridgeway.trust.clock import read_clock


def from_desk(request: bytes) -> bytes:
    """The request of the pair's information system, for the owner of the provider's server."""
    text = request.decode().replace("NM<", "LAB<").replace(">1<", ">1002<")
    asker = "<id:memberCode>1001</id:memberCode><id:subsystemCode>desk</id:subsystemCode></xroad:client>"
    text = text.replace('"MEMBER"', '"SUBSYSTEM"')
    return text.replace("<id:memberCode>1002</id:memberCode></xroad:client>", asker).encode()


def later() -> datetime:
    """A clock that is two minutes ahead: what was stored now may be handed out."""
    return datetime.now(UTC) + timedelta(seconds=120)


async def test_a_message_is_recorded_and_its_record_asked_for_over_the_exchange(place, tmp_path: Path):  # noqa: F811
    settings = with_(place, max_records_in_answer=100)
    nobody: Any = None
    (tmp_path / "pair").mkdir()
    async with a_running_monitor(settings, read_clock) as monitor, running_pair(tmp_path / "pair") as pair:
        recorder = Recorder(monitor, internal_address="192.0.2.9", buffer_records=100, interval_seconds=0.01)
        pair.provider.monitor = recorder
        services = dict(build_services(monitor, nobody))
        services["getSecurityServerOperationalData"] = RecordsService(monitor, later)
        pair.provider.own_services = services
        running = asyncio.create_task(recorder.run())
        assert (await pair.ask(headers=[("X-Road-Id", "one"), ("X-Road-UserId", "someone")])).status == 200
        assert (await pair.ask(target="/r1/LAB/GOV/1002/register/nothing")).status >= 400
        while recorder.buffer or recorder.sending:
            await asyncio.sleep(0.01)
        now = int(datetime.now(UTC).timestamp())
        xml = [("Content-Type", "text/xml")]
        answer = await pair.ask("POST", "/", from_desk(operational(times(now - 100, now + 50))), xml)
        told = await pair.ask("POST", "/", from_desk(health()), xml)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    packed = answer.body[answer.body.index(b"\x1f\x8b") :]
    rows = json.loads(gzip.decompress(packed[: packed.rindex(b"\r\n--", 0, len(packed) - 2)]))["records"]
    assert [(row["securityServerType"], row["succeeded"]) for row in rows] == [("Producer", True), ("Producer", False)]
    assert rows[0]["messageId"] == "one"
    assert rows[0]["messageUserId"] == "someone"
    assert rows[1]["faultCode"] == "server.serverproxy.unknown_service"
    assert not any("securityServerInternalIp" in row for row in rows)
    assert b"<om:servicesEvents/>" in told.body
