"""What the quick reader of chains accepts, the thorough one accepts with an equal value, however it was changed."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ridgeway.protocol.hashchains import build_hash_chains
from ridgeway.protocol.hashchains.plain import MAX_PLAIN_BYTES, find_plain_chain, find_plain_result
from ridgeway.protocol.hashchains.reading import read_chain, read_chain_result
from ridgeway.protocol.hashchains.tests.test_hashchains import parts_of

OWN = 'xmlns="http://cyber.ee/hashchain"'
SIGNING = 'xmlns:ds="http://www.w3.org/2000/09/xmldsig#"'


def respell(document: bytes) -> bytes:
    """The document with the prefixes and the indentation of X-Road's."""
    text = re.sub(r"(</?)(\w+[ >/])", r"\1ns2:\2", document.decode())
    text = re.sub(r"(</?)ds:", r"\1", text).replace(f"{OWN} {SIGNING}", f"{SIGNING} {OWN.replace('=', ':ns2=')}")
    text = text.replace("xmlns:ds", "xmlns").replace("><Digest", ">\n            <Digest")
    return re.sub(r'( xmlns="[^"]*" xmlns:ns2="[^"]*")( URI="[^"]*")', r"\2\1", text).encode()


def swap_prefixes(document: bytes) -> bytes:
    """The document with the other choice of prefixes that X-Road wrote."""
    return document.replace(b"ds:", b"ns2:").replace(b":ds=", b":ns2=")


BATCHES = [
    build_hash_chains([parts_of(0, 1)]),
    build_hash_chains([parts_of(0, 0), parts_of(1, 2), parts_of(2, 0)]),
]
CHAINS = [spell(each) for batch in BATCHES for each in batch.chains for spell in (bytes, respell, swap_prefixes)]
RESULTS = [spell(batch.result) for batch in BATCHES for spell in (bytes, respell, swap_prefixes)]


def read_alike(document: bytes):
    """What the quick reader reads, once the thorough one has read the same; this is the test."""
    chain, result = find_plain_chain(document), find_plain_result(document)
    assert chain is None or result is None
    if chain is not None:
        assert read_chain(document) == chain
    if result is not None:
        assert read_chain_result(document) == result
    return chain or result


@pytest.mark.parametrize("document", [*CHAINS, *RESULTS])
def test_the_layouts_of_this_software_and_of_x_road_are_read(document):
    assert read_alike(document) is not None


def test_a_long_chain_is_for_the_thorough_reader():
    assert find_plain_chain(CHAINS[0] + b" " * MAX_PLAIN_BYTES) is None
    assert read_alike(CHAINS[0] + b" " * 1000) is not None


@pytest.mark.parametrize("octet", [b"<", b"&", b'"', b"A", b"\n", b"=", b"1", b"\xc3"])
@pytest.mark.parametrize("document", [CHAINS[4], RESULTS[1]])
def test_one_octet_changed_anywhere_is_read_alike(document, octet):
    for at in range(len(document)):
        read_alike(document[:at] + octet + document[at + 1 :])
        read_alike(document[:at] + octet + document[at:])
        read_alike(document[:at] + document[at + 1 :])


TRICKS = [
    *["&amp;", "&#13;", "&#65;", "&#0;", "&nbsp;", "<", ">", "<!-- -->", "<?a b?>", "<![CDATA[a]]>", "<!DOCTYPE a>"],
    *["<a/>", "\n", "\r\n", "\r", "\t", "\x00", "\x85", "\u2028", "\ufeff", "é", '"', "'", "=", "==", "AA==", "AB=="],
    *["STEP0", "STEP1", "#", "#STEP0", "a#b#c", "#" + "9" * 300, "/message.xml", "/attachment1", 'id="STEP0"', "ns2:"],
    *[
        "ds:",
        ' xmlns="b"',
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:a="b"',
        ' URI="#a"',
        "1.1",
        "no",
    ],
    *["http://www.w3.org/2001/04/xmlenc#sha256", "http://www.w3.org/2000/09/xmldsig#sha1", "HashValue", "DataRef"],
]
PIECES = st.one_of(st.sampled_from(TRICKS), st.text(max_size=3), st.text("ABab01+/=&#;\n \r", max_size=8))


@st.composite
def changed(draw):
    """A document with a text, an element or any piece put in, left out, replaced, or repeated."""
    text = draw(st.sampled_from([*CHAINS, *RESULTS])).decode()
    for _ in range(draw(st.integers(1, 3))):
        spans = [each.span(1) for each in re.finditer(r'=("[^"]*)"|>([^<>]*)<', text) if each[1]]
        spans += [
            each.span() for each in re.finditer(r"<(?:\w+:)?(\w+)[ >].*?</(?:\w+:)?\1>|<[^<>]*/>", text, re.DOTALL)
        ]
        spans += [each.span() for each in re.finditer(r">[^<>]*<", text)]
        spans.append((at := draw(st.integers(0, len(text))), min(len(text), at + draw(st.integers(0, 40)))))
        start, end = draw(st.sampled_from(spans))
        if draw(st.booleans()):
            start = draw(st.integers(start, end))
            end = draw(st.integers(start, min(end, start + 3)))
        put = draw(st.one_of(PIECES, st.just(""), st.just(text[start:end] * 2)))
        text = text[:start] + put + text[end:]
    return text.encode("utf-8", "surrogatepass")


@settings(max_examples=800, deadline=None)
@given(changed())
def test_a_changed_document_is_read_alike(document):
    read_alike(document)


def test_other_texts_are_still_read_quickly():
    assert read_alike(CHAINS[0].replace(b"/attachment1", b"/other")) is not None
    assert read_alike(CHAINS[0].replace(b"xmlenc#sha512", b"xmlenc#sha256")) is not None
    assert read_alike(CHAINS[0].replace(b"xmlenc#sha512", b"xmldsig#sha1")) is None
