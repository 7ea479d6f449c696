"""Descriptions become services and endpoints: fetched, compared, shown, in force; and single things are changed."""

import asyncio
import json
import threading
from ssl import DER_cert_to_PEM_cert
from typing import Any

import pytest
from click.testing import CliRunner

import ridgeway.office.documents.tests.ready  # noqa: F401  before any table
from ridgeway.errors import NetworkError, RidgewayError, SettingsError
from ridgeway.gateway.internaltls import open_internal_identity
from ridgeway.http import ServerTls, serve
from ridgeway.protocol.exchange.snapshots import read_server_snapshot
from ridgeway.protocol.exchange.values import Endpoint, ServiceType
from ridgeway.protocol.identifiers import SubsystemId
from ridgeway.securityserver.admitting import access
from ridgeway.securityserver.apply import apply_proposal
from ridgeway.securityserver.describing import descriptions
from ridgeway.securityserver.descriptions import Refreshing, fetch_description, fetch_once
from ridgeway.securityserver.editing import propose_change, read_in_force
from ridgeway.securityserver.identity import find_identity
from ridgeway.securityserver.oddities import list_oddities
from ridgeway.securityserver.tests.cast import NOW, Place, cluster, place
from ridgeway.settings import Settings

OPENAPI = b"""openapi: 3.0.3
servers: [{url: /v1}]
paths:
  /persons/{code}: {get: {}}
  /persons: {post: {}}
"""
WSDL = b"""<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:s="http://schemas.xmlsoap.org/wsdl/soap/"
xmlns:x="http://x-road.eu/xsd/xroad.xsd"><portType name="p"><operation name="a"/><operation name="b"/></portType>
<binding name="b" type="p"><s:binding transport="http://schemas.xmlsoap.org/soap/http"/>
<operation name="a"><x:version>v1</x:version></operation><operation name="b"/></binding>
<service name="s"><port name="p" binding="b"><s:address location="http://in.example/soap"/></port></service>
</definitions>"""
__all__ = ["cluster", "place"]


class Shelf:
    """Where descriptions lie, in a thread of its own, because commands run their own loop."""

    def __init__(self):
        self.documents = {"/openapi.yaml": OPENAPI, "/wsdl": WSDL, "/long": b"x" * 11_000_000}
        self.documents["/reserved"] = WSDL.replace(b'name="b"/></binding>', b'name="getWsdl"/></binding>')
        self.documents["/nothing"] = WSDL.replace(b"soap/http", b"soap/smtp")
        self.documents["/entities"] = b'<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + WSDL
        self.base = ""


@pytest.fixture
def shelf():
    shelf, ready, loop = Shelf(), threading.Event(), asyncio.new_event_loop()
    stopped = asyncio.Event()

    async def answer(request, response):
        found = shelf.documents.get(request.target.decode())
        await response.send(200 if found else 404, "", [], found or b"")

    async def run():
        async with serve(answer, host="127.0.0.1", port=0) as server:
            shelf.base = f"http://127.0.0.1:{server.port}"
            ready.set()
            await stopped.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(run(),), daemon=True)
    thread.start()
    assert ready.wait(10)
    yield shelf
    loop.call_soon_threadsafe(stopped.set)
    thread.join(10)
    loop.close()


def run(place: Place, group, *arguments, exit_code=0):
    done = CliRunner().invoke(group, list(arguments), obj=place.settings, catch_exceptions=True)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == exit_code, done.output
    return done


def first_client():
    return read_in_force()[1]["clients"][0]["id"]


def services_in_force(place: Place):
    snapshot = read_server_snapshot(place.snapshot_file.read_bytes())
    codes = first_client().split("/")
    return snapshot.clients[SubsystemId(snapshot.server.instance, *codes)].services


def test_an_openapi_description_becomes_a_service_with_its_endpoints(place, shelf):
    place.apply()
    url = f"{shelf.base}/openapi.yaml"
    run(place, descriptions, "add", first_client(), url, "--type", "openapi", "--code", "new", "--yes")
    service = services_in_force(place)["new"]
    assert (service.type, service.url) == (ServiceType.OPENAPI, f"{shelf.base}/v1")
    assert service.endpoints == (Endpoint("GET", "/persons/*"), Endpoint("POST", "/persons"))

    shelf.documents["/openapi.yaml"] = OPENAPI.replace(b"post", b"put")
    told = json.loads(
        run(place, descriptions, "refresh", "--client", first_client(), "--service", "new", "--yes", "--json").stdout
    )
    assert any("PUT" in change for change in told["changes"])
    assert Endpoint("PUT", "/persons") in services_in_force(place)["new"].endpoints
    told = json.loads(
        run(place, descriptions, "refresh", "--client", first_client(), "--service", "new", "--yes", "--json").stdout
    )
    assert told["changes"] == []


