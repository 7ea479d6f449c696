"""The doors over real connections: who may come in, what is answered, and what is kept."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from lxml import etree

import ridgeway.office.documents.tests.ready  # noqa: F401  before any table
from ridgeway.centralserver.publishing import ask_database
from ridgeway.centralserver.requests.doors import open_request_doors, with_wsdl
from ridgeway.centralserver.requests.identity import FILE, make_identity, open_identity, with_registration
from ridgeway.centralserver.requests.keeping import State, list_requests, read_governed
from ridgeway.centralserver.tests.cast import (
    Place,
    cluster,  # noqa: F401  a fixture
    place,  # noqa: F401  a fixture
)
from ridgeway.errors import NetworkError, RelayedFault, SettingsError
from ridgeway.http import ClientTls, Pool, fetch, parse_url, serve
from ridgeway.protocol.certificates.tests.cast import NOW, RESPONDER, ROOT
from ridgeway.protocol.identifiers import ServerId
from ridgeway.protocol.management import RequestKind, read_response
from ridgeway.protocol.management.tests.cast import SERVER, example, make_parts, send
from ridgeway.settings import Settings

K = RequestKind
LAB = """
instance: LAB
address: central.example
member_classes: {GOV: Government, COM: Companies}
members:
  - {class: GOV, code: 1000, name: Authority, subsystems: [management]}
  - {class: GOV, code: 1001, name: Register}
  - {class: COM, code: 2002, name: Company}
security_servers:
  - {owner: GOV/1000, code: central-1, address: central.example, clients: [GOV/1000/management]}
certification_services:
  - name: Lab
    certificate: root.pem
    ocsp_responders: [{url: "http://ocsp.example/", certificate: responder.pem}]
