import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from ridgeway.errors import MessageError
from ridgeway.protocol.identifiers.xml import strict_parser
from ridgeway.protocol.messages import (
    FAULT_CODES,
    Spelling,
    find_soap_fault,
    parse_code,
    read_soap_fault,
    render_code,
    render_rest_error,
    render_soap_fault,
    rest_error_status,
)
from ridgeway.protocol.messages.faultcodes import TOLD_APART_SINCE

NOT_IN_XML = re.compile("[^\\t\\n\\r\\u0020-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")
FAULT_ID = "11111111-2222-4333-8444-555555555555"


@pytest.mark.parametrize(
    ("snake", "camel"),
    [
        ("server.clientproxy.unknown_member", "Server.ClientProxy.UnknownMember"),
        (
            "server.serverproxy.service_failed.ssl_authentication_failed",
            "Server.ServerProxy.ServiceFailed.SslAuthenticationFailed",
        ),
        (
            "server.serverproxy.signature_verification.invalid_signature_value",
            "Server.ServerProxy.SignatureVerification.InvalidSignatureValue",
        ),
        ("malformed_signature.invalid_hash_chain_ref", "MalformedSignature.InvalidHashChainRef"),
        ("server.clientproxy.io_error", "Server.ClientProxy.IOError"),
        ("global_conf_outdated", "OutdatedGlobalConf"),
        ("signer.hsm_non_operational", "Signer.HSMNonOperational"),
        ("hashchain_unused_inputs", "HashChainUnusedInputs"),
        ("token_readonly", "TokenReadOnly"),
        ("malformed_anchor", "malformed_anchor"),
        ("client.never_heard_of", "Client.NeverHeardOf"),
    ],
)
def test_a_code_has_two_spellings(snake: str, camel: str) -> None:
    assert render_code(snake, "7.7") == camel
    assert render_code(snake, Spelling.SNAKE) == snake
    assert parse_code(camel) == snake
    assert parse_code(snake) == snake


def test_an_unknown_host_was_a_network_error_before() -> None:
    assert render_code("server.clientproxy.unknown_host", "7.7") == "Server.ClientProxy.NetworkError"
    assert parse_code("NetworkError") == "network_error"
    assert render_code("mlog.tsp_certificate_not_found", "7.7") == "InternalError"


def test_an_xml_prefix_and_unknown_capitals_are_no_part_of_a_code() -> None:
    assert parse_code(" SOAP-ENV:Server.ClientProxy.AccessDenied\n") == "server.clientproxy.access_denied"
    assert parse_code("Client.CODE") == "client.code"


def test_every_code_of_the_table_comes_back_or_is_one_that_older_releases_did_not_tell_apart() -> None:
    for snake, camel in FAULT_CODES.items():
        assert render_code(snake, "7.7") == camel
        assert (parse_code(camel) == snake) is (snake not in TOLD_APART_SINCE)
        assert re.fullmatch(r"[a-z_]+", snake)


def test_another_spelling_does_not_exist() -> None:
    with pytest.raises(ValueError, match="6"):
        render_code("a", "6")


def test_a_soap_fault_is_one_line_as_x_road_writes_it() -> None:
    assert render_soap_fault("server.clientproxy.access_denied", 'no "<it>"', FAULT_ID) == (
        b'<?xml version="1.0" encoding="UTF-8"?>'
        b'<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/"><SOAP-ENV:Body><SOAP-ENV:Fault>'
        b"<faultcode>server.clientproxy.access_denied</faultcode>"
        b"<faultstring>no &quot;&lt;it&gt;&quot;</faultstring><faultactor></faultactor>"
        b'<detail><faultDetail xmlns="">11111111-2222-4333-8444-555555555555</faultDetail></detail>'
        b"</SOAP-ENV:Fault></SOAP-ENV:Body></SOAP-ENV:Envelope>"
    )


@given(st.text(max_size=30), st.text(max_size=30))
def test_a_fault_reads_back_whatever_its_words(string: str, detail: str) -> None:
    data = render_soap_fault("a.b", string, detail or "x")
    fault = read_soap_fault(data)
    assert fault.code == "a.b"
    assert fault.bytes == data
    assert fault.string == NOT_IN_XML.sub("\ufffd", string)


def test_a_fault_of_a_service_is_read_too() -> None:
    data = (
        b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault><faultcode>s:Server.X'
        b"</faultcode><faultstring>S</faultstring><detail> <p:why xmlns:p='urn:p'>because<b>not this</b></p:why>"
        b"</detail></s:Fault></s:Body></s:Envelope>"
    )
    fault = read_soap_fault(data)
    assert (fault.code, fault.string, fault.actor, fault.detail) == ("s:Server.X", "S", None, "because")


def test_the_code_of_a_fault_stays_on_one_line_because_it_goes_into_a_header() -> None:
    fault = read_soap_fault(render_soap_fault(" a.b\r\nX-Forged: 1\n", "S", "id"))
    assert fault.code == "a.b  X-Forged: 1"


def test_what_is_no_fault_is_told_apart() -> None:
    message = b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body/></s:Envelope>'
    assert find_soap_fault(message) is None
    with pytest.raises(MessageError, match="invalid_message"):
        read_soap_fault(message)
    for data in (b"", b"<a/>", b"text", b"<a"):
        with pytest.raises(MessageError, match="invalid_soap"):
            read_soap_fault(data)


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        (None, "application/json"),
        ("", "application/json"),
        ("*/*", "application/json"),
        ("application/json;charset=utf-8", "application/json"),
        ("text/xml-patch+xml", "application/json"),
        ("application/*", "application/json"),
        ("text/xml", "text/xml;charset=utf-8"),
        ("text/*", "text/xml;charset=utf-8"),
        ("application/xml, text/xml", "application/xml;charset=utf-8"),
        ("text/xml, application/xml, application/json", "text/xml;charset=utf-8"),
        ("application/json, application/xml;q=0.1", "application/xml;charset=utf-8"),
        ("APPLICATION/XML", "application/xml;charset=utf-8"),
    ],
)
def test_the_accept_header_chooses_the_form_of_an_error(accept: str | None, content_type: str) -> None:
    assert render_rest_error("a", "b", FAULT_ID, accept)[0] == content_type


def test_an_error_says_the_same_in_json_and_in_xml() -> None:
    code, message = "server.clientproxy.unknown_member", 'who is <"Ä"> & co?\x00'
    _, as_json = render_rest_error(code, message, FAULT_ID, None)
    _, as_xml = render_rest_error(code, message, FAULT_ID, "text/xml")
    assert json.loads(as_json) == {"type": code, "message": message, "detail": FAULT_ID}
    assert as_xml.startswith(b'<?xml version="1.0" encoding="UTF-8"?><error><type>')
    root = etree.fromstring(as_xml, strict_parser())
    assert [(each.tag, each.text) for each in root] == [
        ("type", code),
        ("message", message.replace("\x00", "\ufffd")),
        ("detail", FAULT_ID),
    ]


def test_the_status_of_an_error_tells_whose_it_is() -> None:
    assert rest_error_status("server.clientproxy.unknown_member") == 500
    assert rest_error_status("client.invalid_soap") == 400
    assert rest_error_status("Server.ServerProxy.AccessDenied") == 400
