"""SOAP with attachments: whole, in any pieces, written and read back, and refused when it is none."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ridgeway.errors import RidgewayError, TransportError
from ridgeway.protocol.transport import (
    AttachmentChunk,
    AttachmentEnded,
    AttachmentStarted,
    Ended,
    FramingCheck,
    MessagePart,
    SoapDecoder,
    SoapEncoder,
    TransportLimits,
)

RELATED = 'multipart/related; type="text/xml"; boundary="b1"'
XML = "text/xml; charset=UTF-8"
CONTENTS = st.lists(st.binary(max_size=60) | st.sampled_from([b"\r\n", b"--b1", b"\r\n--b", b"--"]), max_size=3).map(
    b"".join
)


def write(soap, attachments, *, kind=RELATED):
    encoder = SoapEncoder(kind, has_attachments=bool(attachments))
    pieces = [encoder.message_part(XML, soap, headers=[("Content-ID", "<soap>")])]
    for content_type, content in attachments:
        pieces += [encoder.open_attachment(content_type, headers=[("Content-ID", "<a>")]), content]
    return b"".join([*pieces, encoder.end()])


def read(pieces, *, kind=RELATED, limits=None):
    """The SOAP part and the attachments of a message that comes in these pieces."""
    decoder = SoapDecoder(kind, limits=limits or TransportLimits())
    events = [event for piece in pieces for event in decoder.feed(piece)] + decoder.close()
    assert isinstance(events[-1], Ended)
    message: MessagePart | None = None
    found: list[list[Any]] = []
    for event in events:
        match event:
            case MessagePart():
                message = event
            case AttachmentStarted(number=number, content_type=content_type):
                found.append([number, content_type, b""])
            case AttachmentChunk(data=data):
                found[-1][2] += data
            case AttachmentEnded() | Ended():
                continue
    assert message is not None
    return message, found


def clean(content):
    """Content without what would end the part."""
    while b"--b1" in content:
        content = content.replace(b"--b1", b"")
    return content


@given(CONTENTS.map(clean), st.lists(CONTENTS.map(clean), max_size=3), st.integers(1, 50))
def test_what_is_written_is_read_back_in_any_pieces(soap, contents, size):
    whole = write(soap, [("text/plain", content) for content in contents])
    message, found = read([whole[at : at + size] for at in range(0, len(whole), size)])
    assert (message.bytes, message.content_type, message.headers) == (soap, XML, (("Content-ID", "<soap>"),))
    assert found == [[number, "text/plain", content] for number, content in enumerate(contents, start=1)]


@given(st.binary(max_size=200))
def test_a_message_alone_is_its_bytes(soap):
    assert SoapEncoder("text/xml").content_type == XML
    message, found = read([write(soap, [], kind="text/xml")], kind="text/xml")
    assert (message.bytes, found) == (soap, [])


@pytest.mark.parametrize(
    "kind", ["", "text/html", "application/json", "multipart/mixed; boundary=b", "multipart/related"]
)
def test_what_is_no_soap_is_refused(kind):
    with pytest.raises(RidgewayError) as refused:
        SoapDecoder(kind)
    assert refused.value.code == "invalid_content_type"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "missing_soap"),
        (b"--b1--\r\n", "missing_soap"),
        (b"--b1\r\n\r\n<a/>\r\n--b1--", "invalid_content_type"),
        (b"--b1\r\nContent-Type: text/plain\r\n\r\n<a/>\r\n--b1--", "invalid_content_type"),
        (b"--b1\r\nContent-Type: text/xml\r\n\r\n<a/>\r\n--b1\r\n\r\nx\r\n--b1--", "invalid_content_type"),
        (b"--b1\r\nContent-Type: text/xml\r\n\r\n<a/>\r\n", "mime_parsing_failed"),
        (b"--b1\r\nno header\r\n\r\n<a/>\r\n", "mime_parsing_failed"),
        (b"--b1\r\nContent-Type: text/xml\r\n\r\n" + b"a" * 101 + b"\r\n--b1--", "invalid_soap"),
        (write(b"<a/>", [("text/plain", b"")] * 3), "invalid_message"),
    ],
)
def test_a_multipart_that_cannot_be_read_is_refused(body, code):
    with pytest.raises(RidgewayError) as refused:
        read([body], limits=TransportLimits(max_soap_message_bytes=100, max_attachments=2))
    assert refused.value.code == code


@given(st.binary(max_size=40), st.integers(0, 300), st.integers(0, 40))
def test_no_damage_brings_another_error(garbage, at, cut):
    whole = write(b"<a/>", [("text/plain", b"first"), ("text/plain", b"second")])
    try:
        read([whole[:at] + garbage + whole[at + cut :]])
    except RidgewayError:
        return


def test_attachments_need_a_multipart():
    with pytest.raises(RidgewayError, match="multipart/related"):
        SoapEncoder("text/xml", has_attachments=True)


def is_framed(soap, contents, size):
    """Whether the check lets this message pass in pieces of this size."""
    whole = write(soap, [("text/plain", content) for content in contents])
    content_bytes = len(soap) + sum(map(len, contents))
    check = FramingCheck(RELATED, parts=1 + len(contents), content_bytes=content_bytes, all_bytes=len(whole))
    try:
        return b"".join(check.pass_on(whole[at : at + size]) for at in range(0, len(whole), size)) == whole
    except TransportError:
        return False


@given(CONTENTS, st.lists(CONTENTS, max_size=3), st.integers(1, 50))
def test_what_passes_is_read_as_the_parts_that_were_meant(soap, contents, size):
    if not is_framed(soap, contents, size):
        assert any(b"--b1" in each for each in [soap, *contents])
        return
    whole = write(soap, [("text/plain", content) for content in contents])
    message, found = read([whole])
    assert (message.bytes, [content for _, _, content in found]) == (soap, contents)


@pytest.mark.parametrize(
    "inside",
    [
        b"<a/>\r\n--b1\r\nContent-Type: text/plain\r\n\r\nforged",
        b"\n--b1\n\n",
        b"--b1--",
        b"<a/>\r\n--b1--\r\n",
        b"\r\n--b1 \t\r\nno header\r\n\r\n",
    ],
)
@pytest.mark.parametrize("size", [1, 7, 1000])
def test_a_boundary_inside_of_a_part_does_not_pass(inside, size):
    assert not is_framed(inside, [b"x"], size)
    assert not is_framed(b"<a/>", [inside], size)
    assert not is_framed(b"<a/>", [b"x", inside], size)


def test_a_message_alone_has_no_boundary_to_be_checked():
    check = FramingCheck("text/xml", parts=1, content_bytes=1000, all_bytes=1000)
    assert check.pass_on(b"\r\n--b1--") == b"\r\n--b1--"
