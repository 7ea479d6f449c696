"""SOAP through two gateways: bytes that arrive as they were sent, attachments, MTOM, faults, and what is refused."""

import base64
import hashlib
from dataclasses import replace

import pytest
from lxml import etree

from ridgeway.gateway.tests.pair import HOST, running_pair
from ridgeway.http import Origin, fetch
from ridgeway.protocol.exchange.tests.cast import ASKING, DESK
from ridgeway.protocol.exchange.values import AccessRight, ServiceType
from ridgeway.protocol.messages import read_soap, read_soap_message

HEADER = """<xroad:client id:objectType="SUBSYSTEM"><id:xRoadInstance>LAB</id:xRoadInstance>\
<id:memberClass>GOV</id:memberClass><id:memberCode>1001</id:memberCode><id:subsystemCode>desk</id:subsystemCode>\
</xroad:client>
    <xroad:service id:objectType="SERVICE"><id:xRoadInstance>LAB</id:xRoadInstance><id:memberClass>GOV</id:memberClass>\
<id:memberCode>1002</id:memberCode><id:subsystemCode>register</id:subsystemCode>\
<id:serviceCode>{code}</id:serviceCode></xroad:service>
    <xroad:id>{query}</xroad:id>
    <xroad:protocolVersion>4.0</xroad:protocolVersion>"""
ENVELOPE = """<?xml version="1.0" encoding="UTF-8"?>
<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xroad="http://x-road.eu/xsd/xroad.xsd"
    xmlns:id="http://x-road.eu/xsd/identifiers"><s:Header>
    {header}
</s:Header><s:Body><m:{name} xmlns:m="urn:x"><a><![CDATA[<b>]]></a><!-- kept --></m:{name}></s:Body></s:Envelope>"""
XML = "text/xml; charset=UTF-8"
RELATED = 'multipart/related; type="text/xml"; boundary=b1'
OFFER = {"type": ServiceType.WSDL}


def request_xml(code="persons", query="q1"):
    return ENVELOPE.format(header=HEADER.format(code=code, query=query), name=code).encode()


def response_xml(code="persons", query="q1"):
    return ENVELOPE.format(header=HEADER.format(code=code, query=query), name=f"{code}Response").encode()


def multipart(soap, *attachments, boundary="b1", kind=XML):
    parts = [f"--{boundary}\r\nContent-Type: {kind}\r\nContent-ID: <soap>\r\n\r\n".encode() + soap]
    parts += [
        f"\r\n--{boundary}\r\nContent-Type: text/plain\r\nContent-ID: <{number}>\r\n\r\n".encode() + content
        for number, content in enumerate(attachments)
    ]
    return b"".join([*parts, f"\r\n--{boundary}--\r\n".encode()])


class Service:
    """A SOAP service that remembers what it was asked, and answers with what it was told to."""

    def __init__(self, answer=None, content_type=XML, status=200):
        self.answer = response_xml() if answer is None else answer
        self.content_type = content_type
        self.status = status
        self.asked = []

    async def __call__(self, request, response):
        self.asked.append((request.headers, await request.read(50_000_000)))
        await response.send(self.status, "", [("Content-Type", self.content_type)], self.answer)


async def ask(pair, body=None, *, content_type=XML, headers=(), method="POST"):
    origin = Origin(HOST, pair.consumer_port)
    fields = [("Content-Type", content_type), *headers]
    body = request_xml() if body is None else body
    return await fetch(pair.pool, method, (origin, "/"), fields, body, max_bytes=50_000_000)


def fault_code(answer):
    assert answer.status == 200
    assert answer.headers.get("Content-Type") == "text/xml;charset=utf-8"
    assert answer.headers.get_all("SOAPAction") == ("",)
    return read_soap(answer.body).code


async def test_a_question_and_its_answer_pass_byte_for_byte_but_for_the_request_hash(tmp_path):
    service = Service()
    async with running_pair(tmp_path, service=service, **OFFER) as pair:
        answer = await ask(pair, headers=[("SOAPAction", '"urn:x"')])
        assert (answer.status, answer.headers.get("Content-Type")) == (200, XML), answer.body
        (headers, body) = service.asked[0]
        assert body == request_xml()
        assert list(headers)[1:] == [
            ("accept-encoding", ""),
            ("SOAPAction", '"urn:x"'),
            ("Content-Type", XML),
            ("Content-Length", str(len(body))),
        ]
        hashed = base64.b64encode(hashlib.sha512(request_xml()).digest()).decode()
        assert read_soap_message(answer.body).request_hash.value == hashed
        assert b"\n    <xroad:requestHash algorithmId=" in answer.body
        without = etree.fromstring(answer.body)
        found = without.find(".//{http://x-road.eu/xsd/xroad.xsd}requestHash")
        assert len(answer.body) - len(response_xml()) == len(
            f'\n    <xroad:requestHash algorithmId="{found.get("algorithmId")}">{hashed}</xroad:requestHash>'
        )
        records = [*pair.consumer.messagelog.records, *pair.provider.messagelog.records]
        assert [record.is_response for record in records] == [False, True, False, True]
        assert records[0].message == request_xml()
        assert records[1].message == answer.body


