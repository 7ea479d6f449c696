"""Both sides of a call: a client at a stand-in door, and a service behind it."""

# ruff: noqa: SIM117 - who serves and who asks stand on lines of their own

import asyncio
import hashlib
import importlib.util
import threading
from dataclasses import dataclass
from pathlib import Path

import pytest

from ridgeway.client import (
    AsyncClient,
    Caller,
    Client,
    Extras,
    FileReply,
    JsonReply,
    ServiceApp,
    ServiceCall,
    ServiceFault,
    StreamReply,
    parse_caller,
    serve_service,
)
from ridgeway.client.target import render_target
from ridgeway.client.tests.door import CLIENT, SERVICE, open_door
from ridgeway.errors import MessageError, NetworkError
from ridgeway.http import ClientTls, Headers, HttpRefusal, Origin, PeerLostError, Pool, fetch
from ridgeway.http.tests.cast import new_identity
from ridgeway.protocol.identifiers import RepresentedParty, ServiceId, SubsystemId

EXAMPLES = Path(__file__).parents[4] / "examples"


@dataclass(frozen=True)
class Person:
    """What the service takes."""

    code: str
    age: int


def new_service(folder: Path) -> ServiceApp:
    """A service with a route of each kind."""
    app = ServiceApp(max_body_bytes=1000)

    @app.get("/persons/{code}")
    async def person(call: ServiceCall, code: str) -> object:
        caller = call.caller
        return {"code": code, "by": str(caller.client), "user": caller.user_id, "query": call.query_pairs}

    @app.post("/persons")
    async def add(call: ServiceCall) -> object:
        given = await call.json(Person)
        return JsonReply(given, status=201)

    @app.get("/slow")
    def slow(call: ServiceCall) -> object:
        return {"thread": threading.current_thread() is not threading.main_thread()}

    @app.get("/file")
    async def file(call: ServiceCall) -> object:
        return FileReply(folder / "big.bin")

    @app.put("/file", max_body_bytes=10**9)
    async def keep(call: ServiceCall) -> object:
        return {"size": await call.save(folder / "kept.bin")}

    @app.get("/break")
    async def break_off(call: ServiceCall) -> object:
        async def pieces():
            yield b"part"
            await asyncio.sleep(0.01)
            raise ZeroDivisionError

        return StreamReply(pieces())

    @app.delete("/persons/{code}")
    async def forget(call: ServiceCall, code: str) -> None:
        return None

    @app.get("/missing")
    async def missing(call: ServiceCall) -> object:
        raise HttpRefusal(404, "Not Found", "No such person.")

    app.describe({"openapi": "3.0.3"})
    return app


async def test_three_lines_call_a_service(tmp_path):
    async with open_door(new_service(tmp_path)) as door:
        async with AsyncClient(f"http://127.0.0.1:{door.port}", CLIENT) as client:
            answer = await client.get(
                SERVICE, "/persons/a b", query={"q": "ä&1", "r": 2}, extras=Extras(user_id="EE38")
            )
    assert answer.json() == {
        "code": "a b",
        "by": "SUBSYSTEM:EX/GOV/1234/desk",
        "user": "EE38",
        "query": [["q", "ä&1"], ["r", "2"]],
    }
    found = (answer.status, answer.query_id, answer.request_id, answer.request_hash, answer.content_type)
    assert found == (200, "EX-q-1", "r-1", "aGFzaA==", "application/json")


async def test_json_goes_up_and_what_does_not_fit_is_refused_with_the_place(tmp_path):
    async with open_door(new_service(tmp_path)) as door:
        async with AsyncClient(f"http://127.0.0.1:{door.port}", CLIENT) as client:
            good = await client.post(SERVICE, "/persons", json={"code": "1", "age": 5})
            bad = await client.post(SERVICE, "/persons", json={"code": "1", "age": "old"})
            long = await client.post(SERVICE, "/persons", body=b"x" * 2000)
    assert (good.status, good.json()) == (201, {"code": "1", "age": 5})
    assert (bad.status, "$.age" in bad.json()["detail"]) == (400, True)
    assert long.status == 413


