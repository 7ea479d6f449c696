"""The kinds that go through both security servers: proxy-e2e (SOAP) and rest-e2e.

Law: as `outcome.py` says. How the servers are set up for a case stands in `proxy_e2e.toml`, by its id; a case that is
not there is skipped. Whatever passes must have passed byte for byte, but for the request hash in the answer.
"""

import asyncio
import json
import re
import tempfile
import tomllib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lxml import etree
from tests.conformance.bench import Bench, Handler, SetUp, running_bench
from tests.conformance.outcome import Outcome, Vector, failed, judge_cases, skip, valid

from ridgeway.gateway.tests.pair import HOST
from ridgeway.http import Headers, Origin, Request, Response, ResponseWriter, fetch
from ridgeway.protocol.exchange.values import ServiceType
from ridgeway.protocol.identifiers import ClientId, MemberId, ServiceId, SubsystemId, parse_client_path
from ridgeway.protocol.messages import read_soap
from ridgeway.protocol.messages.rest import parse_request_path
from ridgeway.protocol.messages.soap import Fault, SoapMessage
from ridgeway.protocol.transport.heads import render_request_heads

TABLE = Path(__file__).resolve().parent / "proxy_e2e.toml"
MAX_BYTES = 1_000_000
MARK = b"\xef\xbb\xbf"
QUERY_ID = re.compile(rb"(<xroad:id>)[^<]*(</xroad:id>)")
REQUEST_HASH = re.compile(rb"\s*<([a-z]*:)?requestHash[^>]*>[^<]*</([a-z]*:)?requestHash>")
DIRECT = "server proxy directly"
NOBODY = MemberId("EE", "BUSINESS", "consumer"), ServiceId("EE", "BUSINESS", "producer", None, "getState")
"""Who asks whom where the recorded request does not say so itself."""


@dataclass(slots=True)
class Recorded:
    """The recorded part of one case, and what the service saw of it."""

    request: bytes
    content_type: str
    answer: bytes | None
    answer_type: str
    method: str
    seen: list[tuple[Headers, bytes]] = field(default_factory=list)


def check_proxy_e2e(vector: Vector, root: Path) -> Outcome:
    """One recorded SOAP case, replayed."""
    table = tomllib.loads(TABLE.read_text("utf-8"))
    if vector.id not in table:
        return skip("no set-up for this case")
    return asyncio.run(replay(read_recorded(vector, root), SetUp(**table[vector.id]), vector.context))


def read_recorded(vector: Vector, root: Path) -> Recorded:
    """The bytes of a case, with one fresh query id in the request and in the answer."""
    context = vector.context
    query_id = uuid.uuid4().hex.encode()

    def read(name: str | None) -> bytes | None:
        if name is None:
            return None
        data = QUERY_ID.sub(rb"\g<1>" + query_id + rb"\g<2>", (root / name).read_bytes())
        return MARK + data if context.get("prepend_bom") else data

    return Recorded(
        read(context["request"]) or b"",
        context["request_content_type"],
        read(context.get("service_response")),
        context.get("service_response_content_type") or "text/xml; charset=UTF-8",
        context.get("http_method", "POST"),
    )


async def replay(recorded: Recorded, set_up: SetUp, context: Mapping[str, Any]) -> Outcome:
    """What comes of the case between two running servers."""
    client, service = find_parties(recorded.request)

    async def serve_recorded(request: Request, response: ResponseWriter) -> None:
        recorded.seen.append((request.headers, await request.read(MAX_BYTES)))
        answer = b"" if recorded.answer is None else recorded.answer
        await response.send(set_up.service_status, "", [("Content-Type", recorded.answer_type)], answer)

    with tempfile.TemporaryDirectory() as folder:
        async with running_bench(
            Path(folder),
            set_up,
            asking=(client,),
            serving={service.provider: {service.service_code: ServiceType.WSDL}},
            service=serve_recorded,
            peer=play_peer(set_up.peer, recorded),
        ) as bench:
            ask = bring if context.get("sent_to") == DIRECT else send
            return judge(await ask(bench, recorded, set_up), recorded)


def find_parties(request: bytes) -> tuple[ClientId, ServiceId]:
    """Who asks for which service, as far as the request can be read."""
    start, end = request.find(b"<?xml"), request.rfind(b"Envelope>")
    try:
        found = read_soap(request[start : end + len(b"Envelope>")])
    except Exception:  # noqa: BLE001  a recorded request may be broken in any way
        return NOBODY
    return (found.client, found.service) if isinstance(found, SoapMessage) else NOBODY


