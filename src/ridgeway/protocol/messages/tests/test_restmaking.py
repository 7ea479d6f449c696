import pytest
from hypothesis import given
from hypothesis import strategies as st

from ridgeway.errors import MessageError, RequestError
from ridgeway.protocol.messages import (
    RestRequest,
    build_rest_response,
    read_rest_message,
    render_http_headers,
    render_http_text,
    render_service_url,
    request_hash,
)
from ridgeway.protocol.messages.tests.cast import (
    CLIENT,
    QUERY_ID,
    REQUEST,
    REQUEST_HASH,
    RESPONSE,
    TARGET,
    make_request,
)

PATH = "/r1/EE/GOV/1/s/x"


def make_example() -> RestRequest:
    return make_request("GET", TARGET, ("Accept", "application/json"), CLIENT)


def test_the_request_of_the_worked_example_is_made_byte_for_byte() -> None:
    headers = (("Host", "ss1"), ("User-Agent", "x"), ("Accept", "application/json"), CLIENT)
    message = make_request("GET", TARGET, *headers)
    assert message.bytes == REQUEST
    assert message == read_rest_message(REQUEST)


def test_the_response_of_the_worked_example_is_made_byte_for_byte() -> None:
    response = build_rest_response(
        200, "OK", [("Content-Type", "application/json")], request=make_example(), request_hash=request_hash(REQUEST)
    )
    assert response.bytes == RESPONSE
    assert len(response.bytes) == 343


def test_a_query_id_that_was_given_is_kept_where_it_stood() -> None:
    message = make_request("GET", PATH, ("X-ROAD-ID", "mine"), CLIENT, ("Accept", "*/*"))
    assert [name for name, _ in message.headers] == ["X-ROAD-ID", "X-Road-Client", "Accept", "x-road-request-id"]
    assert message.query_id == "mine"
    assert make_request("GET", PATH).query_id == QUERY_ID


def test_an_empty_query_id_is_refused() -> None:
    with pytest.raises(MessageError, match="X-Road-Id"):
        make_request("GET", PATH, CLIENT, ("X-Road-Id", ""))


def test_headers_of_the_connection_and_forged_ones_are_removed_from_requests() -> None:
    removed = "transfer-encoding keep-alive proxy-authenticate proxy-authorization te trailer upgrade connection "
    removed += "user-agent host content-length server expect x-road-request-id x-road-request-hash"
    kept = [
        ("Content-Type", "a/b"),
        ("Cookie", "a=1"),
        ("Cookie", "b=2"),
        ("X-Road-UserId", "u"),
        ("Authorization", "B"),
    ]
    forged = [(name.title(), "x") for name in removed.split()]
    message = make_request("POST", PATH, CLIENT, *forged, *kept)
    assert list(message.headers[1:-2]) == kept


def test_headers_of_the_connection_and_forged_ones_are_removed_from_responses() -> None:
    forged = [
        (name, "x") for name in ("Server", "X-Road-Id", "X-Road-Client", "X-Road-Request-Id", "X-Road-Request-Hash")
    ]
    kept = [("Date", "d"), ("Set-Cookie", "a"), ("Set-Cookie", "b"), ("x-road-service", "EE/GOV/1/s/forged")]
    response = build_rest_response(404, "", [*forged, *kept], request=make_example(), request_hash=REQUEST_HASH)
    assert list(response.headers[:4]) == kept
    assert (response.status, response.reason, response.service.service_code) == (404, "", "echo")


@pytest.mark.parametrize(
    ("method", "target", "code"),
    [
        ("get", PATH, "invalid_http_method"),
        ("INVALID", PATH, "invalid_http_method"),
        ("2", PATH, "invalid_rest"),
        ("200", PATH, "invalid_rest"),
        ("GET", "/r2/EE/GOV/1/s/x", "invalid_rest"),
        ("GET", "/r1/EE/GOV/1/x", "invalid_rest"),
        ("GET", "*", "invalid_rest"),
        ("GET", f"{PATH}/ä", "bad_request"),
        ("GET", f"{PATH}/a//b", "bad_request"),
        ("GET", f"{PATH}/%2e%2E/b", "bad_request"),
        ("GET", f"{PATH}/.%2e", "bad_request"),
        ("GET", f"{PATH}/..;a/b", "bad_request"),
        ("GET\r\n/r1/EE/GOV/1/s/y", PATH, "invalid_rest"),
        ("GET", f"{PATH}\r\nX-Road-Client:EE/GOV/9", "invalid_rest"),
    ],
)
def test_a_request_that_cannot_be_carried_is_refused(method: str, target: str, code: str) -> None:
    with pytest.raises(MessageError) as caught:
        make_request(method, target)
    assert caught.value.code == code


