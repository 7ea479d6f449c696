"""Mails as bytes: whatever is written into them, they have one recipient and the headers that were meant."""

from dataclasses import replace
from email import message_from_bytes, policy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ridgeway.errors import RequestError
from ridgeway.office.notices import Attachment, Mail, Notice
from ridgeway.office.notices.addresses import is_address
from ridgeway.office.notices.mails import build_mail, identify_notice
from ridgeway.office.notices.tests.senders import NOW
from ridgeway.office.tests.ready import migrated_file, office

__all__ = ["migrated_file", "office"]
KNOWN = {
    "from", "to", "subject", "date", "message-id", "auto-submitted", "list-unsubscribe", "list-unsubscribe-post",
    "reply-to", "mime-version", "content-type", "content-transfer-encoding", "x-petition",
}  # fmt: skip
TEXTS = st.one_of(
    st.text(max_size=80), st.sampled_from(["a\r\nBcc: b@x.example", "=?utf-8?q?a=0Ab?=", "a\x0bb", "ا" * 300])
)


@pytest.fixture(autouse=True)
def django(office):
    pass


def notice(**values):
    given_: dict[str, Any] = {
        "kind": "test.kind",
        "subject": "test:1",
        "version": "1",
        "recipient_key": "signature:1",
        "language": "en",
        "created_at": NOW,
        "payload": {},
        "address": "person@example.org",
    }
    return Notice(**(given_ | values))


def build(mail, **values):
    return build_mail(mail, notice(**values), sender="Office <office@example.org>", reply_to="", now=NOW)


@settings(max_examples=300, deadline=None)
@given(subject=TEXTS, text=st.text(max_size=200), reply=TEXTS, link=TEXTS, header=TEXTS, address=TEXTS)
def test_nothing_that_is_written_adds_a_header_or_a_recipient(subject, text, reply, link, header, address):
    mail = Mail(
        subject, text, html=f"<p>{text}</p>", headers={"X-Petition": header}, reply_to=reply, unsubscribe_url=link
    )
    try:
        envelope = build(mail, address=address)
    except RequestError:
        pass
    else:
        check(envelope, address)
    try:
        envelope = build(replace(mail, reply_to="", unsubscribe_url=""))
    except RequestError:
        return
    check(envelope, "person@example.org")


def check(envelope, address):
    head = envelope.content.partition(b"\r\n\r\n")[0]
    names = [line.partition(b":")[0].decode().lower() for line in head.split(b"\r\n") if line[:1] not in {b" ", b"\t"}]
    assert len(names) == len(set(names))
    assert set(names) <= KNOWN
    assert names.count("to") == 1
    assert b"\n" not in head.replace(b"\r\n", b"")
    assert is_address(address)
    assert envelope.recipient.partition("@")[0] == address.partition("@")[0]


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60))
def test_an_address_that_is_taken_is_one_address(local, domain):
    address = f"{local}@{domain}"
    if is_address(address):
        assert address.count("@") == 1
        assert not set(address) & set(' <>,;:"()[]\\\r\n\t\x00')


def test_a_subject_of_any_language_comes_back_as_it_was():
    for subject in ("Zażółć gęślą jaźń", "عريضة جديدة", "Short", "A — dash … and “quotes”"):
        mail = message_from_bytes(build(Mail(subject, "x")).content, policy=policy.default)
        assert mail["Subject"] == subject


def test_an_attachment_arrives_whole():
    envelope = build(Mail("Report", "x", attachments=(Attachment("año.csv", "text/csv", b"a;b\n\x00\xff"),)))
    (file,) = message_from_bytes(envelope.content, policy=policy.default).iter_attachments()
    assert (file.get_filename(), file.get_payload(decode=True)) == ("año.csv", b"a;b\n\x00\xff")


def test_an_address_of_unsubscribing_stays_whole_however_long():
    url = "https://petitions.example/signatures/1/unsubscribe?token=" + "t" * 300
    mail = message_from_bytes(build(Mail("Hello", "x", unsubscribe_url=url)).content)
    assert "".join(mail["List-Unsubscribe"].split()) == f"<{url}>"


@pytest.mark.parametrize("name", ["Bcc", "bcc", "To", "X Y", "X:Y", "", "List-Unsubscribe", "X-A\r\nBcc"])
def test_a_header_that_is_ours_or_none_is_refused(name):
    with pytest.raises(RequestError):
        build(Mail("Hello", "x", headers={name: "y"}))


def test_a_notice_has_one_name_for_ever_and_shares_it_with_none():
    names = {
        identify_notice(notice()),
        identify_notice(notice(version="2")),
        identify_notice(notice(subject="test:2")),
        identify_notice(notice(recipient_key="signature:2")),
        identify_notice(notice(kind="test.kinds")),
        identify_notice(notice(subject="test:1\x001", version="")),
    }
    assert len(names) == 6
    assert identify_notice(notice(language="ar", address="other@example.org")) in names
