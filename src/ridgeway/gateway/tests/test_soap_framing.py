"""A hostile server that signs content with the information system's own boundary in it reaches nobody with it."""

import pytest

from ridgeway.gateway.hands.consumer import encode_signed
from ridgeway.gateway.tests.pair import running_pair
from ridgeway.gateway.tests.test_soap_exchange import OFFER, RELATED, XML, Service, request_xml
from ridgeway.protocol.exchange.records import part_digests
from ridgeway.protocol.exchange.tests.cast import REQUEST_ID, body_of
from ridgeway.protocol.messages import read_soap_fault
from ridgeway.protocol.transport import TransportEncoder
from ridgeway.protocol.transport.heads import render_request_heads

FORGED = b"signed\r\n--b1\r\nContent-Type: text/plain\r\n\r\nnever signed as a part"


class Reader(Service):
    """A service that notes a request only once it has come to its end."""

    def __init__(self):
        super().__init__()
        self.whole = []

    async def __call__(self, request, response):
        self.whole.append(await request.read(1_000_000))
        await response.send(200, "", [("Content-Type", XML)], self.answer)


def bring(pair, message, attachment):
    """What another server sends, properly signed."""
    encoder = TransportEncoder("outer")
    heads = render_request_heads(
        content_type=encoder.content_type,
        request_id=REQUEST_ID,
        proxy_version="7.8.0",
        original_content_type=RELATED,
        is_rest=False,
    )
    signed = pair.world.sign(pair.world.asking, part_digests(message, (body_of(attachment),)))
    pieces = [
        encoder.ocsp_part(pair.world.answer(pair.world.asking.auth)),
        encoder.message_part(XML, message),
        encoder.open_attachments("inner"),
        encoder.open_attachment("text/plain"),
        attachment,
        encoder.close_attachments(),
        encode_signed(encoder, signed),
    ]
    return pair.bring(b"".join(pieces), heads)


@pytest.mark.parametrize("attachment", [FORGED, b"short\r\n--b1--\r\n", FORGED + bytes(500_000)])
async def test_content_that_would_end_its_own_part_is_not_delivered(tmp_path, attachment):
    service = Reader()
    async with running_pair(tmp_path, service=service, **OFFER) as pair:
        answer = await bring(pair, request_xml(), attachment)
        assert read_soap_fault(answer.body).code == "server.serverproxy.service_failed.invalid_message"
        assert service.whole == []


async def test_the_same_without_the_boundary_is_delivered(tmp_path):
    service = Reader()
    async with running_pair(tmp_path, service=service, **OFFER) as pair:
        answer = await bring(pair, request_xml(), FORGED.replace(b"b1", b"b2"))
        assert answer.headers.get("Content-Type").startswith("multipart/mixed")
        assert len(service.whole) == 1
