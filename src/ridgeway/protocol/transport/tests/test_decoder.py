import hashlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ridgeway.errors import PeerError, RequestError, RidgewayError
from ridgeway.protocol.messages import read_soap_fault
from ridgeway.protocol.transport import (
    AttachmentChunk,
    AttachmentEnded,
    AttachmentStarted,
    BodyChunk,
    BodyEnded,
    BodyStarted,
    Ended,
    FaultPart,
    HashChainPart,
    HashChainResultPart,
    MessagePart,
    OcspPart,
    SignaturePart,
    TransportDecoder,
    TransportEncoder,
    TransportLimits,
)
from ridgeway.protocol.transport.tests.cast import (
    BODY,
    BOUNDARY,
    CONTENT_TYPE,
    FAULT,
    MESSAGE,
    REST_REQUEST,
    REST_RESPONSE,
    SOAP,
    decode,
    join_chunks,
    split_at,
    write_rest_request,
    write_soap_request,
)

SIGNED = [SignaturePart(b"<s/>"), Ended()]
CHAINS = [HashChainResultPart(b"<r/>"), HashChainPart(b"<c/>")]
OCSP = [OcspPart(b"leaf"), OcspPart(b"intermediate")]
REQUEST = MessagePart(MESSAGE, REST_REQUEST)

REST_EVENTS = [*OCSP, REQUEST, BodyStarted(), BodyChunk(BODY), BodyEnded(), *CHAINS, *SIGNED]
SOAP_EVENTS = [
    OcspPart(b"leaf"),
    MessagePart(SOAP, "text/xml; charset=UTF-8", (("Content-ID", "<a>"),)),
    AttachmentStarted(1, "text/plain", (("X-A", "1"),)),
    AttachmentChunk(BODY),
    AttachmentEnded(),
    AttachmentStarted(2, None),
    AttachmentEnded(),
    *CHAINS,
    *SIGNED,
]


def part(content_type: str, content: bytes) -> bytes:
    return f"\r\n--{BOUNDARY}\r\ncontent-type: {content_type}\r\n\r\n".encode() + content


def end() -> bytes:
    return f"\r\n--{BOUNDARY}--\r\n".encode()


def code_of(
    data: bytes, *, is_response: bool = False, is_rest: bool = True, limits: TransportLimits | None = None
) -> str:
    with pytest.raises((PeerError, RequestError)) as caught:
        decode([data], is_response=is_response, is_rest=is_rest, limits=limits)
    return caught.value.code


def test_a_rest_request_is_read_whole() -> None:
    assert decode([write_rest_request()]) == REST_EVENTS
    assert decode([write_rest_request(None)]) == [*OCSP, REQUEST, *SIGNED]


def test_a_body_without_a_byte_is_a_body() -> None:
    assert decode([write_rest_request(b"")]) == [*OCSP, REQUEST, BodyStarted(), BodyEnded(), *CHAINS, *SIGNED]


def test_a_soap_request_is_read_whole_with_its_attachments() -> None:
    assert join_chunks(decode([write_soap_request()], is_rest=False)) == SOAP_EVENTS


def test_a_message_is_read_byte_by_byte() -> None:
    for data, is_rest, events in (
        (write_rest_request(), True, REST_EVENTS),
        (write_soap_request(), False, SOAP_EVENTS),
    ):
        pieces = [bytes([byte]) for byte in data]
        assert join_chunks(decode(pieces, is_rest=is_rest)) == events


@given(st.lists(st.integers(0, 2000), max_size=12))
def test_a_message_is_read_however_it_is_cut(places: list[int]) -> None:
    assert join_chunks(decode(split_at(write_rest_request(), places))) == REST_EVENTS
    assert join_chunks(decode(split_at(write_soap_request(), places), is_rest=False)) == SOAP_EVENTS


@given(
    st.lists(st.sampled_from([b"\r", b"\n", b"-", b"--", BOUNDARY.encode(), b" ", b"a"])), st.lists(st.integers(0, 999))
)
def test_any_body_comes_out_as_it_went_in(pieces: list[bytes], places: list[int]) -> None:
    body = b"".join(pieces)
    if b"--" + BOUNDARY.encode() in body:
        return
    found = join_chunks(decode(split_at(write_rest_request(body), places)))
    assert b"".join(event.data for event in found if isinstance(event, BodyChunk)) == body
    assert found[-1] == Ended()


