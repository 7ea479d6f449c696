"""What the quick reader accepts, the thorough one accepts with an equal value, however a document was changed."""

import os
import re
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ridgeway.protocol.signatures.document import SignatureDocument
from ridgeway.protocol.signatures.make import prepare_message_signature
from ridgeway.protocol.signatures.plain import PLAIN, compile_pattern, find_plain_signature
from ridgeway.protocol.signatures.stamping import add_signature_timestamp
from ridgeway.protocol.signatures.tests.cast import ALICE, NOW, make_country, sha512, sign
from ridgeway.protocol.signatures.verify import read_thoroughly

VECTORS = Path(os.environ.get("VECTORS_DIR") or Path(__file__).parents[6] / "shared" / "vectors")
ONE = (("/message.xml", sha512(b"message")),)
TWO = (*ONE, ("/attachment1", sha512(b"body")))


def make(parts=ONE, kind="p256", *, intermediate=False) -> bytes:
    country = make_country(intermediate=intermediate)
    signer = country.member(ALICE, kind)
    unsigned = prepare_message_signature(parts, material=country.material(signer), signing_time=NOW)
    return unsigned.complete(sign(signer.key, unsigned.to_be_signed, unsigned.algorithm))


def respell(xml: bytes) -> bytes:
    """The document in X-Road's own spelling: empty elements, line ends, base64 on lines."""
    text = re.sub(r"<(ds:\w+) ([^<>]*)></\1>", r"<\1 \2/>", xml.decode())
    signed, value, rest = re.split(r"(?<=</ds:SignedInfo>)|(?=<ds:Object>)", text)
    signed, value = (re.sub(r"(?<=>)(?=</?ds:(?!Signature ))", "\n", each) for each in (signed, value))
    signed, value = (
        re.sub(
            r">([A-Za-z0-9+/=]{77,})<", lambda found: ">" + "&#13;\n".join(re.findall(".{1,76}", found[1])) + "<", each
        )
        for each in (signed, value)
    )
    return (signed + value + rest).encode()


def read_alike(xml: bytes) -> SignatureDocument | None:
    """What the quick reader reads, once the thorough one has read the same; this is the test."""
    plain = find_plain_signature(xml)
    if plain is not None:
        assert read_thoroughly(xml) == plain
    return plain


OURS = {
    "direct": make(),
    "chain": make(TWO, "rsa"),
    "intermediates": make(intermediate=True),
}
DOCUMENTS = [*OURS.values(), *map(respell, OURS.values())]


@pytest.mark.parametrize("number", range(len(DOCUMENTS)))
def test_the_layouts_of_this_software_and_of_x_road_are_read(number):
    assert read_alike(DOCUMENTS[number]) is not None


def test_the_other_spelling_is_another_text_to_be_signed():
    ours, other = find_plain_signature(OURS["chain"]), find_plain_signature(respell(OURS["chain"]))
    assert ours is not None
    assert other is not None
    assert b"&#xD;\n" in other.signed_info
    assert other.signed_info != ours.signed_info
    assert other.certificate == ours.certificate


def test_a_signature_of_x_road_itself_is_read():
    file = VECTORS / "signature" / "sign-0.xml"
    if not file.exists():
        pytest.skip("VECTORS_DIR has no signature/sign-0.xml")
    assert read_alike(file.read_bytes()) is not None


def test_a_stamp_inside_is_for_the_thorough_reader():
    stamped = add_signature_timestamp(OURS["direct"], b"token")
    assert find_plain_signature(stamped) is None


@pytest.mark.parametrize("octet", [b"<", b"&", b'"', b"A", b"\n", b"=", b"1", b"\xc3"])
def test_one_octet_changed_anywhere_is_read_alike(octet):
    document = DOCUMENTS[-1]
    for at in range(len(document)):
        read_alike(document[:at] + octet + document[at + 1 :])


def test_one_octet_more_or_less_anywhere_is_read_alike():
    document = DOCUMENTS[-1]
    for at in range(len(document)):
        read_alike(document[:at] + document[at + 1 :])
        read_alike(document[:at] + b" " + document[at:])
        read_alike(document[:at] + b"\r" + document[at:])


