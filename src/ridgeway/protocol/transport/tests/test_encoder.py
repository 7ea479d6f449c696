import pytest

from ridgeway.errors import MessageError
from ridgeway.protocol.transport import TransportEncoder
from ridgeway.protocol.transport.tests.cast import BOUNDARY, FAULT, NESTED, REST_RESPONSE, SOAP


def test_a_rest_request_without_body_is_framed_byte_for_byte() -> None:
    encoder = TransportEncoder(BOUNDARY)
    message = b"GET\r\n/r1/EE/GOV/1/s/x\r\n"
    written = [
        encoder.ocsp_part(b"<DER>"),
        encoder.message_part("application/x-road-rest-request", message),
        encoder.signature_part(b"<signature/>"),
        encoder.end(),
    ]
    delimiter = f"--{BOUNDARY}\r\n".encode()
    assert written == [
        delimiter + b"content-type: application/ocsp-response\r\n\r\n<DER>",
        b"\r\n" + delimiter + b"content-type: application/x-road-rest-request\r\n\r\n" + message,
        b"\r\n" + delimiter + b"content-type: signature/bdoc-1.0/ts\r\n\r\n<signature/>",
        f"\r\n--{BOUNDARY}--\r\n".encode(),
    ]
    assert encoder.content_type == f"multipart/mixed; charset=UTF-8; boundary={BOUNDARY}"


def test_a_rest_response_with_an_empty_body_keeps_the_part() -> None:
    encoder = TransportEncoder("b")
    written = encoder.message_part(REST_RESPONSE, b"200\r\n\r\n") + encoder.open_body() + encoder.signature_part(b"s")
    assert written == (
        b"--b\r\ncontent-type: application/x-road-rest-response\r\n\r\n200\r\n\r\n"
        b"\r\n--b\r\ncontent-type: application/x-road-rest-body\r\n\r\n"
        b"\r\n--b\r\ncontent-type: signature/bdoc-1.0/ts\r\n\r\ns"
    )


def test_attachments_are_nested_as_x_road_nests_them() -> None:
    encoder = TransportEncoder("b")
    encoder.message_part("text/xml", SOAP)
    written = [
        encoder.open_attachments("n"),
        encoder.open_attachment("text/plain", headers=[("X-A", "1")]) + b"one",
        encoder.open_attachment(None) + b"two",
        encoder.close_attachments(),
        encoder.hash_chain_result_part(b"r"),
        encoder.hash_chain_part(b"c"),
    ]
    assert written == [
        b"\r\n--b\r\ncontent-type: multipart/mixed; charset=UTF-8; boundary=n\r\n\r\n",
        b"\r\n--n\r\ncontent-type: text/plain\r\nX-A: 1\r\n\r\none",
        b"\r\n--n\r\n\r\ntwo",
        b"\r\n--n--\r\n",
        b"\r\n--b\r\ncontent-type: application/hash-chain-result\r\n\r\nr",
        b"\r\n--b\r\ncontent-type: application/hash-chain\r\n\r\nc",
    ]


def test_a_fault_closes_open_attachments_first() -> None:
    encoder = TransportEncoder("b")
    encoder.message_part("text/xml", SOAP)
    encoder.open_attachments(NESTED)
    assert encoder.fault_part(FAULT) == (
        f"\r\n--{NESTED}--\r\n".encode() + b"\r\n--b\r\ncontent-type: text/xml\r\n\r\n" + FAULT
    )


@pytest.mark.parametrize("header", [("a", "b\r\nc: d"), ("a\n", "b"), ("a", "\x00")])
def test_a_part_header_cannot_become_two(header: tuple[str, str]) -> None:
    with pytest.raises(MessageError, match="invalid_content_type"):
        TransportEncoder("b").message_part("text/xml", SOAP, headers=[header])
    with pytest.raises(MessageError, match="invalid_content_type"):
        TransportEncoder("b").message_part(header[1] + "\r\n", SOAP)


@pytest.mark.parametrize("boundary", ["", "a b", "a\r\n", "a;b", '"', "x" * 201])
def test_a_boundary_is_of_plain_characters(boundary: str) -> None:
    with pytest.raises(ValueError, match="boundary"):
        TransportEncoder(boundary)
