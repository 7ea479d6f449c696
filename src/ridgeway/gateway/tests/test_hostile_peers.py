"""Other security servers that lie, break off or send garbage: each gets a fault; nothing is served or delivered."""

import asyncio
import logging
from dataclasses import replace
from datetime import timedelta

import pytest

from ridgeway.errors import NetworkError
from ridgeway.gateway.hands.consumer import encode_signed
from ridgeway.gateway.hands.names import draw_boundary
from ridgeway.gateway.tests.pair import HOST, make_identity, running_pair
from ridgeway.http import Origin
from ridgeway.protocol.exchange.records import part_digests
from ridgeway.protocol.exchange.tests.cast import REQUEST_ID, body_of, make_request
from ridgeway.protocol.messages import read_soap_fault, render_soap_fault
from ridgeway.protocol.transport import REST_REQUEST, TransportEncoder
from ridgeway.protocol.transport.heads import render_request_heads, render_response_heads

ERROR = "X-Road-Error"
BODY = b"question " * 100


class Lie:
    """A whole request of a consumer's server, with whatever is changed in it."""

    def __init__(self, pair, *, request=None, by=None, answers=None, signature=None, body=BODY, request_id=REQUEST_ID):
        self.encoder = TransportEncoder(draw_boundary())
        self.heads = render_request_heads(
            content_type=self.encoder.content_type,
            request_id=request_id,
            proxy_version="7.8.0",
            original_content_type="",
        )
        request = request or make_request("POST")
        signed = pair.world.sign(by or pair.world.asking, part_digests(request.bytes, (body_of(BODY),)))
        if signature is not None:
            signed = replace(signed, signature=signature)
        proofs = (pair.world.answer(pair.world.asking.auth),) if answers is None else answers
        encoder = self.encoder
        self.before = b"".join([*map(encoder.ocsp_part, proofs), encoder.message_part(REST_REQUEST, request.bytes)])
        self.body = encoder.open_body() + body
        self.after = encode_signed(encoder, signed)

    @property
    def whole(self):
        return self.before + self.body + self.after


async def fault_of(pair, body, heads, **how):
    """The fault that the peer door answers with."""
    answer = await pair.bring(body, heads, **how)
    assert answer.status == 200, answer
    assert answer.headers.get("Content-Type").startswith("text/xml"), answer
    assert ("x-hash-algorithm", "SHA-512") in list(answer.headers)
    assert pair.calls == []
    fault = read_soap_fault(answer.body)
    assert len(fault.detail or "") == 36
    return fault.code.removeprefix("server.serverproxy.")


async def test_the_honest_request_of_these_tests_is_served(tmp_path):
    async with running_pair(tmp_path) as pair:
        lie = Lie(pair)
        answer = await pair.bring(lie.whole, lie.heads)
        assert answer.headers.get("Content-Type").startswith("multipart/mixed")
        assert len(pair.calls) == 1


CHANGES = {
    "another signer": (lambda pair: {"by": pair.world.serving}, "signature_verification."),
    "another body": (lambda _: {"body": BODY[1:]}, "signature_verification."),
    "no revocation answer": (lambda _: {"answers": ()}, "service_failed.ssl_authentication_failed"),
    "garbage for one": (lambda _: {"answers": (b"garbage",)}, "service_failed.ssl_authentication_failed"),
    "an empty signature": (lambda _: {"signature": b""}, ""),
    "a doctype": (lambda _: {"signature": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}, "signature_verification."),
    "another request id": (lambda _: {"request_id": "other"}, "service_failed.invalid_request"),
}


@pytest.mark.parametrize("name", CHANGES)
async def test_a_lie_gets_a_fault_and_is_neither_served_nor_recorded(tmp_path, name):
    change, code = CHANGES[name]
    async with running_pair(tmp_path) as pair:
        lie = Lie(pair, **change(pair))
        assert (await fault_of(pair, lie.whole, lie.heads)).startswith(code)
        assert pair.provider.messagelog.records == []