def play_peer(role: str, recorded: Recorded) -> Handler | None:
    """Whoever plays the other security server, if anybody does."""
    if not role:
        return None

    async def peer(request: Request, response: ResponseWriter) -> None:
        await request.read(MAX_BYTES)
        hashed = ("x-hash-algorithm", "SHA-512")
        original = ("x-original-content-type", "text/xml")
        if role == "lets go of the connection":
            response.abort()
        elif role == "answers 404":
            await response.send(404, "Not Found", [("Content-Type", "text/plain")], b"nothing here")
        elif role == "answers a multipart without a boundary":
            await response.send(200, "OK", [("Content-Type", "multipart/mixed"), hashed, original], b"")
        else:
            kind = ("Content-Type", recorded.answer_type)
            await response.send(200, "OK", [kind, hashed, original], recorded.answer or b"")

    return peer


async def send(bench: Bench, recorded: Recorded, set_up: SetUp) -> Response:
    """The recorded request goes to the consumer's server, as an information system sends it."""
    origin = Origin(HOST, bench.consumer_port, bench.consumer_tls)
    headers = [("Content-Type", recorded.content_type), *set_up.headers.items()]
    body = None if recorded.method == "GET" else recorded.request
    return await fetch(bench.pool, recorded.method, (origin, "/"), headers, body, max_bytes=MAX_BYTES)


async def bring(bench: Bench, recorded: Recorded, _set_up: SetUp) -> Response:
    """The recorded request goes straight to the provider's server, as from another server."""
    origin = Origin(HOST, bench.peer_port, bench.asker.client_tls)
    answer = bench.world.answer(bench.world.asking.auth)
    boundary = re.search(r"boundary=([A-Za-z0-9]+)", recorded.content_type)
    opening = b"" if boundary is None else render_ocsp_part(boundary[1], answer)
    heads = render_request_heads(
        content_type=recorded.content_type,
        request_id=str(uuid.uuid4()),
        proxy_version="7.8.0",
        is_rest=False,
        original_content_type="text/xml",
    )
    return await fetch(bench.pool, "POST", (origin, "/"), list(heads), opening + recorded.request, max_bytes=MAX_BYTES)


def render_ocsp_part(boundary: str, answer: bytes) -> bytes:
    """The part that must come first between servers, which the recording of a message without TLS lacks."""
    return f"--{boundary}\r\ncontent-type: application/ocsp-response\r\n\r\n".encode() + answer + b"\r\n"


def judge(answer: Response, recorded: Recorded) -> Outcome:
    """What the answer says: a fault with its code, or a normal response that passed untouched."""
    if answer.status != 200:
        return Outcome(f"status {answer.status}")
    body = answer.body.removeprefix(MARK)
    if not answer.headers.get("Content-Type").lower().startswith("multipart/"):
        found = read_soap(answer.body)
        if isinstance(found, Fault):
            return failed(found.code, result="fault")
        etree.fromstring(body)
    differences = list(list_changes(answer, recorded))
    return Outcome("normal response", wrong="; ".join(differences)) if differences else valid(result="normal response")


def list_changes(answer: Response, recorded: Recorded) -> list[str]:
    """What did not pass untouched."""
    (headers, received), *others = recorded.seen or [(Headers(()), b"")]
    changes = ["the service was called more than once"] if others else []
    is_multipart = recorded.content_type.lower().startswith("multipart/related")
    if is_multipart and headers.get("Content-Type") != recorded.content_type:
        changes.append(f"the service got the type {headers.get('Content-Type')!r}")
    if is_multipart and list_bodies(received) != list_bodies(recorded.request):
        changes.append("the service got other parts than were sent")
    if not is_multipart and received != recorded.request:
        changes.append("the service got other bytes than were sent")
    if list_bodies(REQUEST_HASH.sub(b"", answer.body, count=1)) != list_bodies(recorded.answer or b""):
        changes.append("the client got other bytes than the service sent, the request hash apart")
    return changes


def list_bodies(data: bytes) -> list[bytes]:
    """The contents of the parts of a multipart; one alone where there are none."""
    if not data.startswith(b"--"):
        return [data]
    boundary, _, _ = data.partition(b"\n")
    parts = data.split(boundary.rstrip())[1:-1]
    return [re.split(rb"\r?\n\r?\n", part, maxsplit=1)[-1].rstrip(b"\r\n") for part in parts]


