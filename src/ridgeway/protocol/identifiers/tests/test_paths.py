import pytest
from hypothesis import given
from hypothesis import strategies as st

from ridgeway.errors import MessageError
from ridgeway.protocol.identifiers import (
    MemberId,
    RepresentedParty,
    ServerId,
    ServiceId,
    SubsystemId,
    decode_code,
    encode_code,
    parse_client_path,
    parse_represented_party,
    parse_server_path,
    parse_service_path,
    render_path,
)
from ridgeway.protocol.identifiers.paths import MAX_CODE_CHARACTERS

PLAIN = "!$&'()*+,;=:@-._~0123456789abcXYZ"


def test_a_code_is_decoded_strictly() -> None:
    assert decode_code(PLAIN) == PLAIN
    assert decode_code("") == ""
    assert decode_code("a%2Fb%2f%C3%B6%25") == "a/b/ö%"
    assert decode_code("a+b") == "a+b"


@pytest.mark.parametrize(
    "segment",
    [
        "a b",
        "a/b",
        "%XY",
        "%",
        "%2",
        "ö",
        '"',
        "a?b",
        "a#b",
        "%ff",
        "%C3",
        "a\n",
        "%ed%a0%80",
        "a" * (MAX_CODE_CHARACTERS + 1),
    ],
)
def test_a_segment_that_stands_for_no_code_is_refused(segment: str) -> None:
    with pytest.raises(MessageError, match="invalid_request"):
        decode_code(segment)


def test_a_code_is_encoded_as_x_road_does() -> None:
    assert encode_code(PLAIN) == PLAIN
    assert encode_code("a/b ö%?#[]") == "a%2Fb%20%C3%B6%25%3F%23%5B%5D"


@given(st.text(min_size=1, max_size=100))
def test_a_code_comes_back(code: str) -> None:
    assert decode_code(encode_code(code)) == code


def test_identifiers_have_their_numbers_of_codes() -> None:
    assert parse_client_path("EE/GOV/1") == MemberId("EE", "GOV", "1")
    assert parse_client_path("EE/GOV/1/s%2Fub") == SubsystemId("EE", "GOV", "1", "s/ub")
    assert parse_service_path("EE/GOV/1/sub/svc") == ServiceId("EE", "GOV", "1", "sub", "svc")
    assert parse_server_path("EE/GOV/1/ss1") == ServerId("EE", "GOV", "1", "ss1")
    assert parse_represented_party("9") == RepresentedParty("9")
    assert parse_represented_party("COM/9") == RepresentedParty("9", "COM")


@pytest.mark.parametrize(
    ("parse", "text", "code"),
    [
        (parse_client_path, "EE/GOV", "invalid_client_identifier"),
        (parse_client_path, "EE/GOV/1/s/x", "invalid_client_identifier"),
        (parse_client_path, "EE//1", "invalid_client_identifier"),
        (parse_client_path, "EE/GOV/%20", "invalid_client_identifier"),
        (parse_client_path, "EE/GOV/a b", "invalid_client_identifier"),
        (parse_client_path, " EE/GOV/1", "invalid_client_identifier"),
        (parse_client_path, "", "invalid_client_identifier"),
        (parse_service_path, "EE/GOV/1/svc", "invalid_request"),
        (parse_service_path, "EE/GOV/1/sub/svc/v1", "invalid_request"),
        (parse_service_path, "EE/GOV/1/sub/svc/", "invalid_request"),
        (parse_server_path, "EE/GOV/1", "invalid_security_server"),
        (parse_server_path, "EE/GOV/1/a/b", "invalid_security_server"),
        (parse_represented_party, "a/b/c", "invalid_request"),
        (parse_represented_party, "", "invalid_request"),
    ],
)
def test_any_other_number_of_codes_is_refused_with_the_code_of_the_header(parse, text: str, code: str) -> None:
    with pytest.raises(MessageError) as caught:
        parse(text)
    assert caught.value.code == code


@given(st.lists(st.text(min_size=1, max_size=12).filter(str.strip), min_size=4, max_size=4))
def test_a_rendered_client_reads_back(codes: list[str]) -> None:
    client = SubsystemId(*codes)
    assert parse_client_path(render_path(client)) == client


@given(st.text("EG/1%2Ff +", max_size=30) | st.text(max_size=30))
def test_any_text_is_a_client_or_a_message_error(text: str) -> None:
    try:
        client = parse_client_path(text)
    except MessageError:
        return
    assert all(client.codes)