def test_line_ends_may_be_lf_alone() -> None:
    data = write_rest_request(b"one line").replace(b"\r\n", b"\n")
    message = MessagePart(MESSAGE.replace(b"\r\n", b"\n"), REST_REQUEST)
    expected = [*OCSP, message, BodyStarted(), BodyChunk(b"one line"), BodyEnded(), *CHAINS, *SIGNED]
    assert decode([data]) == expected
    assert join_chunks(decode([bytes([byte]) for byte in data])) == expected


def test_exactly_one_line_end_belongs_to_the_delimiter() -> None:
    assert REQUEST.bytes.endswith(b"\r\n")
    for content in (b"\r\n", b"\r\n\r\n", b"\n\r", b"\r", b"x\r\n"):
        assert decode([part(REST_REQUEST, content) + part("signature/bdoc-1.0/ts", content) + end()]) == [
            MessagePart(content, REST_REQUEST),
            SignaturePart(content),
            Ended(),
        ]


def test_names_in_any_case_padding_preamble_epilogue_and_folding_are_read_over() -> None:
    signature = b"CONTENT-TYPE :\tSignature/BDOC-1.0/ts;\r\n  a=b\r\nX: y\r\n\r\n<s/>"
    delimiter = f"--{BOUNDARY} \t\r\n".encode()
    data = b"preamble\r\n" + part(REST_REQUEST, MESSAGE) + b"\r\n" + delimiter + signature + end() + b"epilogue\r\n"
    assert decode([data]) == [REQUEST, *SIGNED]
    assert join_chunks(decode([bytes([byte]) for byte in data])) == [REQUEST, *SIGNED]


def test_a_boundary_may_be_quoted_and_folded_and_be_the_beginning_of_a_line() -> None:
    data = part(REST_REQUEST, f"--{BOUNDARY}longer\r\n--{BOUNDARY}-\r\n--{BOUNDARY} x".encode()) + part(
        "text/xml", FAULT
    )
    events = decode([data + end()], content_type=f'Multipart/Mixed;\r\n\tBoundary="{BOUNDARY}"')
    assert events[0] == MessagePart(f"--{BOUNDARY}longer\r\n--{BOUNDARY}-\r\n--{BOUNDARY} x".encode(), REST_REQUEST)


def test_a_fault_may_come_alone_or_in_place_of_the_message_or_of_the_signature() -> None:
    fault = FaultPart(FAULT, read_soap_fault(FAULT))
    assert decode([FAULT[:9], FAULT[9:]], content_type="text/xml; charset=utf-8", is_response=True) == [fault, Ended()]
    for is_rest in (True, False):
        assert decode([part("text/xml", FAULT) + end()], is_response=True, is_rest=is_rest) == [fault, Ended()]
    started = part(REST_RESPONSE, b"200\r\nOK\r\n") + part("application/x-road-rest-body", b"half")
    assert decode([started + part("text/xml", FAULT) + end()], is_response=True)[-2:] == [fault, Ended()]


@pytest.mark.parametrize(
    ("content_type", "code"),
    [
        ("tsdfsdfsdf", "invalid_content_type"),
        ("", "invalid_content_type"),
        ("multipart/mixed", "invalid_content_type"),
        ("multipart/mixed; boundary=", "invalid_content_type"),
        ("multipart/mixed; boundary=" + "x" * 201, "invalid_content_type"),
        ("multipart/mixed; boundary=ä", "invalid_content_type"),
        ("multipart/related; boundary=x", "invalid_content_type"),
        ("text/xml", "invalid_content_type"),
    ],
)
def test_a_request_of_another_type_is_refused(content_type: str, code: str) -> None:
    with pytest.raises(PeerError) as caught:
        TransportDecoder(content_type, role="request")
    assert caught.value.code == code


def test_what_comes_alone_must_be_a_fault() -> None:
    for data, code in ((SOAP, "invalid_message"), (b"", "invalid_soap"), (b"<a/>", "invalid_soap")):
        with pytest.raises(RequestError) as caught:
            decode([data], content_type="text/xml", is_response=True)
        assert caught.value.code == code