@pytest.mark.parametrize("part", ["before", "body", "signature", "end"])
async def test_a_message_that_is_cut_gets_a_fault(tmp_path, part):
    async with running_pair(tmp_path) as pair:
        lie = Lie(pair)
        cut = {
            "before": lie.before[:-20],
            "body": lie.before + lie.body[:-20],
            "signature": lie.before + lie.body,
            "end": lie.whole[:-300],
        }[part]
        await fault_of(pair, cut, lie.heads)
        assert pair.provider.messagelog.records == []


@pytest.mark.parametrize(
    "body", [b"", b"\x00" * 1000, b"--x\r\n\r\n--x--\r\n", b"GET / HTTP/1.1\r\n\r\n", b"\xff" * 100_000]
)
async def test_garbage_gets_a_fault(tmp_path, body):
    async with running_pair(tmp_path) as pair:
        await fault_of(pair, body, Lie(pair).heads)
        for heads in ([], [("Content-Type", "multipart/mixed")], [("x-road-message-type", "REST")]):
            await fault_of(pair, body, heads)
        assert await fault_of(pair, None, (), method="GET") == "invalid_http_method"


async def test_a_body_without_end_is_passed_over_only_so_far(tmp_path):
    async with running_pair(tmp_path, limits={"max_drain_bytes": 100_000}, rights=()) as pair:
        lie = Lie(pair)
        origin = Origin(HOST, pair.peer_port, pair.consumer.identity.client_tls)
        async with pair.pool.exchange(origin) as exchange:
            await exchange.start("POST", "/", lie.heads)
            await exchange.write(lie.before + lie.encoder.open_body())
            for _ in range(1000):
                if exchange.has_answer:
                    break
                try:
                    await exchange.write(bytes(50_000))
                except NetworkError:
                    break
            assert exchange.has_answer
            answer = await exchange.read(100_000)
        assert read_soap_fault(answer).code == "server.serverproxy.access_denied"


async def test_a_refused_upload_is_told_its_reason(tmp_path):
    async with running_pair(tmp_path, limits={"max_drain_bytes": 1000}, rights=()) as pair:
        answer = await pair.ask("POST", body=bytes(8_000_000))
        assert answer.headers.get(ERROR) == "server.serverproxy.access_denied"


async def test_only_certificates_of_registered_servers_are_listened_to(tmp_path):
    async with running_pair(tmp_path) as pair:
        world = pair.world
        strangers = [
            world.issue("stranger", by=world.root, usage=("digital_signature",)),
            world.issue("self", usage=("digital_signature",)),
            world.issue("old", by=world.root, usage=("digital_signature",), valid_until=world.now - timedelta(days=1)),
            world.asking.signing,
        ]
        for holder in strangers:
            lie = Lie(pair, answers=())
            code = await fault_of(pair, lie.whole, lie.heads, identity=make_identity(holder))
            assert code == "ssl_authentication_failed"
        lie = Lie(pair)
        code = await fault_of(pair, lie.whole, lie.heads, identity=make_identity(world.serving.auth))
        assert code.startswith("service_failed.ssl_authentication_failed")


async def test_a_huge_head_ends_the_connection_and_not_the_door(tmp_path):
    async with running_pair(tmp_path) as pair:
        answer = await pair.bring(b"", [("X-Large", "x" * 100_000)])
        assert answer.status == 431
        assert (await pair.ask()).status == 200


async def test_a_consumer_that_leaves_in_its_body_leaves_nothing_behind(tmp_path):
    async with running_pair(tmp_path) as pair:
        lie = Lie(pair)
        origin = Origin(HOST, pair.peer_port, pair.consumer.identity.client_tls)
        async with pair.pool.exchange(origin) as exchange:
            await exchange.start("POST", "/", lie.heads)
            await exchange.write(lie.before + lie.body[:50])
            exchange.abort()
        assert (await pair.ask()).status == 200
        assert len(pair.calls) == 1
        assert len(asyncio.all_tasks()) < 10


