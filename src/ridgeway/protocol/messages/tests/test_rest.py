import base64
import contextlib
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ridgeway.errors import MessageError, PeerError
from ridgeway.protocol.identifiers import MemberId, RepresentedParty, ServerId, ServiceId, SubsystemId
from ridgeway.protocol.messages import (
    RestRequest,
    RestResponse,
    read_rest_message,
    request_hash,
    verify_rest_response,
    write_metadata_only,
)
from ridgeway.protocol.messages.rest import MAX_HEADERS, MAX_MESSAGE_BYTES, REMOVED_HEADERS
from ridgeway.protocol.messages.tests.cast import QUERY_ID, REQUEST, REQUEST_HASH, REQUEST_ID, RESPONSE

CONSUMER = SubsystemId("EE", "BUSINESS", "consumer", "sub")
ECHO = ServiceId("EE", "BUSINESS", "producer", "sub", "echo")


def read_request(data: bytes) -> RestRequest:
    message = read_rest_message(data)
    assert isinstance(message, RestRequest)
    return message


def read_response(data: bytes) -> RestResponse:
    message = read_rest_message(data)
    assert isinstance(message, RestResponse)
    return message


def with_target(target: bytes) -> bytes:
    return b"GET\r\n" + target + b"\r\nX-Road-Client:EE/GOV/1\r\n"


def with_header(line: bytes) -> bytes:
    return with_target(b"/r1/EE/GOV/1/s/x") + line + b"\r\n"


def code_of(data: bytes) -> str:
    with pytest.raises(MessageError) as caught:
        read_rest_message(data)
    return caught.value.code


def test_the_request_of_the_worked_example_is_read() -> None:
    message = read_request(REQUEST)
    assert (message.verb, message.path, message.query) == (
        "GET",
        "/r1/EE/BUSINESS/producer/sub/echo/v1/pets",
        "limit=2",
    )
    assert (message.client, message.service, message.service_path) == (CONSUMER, ECHO, "/v1/pets")
    assert (message.query_id, message.request_id) == (QUERY_ID, REQUEST_ID)
    assert (message.server, message.represented_party) == (None, None)
    assert message.sender == CONSUMER
    assert not message.is_response
    assert message.bytes == REQUEST


def test_the_response_of_the_worked_example_is_read() -> None:
    message = read_response(RESPONSE)
    assert (message.status, message.reason) == (200, "OK")
    assert (message.client, message.service) == (CONSUMER, ECHO)
    assert (message.query_id, message.request_id, message.request_hash) == (QUERY_ID, REQUEST_ID, REQUEST_HASH)
    assert message.sender == ECHO.provider
    assert message.is_response
    assert message.headers[0] == ("Content-Type", "application/json")


def test_the_digests_of_the_worked_example_come_out() -> None:
    body = hashlib.sha512(b'{"value" : 42}').digest()
    assert request_hash(REQUEST) == REQUEST_HASH
    assert (
        request_hash(REQUEST, body)
        == "pG9K/IaUwiB5G6wjIsFu/59+QDsve+ef/fmR+WE5gq6fnfywKa5L1BMMCWh+TatHoGF5vEGVfj3k+Ods/zZftQ=="
    )
    assert (
        base64.b64encode(hashlib.sha512(RESPONSE).digest())
        == b"3BnyOh2xRI2ZL7Vk4KPvIgDSZ1bDP/7dUlGDAuxGfU01j3J35qLb550D7dPMTUOsTC3WQNIhfAisy6v6mc7zew=="
    )


def test_an_empty_body_part_changes_the_request_hash() -> None:
    assert request_hash(REQUEST, hashlib.sha512(b"").digest()) != request_hash(REQUEST)


def test_headers_keep_case_order_and_repetition_and_no_space_is_trimmed() -> None:
    message = read_request(with_header(b"B: 1 ") + b"b:2\r\nB: 1 \r\nE:\r\n")
    assert message.headers[1:] == (("B", " 1 "), ("b", "2"), ("B", " 1 "), ("E", ""))


def test_of_several_x_road_headers_the_last_counts() -> None:
    message = read_request(with_header(b"x-road-CLIENT:EE/GOV/2/sub\r\nX-Road-Id:a\r\nx-road-id:b"))
    assert message.client == SubsystemId("EE", "GOV", "2", "sub")
    assert message.query_id == "b"


def test_the_request_id_of_a_request_counts_in_lower_case_only() -> None:
    assert read_request(with_header(b"X-Road-Request-Id:a")).request_id == ""
    assert read_response(RESPONSE.replace(b"x-road-request-id", b"X-Road-Request-Id")).request_id == REQUEST_ID