async def test_attachments_go_there_and_come_back_signed(tmp_path):
    service = Service(multipart(response_xml(), b"x" * 300_000, b""), RELATED)
    async with running_pair(tmp_path, service=service, **OFFER) as pair:
        sent = multipart(request_xml(), b"first", b"second\r\n")
        answer = await ask(pair, sent, content_type=RELATED)
        assert answer.headers.get("Content-Type") == RELATED
        assert answer.body.count(b"x" * 300_000) == 1
        (headers, body) = service.asked[0]
        assert headers.get("Content-Type") == RELATED
        assert b"\r\n\r\nfirst\r\n--b1" in body
        assert b"second\r\n\r\n--b1--" in body
        assert b"Content-ID: <soap>" in body
        assert [len(record.bodies) for record in pair.consumer.messagelog.records] == [2, 2]
        assert all(record.hash_chain for record in pair.provider.messagelog.records)


async def test_mtom_keeps_the_types_of_its_parts(tmp_path):
    kind = 'application/xop+xml; type="application/soap+xml"; charset=utf-8'
    related = 'Multipart/Related; start-info="application/soap+xml"; type="application/xop+xml"; boundary="b1"'
    service = Service(multipart(response_xml(), b"back", kind=kind), related)
    async with running_pair(tmp_path, service=service, **OFFER) as pair:
        answer = await ask(pair, multipart(request_xml(), b"there", kind=kind), content_type=related)
        assert answer.headers.get("Content-Type") == service.asked[0][0].get("Content-Type") == related
        assert kind.encode() in answer.body
        assert kind.encode() in service.asked[0][1]


async def test_a_byte_order_mark_travels_along(tmp_path):
    mark = b"\xef\xbb\xbf"
    service = Service(mark + response_xml())
    async with running_pair(tmp_path, service=service, **OFFER) as pair:
        answer = await ask(pair, mark + request_xml())
        assert answer.body.startswith(mark)
        assert service.asked[0][1] == mark + request_xml()
        hashed = base64.b64encode(hashlib.sha512(mark + request_xml()).digest()).decode()
        assert read_soap_message(answer.body).request_hash.value == hashed


async def test_a_fault_of_the_service_comes_back_as_it_is(tmp_path):
    fault = (
        b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault>'
        b"<faultcode>s:Server</faultcode><faultstring>no such person</faultstring></s:Fault></s:Body></s:Envelope>"
    )
    async with running_pair(tmp_path, service=Service(fault, status=500), **OFFER) as pair:
        answer = await ask(pair)
        assert answer.body == fault
        assert len(pair.consumer.messagelog.records) == 1


@pytest.mark.parametrize(
    ("service", "code"),
    [
        (Service(b""), "invalid_soap"),
        (Service(b"<a/>"), "invalid_soap"),
        (Service(content_type="text/html"), "invalid_content_type"),
        (Service(status=404), "http_error"),
        (Service(status=202), "http_error"),
        (Service(multipart(response_xml()).replace(b"--b1--", b""), RELATED), "mime_parsing_failed"),
        (Service(response_xml().replace(b"xroad:id>", b"xroad:uid>")), "missing_header_field"),
    ],
)
async def test_a_service_that_answers_nonsense_is_said_to_have_failed(tmp_path, service, code):
    async with running_pair(tmp_path, service=service, **OFFER) as pair:
        assert fault_code(await ask(pair)) == f"server.serverproxy.service_failed.{code}"


async def test_an_answer_to_another_question_is_refused(tmp_path):
    async with running_pair(tmp_path, service=Service(response_xml(query="q2")), **OFFER) as pair:
        assert fault_code(await ask(pair)) == "server.clientproxy.service_failed.inconsistent_response"


