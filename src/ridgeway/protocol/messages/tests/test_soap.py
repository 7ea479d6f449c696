import pytest
from hypothesis import given
from hypothesis import strategies as st

from ridgeway.errors import MessageError
from ridgeway.protocol.identifiers import MemberId, RepresentedParty, ServerId, ServiceId, SubsystemId
from ridgeway.protocol.messages import Fault, read_soap, read_soap_message, verify_consistent_headers
from ridgeway.protocol.messages.soap import MAX_SOAP_BYTES

NAMES = (
    'xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:x="http://x-road.eu/xsd/xroad.xsd" '
    'xmlns:i="http://x-road.eu/xsd/identifiers" xmlns:r="http://x-road.eu/xsd/representation.xsd"'
)
MEMBER = "<i:xRoadInstance>EE</i:xRoadInstance><i:memberClass>GOV</i:memberClass><i:memberCode>{}</i:memberCode>"
CLIENT = f'<x:client i:objectType="SUBSYSTEM">{MEMBER.format(1)}<i:subsystemCode>sub</i:subsystemCode></x:client>'
SERVICE = f'<x:service i:objectType="SERVICE">{MEMBER.format(2)}<i:serviceCode>getIt</i:serviceCode></x:service>'
FIELDS = {
    "client": CLIENT,
    "service": SERVICE,
    "id": "<x:id>q1</x:id>",
    "version": "<x:protocolVersion>4.0</x:protocolVersion>",
}
FAULT = "<s:Fault><faultcode>C</faultcode><faultstring>S</faultstring></s:Fault>"


def envelope(inside: str) -> bytes:
    return f"<s:Envelope {NAMES}>{inside}</s:Envelope>".encode()


def write(body: str = "<getIt/>", more: str = "", **fields: str) -> bytes:
    header = "".join({**FIELDS, **fields}.values()) + more
    return envelope(f"<s:Header>{header}</s:Header><s:Body>{body}</s:Body>")


def code_of(data: bytes) -> str:
    with pytest.raises(MessageError) as caught:
        read_soap(data)
    return caught.value.code


def test_a_request_says_who_asks_whom() -> None:
    data = write()
    message = read_soap_message(data)
    assert message.client == SubsystemId("EE", "GOV", "1", "sub")
    assert message.service == ServiceId("EE", "GOV", "2", None, "getIt")
    assert (message.query_id, message.protocol_version, message.body_name) == ("q1", "4.0", "getIt")
    assert (message.user_id, message.issue, message.server, message.represented_party) == (None, None, None, None)
    assert not message.is_response
    assert message.sender == message.client
    assert message.bytes == data


def test_an_answer_is_signed_by_the_provider() -> None:
    message = read_soap_message(write("<n:getItResponse xmlns:n='urn:n'><s:Fault/></n:getItResponse>"))
    assert message.is_response
    assert message.sender == MemberId("EE", "GOV", "2")


def test_every_header_field_is_read_and_no_text_is_trimmed() -> None:
    more = (
        "<x:userId> U<!-- c -->\n1</x:userId><x:issue><![CDATA[<i>]]></x:issue><x:unknown><x:id>no</x:id></x:unknown>"
        f'<x:securityServer i:objectType="SERVER">{MEMBER.format(2)}<i:serverCode>ss1</i:serverCode></x:securityServer>'
        "<r:representedParty><r:partyClass>COM</r:partyClass><r:partyCode>9</r:partyCode></r:representedParty>"
        '<x:requestHash algorithmId="SHA-512">aGFzaA==</x:requestHash>'
    )
    message = read_soap_message(write(more=more))
    assert (message.user_id, message.issue) == (" U\n1", "<i>")
    assert message.server == ServerId("EE", "GOV", "2", "ss1")
    assert message.represented_party == RepresentedParty("9", "COM")
    assert message.request_hash is not None
    assert (message.request_hash.algorithm, message.request_hash.value) == ("SHA-512", "aGFzaA==")


def test_a_client_is_a_subsystem_when_it_has_a_subsystem_code_whatever_its_type_says() -> None:
    assert read_soap_message(write(client=CLIENT.replace("SUBSYSTEM", "MEMBER"))).client.object_type == "SUBSYSTEM"


def test_a_comment_cannot_shorten_a_code() -> None:
    client = CLIENT.replace(">sub<", ">su<!-- -->b<")
    assert read_soap_message(write(client=client)).client == SubsystemId("EE", "GOV", "1", "sub")


def test_a_byte_order_mark_is_read_over_and_kept() -> None:
    data = b"\xef\xbb\xbf" + write()
    assert read_soap_message(data).bytes == data