async def test_every_way_to_answer_arrives(tmp_path):
    async with open_door(new_service(tmp_path)) as door:
        async with AsyncClient(f"http://127.0.0.1:{door.port}", CLIENT) as client:
            statuses = [
                (await client.delete(SERVICE, "/persons/1")).status,
                (await client.get(SERVICE, "/missing")).status,
                (await client.get(SERVICE, "/nowhere")).status,
                (await client.put(SERVICE, "/slow", body=b"")).status,
                (await client.call("HEAD", SERVICE, "/slow")).status,
            ]
            slow = await client.get(SERVICE, "/slow")
            openapi = await client.get(SERVICE, "/openapi.json")
    assert statuses == [204, 404, 404, 405, 200]
    assert (slow.json(), openapi.json()) == ({"thread": True}, {"openapi": "3.0.3"})


async def test_files_and_streams_pass_both_ways_in_pieces(tmp_path):
    content = bytes(range(256)) * 4 * 1024 * 5
    (tmp_path / "big.bin").write_bytes(content)

    async def pieces():
        for start in range(0, len(content), 100_000):
            yield content[start : start + 100_000]

    async with open_door(new_service(tmp_path)) as door:
        async with AsyncClient(f"http://127.0.0.1:{door.port}", CLIENT) as client:
            down = await client.call("GET", SERVICE, "/file", into=tmp_path / "down.bin")
            up = await client.put(SERVICE, "/file", body=tmp_path / "big.bin")
            kept = hashlib.sha256((tmp_path / "kept.bin").read_bytes()).digest()
            streamed = await client.put(SERVICE, "/file", body=pieces())
            async with client.stream("GET", SERVICE, "/file") as answer:
                size = sum([len(chunk) async for chunk in answer.chunks])
    assert (down.status, (tmp_path / "down.bin").read_bytes() == content, size) == (200, True, len(content))
    assert (up.json(), streamed.json(), kept) == (
        {"size": len(content)},
        {"size": len(content)},
        hashlib.sha256(content).digest(),
    )


async def test_an_answer_that_breaks_off_leaves_no_file(tmp_path, caplog):
    async with open_door(new_service(tmp_path)) as door:
        async with AsyncClient(f"http://127.0.0.1:{door.port}", CLIENT) as client:
            with pytest.raises(PeerLostError):
                await client.call("GET", SERVICE, "/break", into=tmp_path / "half.bin")
    assert list(tmp_path.iterdir()) == []


async def test_a_source_that_fails_cuts_the_request_and_its_own_error_is_seen(tmp_path, caplog):
    async def pieces():
        yield b"part"
        raise LookupError("the source is gone")

    async with open_door(new_service(tmp_path)) as door:
        async with AsyncClient(f"http://127.0.0.1:{door.port}", CLIENT) as client:
            with pytest.raises(LookupError):
                await client.put(SERVICE, "/file", body=pieces())
    assert not (tmp_path / "kept.bin").exists()


async def test_a_fault_on_the_way_is_raised_with_everything_in_it(tmp_path):
    async with open_door(new_service(tmp_path)) as door:
        async with AsyncClient(f"http://127.0.0.1:{door.port}", CLIENT) as client:
            with pytest.raises(ServiceFault) as caught:
                await client.get("EX/GOV/9999/nobody/nothing")
    fault = caught.value
    assert (fault.code, fault.message, fault.fault_id, fault.status) == (
        "server.clientproxy.unknown_member",
        "Nobody is called so.",
        "fault-1",
        500,
    )
    assert "fault-1" in fault.explain()


async def test_evidence_is_fetched_into_files_or_its_absence_is_a_fault(tmp_path):
    async with open_door(new_service(tmp_path)) as door:
        async with AsyncClient(f"http://127.0.0.1:{door.port}", CLIENT) as client:
            await client.fetch_container("q 1", tmp_path / "request.asice")
            await client.fetch_verification_configuration(tmp_path / "configuration.zip")
            with pytest.raises(ServiceFault, match="No container") as caught:
                await client.fetch_container("other", tmp_path / "none.asice")
    assert caught.value.status == 404
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == {
        "request.asice": b"PK container",
        "configuration.zip": b"PK configuration",
    }


