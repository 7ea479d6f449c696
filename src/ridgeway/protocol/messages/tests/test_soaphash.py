"""The request hash is one element more, and every other byte is as it was, in whatever style a service writes."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ridgeway.errors import MessageError, RidgewayError
from ridgeway.protocol.messages import add_request_hash, check_soap_action, read_soap

HASH = "aGFzaA=="
HEADER = """<xroad:client/>{space}<{p}id{attributes}>{text}</{p}id>{hash}{after}"""
ENVELOPE = (
    '{start}<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" '
    'xmlns:xroad="http://x-road.eu/xsd/xroad.xsd"><e:Header>{header}</e:Header>'
    "<e:Body><!-- c --><a b='1'><![CDATA[<x>]]>&amp;&#13;\r\n</a></e:Body></e:Envelope>\n"
)
ADDED = re.compile(rb"""[ \t\r\n]*<(?:\w+:)?requestHash(?:"[^"]*"|'[^']*'|[^>"'])*>aGFzaA==</(?:\w+:)?requestHash>""")

SPACES = st.sampled_from(["", " ", "\n    ", "\r\n\t"])
STARTS = st.sampled_from(["", "\ufeff", '<?xml version="1.0" encoding="UTF-8"?>\n', "<!-- before -->"])
IDS = st.sampled_from(
    [("xroad:", ""), ("xroad:", ' a=">" b=\'"\''), ("", ' xmlns="http://x-road.eu/xsd/xroad.xsd"'), ("xroad:", "\n")]
)
TEXTS = st.sampled_from(["", "q1", "õ ö", "<![CDATA[<id>]]>", "&lt;"])


def document(start, space, named, text, *, old="", after=""):
    prefix, attributes = named
    header = HEADER.format(space=space, p=prefix, attributes=attributes, text=text, hash=old, after=after)
    return ENVELOPE.format(start=start, header=header).encode()


@given(STARTS, SPACES, IDS, TEXTS)
def test_every_other_byte_is_as_it_was(start, space, named, text):
    before = document(start, space, named, text)
    after = add_request_hash(before, HASH)
    found = ADDED.search(after)
    assert found is not None
    assert after[: found.start()] + after[found.end() :] == before
    assert after[: found.start()].endswith(b"id>")
    assert found[0].startswith(space.encode())


@given(STARTS, SPACES, IDS, TEXTS)
def test_a_hash_that_was_there_is_replaced(start, space, named, text):
    old = f'{space}<xroad:requestHash algorithmId="x">b2xk</xroad:requestHash>'
    clean = document(start, space, named, text, after="<xroad:issue/>")
    assert add_request_hash(document(start, space, named, text, old=old, after="<xroad:issue/>"), HASH) == (
        add_request_hash(clean, HASH)
    )
    late = document(start, space, named, text, after=f"<xroad:issue/>{old}")
    assert add_request_hash(late, HASH) == add_request_hash(clean, HASH)


def test_an_id_that_is_an_empty_tag_is_followed_by_the_hash():
    before = document("", "", ("xroad:", ""), "").replace(b"<xroad:id></xroad:id>", b"<xroad:id/>")
    assert b"<xroad:id/><xroad:requestHash" in add_request_hash(before, HASH)


@pytest.mark.parametrize("data", [b"", b"<a>", b"<a/>", b"\xff\xfe<\0a\0/\0>\0", b"<!DOCTYPE a><a/>", b"<a>&x;</a>"])
def test_what_is_no_message_is_refused(data):
    with pytest.raises(MessageError):
        add_request_hash(data, HASH)


@given(st.binary(max_size=60), st.integers(0, 400), st.integers(0, 40))
def test_no_damage_brings_another_error(garbage, at, cut):
    whole = document("", "\n", ("xroad:", ""), "q1")
    try:
        add_request_hash(whole[:at] + garbage + whole[at + cut :], HASH)
    except RidgewayError:
        return


@pytest.mark.parametrize("value", [None, "", '""', '"urn:x"', '"http://example.org/a?b=%20#c"'])
def test_an_action_in_quotes_passes_as_it_came(value):
    assert check_soap_action(value) == (value or "")


@pytest.mark.parametrize("value", ["urn:x", '"', '"a b"', '"%zz"', '"a"b"', "'urn:x'", '"' + "a" * 5000 + '"'])
def test_an_action_without_quotes_or_address_is_refused(value):
    with pytest.raises(MessageError) as refused:
        check_soap_action(value)
    assert refused.value.code == "invalid_soap_action"


@pytest.mark.parametrize("encoding", ["utf8", "ISO-8859-15", "windows-1252", "us-ascii", "latin1"])
def test_an_encoding_with_ascii_in_its_place_is_kept(encoding):
    text = "q" if encoding == "us-ascii" else "õö"
    before = document(f'<?xml version="1.0" encoding="{encoding}"?>', "\n", ("xroad:", ""), text).decode()
    after = add_request_hash(before.encode(encoding), HASH)
    assert ADDED.sub(b"", after) == before.encode(encoding)


@pytest.mark.parametrize(
    "encoding", ["shift_jis", "utf-7", "hz", "UTF-16", "nonsense", "iso-8859-12", "rot13", "cp037"]
)
def test_another_encoding_is_refused_by_name(encoding):
    data = document(f'<?xml version="1.0" encoding="{encoding}"?>', "\n", ("xroad:", ""), "q")
    with pytest.raises(MessageError, match=encoding) as refused:
        add_request_hash(data, HASH)
    assert refused.value.code == "invalid_soap"
    with pytest.raises(MessageError, match=encoding) as refused:
        read_soap(data)
    assert refused.value.code == "invalid_soap"
    with pytest.raises(MessageError, match=encoding) as refused:
        read_soap(data, content_type=f"text/xml; charset={encoding}")
    assert refused.value.code == "invalid_content_type"


def test_an_id_with_an_algorithm_of_its_own_does_not_give_the_hash_two():
    added = add_request_hash(document("", "", ("xroad:", ' a="1" algorithmId = \'x\' b="2"'), "q"), HASH)
    assert b'requestHash a="1" b="2" algorithmId="http://www.w3.org/2001/04/xmlenc#sha512">' in added


def test_a_long_run_of_space_is_passed_in_one_go():
    """Ten megabytes of it; a search that starts anew at each byte would not come back."""
    old = "<xroad:requestHash>b2xk</xroad:requestHash>"
    padded = document("", "", ("xroad:", ""), "q", after=" " * 10_000_000 + "<xroad:issue/>", old=old)
    clean = document("", "", ("xroad:", ""), "q", after=" " * 10_000_000 + "<xroad:issue/>")
    assert add_request_hash(padded, HASH) == add_request_hash(clean, HASH)
    late = document("", "", ("xroad:", ""), "q", after=f"<xroad:a>{' ' * 10_000_000}</xroad:a>" + old)
    assert b"b2xk" not in add_request_hash(late, HASH)