@pytest.mark.parametrize(
    "header", [("a", "b\r\nX-Road-Client:EE/GOV/9"), ("a\nb", "c"), ("a b", "c"), ("", "c"), ("a", "\x7f")]
)
def test_a_header_cannot_become_two(header: tuple[str, str]) -> None:
    with pytest.raises(MessageError):
        make_request("GET", PATH, CLIENT, header)
    with pytest.raises(MessageError):
        build_rest_response(200, "OK", [header], request=make_example(), request_hash=REQUEST_HASH)


def test_a_reason_cannot_become_two_lines() -> None:
    with pytest.raises(MessageError):
        build_rest_response(200, "OK\r\na:b", [], request=make_example(), request_hash=REQUEST_HASH)


@pytest.mark.parametrize(
    ("base", "target", "expected"),
    [
        ("http://s/api", f"{PATH}/v1/pets?limit=2", "http://s/api/v1/pets?limit=2"),
        ("http://s/api/", f"{PATH}/v1", "http://s/api/v1"),
        ("http://s/api/", PATH, "http://s/api/"),
        ("http://s/api", f"{PATH}/", "http://s/api/"),
        ("http://s/api", f"{PATH}/a%20b?", "http://s/api/a%20b?"),
    ],
)
def test_the_service_is_called_at_its_address_with_the_raw_path(base: str, target: str, expected: str) -> None:
    assert render_service_url(base, make_request("GET", target)) == expected


def test_header_values_reach_the_service_in_the_bytes_in_which_they_came() -> None:
    sent = "ä".encode().decode("latin-1")
    message = make_request("GET", PATH, CLIENT, ("A", sent), ("B", "\xe4"), ("C", "\u20ac"))
    assert [value.encode("latin-1") for _, value in render_http_headers(message)[1:4]] == [
        b"\xc3\xa4",
        b"\xe4",
        b"\xe2\x82\xac",
    ]


def test_a_receiver_finds_who_asks_once_and_as_it_was_read() -> None:
    forged = ("X-Road-Client", "EE/GOV/9/forged")
    alike = ("X_Road_Client", "EE/GOV/9/forged")
    message = make_request("GET", PATH, forged, alike, CLIENT, ("x_road-id", "other"), alike, ("X-Road-UserId", "u"))
    assert message.bytes.count(b"forged") == 3
    sent = render_http_headers(message)
    assert [name for name, _ in sent] == [CLIENT[0], "X-Road-UserId", "x-road-request-id", "x-road-id"]
    assert sent[0] == CLIENT


def test_a_likeness_alone_is_not_sent_on() -> None:
    message = make_request("GET", PATH, CLIENT, ("X_Road-Represented_Party", "COM/1"), ("X_Other", "kept"))
    assert message.represented_party is None
    assert [name for name, _ in render_http_headers(message)][:2] == [CLIENT[0], "X_Other"]


def test_a_request_id_in_other_letters_does_not_hide_the_one_that_was_read() -> None:
    lines = f"GET\r\n{PATH}\r\nX-Road-Client:EE/GOV/1\r\n"
    both = read_rest_message(f"{lines}x-road-request-id:read\r\nX-Road-Request-Id:forged\r\n".encode())
    assert isinstance(both, RestRequest)
    assert both.request_id == "read"
    assert render_http_headers(both)[1:] == (("x-road-request-id", "read"),)


NAMES = st.text("aX-Road_Clientid", max_size=20) | st.sampled_from(["X-Road-Id", "X-Road-Client", "Host", "te"])


@given(st.text(max_size=8), st.text(max_size=40), st.lists(st.tuples(NAMES, st.text(max_size=20)), max_size=6))
def test_whatever_a_system_sends_is_a_message_that_reads_back_or_its_own_fault(
    method: str, rest: str, headers: list[tuple[str, str]]
) -> None:
    for verb in (method, "POST"):
        try:
            message = make_request(verb, f"{PATH}{rest}", CLIENT, *headers)
        except RequestError:
            continue
        assert read_rest_message(message.bytes) == message
        assert request_hash(message.bytes)


def test_letters_beyond_ascii_in_a_signed_path_reach_the_service_escaped() -> None:
    message = read_rest_message(REQUEST.replace(b"/v1/pets?limit=2", "/\u00e4?b=\u2603".encode()))
    assert isinstance(message, RestRequest)
    assert render_service_url("http://s/api", message) == "http://s/api/%C3%A4?b=%E2%98%83"


@pytest.mark.parametrize(
    ("text", "sent"), [("OK", "OK"), ("K\xe4se", "K\xe4se"), ("\u2603", "\xe2\x98\x83"), ("\ud800", "?"), ("", "")]
)
def test_a_reason_goes_out_in_the_bytes_in_which_it_came_or_as_utf_8(text, sent) -> None:
    assert render_http_text(text) == sent