def test_a_wsdl_becomes_services_with_versions_and_what_is_new_is_offered_when_asked(place, shelf):
    place.apply()
    shelf.documents["/wsdl"] = WSDL.replace(b'<operation name="b"/></binding>', b"</binding>")
    url = f"{shelf.base}/wsdl"
    run(place, descriptions, "add", first_client(), url, "--type", "wsdl", "--yes")
    found = services_in_force(place)["a.v1"]
    assert (found.code, found.version, found.type, found.url) == ("a", "v1", ServiceType.WSDL, "http://in.example/soap")

    shelf.documents["/wsdl"] = WSDL
    asked = ("refresh", "--client", first_client(), "--service", "a.v1", "--yes", "--json")
    told = json.loads(run(place, descriptions, *asked).stdout)
    assert told["warnings"] == [f"b: {url} describes it, but it is not offered; --add offers it"]
    run(place, descriptions, *asked, "--add")
    assert "b" in services_in_force(place)
    shelf.documents["/wsdl"] = WSDL.replace(b'<operation name="b"/></binding>', b"</binding>")
    told = json.loads(
        run(place, descriptions, "refresh", "--client", first_client(), "--service", "b", "--yes", "--json").stdout
    )
    assert told["warnings"] == [f"b: {url} does not describe it any more; --remove takes it away"]


def test_what_a_wsdl_has_no_longer_goes_with_its_rights_when_asked(place, shelf):
    place.apply()
    url = f"{shelf.base}/wsdl"
    run(place, descriptions, "add", first_client(), url, "--type", "wsdl", "--yes")
    run(place, access, "grant", first_client(), "b", "GOV/1002/casework", "--yes")
    shelf.documents["/wsdl"] = WSDL.replace(b'<operation name="b"/></binding>', b"</binding>")
    asked = ("refresh", "--client", first_client(), "--service", "b", "--remove", "--yes", "--json")
    told = json.loads(run(place, descriptions, *asked).stdout)
    assert [each for each in told["changes"] if each.startswith("-") and "GOV/1002/casework" in each]
    assert {"a.v1"} == {each for each in services_in_force(place) if each in {"a.v1", "b"}}


def test_a_description_that_cannot_be_read_leaves_its_service_and_stops_no_other(place, shelf):
    place.apply()
    for code in ("one", "two"):
        shelf.documents[f"/{code}"] = OPENAPI
        url = f"{shelf.base}/{code}"
        run(place, descriptions, "add", first_client(), url, "--type", "openapi", "--code", code, "--yes")
    shelf.documents |= {"/one": b"no description", "/two": OPENAPI.replace(b"post", b"put")}
    propose_and_apply(place, lambda content: content["clients"][0]["services"][0].update(description_url=""))
    with pytest.raises(RidgewayError, match="invalid_openapi"):
        run(place, descriptions, "refresh", "--yes")
    found = services_in_force(place)
    assert Endpoint("POST", "/persons") in found["one"].endpoints
    assert Endpoint("PUT", "/persons") in found["two"].endpoints


def test_what_one_client_may_not_trust_is_not_taken_from_anothers_fetching():
    asked = []

    async def fetch_for(url, client, *, verify_tls, identity):
        asked.append((client["id"], verify_tls))
        return b""

    async def ask():
        round_ = Refreshing()
        for client, verify in (("a", False), ("a", False), ("a", True), ("b", False)):
            await fetch_once("https://x", {"id": client}, {"verify_tls": verify}, round_)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ridgeway.securityserver.descriptions.fetch_description", fetch_for)
        asyncio.run(ask())
    assert asked == [("a", False), ("a", True), ("b", False)]


async def test_over_https_the_certificate_must_be_the_clients_and_ours_is_shown(tmp_path):
    identity: Any = open_internal_identity(tmp_path / "ours", now=NOW)
    theirs = open_internal_identity(tmp_path / "theirs", now=NOW)
    tls = ServerTls((theirs.certificate,), theirs.private_key, require_client_certificate=True)
    pems = {each: DER_cert_to_PEM_cert(each.certificate) for each in (identity, theirs)}
    seen = []

    async def answer(request, response):
        seen.append(request.connection.peer_chain)
        await response.send(200, "", [], WSDL)

    async with serve(answer, host="127.0.0.1", port=0, tls=tls) as server:
        url = f"https://127.0.0.1:{server.port}/wsdl"
        known, stranger = ({"id": "x", "tls_certificates": [pems[each]]} for each in (theirs, identity))
        assert await fetch_description(url, known, identity=identity) == WSDL
        assert await fetch_description(url, stranger, verify_tls=False, identity=identity) == WSDL
        with pytest.raises(NetworkError):
            await fetch_description(url, stranger, identity=identity)
        with pytest.raises(SettingsError, match="no_tls_certificate"):
            await fetch_description(url, {"id": "x", "tls_certificates": []}, identity=identity)
    assert seen == [(identity.certificate,)] * 2


def test_the_identity_that_the_gateway_keeps_is_the_one_that_is_shown(tmp_path):
    settings = Settings(state_dir=tmp_path)
    assert find_identity(settings) is None
    folder = settings.path(settings.gateway.internal_tls_dir)
    kept = open_internal_identity(folder, now=NOW)
    found = find_identity(settings)
    assert found is not None
    assert (found.certificate, found.private_key) == (kept.certificate, kept.private_key)
    (folder / "internal.pem").write_text("no identity")
    with pytest.raises(SettingsError, match="internal_tls"):
        find_identity(settings)