async def test_a_request_that_names_a_server_reaches_that_one_or_nobody(tmp_path):
    def naming(xml, owner, code):
        ids = f"<id:xRoadInstance>LAB</id:xRoadInstance><id:memberClass>GOV</id:memberClass><id:memberCode>{owner}"
        server = f"{ids}</id:memberCode><id:serverCode>{code}</id:serverCode>"
        field = f'<xroad:securityServer id:objectType="SERVER">{server}</xroad:securityServer>'.encode()
        return xml.replace(b"<xroad:protocolVersion>", field + b"<xroad:protocolVersion>")

    async with running_pair(tmp_path, service=Service(), **OFFER) as pair:
        answer = await ask(pair, naming(request_xml(), "1002", "ss2"))
        assert read_soap_message(answer.body).is_response
        for owner, code in (("1002", "ss9"), ("1001", "ss1")):
            found = fault_code(await ask(pair, naming(request_xml(), owner, code)))
            assert found == "server.clientproxy.invalid_security_server"
        assert len(pair.calls) == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"method": "GET"}, "client.invalid_http_method"),
        ({"content_type": ""}, "client.invalid_request"),
        ({"content_type": "application/json"}, "client.invalid_content_type"),
        ({"content_type": "multipart/related"}, "client.invalid_content_type"),
        ({"body": b""}, "client.invalid_soap"),
        ({"body": b"", "content_type": RELATED}, "client.missing_soap"),
        ({"headers": [("SOAPAction", "urn:x")]}, "client.invalid_soap_action"),
        ({"body": multipart(request_xml(), b"a").replace(b"text/plain", b""), "content_type": RELATED}, "client."),
        ({"body": request_xml("none")}, "server.serverproxy.unknown_service"),
        ({"body": request_xml().replace(b"1001", b"1009")}, "server.clientproxy.unknown_member"),
        ({"body": request_xml().replace(b"4.0", b"3.0")}, "client.invalid_protocol_version"),
    ],
)
async def test_what_cannot_be_carried_is_refused_with_a_fault(tmp_path, changes, code):
    async with running_pair(tmp_path, service=Service(), **OFFER) as pair:
        found = fault_code(await ask(pair, changes.pop("body", None), **changes))
        assert found.startswith(code)
        assert not pair.calls


async def test_a_member_asks_for_itself_where_it_is_a_client_and_its_subsystems_do_not(tmp_path):
    def of_member(xml):
        typed = xml.replace(b"SUBSYSTEM", b"MEMBER", 1)
        return typed.replace(b"<id:subsystemCode>desk</id:subsystemCode>", b"")

    rights = (AccessRight(ASKING, "persons"),)
    async with running_pair(tmp_path, service=Service(of_member(response_xml())), rights=rights, **OFFER) as pair:
        assert fault_code(await ask(pair, of_member(request_xml()))) == "server.clientproxy.unknown_member"
        server = pair.consumer.server
        member = replace(server.clients[DESK], id=ASKING)
        pair.consumer.server = replace(server, clients={**server.clients, ASKING: member})
        answer = await ask(pair, of_member(request_xml()))
        assert read_soap_message(answer.body).client == ASKING
        assert fault_code(await ask(pair)) == "server.serverproxy.access_denied"


async def test_a_message_that_does_not_arrive_in_time_is_given_up(tmp_path):
    limits = {"soap_part_timeout_seconds": 0.2}
    async with running_pair(tmp_path, service=Service(), limits=limits, **OFFER) as pair:
        origin = Origin(HOST, pair.consumer_port)
        async with pair.pool.exchange(origin) as exchange:
            await exchange.start("POST", "/", [("Content-Type", XML)])
            await exchange.write(request_xml()[:-50])
            assert (await exchange.response()).status == 200
            assert read_soap(await exchange.read(10_000)).code == "server.clientproxy.internal_error"
        assert not pair.calls


async def test_a_rest_service_is_not_called_over_soap(tmp_path):
    async with running_pair(tmp_path, service=Service()) as pair:
        assert fault_code(await ask(pair)) == "server.serverproxy.service_type"


async def test_a_large_attachment_passes_in_pieces_and_is_logged_by_its_digest(tmp_path):
    service = Service()
    async with running_pair(tmp_path, service=service, **OFFER) as pair:
        answer = await ask(pair, multipart(request_xml(), bytes(12_000_000)), content_type=RELATED)
        assert read_soap_message(answer.body).is_response
        (record, *_) = pair.provider.messagelog.records
        assert (record.bodies[0].size, record.bodies[0].content) == (12_000_000, None)


async def test_another_charset_is_read_as_it_is_stated_and_its_bytes_pass_untouched(tmp_path):
    latin = "text/xml; charset=ISO-8859-1"
    asked = request_xml().replace(b"UTF-8", b"ISO-8859-1").replace(b"<b>", b"J\xf5geva")
    answered = response_xml().replace(b'encoding="UTF-8"', b"").replace(b"<b>", b"J\xf5geva")
    service = Service(answered, latin)
    async with running_pair(tmp_path, service=service, **OFFER) as pair:
        answer = await ask(pair, asked, content_type=latin)
        assert service.asked[0][1] == asked
        assert b"J\xf5geva" in answer.body
        assert read_soap_message(answer.body, content_type=latin).request_hash is not None
        assert fault_code(await ask(pair, asked, content_type="text/xml; charset=UTF-16")).startswith("client.")
