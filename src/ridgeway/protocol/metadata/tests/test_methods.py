"""What is offered and what may be called, as documents; and what a query asks for."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from ridgeway.errors import MessageError
from ridgeway.protocol.certificates.snapshot import InstanceTrust, MemberEntry, TrustSnapshot
from ridgeway.protocol.exchange.values import AccessRight, Endpoint, LocalClient, LocalService, ServiceType
from ridgeway.protocol.identifiers import GlobalGroupId, LocalGroupId, MemberId, SubsystemId
from ridgeway.protocol.metadata import render_list_clients, render_rest_methods, render_soap_methods
from ridgeway.protocol.metadata.queries import read_list_query, read_openapi_query, read_wsdl_query

PROVIDER = SubsystemId("LAB", "GOV", "1", "register")
DESK, CLINIC = SubsystemId("LAB", "GOV", "2", "desk"), SubsystemId("LAB", "COM", "3", "clinic")
STAFF = GlobalGroupId("LAB", "staff")
ENDPOINTS = (Endpoint("GET", "/persons/*"), Endpoint("POST", "/persons"))
TRUST = TrustSnapshot("LAB", {"LAB": InstanceTrust("LAB", 6, None, groups={STAFF: frozenset({CLINIC})})})
SERVICES = (
    LocalService("persons", "http://x", type=ServiceType.OPENAPI, endpoints=ENDPOINTS),
    LocalService("plain", "http://x"),
    LocalService("soap", "http://x", type=ServiceType.WSDL, version="v1"),
    LocalService("soap", "http://x", type=ServiceType.WSDL),
)
GET_WSDL = """<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:x="http://x-road.eu/xsd/xroad.xsd">
<s:Body><!-- --><x:getWsdl>{}</x:getWsdl></s:Body></s:Envelope>"""


def provider(*rights):
    return LocalClient(
        PROVIDER,
        services={each.full_code: each for each in SERVICES},
        rights=rights,
        local_groups={"friends": frozenset({DESK})},
    )


def listed(local, client=None):
    document = json.loads(render_rest_methods(local, client=client, trust=TRUST))
    return {
        each["service_code"]: [(one["method"], one["path"]) for one in each["endpoint_list"]]
        for each in document["service"]
    }


def soap_listed(local, client=None):
    root = etree.fromstring(render_soap_methods(local, "allowedMethods", client=client, trust=TRUST))
    return [[child.text for child in each][4:] for each in root]


def test_rest_names_rest_services_and_soap_names_soap_services():
    assert listed(provider()) == {"persons": [("GET", "/persons/*"), ("POST", "/persons")], "plain": []}
    assert soap_listed(provider()) == [["soap", "v1"], ["soap"]]


@pytest.mark.parametrize(("subject", "client"), [(DESK, DESK), (STAFF, CLINIC), (LocalGroupId("friends"), DESK)])
def test_a_right_shows_what_it_covers_and_nothing_more(subject, client):
    other = CLINIC if client == DESK else DESK
    whole, part = AccessRight(subject, "persons"), AccessRight(subject, "persons", "GET", "/persons/*")
    assert listed(provider(whole), client) == {"persons": [("GET", "/persons/*"), ("POST", "/persons")]}
    assert listed(provider(part), client) == {"persons": [("GET", "/persons/*")]}
    assert soap_listed(provider(AccessRight(subject, "soap")), client) == [["soap", "v1"], ["soap"]]
    assert listed(provider(whole), other) == {}
    assert listed(provider(AccessRight(MemberId("LAB", "GOV", "2"), "plain")), DESK) == {}


def test_without_a_description_the_endpoints_are_those_that_somebody_has_a_right_to():
    rights = [AccessRight(DESK, "plain", "GET", "/a/*"), AccessRight(CLINIC, "plain", "GET", "/a/*")]
    local = provider(*rights, AccessRight(CLINIC, "plain", "PUT", "/b"), AccessRight(CLINIC, "plain"))
    assert listed(local)["plain"] == [("GET", "/a/*"), ("PUT", "/b")]
    assert listed(local, DESK) == {"plain": [("GET", "/a/*")]}


def test_clients_are_listed_with_what_they_have_and_without_what_they_have_not():
    member = MemberId("LAB", "GOV", "2")
    instance = InstanceTrust("LAB", 6, None, members={member: MemberEntry(member, "A <B>", subsystems={"desk": ""})})
    kind, body = render_list_clients(instance, accept="text/plain, Application/JSON; q=0")
    assert kind.startswith("application/json")
    codes = {"member_class": "GOV", "member_code": "2", "xroad_instance": "LAB"}
    assert json.loads(body) == {
        "member": [
            {"id": codes | {"object_type": "MEMBER"}, "name": "A <B>"},
            {"id": codes | {"object_type": "SUBSYSTEM", "subsystem_code": "desk"}, "name": "A <B>"},
        ]
    }
    kind, body = render_list_clients(instance, accept="*/*")
    assert kind == "text/xml; charset=UTF-8"
    assert [etree.QName(each).localname for each in etree.fromstring(body)[1]] == ["id", "name"]


def test_a_query_names_a_service_and_perhaps_its_version():
    asked = "<x:serviceCode> a </x:serviceCode><x:serviceVersion>v1</x:serviceVersion>"
    query = read_wsdl_query(GET_WSDL.format(asked).encode())
    assert (query.service_code, query.version) == ("a", "v1")
    assert read_wsdl_query(GET_WSDL.format("<x:serviceCode>a</x:serviceCode>").encode()).version is None
    for nothing in ("", "<x:serviceCode/>", "<serviceCode>a</serviceCode>"):
        with pytest.raises(MessageError, match="serviceCode"):
            read_wsdl_query(GET_WSDL.format(nothing).encode())


@given(st.text(max_size=80))
def test_no_query_brings_another_error(query):
    for read in (read_openapi_query, read_list_query):
        try:
            read(query)
        except MessageError:
            continue
