"""Metadata through two gateways: who is there, what is offered, what one may call, and how it is described."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from lxml import etree

from ridgeway.client import AsyncClient, ServiceFault
from ridgeway.errors import MessageError
from ridgeway.gateway.hiding import Hiding
from ridgeway.gateway.internaltls import open_internal_identity
from ridgeway.gateway.tests.pair import HOST, PERSONS, running_pair
from ridgeway.http import ServerTls, serve
from ridgeway.protocol.certificates.snapshot import MemberEntry
from ridgeway.protocol.exchange.tests.cast import ASKING, DESK, REGISTER, SERVING
from ridgeway.protocol.exchange.values import AccessRight, Endpoint, ServiceType

ENDPOINTS = (Endpoint("GET", "/persons"), Endpoint("GET", "/persons/*"), Endpoint("POST", "/persons"))
REST = {"type": ServiceType.OPENAPI, "endpoints": ENDPOINTS, "described": "/openapi.yaml"}
SOAP = {"type": ServiceType.WSDL, "described": "/wsdl"}
OPENAPI = b"""openapi: 3.0.3  # kept
info: {title: T, version: "1"}
servers:
  - url: https://inside.example:8443/api/v1
  - url: "https://{host}/api"
paths:
  /persons/{code}:
    get: {parameters: [{name: code, in: path, required: true}]}
