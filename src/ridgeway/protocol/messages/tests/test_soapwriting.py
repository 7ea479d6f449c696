"""What is written is read back as it was meant, and an answer repeats its request's header byte for byte."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from ridgeway.errors import MessageError
from ridgeway.protocol.identifiers import MemberId, RepresentedParty, ServerId, ServiceId, SubsystemId
from ridgeway.protocol.messages import (
    SecurityToken,
    SoapHead,
    add_request_hash,
    read_soap_message,
    verify_consistent_headers,
    write_soap_request,
    write_soap_response,
)

CODE = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=8)
BODY = b'<x:persons xmlns:x="urn:x"><x:code>7</x:code></x:persons>'
ANSWER = b'<x:personsResponse xmlns:x="urn:x"/>'


@st.composite
def heads(draw):
    instance, kind, member = draw(CODE), draw(CODE), draw(CODE)
    clients = (MemberId(instance, kind, member), SubsystemId(instance, kind, member, draw(CODE)))
    return SoapHead(
        draw(st.sampled_from(clients)),
        ServiceId(instance, kind, member, draw(st.none() | CODE), "persons", draw(st.none() | CODE)),
        draw(CODE),
        user_id=draw(st.none() | CODE),
        issue=draw(st.none() | CODE),
        server=draw(st.none() | st.just(ServerId(instance, kind, member, "ss"))),
        represented_party=draw(st.none() | st.builds(RepresentedParty, CODE, st.none() | CODE)),
        security_token=draw(st.none() | st.builds(SecurityToken, CODE, CODE)),
    )


@given(heads())
def test_a_request_says_what_its_head_said(head):
    message = read_soap_message(write_soap_request(head, BODY))
    assert (message.client, message.service, message.query_id) == (head.client, head.service, head.query_id)
    assert (message.user_id, message.issue, message.server) == (head.user_id, head.issue, head.server)
    assert message.represented_party == head.represented_party
    assert not message.is_response


@given(heads())
def test_an_answer_has_the_header_of_its_request(head):
    request = read_soap_message(write_soap_request(head, BODY))
    answer = read_soap_message(write_soap_response(request, ANSWER))
    assert answer.is_response
    verify_consistent_headers(request, answer)
    found = read_soap_message(add_request_hash(answer.bytes, "aGFzaA==")).request_hash
    assert found is not None
    assert found.value == "aGFzaA=="


HEAD = SoapHead(SubsystemId("LAB", "GOV", "1", "a"), ServiceId("LAB", "GOV", "2", "b", "persons"), "q1")


@pytest.mark.parametrize("body", [b"", b"text", b"<a/><b/>", b"<other/>", b"<!DOCTYPE persons><persons/>", b"\xff"])
def test_a_body_that_is_not_one_element_of_the_service_is_refused(body):
    with pytest.raises(MessageError):
        write_soap_request(HEAD, body)


@pytest.mark.parametrize("body", [b"", b"<persons/>", b"<personsResponse/><b/>", b"<otherResponse/>"])
def test_an_answer_that_is_none_is_refused(body):
    request = read_soap_message(write_soap_request(HEAD, BODY))
    with pytest.raises(MessageError):
        write_soap_response(request, body)


def test_a_header_that_xml_cannot_hold_is_refused():
    with pytest.raises(MessageError, match="userId"):
        write_soap_request(SoapHead(HEAD.client, HEAD.service, "q", user_id="\x00"), BODY)


@pytest.mark.parametrize("encoding", ["UTF-8", "ISO-8859-1", "utf8"])
def test_an_answer_has_the_encoding_of_its_request_whatever_its_element_came_in(encoding):
    written = write_soap_request(HEAD, "<persons>õ</persons>".encode()).decode().replace("'UTF-8'", f"'{encoding}'")
    request = read_soap_message(written.encode(encoding))
    element = '<?xml version="1.0" encoding="UTF-8"?><!-- a --><personsResponse>õ €</personsResponse>\n'.encode()
    answer = write_soap_response(request, element)
    assert etree.fromstring(answer).findtext(".//personsResponse") == "õ €"
    assert answer.startswith(written.encode(encoding).partition(b"<persons>")[0])


def test_a_request_in_a_charset_that_only_its_content_type_states_is_not_answered_in_another():
    written = write_soap_request(SoapHead(HEAD.client, HEAD.service, "q1", user_id="õ"), BODY).decode()
    bare = written.partition("?>")[2].strip().encode("latin-1")
    request = read_soap_message(bare, content_type="text/xml; charset=latin1")
    with pytest.raises(MessageError, match="cannot be read"):
        write_soap_response(request, ANSWER)
