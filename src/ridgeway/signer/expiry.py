"""Who ends when: a warning in the log each day for each certificate in use that ends soon, and a measure of it."""

import asyncio
import logging
from collections.abc import Iterator

from ridgeway.errors import RidgewayError
from ridgeway.journal import JournalServer, list_journal
from ridgeway.signer.service import SignerService
from ridgeway.signer.values import KeyInfo
from ridgeway.telemetry.values import Kind, Measure, Sample

log = logging.getLogger(__name__)

DAY_SECONDS = 24 * 3600.0


async def warn_daily(service: SignerService, *, days: int, period_seconds: float = DAY_SECONDS) -> None:
    """Warn now, and each day again, until cancelled."""
    while True:
        try:
            for sentence in list_warnings(service, days=days):
                log.warning("%s", sentence)
        except RidgewayError as error:
            log.warning("%s", error.detail)
        await asyncio.sleep(period_seconds)


def list_warnings(service: SignerService, *, days: int) -> list[str]:
    """A sentence for each certificate in use that ends within so many days."""
    if service.token.state == "absent":
        return []
    now = service.clock()
    return [
        describe(info, each.days_left(now), each.sha256)
        for info in service.list_keys()
        for each in info.certificates
        if each.is_active and each.days_left(now) < days
    ]


def describe(info: KeyInfo, days_left: int, sha256: str) -> str:
    """What ends, and when."""
    ends = f"ends in {days_left} days" if days_left >= 0 else f"ended {-days_left} days ago"
    return f"the certificate {sha256[:16]} of the {info.usage} key {info.id} {info.label!r} {ends}"


def list_signer(service: SignerService, server: JournalServer) -> Iterator[Measure]:
    """What the metrics door says of the signer: its server, and the days that certificates in use have left."""
    yield from list_journal(server)
    try:
        keys = service.list_keys()
    except RidgewayError:
        return
    now = service.clock()
    samples = tuple(
        Sample(each.days_left(now), (str(info.usage), info.id, each.sha256[:16]))
        for info in keys
        for each in info.certificates
        if each.is_active
    )
    names = ("usage", "key", "certificate")
    yield Measure("ridgeway_certificate_days_left", "Days until a certificate in use ends.", Kind.GAUGE, samples, names)
