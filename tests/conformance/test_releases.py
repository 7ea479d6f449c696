"""What servers of the releases 7.4 to 7.8 do differently, and that each of them is understood.

Law: one test a difference. That signatures over several parts verify without a hash chain (7.6) is a vector of its own
kind; `protocol/signatures/tests/test_plain.py` has more.
"""

import pytest

from ridgeway.errors import PeerError
from ridgeway.protocol.messages import parse_code, render_code
from ridgeway.protocol.messages.faults import read_soap_fault, render_soap_fault
from ridgeway.protocol.transport.heads import (
    XROAD_RELEASE,
    check_proxy_version,
    read_request_heads,
    render_request_heads,
)
from ridgeway.protocol.transport.ocspdoor import parse_ocsp_query, render_ocsp_query

RELEASES = ("7.4.0", "7.4.2", "7.5.1", "7.6.3", "7.7.1", "7.8.0", "7.8.1-SNAPSHOT-20260206120000gitfcd1621")
SHA1, SHA256 = "a" * 40, "b" * 64


def heads_of(release: str) -> list[tuple[str, str]]:
    """The head of a request as a server of that release sends it; names in whatever case its HTTP library likes."""
    made = render_request_heads(content_type="multipart/mixed; boundary=xtopB", request_id="r", proxy_version=release)
    return [(name.title() if release < "7.6" else name, value) for name, value in made]


@pytest.mark.parametrize("release", RELEASES)
def test_requests_of_every_release_are_read_and_served_without_a_minimum(release):
    heads = read_request_heads(heads_of(release))
    assert (heads.is_rest, heads.proxy_version, heads.hash_name) == (True, release, "sha512")
    check_proxy_version(heads.proxy_version, minimum=None)


def test_a_minimum_as_finnish_and_estonian_packages_set_it_parts_the_releases():
    refused = []
    for release in RELEASES:
        try:
            check_proxy_version(release, minimum="7.6.0")
        except PeerError as error:
            refused.append((release, error.code))
    assert refused == [(each, "client_proxy_version_not_supported") for each in ("7.4.0", "7.4.2", "7.5.1")]


def test_what_we_say_of_ourselves_passes_every_minimum_up_to_7_8():
    for minimum in ("7.4.0", "7.6.0", "7.8.0"):
        check_proxy_version(XROAD_RELEASE, minimum=minimum)


@pytest.mark.parametrize(
    ("spelling", "code"),
    [
        ("7.7", "Server.ServerProxy.AccessDenied"),
        ("7.8", "server.serverproxy.access_denied"),
        ("7.7", "Server.ServerProxy.SslAuthenticationFailed"),
        ("7.8", "server.serverproxy.ssl_authentication_failed"),
    ],
)
def test_faults_are_read_and_spelled_as_before_and_since_7_8(spelling, code):
    fault = read_soap_fault(render_soap_fault(code, "No.", "mark"))
    assert fault.code == code
    meaning = parse_code(fault.code)
    assert meaning == meaning.lower()
    assert render_code(meaning, spelling) == code


@pytest.mark.parametrize(
    "target",
    [f"/?cert={SHA1}", f"/?cert={SHA1}&cert_hash={SHA256}", f"/?cert_hash={SHA256}&cert={SHA1.upper()}"],
    ids=["before 7.4", "since 7.4", "another order"],
)
def test_the_ocsp_door_answers_by_sha_1_whatever_else_is_asked(target):
    assert parse_ocsp_query(target) == (SHA1,)


def test_we_ask_as_7_4_and_later_do_with_both_hashes():
    assert render_ocsp_query([(SHA1, SHA256)]) == f"/?cert={SHA1}&cert_hash={SHA256}"