def test_rpc_is_told_by_the_envelope() -> None:
    data = write().replace(
        b"<s:Envelope ", b'<s:Envelope s:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/" ', 1
    )
    assert read_soap_message(data).is_rpc


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "invalid_soap"),
        (b"<a/>", "invalid_soap"),
        (b"<!DOCTYPE a><a/>", "invalid_soap"),
        (b'<!DOCTYPE a [<!ENTITY e "x">]>' + write("<getIt>&e;</getIt>"), "invalid_soap"),
        (write()[:-1], "invalid_soap"),
        (write() + b"<a/>", "invalid_soap"),
        (envelope("<s:Header/><s:Body/><s:Body/>"), "invalid_soap"),
        (write(more="<x:id>again</x:id>"), "duplicate_header_field"),
        (write(more=CLIENT), "duplicate_header_field"),
        (
            write(client=CLIENT.replace("<i:memberCode>1</i:memberCode>", "<i:memberCode>1</i:memberCode>" * 2)),
            "duplicate_header_field",
        ),
        (write(version="<x:protocolVersion> 4.0</x:protocolVersion>"), "invalid_protocol_version"),
        (write(version="<x:protocolVersion>5.0</x:protocolVersion>"), "invalid_protocol_version"),
        (write(client=CLIENT.replace('i:objectType="SUBSYSTEM"', "")), "invalid_xml"),
        (write(client=CLIENT.replace("i:objectType", "objectType")), "invalid_xml"),
        (write(client=CLIENT.replace("SUBSYSTEM", "SERVICE")), "invalid_xml"),
        (write(client=CLIENT.replace(">EE<", "> <")), "invalid_client_identifier"),
        (write(service=SERVICE.replace("getIt", "")), "missing_header_field"),
        (envelope("<s:Body><getIt/></s:Body>"), "missing_header"),
        (write(version=""), "missing_header_field"),
        (write(client=""), "missing_header_field"),
        (write(id=""), "missing_header_field"),
        (write(service=""), "missing_header_field"),
        (envelope(f"<s:Header>{''.join(FIELDS.values())}</s:Header>"), "missing_body"),
        (write(""), "invalid_body"),
        (write("<getIt/><getIt/>"), "invalid_body"),
        (write("<other/>"), "inconsistent_headers"),
        (write(version="<x:protocolVersion>5</x:protocolVersion>", client=""), "invalid_protocol_version"),
        (write("<other/>", id=""), "missing_header_field"),
    ],
)
def test_the_first_thing_that_is_wrong_wins(data: bytes, code: str) -> None:
    assert code_of(data) == code


def test_an_empty_query_id_is_accepted() -> None:
    assert read_soap_message(write(id="<x:id/>")).query_id == ""


def test_a_fault_ends_the_reading_even_with_headers() -> None:
    fault = read_soap(write(FAULT, client=""))
    assert isinstance(fault, Fault)
    assert (fault.code, fault.string, fault.detail) == ("C", "S", None)
    with pytest.raises(MessageError, match="c: S"):
        read_soap_message(write(FAULT))


def test_a_message_has_a_limit() -> None:
    assert code_of(write() + b" " * MAX_SOAP_BYTES) == "invalid_soap"


def test_a_content_type_that_is_no_soap_is_refused() -> None:
    with pytest.raises(MessageError, match="invalid_content_type"):
        read_soap(write(), content_type="text/html; charset=UTF-8")
    assert read_soap(write(), content_type='application/xop+xml; type="x"')


@pytest.mark.parametrize("name", ["client", "service", "user_id", "represented_party", "issue", "query_id"])
def test_a_response_repeats_the_headers_of_its_request(name: str) -> None:
    changed = {
        "client": {"client": CLIENT.replace(">sub<", ">bus<")},
        "service": {"service": SERVICE.replace(">2<", ">3<")},
        "user_id": {"more": "<x:userId/>"},
        "represented_party": {"more": "<r:representedParty><r:partyCode>1</r:partyCode></r:representedParty>"},
        "issue": {"more": "<x:issue>1</x:issue>"},
        "query_id": {"id": "<x:id>q2</x:id>"},
    }[name]
    request = read_soap_message(write())
    verify_consistent_headers(request, read_soap_message(write("<getItResponse/>")))
    with pytest.raises(MessageError, match="inconsistent_headers") as caught:
        verify_consistent_headers(request, read_soap_message(write("<getItResponse/>", **changed)))
    assert name in caught.value.detail


PIECES = st.sampled_from(
    [*FIELDS.values(), "<s:Header>", "</s:Header>", "<s:Body>", "</s:Body>", "<getIt/>", FAULT, "&#0;", "x"]
)


@given(st.binary(max_size=60) | st.lists(PIECES, max_size=12).map(lambda pieces: envelope("".join(pieces))))
def test_garbage_is_a_message_or_a_message_error(data: bytes) -> None:
    try:
        message = read_soap(data)
    except MessageError:
        return
    assert message.bytes == data


@given(st.integers(0, len(write())))
def test_a_message_cut_short_is_an_error(at: int) -> None:
    data = write()
    if at < len(data):
        assert code_of(data[:at])