SIGNATURE = part("signature/bdoc-1.0/ts", b"<s/>")
REST = part(REST_REQUEST, MESSAGE)
BODY_PART = part("application/x-road-rest-body", b"b")
RESULT = part("application/hash-chain-result", b"r")
CHAIN = part("application/hash-chain", b"c")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "missing_rest"),
        (end(), "missing_rest"),
        (b"garbage", "missing_rest"),
        (part("application/ocsp-response", b"x") + end(), "missing_rest"),
        (part("text/xml", SOAP) + SIGNATURE + end(), "missing_rest"),
        (part(REST_RESPONSE, b"200\r\n\r\n") + SIGNATURE + end(), "missing_rest"),
        (part("foo/bar", b"x") + SIGNATURE + end(), "invalid_content_type"),
        (f"--{BOUNDARY}\r\n\r\nx".encode() + SIGNATURE + end(), "invalid_content_type"),
        (SIGNATURE + end(), "invalid_content_type"),
        (REST, "missing_rest"),
        (REST + end(), "missing_signature"),
        (REST + BODY_PART, "missing_signature"),
        (REST + BODY_PART + end(), "missing_signature"),
        (REST + RESULT + CHAIN + end(), "missing_signature"),
        (REST + SIGNATURE[:-1], "missing_signature"),
        (REST + SIGNATURE + end()[:-3], "missing_signature"),
        (REST + SIGNATURE + f"\r\n--{BOUNDARY}\r\n".encode(), "mime_parsing_failed"),
        (REST + REST + SIGNATURE + end(), "invalid_content_type"),
        (REST + part("application/ocsp-response", b"x") + SIGNATURE + end(), "invalid_content_type"),
        (REST + BODY_PART + BODY_PART + SIGNATURE + end(), "invalid_content_type"),
        (REST + RESULT + BODY_PART + SIGNATURE + end(), "invalid_content_type"),
        (REST + CHAIN + RESULT + SIGNATURE + end(), "invalid_content_type"),
        (REST + CHAIN + CHAIN + SIGNATURE + end(), "invalid_content_type"),
        (REST + part("multipart/mixed; boundary=n", b"--n--") + SIGNATURE + end(), "invalid_content_type"),
        (REST + part("text/xml", SOAP) + end(), "invalid_content_type"),
        (REST + SIGNATURE + SIGNATURE + end(), "invalid_message"),
        (REST + SIGNATURE + part("text/plain", b"more") + end(), "invalid_message"),
        (REST + part("text/xml", FAULT) + SIGNATURE + end(), "invalid_message"),
        (REST + f"\r\n--{BOUNDARY}\r\nno header\r\n\r\n".encode() + end(), "mime_parsing_failed"),
        (REST + f"\r\n--{BOUNDARY}\r\na: \x00\r\n\r\n".encode() + end(), "mime_parsing_failed"),
        (REST + part("a/b\r\nContent-Type: c/d", b"") + end(), "mime_parsing_failed"),
    ],
)
def test_parts_that_are_missing_or_out_of_order_have_x_roads_codes(data: bytes, code: str) -> None:
    assert code_of(data) == code


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (end(), "missing_soap"),
        (REST + SIGNATURE + end(), "missing_soap"),
        (
            part("text/xml", SOAP) + part("application/x-road-rest-body", b"") + SIGNATURE + end(),
            "invalid_content_type",
        ),
        (part("text/xml", SOAP) + part("multipart/mixed", b"") + SIGNATURE + end(), "invalid_content_type"),
        (
            part("text/xml", SOAP) + part("multipart/mixed; boundary=n", b"--n\r\n\r\n") + SIGNATURE,
            "mime_parsing_failed",
        ),
        (part("text/xml", b"") + SIGNATURE + end(), "invalid_soap"),
        (part("text/xml", SOAP) + end(), "missing_signature"),
    ],
)
def test_soap_has_codes_of_its_own(data: bytes, code: str) -> None:
    assert code_of(data, is_rest=False) == code


@given(st.integers(0, len(write_rest_request()) - 5))
def test_a_message_cut_short_never_counts(at: int) -> None:
    decoder = TransportDecoder(CONTENT_TYPE, role="request")
    assert Ended() not in decoder.feed(write_rest_request()[:at])
    with pytest.raises(RidgewayError):
        decoder.close()


@pytest.mark.parametrize(
    ("limits", "make"),
    [
        (TransportLimits(max_ocsp_parts=2), lambda: part("application/ocsp-response", b"x") * 3),
        (TransportLimits(max_ocsp_bytes=9), lambda: part("application/ocsp-response", b"x" * 10)),
        (TransportLimits(max_rest_message_bytes=9), lambda: part(REST_REQUEST, b"x" * 10)),
        (
            TransportLimits(max_hash_chain_result_bytes=9),
            lambda: REST + part("application/hash-chain-result", b"x" * 10),
        ),
        (TransportLimits(max_hash_chain_bytes=9), lambda: REST + part("application/hash-chain", b"x" * 10)),
        (TransportLimits(max_signature_bytes=9), lambda: REST + part("signature/bdoc-1.0/ts", b"x" * 10)),
        (TransportLimits(max_fault_bytes=9), lambda: REST + part("text/xml", b"x" * 10)),
    ],
)
def test_each_part_has_a_limit(limits: TransportLimits, make: Callable[[], bytes]) -> None:
    assert code_of(make() + end(), limits=limits) == "invalid_message"


