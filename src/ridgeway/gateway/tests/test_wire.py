"""What two security servers say to each other, byte for byte, as an X-Road server reads and writes it."""

import hashlib
import re
from types import SimpleNamespace

import pytest

from ridgeway.gateway.doors.peer import PeerDoor
from ridgeway.gateway.peers.service import ServiceDirectory
from ridgeway.gateway.tests.pair import CLIENT, HOST, PERSONS, running_pair
from ridgeway.gateway.tests.test_hostile_peers import Lie
from ridgeway.gateway.tests.test_soap_exchange import OFFER, RELATED, Service, ask, multipart, request_xml, response_xml
from ridgeway.http import ClientTls, Origin, fetch
from ridgeway.http.tls import XROAD
from ridgeway.protocol.messages import read_rest_message, render_soap_fault

TOP = re.compile(r"multipart/mixed; charset=UTF-8; boundary=(xtop[A-Za-z]{30})")
NESTED = re.compile(rb"content-type: multipart/mixed; charset=UTF-8; boundary=(xatt[A-Za-z]{30})\r\n\r\n\r\n")
UUID = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
FAULT = render_soap_fault("server.serverproxy.access_denied", "No.", "mark")


class Ear:
    """A provider's server that keeps what it hears and answers with a fault, as X-Road's own do."""

    async def __call__(self, request, response):
        self.head = [request.method, request.target, *request.headers]
        self.body = await request.read(50_000_000)
        fields = [("Connection", "close"), ("Content-Type", "text/xml;charset=utf-8"), ("SOAPAction", "")]
        await response.send(200, "OK", fields, FAULT)

    def parts(self):
        """What stands between the delimiters; the message is made of nothing else."""
        boundary = TOP.fullmatch(dict(self.head[2:])["Content-Type"])[1].encode()
        return split(self.body, boundary)


def split(body, boundary):
    """The parts of a multipart that is framed exactly as X-Road frames it."""
    start, end = b"--" + boundary + b"\r\n", b"\r\n--" + boundary + b"--\r\n"
    assert body.startswith(start)
    assert body.endswith(end)
    return body[len(start) : -len(end)].split(b"\r\n" + start)


def part(kind, content):
    """One part as X-Road writes it."""
    return b"content-type: " + kind.encode() + b"\r\n\r\n" + content


def answer_about(station):
    """The revocation answer about the certificate that this server shows."""
    return station.own_revocation()[0]


async def test_a_rest_request_between_servers(tmp_path):
    ear = Ear()
    async with running_pair(tmp_path, peer=ear) as pair:
        answer = await pair.ask("POST", f"{PERSONS}/a%2Fb?c=%20&d", b"asked\r\n", [("Accept", "*/*")])
        assert answer.headers.get("X-Road-Error") == "server.serverproxy.access_denied"
        message = pair.consumer.messagelog.records[0].message
        request = read_rest_message(message)
        assert re.fullmatch(UUID, request.request_id)
        assert ear.head == [
            "POST",
            b"/",
            ("Host", f"{HOST}:{pair.peer_port}"),
            ("x-road-message-type", "REST"),
            ("x-road-request-id", request.request_id),
            ("x-hash-algorithm", "SHA-512"),
            ("x-proxy-version", "7.8.0"),
            ("x-original-content-type", ""),
            ("Content-Type", ear.head[8][1]),
            ("Transfer-Encoding", "chunked"),
        ]
        expected = (
            f"POST\r\n{PERSONS}/a%2Fb?c=%20&d\r\nX-Road-Client:LAB/GOV/1001/desk\r\nAccept:*/*\r\n"
            f"x-road-request-id:{request.request_id}\r\nx-road-id:LAB-({UUID})\r\n"
        )
        assert re.fullmatch(re.escape(expected).replace(re.escape(f"({UUID})"), UUID), message.decode())
        ocsp, sent, body, result, chain, signature = ear.parts()
        assert ocsp == part("application/ocsp-response", answer_about(pair.consumer))
        assert sent == part("application/x-road-rest-request", message)
        assert body == part("application/x-road-rest-body", b"asked\r\n")
        (record,) = pair.consumer.messagelog.records
        assert result == part("application/hash-chain-result", record.hash_chain_result)
        assert chain == part("application/hash-chain", record.hash_chain)
        assert signature == part("signature/bdoc-1.0/ts", record.signature)