async def test_the_synchronous_twin_does_the_same_from_several_threads(tmp_path):
    def ask(client: Client, code: str) -> str:
        return str(client.get(SERVICE, f"/persons/{code}").json()["code"])

    def work(port: int) -> tuple[list[str], int]:
        with Client(f"http://127.0.0.1:{port}", CLIENT) as client:
            found: list[str] = []
            threads = [threading.Thread(target=lambda n=n: found.append(ask(client, str(n)))) for n in range(5)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            with pytest.raises(ServiceFault):
                client.get("EX/GOV/9999/nobody/nothing")
            client.fetch_verification_configuration(tmp_path / "configuration.zip")
            return sorted(found), client.post(SERVICE, "/persons", json={"code": "1", "age": 5}).status

    async with open_door(new_service(tmp_path)) as door:
        assert await asyncio.to_thread(work, door.port) == (["0", "1", "2", "3", "4"], 201)


def test_a_client_that_is_not_open_says_so():
    with pytest.raises(RuntimeError, match="not open"):
        Client("http://localhost:1", CLIENT).get(SERVICE)


async def test_a_door_that_is_not_there_is_an_error_of_the_network():
    async with AsyncClient("http://127.0.0.1:1", CLIENT) as client:
        with pytest.raises(NetworkError):
            await client.get(SERVICE)


def test_a_caller_is_read_from_the_headers():
    headers = Headers(
        [
            ("x-road-client", "EX/GOV/1234/d%C3%A9sk"),
            ("X-Road-Id", "q"),
            ("x-road-request-id", "r"),
            ("X-Road-Represented-Party", "COM/77"),
            ("X-Road-UserId", "EE38"),
            ("X-Road-Issue", "12-3"),
            ("X-Road-Service", SERVICE),
        ]
    )
    assert parse_caller(headers) == Caller(
        client=SubsystemId("EX", "GOV", "1234", "désk"),
        query_id="q",
        request_id="r",
        service=ServiceId("EX", "GOV", "5678", "register", "persons"),
        represented_party=RepresentedParty("77", "COM"),
        user_id="EE38",
        issue="12-3",
    )
    with pytest.raises(MessageError, match="security server"):
        parse_caller(Headers())


async def test_a_service_without_a_security_server_before_it_answers_400(tmp_path):
    async with serve_service(new_service(tmp_path), "127.0.0.1", 0) as service, Pool() as pool:
        answer = await fetch(pool, "GET", f"http://127.0.0.1:{service.port}/persons/1", max_bytes=1000)
    assert (answer.status, b"X-Road-Client" in answer.body) == (400, True)


async def test_only_the_security_server_may_call_when_its_certificate_is_named(tmp_path):
    own, door, stranger = new_identity("service"), new_identity("door"), new_identity("stranger")
    tls = own.server(require=True)
    app = new_service(tmp_path)
    async with serve_service(app, "127.0.0.1", 0, tls=tls, accepted_certificates=door.chain[:1]) as service:
        async with Pool() as pool:
            statuses = []
            for identity in (door, stranger):
                origin = Origin("127.0.0.1", service.port, identity.client(pinned=own.chain[:1]))
                statuses.append((await fetch(pool, "GET", (origin, "/openapi.json"), max_bytes=1000)).status)
            with pytest.raises(PeerLostError):
                await fetch(pool, "GET", (Origin("127.0.0.1", service.port, ClientTls()), "/"), max_bytes=1000)
    assert statuses == [200, 403]


@pytest.mark.parametrize(
    ("path", "query", "expected"),
    [
        ("", None, ""),
        ("/", None, "/"),
        ("/a b/ä", None, "/a%20b/%C3%A4"),
        ("/a%2Fb", None, "/a%2Fb"),
        ("", [("a", "1"), ("a", "x y&")], "?a=1&a=x%20y%26"),
    ],
)
def test_targets_are_escaped_once(path, query, expected):
    service = ServiceId("EX", "GOV", "5678", "register", "persons")
    assert render_target(service, path, query) == f"/r1/{SERVICE}{expected}"


def test_a_path_begins_with_a_slash():
    with pytest.raises(ValueError, match="slash"):
        render_target(ServiceId("EX", "GOV", "5678", "register", "persons"), "persons", None)


def load_example(name: str):
    """An example as a module."""
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


async def test_the_examples_call_each_other(capsys):
    app = load_example("be_a_service").app
    async with open_door(app) as door:
        example = load_example("call_a_service")
        for service in (SERVICE, "EX/GOV/9999/nobody/nothing"):
            await asyncio.to_thread(example.main, f"http://127.0.0.1:{door.port}", CLIENT, service)
    assert capsys.readouterr().out.splitlines() == [
        "200 {'code': '38001085718', 'name': 'Mari Maasikas', 'asked_by': 'SUBSYSTEM:EX/GOV/1234/desk'}",
        "The proof is kept under query id EX-q-1",
        "Refused on the way: server.clientproxy.unknown_member: Nobody is called so.",
    ]