def test_server_and_represented_party_are_read() -> None:
    message = read_request(with_header(b"X-Road-Security-Server:EE/GOV/1/ss%2F1\r\nX-Road-Represented-Party:COM/9"))
    assert message.server == ServerId("EE", "GOV", "1", "ss/1")
    assert message.represented_party == RepresentedParty("9", "COM")
    assert message.client == MemberId("EE", "GOV", "1")


@pytest.mark.parametrize(
    ("target", "service_path", "query"),
    [
        (b"/r1/EE/GOV/1/s/x", "", None),
        (b"/r1/EE/GOV/1/s/x/", "/", None),
        (b"/r1/EE/GOV/1/s/x?", "", ""),
        (b"/r1/EE/GOV/1/s/x/a//b/../c?d=[1]/?&%20", "/a//b/../c", "d=[1]/?&%20"),
        ("/r1/EE/GOV/1/s/x/ä?ö".encode(), "/ä", "ö"),
        (b"/r1/EE/GOV/1/s/x//y", "//y", None),
    ],
)
def test_what_follows_the_service_code_is_kept_as_it_was_sent(
    target: bytes, service_path: str, query: str | None
) -> None:
    message = read_request(with_target(target))
    assert (message.service_path, message.query) == (service_path, query)


def test_codes_are_decoded_and_compared_so() -> None:
    message = read_request(with_target(b"/r1/EE/B/producer/s%2Fub/%C3%B6%c3%a4+/path%3B/"))
    assert message.service == ServiceId("EE", "B", "producer", "s/ub", "öä+")
    assert message.service_path == "/path%3B/"


@pytest.mark.parametrize(
    "target",
    [
        b"/r2/EE/GOV/1/s/x",
        b"/r1/EE/GOV/1/x",
        b"r1/EE/GOV/1/s/x",
        b"//r1/EE/GOV/1/s/x",
        b"http://host/r1/EE/GOV/1/s/x",
        b"/r1/EE/GOV/1/s/x/a b",
        b"/r1/EE/GOV/1/s/x#part",
        b"/r1/EE/GOV/1/s/x?a#part",
        b"/r1/EE/GOV/1/s/x/[a]",
        b"/r1/EE/GOV/1/s/x/%2",
        b"/r1/EE/GOV/1/s/x/%zz",
        b'/r1/EE/GOV/1/s/x?"',
        b"/r1/EE/GOV/1/s/x?a|b",
        b"/r1/EE/GOV/1/s/x?{a}",
        b"/r1/EE/GOV/1/s/x?a^b",
        b"/r1/EE/GOV/1/s/x?a\\b",
        b"/r1/EE/GOV/1/s/x?a<b",
        "/r1/EE/GOV/1/s/x/\u00a0".encode(),
        "/r1/EE/GOV/1/s/x/\u2028".encode(),
        b"",
    ],
)
def test_a_target_that_x_road_refuses_is_refused(target: bytes) -> None:
    assert code_of(with_target(target)) == "invalid_rest"


@pytest.mark.parametrize("target", [b"/r1/EE/GOV//s/x", b"/r1/EE/GOV/1/s/%ff", b"/r1/EE/GOV/1/%20/x"])
def test_a_service_whose_codes_are_none_is_refused(target: bytes) -> None:
    assert code_of(with_target(target)) == "invalid_request"


@pytest.mark.parametrize("name", sorted(REMOVED_HEADERS))
def test_a_header_of_one_connection_in_a_message_is_an_error(name: str) -> None:
    assert code_of(with_header(f"{name.title()}:x".encode())) == "invalid_rest"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "invalid_rest"),
        (b"GET", "invalid_rest"),
        (b"\r\n\r\n", "invalid_http_method"),
        (REQUEST + b"\r\n", "invalid_rest"),
        (REQUEST + b"no colon\r\n", "invalid_rest"),
        (REQUEST + b": no name\r\n", "invalid_rest"),
        (REQUEST + b"host :x\r\n", "invalid_rest"),
        (REQUEST + b"a:\x00\r\n", "invalid_rest"),
        (REQUEST + b"a:\xff\r\n", "invalid_rest"),
        (REQUEST.replace(b"GET", b"get", 1), "invalid_http_method"),
        (REQUEST.replace(b"GET", b"CONNECT", 1), "invalid_http_method"),
        (REQUEST.replace(b"X-Road-Client", b"X-Road-Nobody"), "invalid_client_identifier"),
        (REQUEST.replace(b"EE/BUSINESS/consumer/sub", b"EE/BUSINESS"), "invalid_client_identifier"),
        (REQUEST.replace(b"EE/BUSINESS/consumer/sub", b"EE/BUSINESS/a/b/c"), "invalid_client_identifier"),
        (REQUEST.replace(b"EE/BUSINESS/consumer/sub", b"EE/BUSINESS/a b"), "invalid_client_identifier"),
        (REQUEST + b"X-Road-Security-Server:EE/GOV/1\r\n", "invalid_security_server"),
        (REQUEST + b"X-Road-Represented-Party:a/b/c\r\n", "invalid_request"),
        (RESPONSE.replace(b"200", b"20", 1), "invalid_rest"),
        (RESPONSE.replace(b"200", b"2000", 1), "invalid_rest"),
        (RESPONSE.replace(b"200", b"2x0", 1), "invalid_rest"),
        (RESPONSE.replace(b"200", b"101", 1), "invalid_rest"),
        (RESPONSE.replace(b"OK", b"O\x00K", 1), "invalid_rest"),
        (RESPONSE.replace(b"x-road-id", b"x-no-id"), "invalid_rest"),
        (RESPONSE.replace(b"x-road-request-hash", b"x-no-hash"), "invalid_rest"),
        (RESPONSE.replace(b"eD5T", b"e D5"), "invalid_rest"),
        (RESPONSE.replace(b"x-road-client:EE", b"x-no-client:EE"), "invalid_rest"),
        (RESPONSE.replace(b"x-road-service:EE", b"x-no-service:EE"), "invalid_rest"),
        (RESPONSE.replace(b"producer/sub/echo", b"producer/echo"), "invalid_request"),
    ],
)
def test_a_message_that_x_road_refuses_is_refused(data: bytes, code: str) -> None:
    assert code_of(data) == code