@pytest.mark.parametrize("body", [None, b""])
async def test_a_request_without_a_byte_of_body_has_three_parts(tmp_path, body):
    ear = Ear()
    async with running_pair(tmp_path, peer=ear) as pair:
        await pair.ask("POST", body=body)
        kinds = [each.partition(b"\r\n")[0] for each in ear.parts()]
        assert kinds == [
            b"content-type: application/ocsp-response",
            b"content-type: application/x-road-rest-request",
            b"content-type: signature/bdoc-1.0/ts",
        ]


async def test_a_soap_request_between_servers(tmp_path):
    ear = Ear()
    async with running_pair(tmp_path, peer=ear) as pair:
        await ask(pair, content_type="text/xml", headers=[("SOAPAction", '""')])
        names = [name for name, _ in ear.head[2:]]
        assert names == [
            "Host",
            "x-road-request-id",
            "x-hash-algorithm",
            "x-proxy-version",
            "x-original-content-type",
            "x-original-soapaction",
            "Content-Type",
            "Transfer-Encoding",
        ]
        heads = dict(ear.head[2:])
        assert re.fullmatch(UUID, heads["x-road-request-id"])
        assert (heads["x-original-content-type"], heads["x-original-soapaction"]) == ("text/xml", '""')
        _, message, signature = ear.parts()
        assert message == part("text/xml", request_xml())
        assert signature.startswith(b"content-type: signature/bdoc-1.0/ts\r\n\r\n")


async def test_attachments_between_servers_are_nested_in_one_part(tmp_path):
    ear = Ear()
    async with running_pair(tmp_path, peer=ear) as pair:
        await ask(pair, multipart(request_xml(), b"first", b"second\r\n"), content_type=RELATED)
        assert dict(ear.head[2:])["x-original-content-type"] == RELATED
        _, message, wrapped, result, _chain, _signature = ear.parts()
        assert message == b"content-type: text/xml; charset=UTF-8\r\nContent-ID: <soap>\r\n\r\n" + request_xml()
        boundary = NESTED.match(wrapped)[1]
        first = b"--" + boundary + b"\r\ncontent-type: text/plain\r\nContent-ID: <0>\r\n\r\nfirst\r\n"
        second = b"--" + boundary + b"\r\ncontent-type: text/plain\r\nContent-ID: <1>\r\n\r\nsecond\r\n\r\n"
        assert wrapped[NESTED.match(wrapped).end() :] == first + second + b"--" + boundary + b"--\r\n"
        assert result.startswith(b"content-type: application/hash-chain-result\r\n\r\n")


async def test_a_rest_response_between_servers(tmp_path):
    async with running_pair(tmp_path) as pair:
        lie = Lie(pair)
        answer = await pair.bring(lie.whole, [*lie.heads, ("Host", "localhost:5500")])
        boundary = TOP.fullmatch(answer.headers.get("Content-Type"))[1]
        assert list(answer.headers) == [
            ("Content-Type", f"multipart/mixed; charset=UTF-8; boundary={boundary}"),
            ("x-hash-algorithm", "SHA-512"),
            ("Transfer-Encoding", "chunked"),
        ]
        _, record = pair.provider.messagelog.records
        message, body, result, chain, signature = split(answer.body, boundary.encode())
        assert message == part("application/x-road-rest-response", record.message)
        assert body == part("application/x-road-rest-body", record.bodies[0].content)
        assert result == part("application/hash-chain-result", record.hash_chain_result)
        assert chain == part("application/hash-chain", record.hash_chain)
        assert signature == part("signature/bdoc-1.0/ts", record.signature)
        assert dict(lie.heads)["x-road-request-id"] == read_rest_message(record.message).request_id


async def test_a_soap_response_between_servers_says_what_the_service_said_of_it(tmp_path):
    heard = SimpleNamespace()
    async with running_pair(tmp_path, service=Service(content_type="text/xml;charset=utf-8"), **OFFER) as pair:
        direct = PeerDoor(pair.provider, ServiceDirectory(pair.provider))

        async def listen(request, response):
            start = response.start

            async def note(status, reason, headers):
                heard.head = (status, [name for name, _ in headers], dict(headers))
                await start(status, reason, headers)

            response.start = note
            await direct.handle(request, response)

        pair.door.handle = listen
        answer = await ask(pair)
        assert answer.headers.get("Content-Type") == "text/xml; charset=UTF-8"
        status, names, heads = heard.head
        assert (status, names) == (200, ["Content-Type", "x-hash-algorithm", "x-original-content-type"])
        assert heads["x-original-content-type"] == "text/xml;charset=utf-8"
        assert response_xml()[:100] == answer.body[:100]


