"""External account bindings as X-Road's acme.yml has them, and the book of orders."""

import base64
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ridgeway.errors import SettingsError
from ridgeway.protocol.identifiers import MemberId
from ridgeway.securityserver.acme.credentials import find_credentials
from ridgeway.securityserver.acme.orders import Ordered, order_book
from ridgeway.settings import Settings
from ridgeway.signer import KeyUsage

MEMBER = MemberId("EU", "COM", "1234567-8")
KEY = b"goodlongsecretwordthatisnotshort"
FILE = """
eab-credentials:
  certificate-authorities:
    'Example Root CA':
      mac-key-base64-encoded: true
      members:
        'EU:COM:1234567-8':
          auth-kid: key_2
          auth-mac-key: {padded}
          sign-kid: key_3
          sign-mac-key: {urlsafe}
    'Some Other CA':
      mac-key-base64-encoded: false
      members:
        'EU:COM:1234567-8':
          kid: kid123
          mac-key: {plain}
account-keystore-password: ""
"""


@pytest.fixture
def file(tmp_path):
    plain, odd = KEY.decode(), b"\xfb\xff\xfe"
    text = FILE.format(
        padded=base64.b64encode(KEY + b"!").decode(), urlsafe=base64.urlsafe_b64encode(odd).decode(), plain=plain
    )
    place = tmp_path / "acme.yml"
    place.write_text(text)
    return place


def test_each_usage_may_have_its_own_key_in_either_alphabet(file):
    found = find_credentials(file, authority="Example Root CA", member=MEMBER, usage=KeyUsage.AUTHENTICATION)
    assert (found.key_id, found.mac_key, found.is_for_usage) == ("key_2", KEY + b"!", True)
    found = find_credentials(file, authority="Example Root CA", member=MEMBER, usage=KeyUsage.SIGNING)
    assert (found.key_id, found.mac_key) == ("key_3", b"\xfb\xff\xfe")


@pytest.mark.parametrize("usage", list(KeyUsage))
def test_one_key_may_serve_both(file, usage):
    found = find_credentials(file, authority="Some Other CA", member=MEMBER, usage=usage)
    assert (found.key_id, found.mac_key, found.is_for_usage) == ("kid123", KEY, False)
    assert KEY.decode() not in repr(found)


def test_who_is_not_in_it_has_none(file, tmp_path):
    assert find_credentials(file, authority="Third", member=MEMBER, usage=KeyUsage.SIGNING) is None
    other = replace(MEMBER, member_code="2")
    assert find_credentials(file, authority="Some Other CA", member=other, usage=KeyUsage.SIGNING) is None
    assert find_credentials(tmp_path / "none", authority="", member=MEMBER, usage=KeyUsage.SIGNING) is None


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("kid: kid123", "kid: [1]", "needs kid and mac-key"),
        (f"mac-key: {KEY.decode()}", "other: 1", "needs kid and mac-key"),
        ("eab-credentials:", "eab-credentials: [", "acme.yml"),
    ],
)
def test_what_cannot_be_read_is_named_without_a_secret(file, before, after, said):
    file.write_text(file.read_text().replace(before, after))
    with pytest.raises(SettingsError, match=said) as error:
        find_credentials(file, authority="Some Other CA", member=MEMBER, usage=KeyUsage.SIGNING)
    assert KEY.decode() not in str(error.value)


def an_order(sha256: str, day: int) -> Ordered:
    at = datetime(2026, 1, day, tzinfo=UTC)
    return Ordered(sha256, "CA", KeyUsage.SIGNING, "EU/COM/1", "EU/COM/1/ss1", "", "ss1.example", {"O": "x"}, at)


def test_the_book_keeps_orders_and_one_process_at_a_time_writes_it(tmp_path):
    settings = Settings(state_dir=tmp_path)
    with order_book(settings) as book:
        book.keep(an_order("b", 2))
        book.keep(an_order("a", 1))
        with pytest.raises(SettingsError, match="Another process"), order_book(settings):
            pass
    with order_book(settings) as book:
        assert [each.sha256 for each in book.orders] == ["a", "b"]
        assert book.find("a") == an_order("a", 1)
        assert book.find("c") is None
    (tmp_path / "acme" / "orders.json").write_text("[{]")
    with pytest.raises(SettingsError, match=r"orders\.json"), order_book(settings):
        pass