def test_lines_may_end_in_cr_or_lf_alone_and_the_bytes_stay() -> None:
    for line_end in (b"\n", b"\r"):
        data = REQUEST.replace(b"\r\n", line_end)
        assert read_request(data).headers == read_request(REQUEST).headers
        assert read_request(data).bytes == data


def test_an_empty_reason_is_a_line() -> None:
    assert read_response(RESPONSE.replace(b"OK", b"", 1)).reason == ""


def test_headers_and_bytes_have_limits() -> None:
    line = b"a:b\r\n"
    room = MAX_HEADERS - 4
    assert len(read_request(REQUEST + line * room).headers) == MAX_HEADERS
    assert code_of(REQUEST + line * (room + 1)) == "invalid_rest"
    assert code_of(REQUEST + b"a:" + b"b" * MAX_MESSAGE_BYTES) == "invalid_rest"


def test_what_a_message_says_in_its_headers_is_not_printed() -> None:
    message = read_request(with_header(b"Authorization:Bearer secret"))
    assert "secret" not in repr(message)


def test_a_message_is_logged_without_what_it_asks_for_where_bodies_are_not_logged() -> None:
    assert write_metadata_only(read_request(REQUEST)) == (
        b"GET\r\n/r1/EE/BUSINESS/producer/sub/echo\r\nX-Road-Client:EE/BUSINESS/consumer/sub\r\n"
        b"x-road-request-id:11111111-2222-4333-8444-555555555555\r\n"
        b"x-road-id:EE-66666666-7777-4888-9999-000000000000\r\n"
    )
    assert write_metadata_only(read_response(RESPONSE)) == RESPONSE.replace(b"Content-Type:application/json\r\n", b"")


def test_a_response_to_this_request_is_proven() -> None:
    verify_rest_response(read_response(RESPONSE), request=read_request(REQUEST), expected_hash=REQUEST_HASH)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"x-road-id:EE", b"x-road-id:FI"),
        (b"x-road-client:EE", b"x-road-client:FI"),
        (b"x-road-service:EE", b"x-road-service:FI"),
        (b"x-road-request-id:1", b"x-road-request-id:2"),
        (b"x-road-request-hash:eD", b"x-road-request-hash:fD"),
    ],
)
def test_a_response_to_another_request_is_refused(old: bytes, new: bytes) -> None:
    response = read_response(RESPONSE.replace(old, new))
    with pytest.raises(PeerError, match="inconsistent_response") as caught:
        verify_rest_response(response, request=read_request(REQUEST), expected_hash=REQUEST_HASH)
    assert old.partition(b":")[0].decode() in caught.value.detail


@given(st.binary(max_size=300) | st.binary(max_size=100).map(lambda data: REQUEST[:60] + data))
def test_garbage_is_a_message_or_a_message_error(data: bytes) -> None:
    try:
        message = read_rest_message(data)
    except MessageError:
        return
    assert message.bytes == data


@given(st.integers(0, len(RESPONSE)), st.integers(0, 255))
def test_a_response_with_one_byte_changed_is_a_message_or_a_message_error(at: int, byte: int) -> None:
    data = RESPONSE[:at] + bytes([byte]) + RESPONSE[at + 1 :]
    with contextlib.suppress(MessageError):
        assert read_rest_message(data).bytes == data