TRICKS = [
    *["&amp;", "&lt;", "&gt;", "&#13;", "&#13;\n", "&#xD;", "&#10;", "&#65;", "&#0;", "&nbsp;", "&", "<", ">", "]]>"],
    *["<!-- -->", "<?a b?>", "<![CDATA[a]]>", "<!DOCTYPE a>", "<a/>", "<ds:Object></ds:Object>", "<ds:Signature/>"],
    *["\n", "\r\n", "\r", "\t", " ", "\x00", "\x0b", "\x85", "\u2028", "\ufeff", "\ufffe", "\U0001f600", "é", "İ"],
    *['"', "'", "=", "==", "===", "A", "/", "+", "-", "_", "0", "1", "2", "01", "9" * 30, "#", "/message.xml"],
    *["#signed-properties", "http://www.w3.org/2001/04/xmlenc#sha256", "http://www.w3.org/2000/09/xmldsig#sha1"],
    *[' xmlns:ds="a"', ' xmlns="b"', ' Id="signature"', ' Id="other"', "signature-value", "encapsulated-cert-1"],
    *["ocsp-response-2", "02918/v1.1.1", "2918/v1.2.1", "1.1", "UTF-16", "yes", "ds:", "xades:", "ns2:"],
]
PIECES = st.one_of(st.sampled_from(TRICKS), st.text(max_size=3), st.text("ABab01+/=&#;\n \r", max_size=8))


@st.composite
def changed(draw):
    """A document with a few things put in, left out, replaced, repeated or moved."""
    text = draw(st.sampled_from(DOCUMENTS)).decode()
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.one_of(st.integers(0, 4), st.integers(0, 400))))
        match draw(st.sampled_from(["put", "leave", "repeat", "move"])):
            case "put":
                text = text[:start] + draw(PIECES) + text[end:]
            case "leave":
                text = text[:start] + text[end:]
            case "repeat":
                text = text[:end] + text[start:end] + text[end:]
            case _:
                to = draw(st.integers(0, start))
                text = text[:to] + text[start:end] + text[to:start] + text[end:]
    return text.encode("utf-8", "surrogatepass")


@settings(max_examples=400, deadline=None)
@given(changed())
def test_a_changed_document_is_read_alike(xml):
    read_alike(xml)


HOLES = sorted(compile_pattern(PLAIN).groupindex)


@st.composite
def refilled(draw):
    """A document in which one of its texts, or a piece of one, is another."""
    text = draw(st.sampled_from(DOCUMENTS)).decode()
    found = compile_pattern(PLAIN).fullmatch(text)
    assert found is not None
    spans = [found.span(name) for name in HOLES if found[name]]
    spans += [each.span(1) for each in re.finditer(r">([^<>]+)<", text)]
    spans += [each.span(1) for each in re.finditer(r'="([^"]+)"', text)]
    start, end = draw(st.sampled_from(spans))
    if draw(st.booleans()):
        start = draw(st.integers(start, end))
        end = draw(st.integers(start, min(end, start + 5)))
    return (text[:start] + draw(PIECES) + text[end:]).encode("utf-8", "surrogatepass")


@settings(max_examples=600, deadline=None)
@given(refilled())
@example(OURS["direct"].replace(b"Test &amp; Co", "Tést & Co".encode()))
@example(OURS["direct"].replace(b"Test &amp; Co", "Tést &amp;amp; \u0142".encode()))
def test_a_document_with_other_texts_is_read_alike(xml):
    read_alike(xml)


ELEMENTS = re.compile(r"<(ds|xades):(\w+)[ >](?:(?!<\1:\2[ >]).)*?</\1:\2>|<ds:\w+ [^<>]*/>", re.DOTALL)


@st.composite
def rearranged(draw):
    """A document in which whole elements are repeated, left out, or in each other's place."""
    text = draw(st.sampled_from(DOCUMENTS)).decode()
    spans = [each.span() for each in ELEMENTS.finditer(text)]
    spans += [
        each.span() for each in re.finditer(r"<xades:Encapsulated.*?</xades:\w+>|<xades:Cert[ >].*?</xades:Cert>", text)
    ]
    (start, end), (left, right) = sorted([draw(st.sampled_from(spans)), draw(st.sampled_from(spans))])
    one, other = text[start:end], text[left:right]
    match draw(st.sampled_from(["repeat", "copy", "leave", "swap"])):
        case "repeat":
            return (text[:end] + one + text[end:]).encode()
        case "copy":
            return (text[:end] + other + text[end:]).encode()
        case "leave":
            return (text[:start] + text[end:]).encode()
        case _:
            middle = text[min(end, left) : left]
            return (text[:start] + other + middle + one + text[max(right, end) :]).encode()


@settings(max_examples=300, deadline=None)
@given(rearranged())
def test_a_rearranged_document_is_read_alike(xml):
    read_alike(xml)


def test_texts_of_another_value_are_still_read_quickly():
    xml = OURS["direct"]
    for old, new in [
        (b"2026-03-01T12:00:00.000Z", b"x"),
        (b"text/xml", b"a/b"),
        (b"1.0", b"1.1"),
        (b"/message.xml", b"/m"),
    ]:
        assert old in xml
        read_alike(xml.replace(old, new))
    assert read_alike(xml.replace(b'URI="/message.xml"', b'URI="/other"')) is not None
    assert read_alike(xml.replace(b"text/xml", b"a/b")) is not None
    assert read_alike(xml.replace(b"Test &amp; Co", "Tést \U0001f600 &gt;".encode())) is not None
