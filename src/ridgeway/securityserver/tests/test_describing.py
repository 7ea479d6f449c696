"""Descriptions become services and endpoints: fetched, compared, shown, in force; and single things are changed."""

import asyncio
import json
import threading

import pytest
from click.testing import CliRunner

import ridgeway.office.documents.tests.ready  # noqa: F401  before any table
from ridgeway.errors import RidgewayError
from ridgeway.http import serve
from ridgeway.protocol.exchange.snapshots import read_server_snapshot
from ridgeway.protocol.exchange.values import Endpoint, ServiceType
from ridgeway.protocol.identifiers import SubsystemId
from ridgeway.securityserver.apply import apply_proposal
from ridgeway.securityserver.describing import clients, descriptions, services
from ridgeway.securityserver.editing import propose_change, read_in_force
from ridgeway.securityserver.tests.cast import NOW, Place, cluster, place

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
        self.documents = {"/openapi.yaml": OPENAPI, "/wsdl": WSDL}
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
    assert told["warnings"] == [f"b: {url} does not describe it any more"]


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


def test_a_service_is_disabled_with_a_notice_and_enabled_again(place):
    place.apply()
    service = read_in_force()[1]["clients"][0]["services"][0]["code"]
    run(place, services, "disable", first_client(), service, "--notice", "Back on Monday", "--yes")
    assert services_in_force(place)[service].disabled_notice == "Back on Monday"
    assert "Back on Monday" in run(place, services, "list", first_client()).output
    run(place, services, "enable", first_client(), service, "--yes")
    assert services_in_force(place)[service].disabled_notice is None


def test_clients_are_listed_and_shown(place):
    place.apply()
    rows = json.loads(run(place, clients, "list", "--json").stdout)
    assert rows[0]["id"] == first_client()
    assert first_client() in run(place, clients, "show", first_client()).output