def check_rest_e2e(vector: Vector, root: Path) -> Outcome:
    """A file of REST cases, each with what it expects."""
    document = vector.read_json(root)
    differences = [
        f"{case['id']}: {problem}" for case in document["cases"] for problem in asyncio.run(play_rest_case(case))
    ]
    differences += asyncio.run(list_accept_differences(document))
    return judge_cases(differences)


async def play_rest_case(case: Mapping[str, Any]) -> list[str]:
    """What differs from the expectations of one case."""
    expect, seen = case["expect"], []
    status, location = find_service_answer(expect)

    async def echo(request: Request, response: ResponseWriter) -> None:
        body = await request.read(MAX_BYTES)
        seen.append(request)
        extra = [("Location", location)] if location else []
        await response.send(status, "", [("Content-Type", "application/json"), ("Date", "now"), *extra], body)

    answer = await ask_rest(case, echo)
    return list(compare_rest(expect, answer, seen, location=location))


def find_service_answer(expect: Mapping[str, Any]) -> tuple[int, str]:
    """Status and Location that the service is to answer with, where the case says so."""
    said = re.match(r"(\d+) with Location (\S+)", expect.get("service_answers", ""))
    return (int(said[1]), said[2]) if said else (200, "")


async def ask_rest(case: Mapping[str, Any], service: Handler) -> Response:
    """The answer to one case from two running servers."""
    called, _ = parse_request_path(case["path"])
    kind = ServiceType.WSDL if "wsdl" in called.service_code.lower() else ServiceType.REST
    named = case["headers"].get("X-Road-Client")
    client = parse_client_path(named) if named else SubsystemId("EE", "BUSINESS", "consumer", "sub")
    headers = [(name, uuid.uuid4().hex if value == "<uuid>" else value) for name, value in case["headers"].items()]
    with tempfile.TemporaryDirectory() as folder:
        async with running_bench(
            Path(folder),
            SetUp(),
            asking=(client,),
            serving={called.provider: {called.service_code: kind}},
            service=service,
        ) as bench:
            body = None if case["body"] is None else case["body"].encode()
            target = (Origin(HOST, bench.consumer_port), case["path"])
            return await fetch(bench.pool, case["method"], target, headers, body, max_bytes=MAX_BYTES)


def compare_rest(expect: Mapping[str, Any], answer: Response, seen: list[Request], *, location: str) -> list[str]:
    """What differs, as phrases."""
    wanted: dict[str, tuple[Any, Any]] = {"status": (answer.status, expect.get("status", answer.status))}
    if "body_json" in expect:
        wanted["body"] = (json.loads(answer.body), expect["body_json"])
    if "X-Road-Error" in expect:
        wanted["X-Road-Error"] = (answer.headers.get("X-Road-Error"), expect["X-Road-Error"]["7.8"])
    if "date_headers" in expect:
        wanted["Date headers"] = (len(answer.headers.get_all("Date")), expect["date_headers"])
    if "service_path" in expect:
        wanted["path at the service"] = (
            seen[0].target.decode().removeprefix("/service"),
            expect["service_path"],
        )
    if expect.get("location_unchanged"):
        wanted["Location"] = (answer.headers.get("Location"), location)
    for name in expect.get("headers_present", ()):
        wanted[name] = (bool(answer.headers.get(name)), True)
    if "same_header_at_service_and_client" in expect:
        name = expect["same_header_at_service_and_client"]
        wanted[name] = (answer.headers.get(name), seen[0].headers.get(name))
    return [f"{what} is {found!r}, expected {right!r}" for what, (found, right) in wanted.items() if found != right]


async def list_accept_differences(document: Mapping[str, Any]) -> list[str]:
    """What differs in the type of errors by what the request accepts."""
    differences = []
    for case in document.get("error_content_type_by_accept_header", ()):
        headers = {} if case["accept"] is None else {"Accept": case["accept"]}
        asked = {"method": "GET", "path": "/r1/EE/BUSINESS/producer/sub/echo", "headers": headers, "body": None}
        answer = await ask_rest(asked, refuse_all)
        found = answer.headers.get("Content-Type")
        if found != case["content_type"]:
            differences.append(f"Accept {case['accept']}: the type is {found}, expected {case['content_type']}")
    return differences


async def refuse_all(_request: Request, response: ResponseWriter) -> None:
    """A service that nobody should reach."""
    await response.send(500, "", [], b"")