async def test_a_fault_between_servers_before_the_first_byte_is_a_document_of_its_own(tmp_path):
    async with running_pair(tmp_path, rights=()) as pair:
        lie = Lie(pair)
        answer = await pair.bring(lie.whole, lie.heads)
        assert (answer.status, list(answer.headers)) == (
            200,
            [
                ("Content-Type", "text/xml;charset=utf-8"),
                ("x-hash-algorithm", "SHA-512"),
                ("Content-Length", str(len(answer.body))),
            ],
        )
        assert answer.body.startswith(b'<?xml version="1.0" encoding="UTF-8"?><SOAP-ENV:Envelope xmlns:SOAP-ENV=')


async def test_peers_that_close_after_each_message_are_asked_again(tmp_path):
    seen = []  # the connections themselves, so that none is made anew in the place of another
    async with running_pair(tmp_path) as pair:
        direct = pair.door.handle

        async def closing(request, response):
            seen.append(request.connection)
            response.wire.may_keep_alive = False
            await direct(request, response)

        pair.door.handle = closing
        for _ in range(3):
            assert (await pair.ask()).status == 200
        assert len({id(connection) for connection in seen}) == 3
        assert {connection.peer_chain for connection in seen} == {(pair.world.asking.auth.der,)}


async def test_a_name_in_the_handshake_of_a_peer_makes_no_difference(tmp_path):
    async with running_pair(tmp_path) as pair:
        shown = pair.consumer.identity
        named = ClientTls(shown.chain, shown.key.private_key, profile=XROAD, server_name="some.other.name")
        for tls in (named, shown.client_tls):
            lie = Lie(pair)
            origin = Origin(HOST, pair.peer_port, tls)
            answer = await fetch(pair.pool, "POST", (origin, "/"), lie.heads, lie.whole, max_bytes=1_000_000)
            assert answer.headers.get("Content-Type").startswith("multipart/mixed")


async def test_the_ocsp_door_answers_by_sha_1_and_says_that_it_is_there(tmp_path):
    async with running_pair(tmp_path) as pair:
        origin, der = Origin(HOST, pair.ocsp_port), pair.world.serving.auth.der
        name = hashlib.sha1(der).hexdigest()
        asked = f"/?cert={name}&cert={name}&cert_hash={hashlib.sha256(der).hexdigest()}"
        answer = await fetch(pair.pool, "GET", (origin, asked), (), max_bytes=100_000)
        found = re.fullmatch(
            r'multipart/related; type="application/ocsp-response"; charset=UTF-8; boundary=(\w+)',
            answer.headers.get("Content-Type"),
        )
        expected = part("application/ocsp-response", answer_about(pair.provider))
        assert split(answer.body.replace(b"Content-Type", b"content-type"), found[1].encode()) == [expected, expected]
        for method, target, status in [
            ("HEAD", "/", 200),
            ("GET", "/", 500),
            ("GET", f"/?cert={'0' * 40}", 500),
            ("GET", f"/?cert_hash={hashlib.sha256(der).hexdigest()}", 500),
            ("POST", asked, 500),
        ]:
            assert (await fetch(pair.pool, method, (origin, target), (), max_bytes=1000)).status == status


async def test_a_peer_may_be_too_old_to_be_served(tmp_path):
    async with running_pair(tmp_path, limits={"min_peer_version": "7.6.0"}) as pair:
        for version, code in [
            ("7.6.0", ""),
            ("7.5.9", "client_proxy_version_not_supported"),
            ("seven", "internal_error"),
        ]:
            lie = Lie(pair)
            heads = [(name, version if name == "x-proxy-version" else value) for name, value in lie.heads]
            answer = await pair.bring(lie.whole, heads)
            assert (f"<faultcode>server.serverproxy.{code}<".encode() in answer.body) is bool(code)
        assert len(pair.calls) == 1
        assert CLIENT[1].encode() in pair.provider.messagelog.records[1].message
