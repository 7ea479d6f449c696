"""The health-check door: may a load balancer send messages here?

    200, empty                   they can be carried
    500, one sentence            why they cannot
    503, one sentence            the operator said that they shall not: `ridgeway gateway maintenance on`

Law: any path is answered, GET and HEAD alone; what was found is told for a few seconds before it is looked at again, so
that asking costs nothing. The sentence names no secret and no party but this server.
Source: UG-SS (health check); docs/how-to/monitor.md.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from ridgeway.errors import RidgewayError
from ridgeway.gateway.station import Station
from ridgeway.http import Request, ResponseWriter
from ridgeway.protocol.certificates.chains import verify_chain
from ridgeway.protocol.certificates.x509 import read_certificate
from ridgeway.trust.clock import read_clock

log = logging.getLogger(__name__)

CACHE = timedelta(seconds=3)
ANSWER_TIMEOUT_SECONDS = 5.0
TEXT = [("Content-Type", "text/plain; charset=UTF-8")]
MAINTENANCE = "The security server is in maintenance mode."

Check = Callable[[Station, datetime], Awaitable[None]]


async def check_configuration(station: Station, now: datetime) -> None:
    """Hold only while there is a server snapshot, and a global configuration that has not expired."""
    station.standing().trust.require_current(now)


async def check_identity(station: Station, now: datetime) -> None:
    """Hold only while there is an authentication key with a certificate that is good now."""
    chain = tuple(read_certificate(der) for der in station.get_identity().chain)
    standing = station.standing()
    verify_chain(
        chain[0],
        chain[1:],
        trust=standing.trust,
        instance=standing.server.server.instance,
        ocsp_responses=station.own_revocation(),
        at=now,
        usage="authentication",
        verdicts=station.verdicts,
    )


async def check_signer(station: Station, now: datetime) -> None:  # noqa: ARG001 — one shape for all
    """Hold only while the signer answers."""
    async with asyncio.timeout(ANSWER_TIMEOUT_SECONDS):
        await station.signer.list_keys()


async def check_log(station: Station, now: datetime) -> None:  # noqa: ARG001 — one shape for all
    """Hold only while the log's writer answers."""
    if station.ping_log is not None:
        async with asyncio.timeout(ANSWER_TIMEOUT_SECONDS):
            await station.ping_log()


CHECKS: dict[str, Check] = {
    "configuration": check_configuration,
    "authentication key": check_identity,
    "signer": check_signer,
    "message log": check_log,
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found, and when; no fault when it is empty."""

    fault: str
    at: datetime


class HealthDoor:
    """Answers whether messages can be carried."""

    def __init__(self, station: Station, *, clock: Callable[[], datetime] = read_clock) -> None:
        self.station = station
        self.clock = clock
        self.findings: dict[str, Finding] = {}
        self.turn = asyncio.Lock()

    async def handle(self, request: Request, response: ResponseWriter) -> None:
        """Answer one question."""
        if request.method not in {"GET", "HEAD"}:
            await response.send(405, "Method Not Allowed", [*TEXT, ("Allow", "GET, HEAD")], b"Ask with GET.\n")
            return
        notice = read_maintenance(self.station)
        if notice is not None:
            await response.send(503, "Service Unavailable", TEXT, f"{notice}\n".encode())
            return
        faults = await self.find_faults()
        if faults:
            await response.send(500, "Internal Server Error", TEXT, ("\n".join(faults) + "\n").encode())
        else:
            await response.send(200, "OK", TEXT, b"")

    async def find_faults(self) -> list[str]:
        """Why messages cannot be carried, as far as is known."""
        async with self.turn:
            now = self.clock()
            due = [name for name in CHECKS if name not in self.findings or now - self.findings[name].at >= CACHE]
            found = await asyncio.gather(*(self.look(name, CHECKS[name], now) for name in due))
            self.findings |= {name: Finding(fault, now) for name, fault in zip(due, found, strict=True)}
        return [finding.fault for finding in self.findings.values() if finding.fault]

    async def look(self, name: str, check: Check, now: datetime) -> str:
        """The fault that a check finds; empty when there is none."""
        try:
            await check(self.station, now)
        except RidgewayError as error:
            return f"{name}: {error.code}: {error.detail}"
        except TimeoutError:
            return f"{name}: it did not answer within {ANSWER_TIMEOUT_SECONDS:g} seconds."
        return ""


def maintenance_file(station: Station) -> Path:
    """The file that says that the server is in maintenance."""
    return station.settings.path(station.settings.gateway.maintenance_file)


def read_maintenance(station: Station) -> str | None:
    """The notice of the operator; None while the server is not in maintenance."""
    try:
        notice = maintenance_file(station).read_text("utf-8").strip()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError):
        notice = ""
    return f"{MAINTENANCE} {notice}".strip()
