"""A whole message of each kind, and what a decoder makes of it however its bytes arrive."""

from collections.abc import Iterable
from itertools import pairwise

from ridgeway.protocol.messages import render_soap_fault
from ridgeway.protocol.transport import (
    AttachmentChunk,
    BodyChunk,
    Event,
    TransportDecoder,
    TransportEncoder,
    TransportLimits,
)

BOUNDARY = "xtop" + "A" * 30
NESTED = "xatt" + "B" * 30
CONTENT_TYPE = f"multipart/mixed; charset=UTF-8; boundary={BOUNDARY}"
REST_REQUEST = "application/x-road-rest-request"
REST_RESPONSE = "application/x-road-rest-response"

MESSAGE = b"GET\r\n/r1/EE/GOV/1/s/x\r\nX-Road-Client:EE/GOV/2\r\n"
BODY = b"\r\n--xtop\r\n\r--\n--xtopA\r\n\r\n"
"""A body full of beginnings of delimiters."""
FAULT = render_soap_fault("server.clientproxy.io_error", "cut", "id")
SOAP = (
    b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header/><s:Body><getIt/></s:Body></s:Envelope>'
)


def write_rest_request(body: bytes | None = BODY) -> bytes:
    """A whole REST request."""
    encoder = TransportEncoder(BOUNDARY)
    pieces = [
        encoder.ocsp_part(b"leaf"),
        encoder.ocsp_part(b"intermediate"),
        encoder.message_part(REST_REQUEST, MESSAGE),
    ]
    if body is not None:
        pieces += [encoder.open_body(), body, encoder.hash_chain_result_part(b"<r/>"), encoder.hash_chain_part(b"<c/>")]
    return b"".join([*pieces, encoder.signature_part(b"<s/>"), encoder.end()])


def write_soap_request() -> bytes:
    """A whole SOAP request with two attachments, the second without a byte."""
    encoder = TransportEncoder(BOUNDARY)
    return b"".join(
        [
            encoder.ocsp_part(b"leaf"),
            encoder.message_part("text/xml; charset=UTF-8", SOAP, headers=[("Content-ID", "<a>")]),
            encoder.open_attachments(NESTED),
            encoder.open_attachment("text/plain", headers=[("X-A", "1")]),
            BODY,
            encoder.open_attachment(None),
            encoder.close_attachments(),
            encoder.hash_chain_result_part(b"<r/>"),
            encoder.hash_chain_part(b"<c/>"),
            encoder.signature_part(b"<s/>"),
            encoder.end(),
        ]
    )


def decode(
    pieces: Iterable[bytes],
    *,
    content_type: str = CONTENT_TYPE,
    is_response: bool = False,
    is_rest: bool = True,
    limits: TransportLimits | None = None,
) -> list[Event]:
    """What a decoder makes of these pieces."""
    decoder = TransportDecoder(
        content_type,
        role="response" if is_response else "request",
        is_rest=is_rest,
        limits=limits or TransportLimits(),
    )
    events = [event for piece in pieces for event in decoder.feed(piece)]
    return [*events, *decoder.close()]


def join_chunks(events: Iterable[Event]) -> list[Event]:
    """The events with chunks that follow each other put together."""
    joined: list[Event] = []
    for event in events:
        last = joined[-1] if joined else None
        if isinstance(event, BodyChunk) and isinstance(last, BodyChunk):
            joined[-1] = BodyChunk(last.data + event.data)
        elif isinstance(event, AttachmentChunk) and isinstance(last, AttachmentChunk):
            joined[-1] = AttachmentChunk(last.data + event.data)
        else:
            joined.append(event)
    return joined


def split_at(data: bytes, places: Iterable[int]) -> list[bytes]:
    """The data cut at these places."""
    cuts = sorted({0, len(data), *(place % (len(data) + 1) for place in places)})
    return [data[start:end] for start, end in pairwise(cuts)]
