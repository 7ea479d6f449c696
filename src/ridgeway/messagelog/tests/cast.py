"""A message log in a temporary place, with a time-stamping authority on loopback and records that are really signed."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ridgeway.http import Request, ResponseWriter, Server, serve
from ridgeway.messagelog.client import MessageLogClient
from ridgeway.messagelog.run import run_until
from ridgeway.messagelog.schema import migrate_database
from ridgeway.messagelog.tests.clusters import BOTH, Cluster, cluster
from ridgeway.protocol.certificates.snapshot import TrustSnapshot
from ridgeway.protocol.exchange.values import LoggedBody, LogRecord
from ridgeway.protocol.identifiers import SubsystemId
from ridgeway.protocol.signatures.make import prepare_message_signature
from ridgeway.protocol.signatures.tests.cast import ALICE, Cert, make_country, sign
from ridgeway.protocol.timestamps import (
    TimestampRequest,
    prepare_token,
    read_timestamp_request,
    write_timestamp_response,
)
from ridgeway.settings import MessageLogSettings, Settings
from ridgeway.web.setup import setup_django

NOW = datetime(2026, 3, 1, 12, 0, 0, 250_000, tzinfo=UTC)
PARTY = SubsystemId(ALICE.instance, ALICE.member_class, ALICE.member_code, "desk")
HEAD = (
    b"GET\r\n/r1/RW/GOV/1002/people/register/find\r\nX-Road-Client:RW/GOV/1001/desk\r\n"
    b"X-Road-Id:%s\r\nX-Road-Request-Id:r-%s\r\n"
)
SOAP = """<?xml version="1.0"?>
<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns:x="http://x-road.eu/xsd/xroad.xsd"
 xmlns:i="http://x-road.eu/xsd/identifiers"><e:Header>
<x:client i:objectType="SUBSYSTEM"><i:xRoadInstance>RW</i:xRoadInstance><i:memberClass>GOV</i:memberClass>
<i:memberCode>1001</i:memberCode><i:subsystemCode>desk</i:subsystemCode></x:client>
<x:service i:objectType="SERVICE"><i:xRoadInstance>RW</i:xRoadInstance><i:memberClass>GOV</i:memberClass>
<i:memberCode>1002</i:memberCode><i:subsystemCode>people</i:subsystemCode><i:serviceCode>find</i:serviceCode></x:service>
<x:id>{query_id}</x:id><x:protocolVersion>4.0</x:protocolVersion></e:Header>
<e:Body><x:find><name>Ann</name></x:find></e:Body></e:Envelope>"""
COUNTRY = make_country()
TRUST = COUNTRY.trust()
SIGNER: Cert = COUNTRY.member(ALICE, "p256")


def a_record(query_id: str = "q-1", *, body: bytes | None = None, is_response: bool = False) -> LogRecord:
    """A record with a signature that verifies; with a body it is signed through a hash chain."""
    message = HEAD % (query_id.encode(), query_id.encode())
    bodies = () if body is None else (a_body(body),)
    return replace(sign_record(message, bodies), query_id=query_id, request_id=f"r-{query_id}", is_response=is_response)


def a_soap_record(query_id: str, *attachments: bytes) -> LogRecord:
    """A SOAP request with attachments."""
    message = SOAP.format(query_id=query_id).encode()
    return replace(sign_record(message, tuple(map(a_body, attachments))), query_id=query_id)


def a_body(content: bytes) -> LoggedBody:
    return LoggedBody(hashlib.sha512(content).digest(), len(content), content)


def sign_record(message: bytes, bodies: tuple[LoggedBody, ...]) -> LogRecord:
    """The record of a message that Alice signed with these bodies."""
    parts = [("/message.xml", hashlib.sha512(message).digest())]
    parts += [(f"/attachment{number}", each.digest) for number, each in enumerate(bodies, 1)]
    unsigned = prepare_message_signature(tuple(parts), material=COUNTRY.material(SIGNER), signing_time=NOW)
    return LogRecord(
        query_id="",
        request_id="",
        party=PARTY,
        is_response=False,
        at=NOW,
        message=message,
        signature=unsigned.complete(sign(SIGNER.key, unsigned.to_be_signed, unsigned.algorithm)),
        hash_chain=unsigned.hash_chains[0] if unsigned.hash_chains else None,
        hash_chain_result=unsigned.hash_chain_result,
        bodies=bodies,
    )


def a_plain_record(query_id: str) -> LogRecord:
    """A record whose signature is no document; quick to make, and stamped in the batch form alone."""
    return LogRecord(query_id, "r", PARTY, False, NOW, b"message " + query_id.encode(), b"signature" * 300)


@dataclass
class TimeAuthority:
    """Answers time-stamp requests, unless it is told to fail."""

    name: str = "TSA"
    status: int = 200
    lies: bool = False
    requests: list[bytes] = field(default_factory=list)
    server: Server | None = None

    async def answer(self, request: Request, response: ResponseWriter) -> None:
        data = await request.read(10_000)
        self.requests.append(data)
        assert request.headers.get("Content-Type") == "application/timestamp-query"
        digest = read_timestamp_request(data).digest
        if self.lies:
            digest = hashlib.sha512(digest).digest()
        token = stamp_digest(digest)
        await response.send(
            self.status,
            "OK" if self.status == 200 else "Broken",
            [("Content-Type", "application/timestamp-reply")],
            write_timestamp_response(token),
        )

    @property
    def url(self) -> str:
        assert self.server is not None
        return f"http://127.0.0.1:{self.server.port}/tsa"


def stamp_digest(digest: bytes) -> bytes:
    """The country's token over a digest."""
    request = TimestampRequest("sha512", digest)
    prepared = prepare_token(request, certificate=COUNTRY.stamper.der, policy="1.2.3.4", serial=5, at=NOW)
    return prepared.complete(sign(COUNTRY.stamper.key, prepared.to_be_signed, "sha512"))