"""
WSDL = b"""<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:s="http://schemas.xmlsoap.org/wsdl/soap/">
<portType name="p"><operation name="persons"/></portType>
<binding name="b" type="p"><s:binding transport="http://schemas.xmlsoap.org/soap/http"/><operation name="persons"/>
</binding><service name="s"><port name="p" binding="b"><s:address location='http://inside.example/soap'/></port>
</service></definitions>"""
XROAD, IDENTIFIERS = "{http://x-road.eu/xsd/xroad.xsd}", "{http://x-road.eu/xsd/identifiers}"


async def describe(request, response):
    """A service that has descriptions."""
    found = {b"/openapi.yaml": OPENAPI, b"/wsdl": WSDL, b"/endless": b"x" * 11_000_000}.get(request.target)
    await response.send(200 if found else 404, "", [("Content-Type", "application/x-yaml")], found or b"")


def of(code, query=""):
    return PERSONS.replace("/persons", f"/{code}{query}")


async def test_every_service_is_listed_with_its_endpoints_whoever_asks(tmp_path):
    async with running_pair(tmp_path, **REST, rights=()) as pair:
        answer = await pair.ask(target=of("listMethods"))
        (service,) = json.loads(answer.body)["service"]
        assert (service["service_code"], service["service_type"]) == ("persons", "OPENAPI")
        assert {"method": "GET", "path": "/persons/*"} in service["endpoint_list"]
        assert json.loads((await pair.ask(target=of("allowedMethods"))).body) == {"service": []}
        assert len(pair.provider.messagelog.records) == 4
        assert not pair.calls


async def test_what_may_be_called_follows_from_the_rights(tmp_path):
    rights = (AccessRight(DESK, "persons", "GET", "/persons/*"),)
    async with running_pair(tmp_path, **REST, rights=rights) as pair:
        answer = await pair.ask(target=of("allowedMethods"))
        (service,) = json.loads(answer.body)["service"]
        assert service["endpoint_list"] == [{"method": "GET", "path": "/persons/*"}]


async def test_a_description_leaves_without_the_addresses_inside(tmp_path):
    async with running_pair(tmp_path, service=describe, **REST) as pair:
        answer = await pair.ask(target=of("getOpenAPI", "?serviceCode=persons"))
        assert (answer.status, answer.headers.get("Content-Type")) == (200, "application/x-yaml")
        assert answer.body == OPENAPI.replace(b"https://inside.example:8443/api/v1", b'"/api/v1"')


@pytest.mark.parametrize(
    ("query", "described", "code"),
    [
        ("", "/openapi.yaml", "invalid_request"),
        ("?serviceCode=none", "/openapi.yaml", "internal_error"),
        ("?serviceCode=persons", "/none", "internal_error"),
        ("?serviceCode=persons", "", "internal_error"),
        ("?serviceCode=persons", "/wsdl", "internal_error"),
        ("?serviceCode=persons", "/endless", "internal_error"),
    ],
)
async def test_a_description_that_is_not_there_is_refused(tmp_path, query, described, code):
    async with running_pair(tmp_path, service=describe, **(REST | {"described": described})) as pair:
        answer = await pair.ask(target=of("getOpenAPI", query))
        assert answer.headers.get("X-Road-Error") == f"server.serverproxy.{code}"


async def test_the_same_description_is_read_once_however_often_it_is_asked_for():
    hiding, read = Hiding(max_kept_bytes=10), []

    def hide(data):
        read.append(data)
        if not data:
            raise MessageError("invalid_openapi", "no")
        return data[:4]

    assert await asyncio.gather(*(hiding.apply(hide, b"abcdef") for _ in range(5))) == [b"abcd"] * 5
    for _ in range(2):
        with pytest.raises(MessageError, match="invalid_openapi"):
            await hiding.apply(hide, b"")
    assert read == [b"abcdef", b""]
    assert [await hiding.apply(hide, each) for each in (b"123456", b"abcdef")] == [b"1234", b"abcd"]
    assert hiding.kept_bytes <= 10


async def test_a_reserved_name_is_metadata_only_when_it_is_got(tmp_path):
    async with running_pair(tmp_path, **REST) as pair:
        answer = await pair.ask("POST", target=of("listMethods"), body=b"")
        assert answer.headers.get("X-Road-Error") == "server.serverproxy.unknown_service"


async def test_soap_services_are_listed_and_described_over_soap(tmp_path):
    async with (
        running_pair(tmp_path, service=describe, **SOAP) as pair,
        AsyncClient(f"http://{HOST}:{pair.consumer_port}", DESK) as client,
    ):
        base = "/".join(REGISTER.codes)
        for name in ("listMethods", "allowedMethods"):
            reply = await client.call_soap(f"{base}/{name}", f'<x:{name} xmlns:x="urn:x"/>'.encode())
            assert reply.element.tag == f"{XROAD}{name}Response"
            assert [each.text for each in reply.element.iter(f"{IDENTIFIERS}serviceCode")] == ["persons"]
        query = '<x:getWsdl xmlns:x="http://x-road.eu/xsd/xroad.xsd">{}</x:getWsdl>'
        asked = query.format("<x:serviceCode>persons</x:serviceCode>").encode()
        reply = await client.call_soap(f"{base}/getWsdl", asked)
        (attachment,) = reply.attachments
        assert attachment.content_type == "text/xml"
        assert [each.text for each in reply.element.iter(f"{XROAD}serviceCode")] == ["persons"]
        hidden = b'location="http://example.org/xroad-endpoint"'
        assert attachment.content == WSDL.replace(b"location='http://inside.example/soap'", hidden)
        for said, code in (("", "invalid_request"), ("<x:serviceCode>none</x:serviceCode>", "unknown_service")):
            with pytest.raises(ServiceFault) as refused:
                await client.call_soap(f"{base}/getWsdl", query.format(said).encode())
            assert refused.value.code == f"server.serverproxy.{code}"


async def test_clients_are_listed_in_xml_or_json_without_asking_who_asks(tmp_path):
    async with running_pair(tmp_path) as pair:
        members = {
            ASKING: MemberEntry(ASKING, "Desk & Co", subsystems={"desk": ""}),
            SERVING: MemberEntry(SERVING, "Õpetaja", subsystems={"register": "Register"}),
        }
        trust = pair.consumer.keeper.current
        object.__setattr__(trust.own, "members", members)
        answer = await pair.ask(target="/listClients", headers=[("Accept", "text/xml, application/json;q=0.1")])
        assert answer.headers.get("Content-Type") == "application/json;charset=utf-8"
        listed = json.loads(answer.body)["member"]
        assert [each["id"]["object_type"] for each in listed] == ["MEMBER", "SUBSYSTEM"] * 2
        assert listed[3] == {
            "id": {
                "member_class": "GOV",
                "member_code": "1002",
                "object_type": "SUBSYSTEM",
                "subsystem_code": "register",
                "xroad_instance": "LAB",
            },
            "name": "Õpetaja",
            "subsystem_name": "Register",
        }
        answer = await pair.ask(target="/listClients?xRoadInstance=LAB")
        assert answer.headers.get("Content-Type") == "text/xml; charset=UTF-8"
        root = etree.fromstring(answer.body)
        assert root.tag == f"{XROAD}clientList"
        assert [each.text for each in root.iter(f"{XROAD}name")] == ["Desk & Co"] * 2 + ["Õpetaja"] * 2
        assert (await pair.ask(target="/listClients?xRoadInstance=NONE")).status == 500
        object.__setattr__(trust.own, "expires_at", pair.world.now - timedelta(seconds=1))
        refused = await pair.ask(target="/listClients")
        assert (refused.status, b"expired" in refused.body) == (500, True)


async def test_a_wsdl_is_asked_for_by_code_and_version_alike(tmp_path):
    async with (
        running_pair(tmp_path, service=describe, version="v1", **SOAP) as pair,
        AsyncClient(f"http://{HOST}:{pair.consumer_port}", DESK) as client,
    ):
        target = "/".join(REGISTER.codes) + "/getWsdl"
        query = '<x:getWsdl xmlns:x="http://x-road.eu/xsd/xroad.xsd"><x:serviceCode>{}</x:serviceCode>{}</x:getWsdl>'
        version = "<x:serviceVersion>v1</x:serviceVersion>"
        reply = await client.call_soap(target, query.format("persons", version).encode())
        assert [each.text for each in reply.element] == ["persons", "v1"]
        assert len(reply.attachments) == 1
        for asked in (("persons", ""), ("persons.v1", ""), ("persons", version.replace("v1", "v2"))):
            with pytest.raises(ServiceFault, match="unknown_service"):
                await client.call_soap(target, query.format(*asked).encode())


async def test_a_rest_service_has_no_wsdl(tmp_path):
    async with (
        running_pair(tmp_path, service=describe, **REST) as pair,
        AsyncClient(f"http://{HOST}:{pair.consumer_port}", DESK) as client,
    ):
        query = (
            b'<x:getWsdl xmlns:x="http://x-road.eu/xsd/xroad.xsd"><x:serviceCode>persons</x:serviceCode></x:getWsdl>'
        )
        with pytest.raises(ServiceFault, match="service_type"):
            await client.call_soap("/".join(REGISTER.codes) + "/getWsdl", query)


async def test_a_description_over_https_must_come_with_a_certificate_of_the_client(tmp_path):
    theirs = open_internal_identity(tmp_path / "theirs", now=datetime.now(UTC))
    tls = ServerTls((theirs.certificate,), theirs.private_key, require_client_certificate=True)
    async with serve(describe, host=HOST, port=0, tls=tls) as behind, running_pair(tmp_path, **REST) as pair:

        def known_by(certificate):
            server = pair.provider.server
            local = server.clients[REGISTER]
            url = f"https://{HOST}:{behind.port}/openapi.yaml"
            services = {"persons": replace(local.services["persons"], description_url=url)}
            pinned = replace(local, services=services, tls_certificates=(certificate,))
            pair.provider.server = replace(server, clients={REGISTER: pinned})

        known_by(theirs.certificate)
        assert (await pair.ask(target=of("getOpenAPI", "?serviceCode=persons"))).status == 200
        known_by(pair.provider.internal.certificate)
        refused = await pair.ask(target=of("getOpenAPI", "?serviceCode=persons"))
        assert refused.headers.get("X-Road-Error") == "server.serverproxy.internal_error"