management_service: {provider: GOV/1000/management}
"""


def free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        port: int = tried.getsockname()[1]
        return port


@pytest.fixture
def lab(place: Place) -> Place:  # noqa: F811
    folder = place.document.parent
    (folder / "root.pem").write_bytes(ROOT.der)
    (folder / "responder.pem").write_bytes(RESPONDER.der)
    place.document.write_text(LAB)
    place.apply()
    return place


def with_settings(lab: Place, **changes) -> Settings:
    ports: dict[str, Any] = {
        "registration_port": free_port(),
        "management_port": free_port(),
        "registration_host": "127.0.0.1",
    }
    return replace(lab.settings, centralserver=replace(lab.settings.centralserver, **(ports | changes)))


@asynccontextmanager
async def doors(settings: Settings) -> AsyncIterator[Pool]:
    async with open_request_doors(settings, clock=lambda: NOW), Pool() as pool:
        yield pool


def registration_url(settings: Settings) -> str:
    return f"https://127.0.0.1:{settings.centralserver.registration_port}/managementservice/"


def management_url(settings: Settings, scheme: str = "http") -> str:
    return f"{scheme}://127.0.0.1:{settings.centralserver.management_port}/managementservice/manage/"


def pinned(settings: Settings) -> ClientTls:
    identity = open_identity(settings.path(settings.centralserver.tls_dir), now=NOW)
    return ClientTls(pinned=(identity.certificate,))


async def post(pool: Pool, url: str, parts, *, tls=None, **changes):
    kind, body = send(parts)
    headers = [("Content-Type", changes.get("content_type", kind))]
    origin, target = parse_url(url)
    where = (replace(origin, tls=tls), target) if tls else url
    return await fetch(pool, changes.get("method", "POST"), where, headers=headers, body=body, max_bytes=10**6)


async def test_a_certificate_is_registered_over_tls_that_the_configuration_names(lab):
    settings = with_settings(lab)
    parts = make_parts(example(K.CERTIFICATE_REGISTRATION))
    async with doors(settings) as pool:
        answer = await post(pool, registration_url(settings), parts, tls=pinned(settings))
    assert answer.status == 200
    assert answer.headers.get("Content-Type").startswith("text/xml")
    number = read_response(answer.body, request=parts.soap)
    (kept,) = await ask_database(list_requests)
    assert (kept.id, kept.state, kept.server) == (number, State.WAITING, "GOV/1001/ss1")
    assert "BEGIN CERTIFICATE" in kept.facts["certificate"]
    governed = with_registration(await ask_database(read_governed), settings, now=NOW)
    management = governed.private.management
    assert management.registration_certificate == pinned(settings).pinned[0]
    assert management.registration_url.endswith(f":{settings.centralserver.registration_port}/managementservice/")


async def test_a_server_that_shows_another_certificate_gets_no_request(lab):
    settings = with_settings(lab)
    other = ClientTls(pinned=(ROOT.der,))
    async with doors(settings) as pool:
        with pytest.raises(NetworkError):
            await post(pool, registration_url(settings), make_parts(example(K.CERTIFICATE_REGISTRATION)), tls=other)
    assert await ask_database(list_requests) == ()


async def test_a_setting_registers_at_once_and_a_trial_keeps_nothing(lab):
    settings = with_settings(lab, auto_approve_certificates=True)
    trial = make_parts(example(K.CERTIFICATE_REGISTRATION, is_dry_run=True))
    async with doors(settings) as pool:
        answer = await post(pool, registration_url(settings), trial, tls=pinned(settings))
        assert read_response(answer.body, request=trial.soap) == 0
        assert await ask_database(list_requests) == ()
        await post(
            pool, registration_url(settings), make_parts(example(K.CERTIFICATE_REGISTRATION)), tls=pinned(settings)
        )
    assert SERVER in (await ask_database(read_governed)).trust.servers


async def test_a_lie_is_answered_with_a_fault_and_not_kept(lab):
    settings = with_settings(lab)
    parts = make_parts(example(K.CERTIFICATE_REGISTRATION))
    forged = replace(parts, soap=parts.soap.replace(b"ss1.example", b"evil.example"))
    async with doors(settings) as pool:
        answer = await post(pool, registration_url(settings), forged, tls=pinned(settings))
    assert answer.status == 500
    with pytest.raises(RelayedFault, match="invalid_signature_value"):
        read_response(answer.body, request=parts.soap)
    assert await ask_database(list_requests) == ()


async def test_each_kind_has_its_door(lab):
    settings = with_settings(lab)
    certificate, client = (make_parts(example(kind)) for kind in (K.CERTIFICATE_REGISTRATION, K.CLIENT_REGISTRATION))
    async with doors(settings) as pool:
        for url, parts, tls in (
            (registration_url(settings), client, pinned(settings)),
            (management_url(settings), certificate, None),
        ):
            answer = await post(pool, url, parts, tls=tls)
            with pytest.raises(RelayedFault, match="invalid_request"):
                read_response(answer.body, request=parts.soap)


async def test_the_management_security_server_hands_on_the_rest(lab):
    settings = with_settings(lab, auto_approve_certificates=True, auto_approve_clients=True)
    async with doors(settings) as pool:
        await post(
            pool, registration_url(settings), make_parts(example(K.CERTIFICATE_REGISTRATION)), tls=pinned(settings)
        )
        for kind in (
            K.CLIENT_REGISTRATION,
            K.CLIENT_RENAMING,
            K.CLIENT_DELETION,
            K.ADDRESS_CHANGE,
            K.MAINTENANCE_START,
        ):
            parts = make_parts(example(kind))
            answer = await post(pool, management_url(settings), parts)
            assert read_response(answer.body, request=parts.soap) == len(await ask_database(list_requests)), answer.body
    entry = (await ask_database(read_governed)).trust.servers[SERVER]
    assert (entry.address, entry.maintenance, entry.clients) == ("ss1.example", "Back at noon", frozenset())


async def test_nobody_else_comes_in_by_the_management_door(lab):
    settings = with_settings(lab, management_callers="192.0.2.1")
    async with doors(settings) as pool:
        answer = await post(pool, management_url(settings), make_parts(example(K.CLIENT_DELETION)))
    assert answer.status == 403


async def test_with_a_certificate_of_the_management_security_server_the_door_is_https_for_it_alone(lab):
    mine, other = (open_identity(lab.document.parent / name, now=NOW) for name in ("mine", "other"))
    (lab.document.parent / "caller.pem").write_bytes(mine.certificate)
    settings = with_settings(lab, management_certificate="caller.pem", management_callers="")
    own = open_identity(settings.path(settings.centralserver.tls_dir), now=NOW).certificate
    parts = make_parts(example(K.MAINTENANCE_END, server=ServerId("LAB", "GOV", "1001", "none")))
    async with doors(settings) as pool:
        for identity, status in ((mine, 500), (other, 403)):
            tls = ClientTls((identity.certificate,), identity.private_key, pinned=(own,))
            answer = await post(pool, management_url(settings, "https"), parts, tls=tls)
            assert answer.status == status
        with pytest.raises(NetworkError):
            await post(pool, management_url(settings, "https"), parts, tls=ClientTls(pinned=(own,)))


async def test_too_many_requests_too_large_ones_and_other_paths_have_their_status(lab):
    settings = with_settings(lab, requests_per_minute=2)
    tls = pinned(settings)
    parts = make_parts(example(K.CERTIFICATE_REGISTRATION))
    async with doors(settings) as pool:
        large = replace(parts, soap=parts.soap + b" " * 200_000)
        assert (await post(pool, registration_url(settings), large, tls=tls)).status == 413
        assert (await post(pool, registration_url(settings), parts, tls=tls)).status == 200
        answer = await post(pool, registration_url(settings), parts, tls=tls)
        assert answer.status == 429
        assert int(answer.headers.get("Retry-After")) >= 1
        assert (await post(pool, management_url(settings) + "x", parts)).status == 404
        assert (await post(pool, management_url(settings), parts, method="PUT")).status == 405


async def test_the_services_are_described_where_x_road_describes_them(lab):
    settings = with_settings(lab)

    async def nothing(_request, response):
        await response.send(404, "Not Found", [], b"")

    async with serve(with_wsdl(nothing, settings), host="127.0.0.1", port=0) as server, doors(settings) as pool:
        for base in (server.port, settings.centralserver.management_port):
            answer = await fetch(pool, "GET", f"http://127.0.0.1:{base}/managementservices.wsdl", max_bytes=10**6)
            assert management_url(settings).encode() in answer.body
            assert etree.fromstring(answer.body).get("name") == "centralservice"
        assert (await fetch(pool, "GET", f"http://127.0.0.1:{server.port}/x", max_bytes=10)).status == 404


def test_an_identity_is_made_once_and_a_broken_one_is_told(tmp_path):
    first = open_identity(tmp_path / "tls", now=NOW)
    assert open_identity(tmp_path / "tls", now=NOW) == first
    assert not (tmp_path / "tls" / FILE).stat().st_mode & 0o077
    (tmp_path / "tls" / FILE).write_bytes(make_identity(NOW)[:-100])
    with pytest.raises(SettingsError, match="registration_tls"):
        open_identity(tmp_path / "tls", now=NOW)


def test_a_certificate_that_cannot_be_read_is_told_at_the_start(lab):
    import asyncio

    settings = with_settings(lab, management_certificate="nowhere.pem")

    async def start():
        async with doors(settings):
            pass

    with pytest.raises(SettingsError, match="management_certificate"):
        asyncio.run(start())