def test_soap_messages_and_attachments_have_limits() -> None:
    assert (
        code_of(part("text/xml", SOAP), is_rest=False, limits=TransportLimits(max_soap_message_bytes=9))
        == "invalid_message"
    )
    assert code_of(write_soap_request(), is_rest=False, limits=TransportLimits(max_attachments=1)) == "invalid_message"


def test_headers_and_what_stands_outside_have_limits() -> None:
    limits = TransportLimits(max_header_block_bytes=200, max_outside_bytes=100)
    many = f"--{BOUNDARY}\r\n".encode() + b"a: b\r\n" * 40
    endless = f"--{BOUNDARY}\r\na: ".encode() + b"b" * 200
    for data in (many, endless, b"x" * 101, REST + SIGNATURE + end() + b"x" * 101, b"\r\n" * 60):
        assert code_of(data, limits=limits) == "mime_parsing_failed"
        with pytest.raises(PeerError, match="mime_parsing_failed"):
            decode([bytes([byte]) for byte in data], limits=limits)


def test_a_bare_fault_has_a_limit() -> None:
    with pytest.raises(PeerError, match="invalid_message"):
        decode([b"x" * 10], content_type="text/xml", is_response=True, limits=TransportLimits(max_fault_bytes=9))


def test_a_body_of_any_size_passes_and_no_more_than_a_delimiter_is_held_back() -> None:
    encoder = TransportEncoder(BOUNDARY)
    decoder = TransportDecoder(CONTENT_TYPE, role="request")
    decoder.feed(encoder.message_part(REST_REQUEST, MESSAGE) + encoder.open_body())
    piece = (b"x" * 4000 + f"\r\n--{BOUNDARY[:-1]}".encode()) * 16
    sent, found = hashlib.sha512(), hashlib.sha512()
    assert decoder.reader is not None
    for _ in range(64):
        sent.update(piece)
        for event in decoder.feed(piece):
            assert isinstance(event, BodyChunk)
            found.update(event.data)
        assert len(decoder.reader.held) <= len(f"\r\n--{BOUNDARY}")
    for event in decoder.feed(encoder.signature_part(b"<s/>") + encoder.end()):
        if isinstance(event, BodyChunk):
            found.update(event.data)
    assert found.digest() == sent.digest()


def test_a_decoder_that_refused_refuses_from_then_on() -> None:
    decoder = TransportDecoder(CONTENT_TYPE, role="request")
    with pytest.raises(PeerError, match="invalid_content_type"):
        decoder.feed(part("foo/bar", b""))
    with pytest.raises(PeerError, match="mime_parsing_failed"):
        decoder.feed(REST + SIGNATURE + end())
    with pytest.raises(PeerError, match="mime_parsing_failed"):
        decoder.close()


def test_the_first_error_wins_however_the_bytes_arrive() -> None:
    data = REST + f"\r\n--{BOUNDARY}\r\nno header\r\n\r\n".encode()
    for pieces in ([data], [bytes([byte]) for byte in data]):
        with pytest.raises(RequestError, match="missing_soap"):
            decode(pieces, is_rest=False)


PARTS = [REST, BODY_PART, RESULT, CHAIN, SIGNATURE, end(), part("text/xml", FAULT), part("text/xml", SOAP)]
OTHERS = [part("multipart/mixed; boundary=n", b"--n\r\n\r\nx\r\n--n--"), part("application/ocsp-response", b"o")]
SCRAPS = [b"\r\n", b"--", BOUNDARY.encode(), f"\r\n--{BOUNDARY}\r\n".encode(), b"a: b\r\n", b"\x00"]
PIECES = st.sampled_from([*PARTS, *OTHERS, *SCRAPS])
GARBAGE = st.binary(max_size=50) | st.lists(PIECES, max_size=8).map(b"".join)


@given(GARBAGE, st.lists(st.integers(0, 5000), max_size=5), st.booleans(), st.booleans())
def test_garbage_gives_events_or_an_error_that_names_the_culprit(
    data: bytes, places: list[int], is_rest: bool, is_response: bool
) -> None:
    def outcome(pieces: list[bytes]) -> object:
        try:
            return join_chunks(decode(pieces, is_rest=is_rest, is_response=is_response))
        except (PeerError, RequestError) as error:
            return error.code

    assert outcome([data]) == outcome(split_at(data, places)) == outcome([bytes([byte]) for byte in data])
