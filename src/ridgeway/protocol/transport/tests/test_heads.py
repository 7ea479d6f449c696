import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ridgeway.errors import PeerError, TransportError
from ridgeway.protocol.transport.heads import (
    RequestHeads,
    ResponseHeads,
    check_proxy_version,
    read_request_heads,
    read_response_heads,
    render_request_heads,
    render_response_heads,
)
from ridgeway.protocol.transport.tests.cast import CONTENT_TYPE

ID = "11111111-2222-4333-8444-555555555555"


def test_the_head_of_a_rest_request_is_x_roads_own() -> None:
    heads = render_request_heads(content_type=CONTENT_TYPE, request_id=ID, proxy_version="7.8.0")
    assert heads == (
        ("x-road-message-type", "REST"),
        ("x-road-request-id", ID),
        ("x-hash-algorithm", "SHA-512"),
        ("x-proxy-version", "7.8.0"),
        ("x-original-content-type", ""),
        ("Content-Type", CONTENT_TYPE),
    )
    assert read_request_heads(heads) == RequestHeads(
        is_rest=True,
        content_type=CONTENT_TYPE,
        hash_name="sha512",
        request_id=ID,
        proxy_version="7.8.0",
        original_content_type="",
        soap_action=None,
    )


def test_the_head_of_a_soap_request_has_no_message_type() -> None:
    heads = render_request_heads(
        content_type=CONTENT_TYPE, request_id=ID, proxy_version="7.8.0", is_rest=False, original_content_type="text/xml"
    )
    assert "x-road-message-type" not in dict(heads)
    assert dict(heads)["x-original-soapaction"] == ""
    assert not read_request_heads(heads).is_rest


def test_the_names_of_response_heads_are_in_lower_case_exactly() -> None:
    assert render_response_heads(content_type=CONTENT_TYPE) == (
        ("Content-Type", CONTENT_TYPE),
        ("x-hash-algorithm", "SHA-512"),
    )
    soap = render_response_heads(content_type=CONTENT_TYPE, original_content_type="text/xml")
    assert soap[-1] == ("x-original-content-type", "text/xml")
    assert read_response_heads(200, soap) == ResponseHeads(CONTENT_TYPE, "sha512", "text/xml")


def test_heads_are_read_whatever_their_case() -> None:
    heads = [("CONTENT-TYPE", CONTENT_TYPE), ("X-Hash-Algorithm", "sha-256"), ("X-Road-Message-Type", "REST")]
    found = read_request_heads(heads)
    assert (found.is_rest, found.hash_name, found.proxy_version) == (True, "sha256", None)
    assert not read_request_heads([*heads, ("x-road-message-type", "rest")]).is_rest


@pytest.mark.parametrize("algorithm", [None, "", "MD5", "SHA-1", "sha512"])
def test_a_hash_algorithm_that_is_missing_or_weak_is_refused(algorithm: str | None) -> None:
    heads = [("content-type", CONTENT_TYPE)] + ([] if algorithm is None else [("x-hash-algorithm", algorithm)])
    for read in (read_request_heads, lambda found: read_response_heads(200, found)):
        with pytest.raises(TransportError, match="internal_error"):
            read(heads)


def test_a_message_without_content_type_is_refused() -> None:
    with pytest.raises(TransportError, match="invalid_content_type"):
        read_request_heads([("x-hash-algorithm", "SHA-512")])


def test_a_bare_fault_needs_no_hash_algorithm() -> None:
    assert read_response_heads(500, [("content-type", "text/xml")]) == ResponseHeads("text/xml", None, None)


@pytest.mark.parametrize("status", [201, 204, 302, 400, 404, 502])
def test_other_statuses_come_from_no_security_server(status: int) -> None:
    with pytest.raises(TransportError, match="http_error"):
        read_response_heads(status, [("content-type", "text/xml")])


@pytest.mark.parametrize("version", ["7.6.0", "7.8.0", "7.8.1-SNAPSHOT-20260206abc", "10.0.0", "7.10.0+build", None])
def test_a_release_that_is_new_enough_passes(version: str | None) -> None:
    check_proxy_version(version, minimum=None)
    if version is not None:
        check_proxy_version(version, minimum="7.6.0")


@pytest.mark.parametrize(
    ("version", "code"),
    [
        ("7.5.9", "client_proxy_version_not_supported"),
        ("6.26.0", "client_proxy_version_not_supported"),
        ("7.6.0-SNAPSHOT", "client_proxy_version_not_supported"),
        (None, "internal_error"),
        ("", "internal_error"),
        ("7.8", "internal_error"),
        ("v7.8.0", "internal_error"),
    ],
)
def test_a_release_that_is_too_old_or_unknown_is_refused(version: str | None, code: str) -> None:
    with pytest.raises(PeerError) as caught:
        check_proxy_version(version, minimum="7.6.0")
    assert caught.value.code == code


@given(
    st.lists(st.tuples(st.sampled_from(["x-hash-algorithm", "content-type", "x-proxy-version"]), st.text(max_size=20)))
)
def test_any_head_is_read_or_refused(headers: list[tuple[str, str]]) -> None:
    for read in (read_request_heads, lambda found: read_response_heads(200, found)):
        with contextlib.suppress(PeerError):
            assert read(headers).content_type
