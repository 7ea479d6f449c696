"""Each request is written in the schema's order, read back whole, and answered with its number."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from ridgeway.errors import MessageError, PeerError, RelayedFault, RidgewayError
from ridgeway.protocol.identifiers import MemberId, ServerId, SubsystemId
from ridgeway.protocol.management import (
    ManagementRequest,
    RequestKind,
    Signer,
    read_request,
    read_response,
    write_request,
    write_response,
)
from ridgeway.protocol.management.requests import FORMS
from ridgeway.protocol.management.tests.cast import NEW_AUTHENTICATION, OTHER, PROVIDER, SERVER, encoded, example
from ridgeway.protocol.messages import render_soap_fault

FIELDS = {
    "authCertReg": ["server", "address", "authCert"],
    "authCertDeletion": ["server", "authCert"],
    "clientReg": ["server", "client", "subsystemName"],
    "clientDeletion": ["server", "client"],
    "clientDisable": ["server", "client"],
    "clientEnable": ["server", "client"],
    "clientRename": ["server", "client", "subsystemName"],
    "ownerChange": ["server", "client"],
    "addressChange": ["server", "address"],
    "maintenanceModeEnable": ["server", "message"],
    "maintenanceModeDisable": ["server"],
}
code = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=20).filter(str.strip)
text = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=40)
members = st.builds(MemberId, code, code, code)
clients = members | st.builds(SubsystemId, code, code, code, code)


def write(request: ManagementRequest) -> bytes:
    return write_request(request, provider=PROVIDER, query_id="q-1")


@st.composite
def requests(draw) -> ManagementRequest:
    kind = draw(st.sampled_from(RequestKind))
    values = {
        "client": clients,
        "address": text,
        "authCert": st.binary(max_size=200),
        "subsystemName": text,
        "message": text,
        "dryRun": st.booleans(),
    }
    names = {"authCert": "certificate", "subsystemName": "name", "dryRun": "is_dry_run"}
    form = FORMS[kind]
    present = [name for name in form.fields if name not in form.optional or draw(st.booleans())]
    held = {names.get(name, name): draw(values[name]) for name in present}
    return ManagementRequest(kind, draw(st.builds(ServerId, code, code, code, code)), **held)


@pytest.mark.parametrize("kind", RequestKind)
def test_the_fields_stand_in_the_order_of_the_schema_and_in_its_namespace(kind):
    body: Any = etree.fromstring(write(example(kind))).find("{http://schemas.xmlsoap.org/soap/envelope/}Body")
    (element,) = body
    assert element.tag == f"{{http://x-road.eu/xsd/xroad.xsd}}{kind}"
    assert [child.tag for child in element] == [f"{{http://x-road.eu/xsd/xroad.xsd}}{name}" for name in FIELDS[kind]]


def test_a_registration_of_a_certificate_reads_like_the_specification():
    soap = write(example(RequestKind.CERTIFICATE_REGISTRATION))
    assert b'<xroad:client id:objectType="MEMBER"><id:xRoadInstance>LAB</id:xRoadInstance>' in soap
    assert b"<id:serviceCode>authCertReg</id:serviceCode></xroad:service>" in soap
    assert b"<xroad:id>q-1</xroad:id><xroad:protocolVersion>4.0</xroad:protocolVersion>" in soap
    assert b'<xroad:server id:objectType="SERVER">' in soap
    assert b"<xroad:authCert>" + encoded(NEW_AUTHENTICATION.der) + b"</xroad:authCert>" in soap
    assert b"dryRun" not in soap


@given(requests())
def test_what_is_written_is_read_back(request):
    message, read = read_request(write(request))
    assert read == request
    assert message.client == request.server.owner
    assert message.service.provider == PROVIDER
    assert message.service.service_code == request.kind


@given(requests(), st.integers(min_value=0, max_value=10**9))
def test_an_answer_says_the_number_and_the_request_again(request, number):
    soap = write(request)
    answer = write_response(soap, number)
    assert read_response(answer, request=soap) == number
    assert read_request(answer.replace(b"Response>", b">"))[1] == request


def test_who_signs_follows_from_the_kind():
    request = example(RequestKind.CLIENT_REGISTRATION)
    assert request.signing_member == OTHER
    assert example(RequestKind.ADDRESS_CHANGE).signing_member == SERVER.owner
    assert example(RequestKind.CLIENT_DELETION).signing_member is None
    unsigned = {kind for kind in RequestKind if FORMS[kind].signer is Signer.NOBODY}
    assert unsigned == {RequestKind.CLIENT_DELETION, RequestKind.CERTIFICATE_DELETION}


def test_a_name_with_what_xml_cannot_hold_is_not_written():
    with pytest.raises(MessageError, match="invalid_request"):
        write(replace(example(RequestKind.CLIENT_RENAMING), name="a\x01b"))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b"<id:serviceCode>clientReg<", b"<id:serviceCode>clientRe<", "no management service"),
        (b"<xroad:clientReg>", b"<xroad:clientRegister>", "expected clientReg"),
        (b"<xroad:subsystemName>", b"<xroad:subsystemName>x</xroad:subsystemName><xroad:subsystemName>", "twice"),
        (b'<xroad:server id:objectType="SERVER">', b'<xroad:other id:objectType="SERVER">', "lacks server"),
        (b"<xroad:subsystemName>", b"<xroad:subsystemName>" + b"x" * 1001, "1000"),
    ],
)
def test_what_is_no_request_is_named(old, new, said):
    soap = write(example(RequestKind.CLIENT_REGISTRATION)).replace(old, new)
    for name in (b"clientRegister", b"other"):
        if b"<xroad:" + name in soap:
            tail = b"</xroad:clientReg>" if name == b"clientRegister" else b"</xroad:server>"
            soap = soap.replace(tail, b"</xroad:" + name + b">")
    with pytest.raises(MessageError, match=said):
        read_request(soap)


@pytest.mark.parametrize("value", [b"!!!", b"AAA", b"A" * 70_000])
def test_a_certificate_that_is_no_base64_is_refused(value):
    soap = write(example(RequestKind.CERTIFICATE_DELETION))
    with pytest.raises(MessageError, match="base64"):
        read_request(soap.replace(encoded(NEW_AUTHENTICATION.der), value))


def test_line_ends_in_a_certificate_do_not_count():
    soap = write(example(RequestKind.CERTIFICATE_DELETION))
    whole = encoded(NEW_AUTHENTICATION.der)
    wrapped = b"\n".join(whole[at : at + 64] for at in range(0, len(whole), 64))
    assert read_request(soap.replace(whole, b"\n  " + wrapped + b"\n"))[1].certificate == NEW_AUTHENTICATION.der


def test_fields_that_a_later_release_may_add_are_passed_over_in_any_order():
    request = example(RequestKind.ADDRESS_CHANGE)
    soap = write(request).replace(b"<xroad:server ", b"<xroad:later>1</xroad:later><xroad:server ")
    assert read_request(soap)[1] == request


@given(st.binary(max_size=400))
def test_garbage_is_refused_as_a_message(data):
    with pytest.raises(RidgewayError):
        read_request(data)


@given(requests(), st.data())
def test_a_request_that_is_cut_or_changed_raises_nothing_unforeseen(request, data):
    soap = write(request)
    at = data.draw(st.integers(min_value=0, max_value=len(soap) - 1))
    changed = soap[:at] + bytes([soap[at] ^ data.draw(st.integers(min_value=1, max_value=255))]) + soap[at + 1 :]
    for each in (soap[:at], changed):
        try:
            read_request(each)
        except RidgewayError:
            continue


def test_a_fault_is_told_as_the_central_server_said_it():
    soap = write(example(RequestKind.CLIENT_DELETION))
    with pytest.raises(RelayedFault) as raised:
        read_response(render_soap_fault("invalid_request", "No.", "mark"), request=soap)
    assert (raised.value.code, raised.value.detail, raised.value.fault_id) == ("invalid_request", "No.", "mark")
    assert "whoever governs the instance" in raised.value.explain()
    with pytest.raises(RelayedFault) as raised:
        read_response(render_soap_fault("server.serverproxy.access_denied", "No.", "mark"), request=soap)
    assert "central server" not in raised.value.explain()


def test_an_answer_to_something_else_is_none():
    soap = write(example(RequestKind.CLIENT_DELETION))
    with pytest.raises(PeerError):
        read_response(soap, request=soap)
    other = write_response(write_request(example(RequestKind.CLIENT_DELETION), provider=PROVIDER, query_id="q-2"), 1)
    with pytest.raises(MessageError, match="query_id"):
        read_response(other, request=soap)
    assert read_response(write_response(soap, 7).replace(b">7<", b">seven<"), request=soap) is None