def answering(body, *, status=200, content_type="text/xml"):
    """A provider's server that answers everything with this."""

    async def handle(request, response):
        await request.read(10_000_000)
        await response.send(status, "", [("Content-Type", content_type), ("x-hash-algorithm", "SHA-512")], body)

    return handle


async def test_a_peer_s_fault_is_handed_on_as_it_is(tmp_path):
    xml = render_soap_fault("server.serverproxy.access_denied", "It is <not> allowed.", "the-mark-of-the-peer")
    async with running_pair(tmp_path, peer=answering(xml)) as pair:
        answer = await pair.ask()
        assert answer.headers.get(ERROR) == "server.serverproxy.access_denied"
        assert b'"It is <not> allowed."' in answer.body
        assert b"the-mark-of-the-peer" in answer.body


@pytest.mark.parametrize("code", ["Server.Foo\r\nSet-Cookie: a=b", "s\u00e9rver.\u2603", "", "a b", "x" * 5000])
async def test_a_fault_whose_code_is_no_code_is_the_peer_s_own_error(tmp_path, code):
    xml = render_soap_fault(code, "s", "m")
    async with running_pair(tmp_path, peer=answering(xml)) as pair:
        answer = await pair.ask()
        assert answer.headers.get(ERROR).startswith("server.clientproxy.")
        assert answer.headers.get("Set-Cookie") == ""


async def test_what_a_peer_writes_begins_no_line_of_the_log(tmp_path, caplog):
    xml = render_soap_fault("server.serverproxy.x", "a\nFORGED line", "m\nFORGED mark")
    async with running_pair(tmp_path, peer=answering(xml)) as pair:
        with caplog.at_level(logging.INFO):
            await pair.ask(headers=[("Authorization", "Bearer secret-token")], body=b"secret-body", method="POST")
    assert "FORGED" in caplog.text
    assert not any(line.startswith("FORGED") for line in caplog.text.splitlines())
    assert "secret" not in caplog.text


@pytest.mark.parametrize(
    "peer",
    [
        answering(b""),
        answering(b"<html/>"),
        answering(b"<html/>", content_type="text/html"),
        answering(b"no", status=404),
        answering(b"no", status=302),
        answering(b"--x--", content_type="multipart/mixed; boundary=x"),
        answering(b"", content_type="multipart/mixed"),
        answering(b"\xff" * 1_000_000, content_type="multipart/mixed; boundary=x"),
    ],
)
async def test_a_peer_that_answers_garbage_is_blamed_in_a_fault(tmp_path, peer):
    async with running_pair(tmp_path, peer=peer) as pair:
        answer = await pair.ask()
        assert answer.status == 500
        assert answer.headers.get(ERROR).startswith("server.clientproxy.")
        assert not answer.headers.get(ERROR).endswith("internal_error")
        assert len(pair.consumer.messagelog.records) == 1


async def test_what_does_not_shake_hands_is_no_security_server(tmp_path):
    async with running_pair(tmp_path) as pair:
        gateway = replace(pair.consumer.settings.gateway, remote_peer_port=pair.ocsp_port)
        pair.consumer.settings = replace(pair.consumer.settings, gateway=gateway)
        answer = await pair.ask()
        assert answer.headers.get(ERROR) == "server.clientproxy.ssl_authentication_failed"


async def test_a_peer_that_breaks_off_is_a_network_error(tmp_path):
    async def peer(request, response):
        await request.read(10_000_000)
        encoder = TransportEncoder(draw_boundary())
        await response.start(200, "OK", render_response_heads(content_type=encoder.content_type))
        await response.write(b"--")
        response.abort()

    async with running_pair(tmp_path, peer=peer) as pair:
        answer = await pair.ask()
        assert answer.headers.get(ERROR) == "server.clientproxy.network_error"


async def test_without_an_answer_of_the_ocsp_door_nothing_is_sent(tmp_path):
    async with running_pair(tmp_path) as pair:
        pair.provider.keeper.ocsp_responses = {}
        answer = await pair.ask()
        assert answer.headers.get(ERROR) == "server.clientproxy.ssl_authentication_failed"
        assert pair.consumer.messagelog.records == []