@asynccontextmanager
async def a_time_authority() -> AsyncIterator[TimeAuthority]:
    authority = TimeAuthority()
    async with serve(authority.answer, host="127.0.0.1", port=0) as server:
        authority.server = server
        yield authority


@dataclass
class FixedSources:
    """The authorities and the trust that a test says."""

    urls: tuple[str, ...] = ()
    trust: TrustSnapshot = TRUST

    def reload(self, now: datetime) -> None:
        pass


@dataclass
class Clock:
    """A clock that a test moves."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Place:
    """The settings of one log, its database migrated."""

    settings: Settings
    kind: str

    def with_(self, **changes: object) -> "Place":
        messagelog = replace(self.settings.messagelog, **changes)  # type: ignore[arg-type]
        return Place(replace(self.settings, messagelog=messagelog), self.kind)


@pytest.fixture(params=BOTH)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    url = "sqlite:log.sqlite3"
    if request.param == "postgres":
        running: Cluster = request.getfixturevalue("cluster")
        url = running.new_database()
    settings = Settings(
        state_dir=tmp_path,
        messagelog=MessageLogSettings(database=url, socket=Path("run/log.sock"), stamp_interval_seconds=3600),
    )
    setup_django(settings)
    assert migrate_database() == ("0001_initial", "0002_archives", "0003_is_whole")
    return Place(settings, request.param)


@asynccontextmanager
async def a_running_log(
    place: Place,
    *,
    urls: tuple[str, ...] = ("http://127.0.0.1:9/none",),
    clock: Clock | None = None,
    trust: TrustSnapshot = TRUST,
) -> AsyncIterator[MessageLogClient]:
    """The log's process inside this one, and a client."""
    stop, ready = asyncio.Event(), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(
            run_until(
                stop.wait(),
                place.settings,
                sources=FixedSources(urls, trust),
                clock=clock or Clock(),
                on_ready=ready.set,
            )
        )
        await asyncio.wait_for(ready.wait(), 20)
        try:
            async with MessageLogClient.of(place.settings) as client:
                yield client
        finally:
            stop.set()


__all__ = ["Clock", "FixedSources", "Place", "a_plain_record", "a_record", "a_running_log", "cluster", "place"]