def test_a_description_may_be_a_file_that_is_published_elsewhere(place, tmp_path):
    place.apply()
    file = tmp_path / "openapi.yaml"
    file.write_bytes(OPENAPI)
    more = ("--code", "filed", "--published-url", "http://in.example/openapi.yaml", "--yes")
    run(place, descriptions, "add", first_client(), str(file), "--type", "openapi", *more)
    service = services_in_force(place)["filed"]
    assert (service.url, service.description_url) == ("http://in.example/v1", "http://in.example/openapi.yaml")
    assert len(service.endpoints) == 2


def test_what_is_odd_about_services_is_said_when_the_document_is_applied(place):
    place.apply()

    def make_odd(content):
        (first, *_) = content["clients"][0]["services"]
        first["endpoints"] = [{"method": "GET", "path": "/by-id/*"}]
        first["access"] += [{"subject": "GOV/1002/casework", "method": "PUT", "path": "/by-id/*"}]
        soap = {"type": "wsdl", "code": "soap", "url": "http://in.example", "endpoints": None, "description_url": ""}
        versions = [first | soap | {"version": each, "access": []} for each in ("v1", "v2")]
        versions[1]["access"] = [{"subject": "GOV/1002/casework", "method": "*", "path": "**"}]
        content["clients"][0]["services"] += versions

    proposal = propose_change(make_odd)
    told = list_oddities(proposal.document, proposal.content)
    assert [each.partition("services")[2] for each in told] == [
        "[3].access: rights to 'soap' cover all its versions; here they differ from an earlier version's",
        "[0].access[3]: the description names no endpoint that PUT /by-id/* covers",
    ]
    proposal = propose_change(lambda content: content["clients"][0]["services"][0].update(endpoints=None))
    assert "endpoints are not known yet" in list_oddities(proposal.document, proposal.content)[0]


@pytest.mark.parametrize("endpoint", [{"method": "FETCH", "path": "/a"}, {"method": "GET", "path": "a"}])
def test_an_endpoint_that_is_none_is_refused(place, endpoint):
    place.apply()
    with pytest.raises(SettingsError, match="endpoints"):
        propose_change(lambda content: content["clients"][0]["services"][0].update(endpoints=[endpoint]))


def test_endpoints_stay_when_the_operators_file_leaves_them_out_and_lost_rights_are_warned_of(place, shelf):
    place.apply()

    def describe(content):
        service = content["clients"][0]["services"][0]
        service |= {"type": "openapi", "description_url": f"{shelf.base}/openapi.yaml"}
        service["access"] = [{"subject": "GOV/1002/casework", "method": "DELETE", "path": "/persons/*"}]

    propose_and_apply(place, describe)
    code = read_in_force()[1]["clients"][0]["services"][0]["code"]
    told = json.loads(
        run(place, descriptions, "refresh", "--client", first_client(), "--service", code, "--yes", "--json").stdout
    )
    assert "DELETE /persons/*, which the description does not name" in told["warnings"][-1]
    (row, *_) = json.loads(run(place, descriptions, "list", "--json").stdout)
    assert (row["service"], row["endpoints"]) == (code, 2)


def propose_and_apply(place, change):
    apply_proposal(propose_change(change), place.settings, now=NOW)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("add", "GOV/9", "http://127.0.0.1:1/x", "--type", "wsdl", "--yes"), "unknown_client"),
        (("refresh", "--client", "GOV/9", "--yes"), "unknown_client"),
        (("refresh", "--client", "{client}", "--service", "none", "--yes"), "unknown_service"),
        (("add", "{client}", "{base}/none", "--type", "wsdl", "--yes"), "http_error"),
        (("add", "{client}", "{base}/openapi.yaml", "--type", "wsdl", "--yes"), "invalid_wsdl"),
        (("add", "{client}", "{base}/wsdl", "--type", "openapi", "--code", "x", "--yes"), "invalid_openapi"),
        (("add", "{client}", "{base}/openapi.yaml", "--type", "openapi", "--yes"), "missing_code"),
        (("add", "{client}", "/nowhere", "--type", "wsdl", "--yes"), "unreadable_file"),
        (("add", "{client}", "https://127.0.0.1:1/x", "--type", "wsdl", "--yes"), "network_error"),
        (("add", "{client}", "{base}/nothing", "--type", "wsdl", "--yes"), "no_service"),
        (("add", "{client}", "{base}/long", "--type", "wsdl", "--yes"), "http_error"),
        (("add", "{client}", "{base}/reserved", "--type", "wsdl", "--yes"), "malformed_document"),
        (("add", "{client}", "{base}/entities", "--type", "wsdl", "--yes"), "invalid_wsdl"),
    ],
)
def test_what_cannot_be_described_changes_nothing(place, shelf, arguments, code):
    place.apply()
    before = read_in_force()
    told = [each.format(client=first_client(), base=shelf.base) for each in arguments]
    with pytest.raises(RidgewayError) as refused:
        run(place, descriptions, *told)
    assert refused.value.code == code
    assert read_in_force() == before
