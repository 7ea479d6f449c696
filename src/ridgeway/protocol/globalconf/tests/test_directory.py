from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from hypothesis import given
from hypothesis import strategies as st

from ridgeway.errors import TrustError
from ridgeway.protocol.globalconf import (
    PublishedPart,
    read_signed_directory,
    verify_signed_directory,
    write_directory_content,
    write_signed_directory,
)
from ridgeway.protocol.globalconf.algorithms import SHA1, XMLDSIG, XMLDSIG_MORE_2007
from ridgeway.protocol.globalconf.tests.cast import INNER, LATER, NOW, OUTER, a_directory, signing_key

KEY = signing_key()
PARTS = (
    PublishedPart("PRIVATE-PARAMETERS", "LAB", "/V6/1/private-params.xml", b"private"),
    PublishedPart("SHARED-PARAMETERS", "LAB", "/V6/1/shared-params.xml", b"shared"),
    PublishedPart("FOO", "LAB", "/V6/1/foo.xml", b"foo"),
)
DIRECTORY = a_directory(PARTS)


def verify(data: bytes, *, key=KEY, now=NOW):
    return verify_signed_directory(
        read_signed_directory(data), [signing_key("other").certificate, key.certificate], now=now
    )


def refused(data: bytes, **settings) -> str:
    with pytest.raises(TrustError) as caught:
        verify(data, **settings)
    return caught.value.code


def resign(content: bytes, *, key=KEY, head: bytes = b"") -> bytes:
    """A directory around any signed content."""
    empty = write_directory_content((), expires_at=LATER, version=6, boundary=INNER)
    return write_signed_directory(
        replace(empty, signed=content),
        key.sign(content),
        certificate=key.certificate,
        boundary=OUTER,
        algorithm=key.algorithm,
    )


def content_of(**settings) -> bytes:
    values = {"expires_at": LATER, "version": 6, "boundary": INNER, **settings}
    return write_directory_content(PARTS, **values).signed


@pytest.mark.parametrize("kind", ["ec", "rsa"])
def test_what_is_written_is_proven_again(kind):
    key = signing_key(f"key of {kind}", kind=kind)

    directory = verify(a_directory(PARTS, key=key), key=key)

    assert (directory.version, directory.expires_at, directory.certificate) == (6, LATER, key.certificate)
    assert [(part.identifier, part.instance, part.location) for part in directory.parts] == [
        (part.identifier, part.instance, part.location) for part in PARTS
    ]
    for promised, published in zip(directory.parts, PARTS, strict=True):
        promised.require_content(published.content)
        with pytest.raises(TrustError, match="global_conf_part_downloaded_file_integrity_failure"):
            promised.require_content(published.content + b" ")


def test_a_signature_with_pss_is_proven():
    key = signing_key("key of rsa", kind="rsa")
    content = write_directory_content(PARTS, expires_at=LATER, version=6, boundary=INNER)
    assert isinstance(key.key, rsa.RSAPrivateKey)
    pss = padding.PSS(padding.MGF1(hashes.SHA512()), hashes.SHA512.digest_size)
    document = write_signed_directory(
        content,
        key.key.sign(content.signed, pss, hashes.SHA512()),
        certificate=key.certificate,
        boundary=OUTER,
        algorithm=XMLDSIG_MORE_2007 + "sha512-rsa-MGF1",
    )
    assert verify(document, key=key).version == 6


def test_the_signature_is_looked_at_before_the_expiry_and_the_certificate_before_the_signature():
    expired = content_of(expires_at=NOW - timedelta(seconds=1))
    assert refused(resign(expired)) == "global_conf_outdated"
    assert refused(resign(expired).replace(b"/1/foo", b"/1/bar")) == "global_conf_signature_verification_failure"
    assert refused(resign(expired, key=signing_key("stranger"))) == "global_conf_missing_verification_cert"


def test_a_directory_counts_through_the_second_in_which_it_expires():
    assert verify(DIRECTORY, now=LATER).version == 6
    assert refused(DIRECTORY, now=LATER + timedelta(seconds=1)) == "global_conf_outdated"


@pytest.mark.parametrize(
    ("found", "instead", "code"),
    [
        (b"Expire-date: 2026-02-06T12:10:00Z\r\n", b"", "global_conf_header_field_missing"),
        (b"2026-02-06T12:10:00Z", b"soon", "global_conf_header_field_wrong_value"),
        (b"2026-02-06T12:10:00Z", b"2026-02-06T12:10:00", "global_conf_header_field_wrong_value"),
        (b"Version: 6", b"Version: six", "global_conf_header_field_wrong_value"),
        (b"; instance='LAB'", b"", "global_conf_header_field_missing_parameter"),
        (b"Content-location: /V6/1/foo.xml\r\n", b"", "global_conf_header_field_missing"),
        (b"application/octet-stream", b"text/plain", "global_conf_header_field_wrong_value"),
        (b"xmlenc#sha512", b"xmlenc#sha999", "global_conf_header_field_wrong_value"),
    ],
)
def test_a_header_that_is_missing_or_wrong_is_named(found, instead, code):
    content = content_of()
    assert found in content
    assert refused(resign(content.replace(found, instead))) == code


@pytest.mark.parametrize(
    "instance", [b'; instance="LAB"', b"; instance=LAB", b";instance = 'LAB' ; other=1", b"; INSTANCE='LAB'"]
)
def test_every_writers_way_of_quoting_is_read(instance):
    assert {part.instance for part in verify(resign(content_of().replace(b"; instance='LAB'", instance))).parts} == {
        "LAB"
    }


@pytest.mark.parametrize(
    "moment", [b"2026-02-06T14:10:00+02:00", b"2026-02-06T12:10:00.000000000Z", b"2026-02-06T12:10Z"]
)
def test_every_writers_way_of_stating_the_expiry_is_read(moment):
    assert verify(resign(content_of().replace(b"2026-02-06T12:10:00Z", moment))).expires_at == LATER


def test_lines_that_end_in_lf_are_read_as_they_were_signed():
    lf = content_of().replace(b"\r\n", b"\n")
    assert verify(resign(lf)).parts == verify(DIRECTORY).parts
    assert refused(DIRECTORY.replace(b"\r\n", b"\n")) == "global_conf_signature_verification_failure"


def test_without_its_last_delimiter_the_content_ends_with_its_part():
    cut = content_of().removesuffix(f"\r\n--{INNER}--\r\n".encode())
    assert verify(resign(cut)).parts == verify(DIRECTORY).parts


def test_header_names_are_read_in_any_case():
    assert (
        verify(resign(content_of().replace(b"Content-location", b"CONTENT-LOCATION"))).parts == verify(DIRECTORY).parts
    )


def test_a_boundary_of_the_unsigned_header_cannot_cut_the_signed_content_elsewhere():
    moved = DIRECTORY.replace(f"boundary={INNER}\r\n".encode(), f"boundary={INNER}--\r\n".encode())
    assert refused(moved) == "global_conf_parsing_downloaded_conf_directory_failure"


def test_a_third_part_outside_is_refused():
    closing = f"--{OUTER}--\r\n".encode()
    more = DIRECTORY.replace(closing, f"--{OUTER}\r\nX: y\r\n\r\nmore\r\n".encode() + closing)
    assert refused(more) == "global_conf_parsing_downloaded_conf_directory_failure"


def test_a_weak_algorithm_proves_nothing():
    assert refused(DIRECTORY.replace(b"xmldsig-more#ecdsa-sha512", b"xmldsig-more#ecdsa-sha1")) == (
        "global_conf_header_field_wrong_value"
    )
    rsa = a_directory(PARTS, key=signing_key("key of rsa", kind="rsa"))
    weak = rsa.replace(b"http://www.w3.org/2001/04/xmldsig-more#rsa-sha512", (XMLDSIG + "rsa-sha1").encode())
    assert refused(weak, key=signing_key("key of rsa", kind="rsa")) == "global_conf_header_field_wrong_value"
    part = verify(resign(content_of(hash_algorithm=SHA1))).parts[0]
    with pytest.raises(TrustError, match="too weak"):
        part.require_content(PARTS[0].content)


@pytest.mark.parametrize(
    "certificate", [b"no certificate", KEY.certificate.replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x09")]
)
def test_a_certificate_that_is_none_proves_nothing(certificate):
    content = write_directory_content(PARTS, expires_at=LATER, version=6, boundary=INNER)
    document = write_signed_directory(content, b"x", certificate=certificate, boundary=OUTER)
    with pytest.raises(TrustError, match="global_conf_signature_verification_failure"):
        verify_signed_directory(read_signed_directory(document), [certificate], now=NOW)


@pytest.mark.parametrize("bad", [{"location": "/a\r\nX: y"}, {"instance": "it's"}, {"identifier": "A\nB"}])
def test_no_value_can_smuggle_a_line_into_the_directory(bad):
    part = replace(PARTS[2], **bad)
    with pytest.raises(TrustError, match="cannot stand"):
        write_directory_content([part], expires_at=LATER, version=6, boundary=INNER)


def read_and_verify(data: bytes) -> None:
    """A directory is read, or refused as such; any other exception fails the test."""
    try:
        verify(data)
    except TrustError:
        return


def test_a_directory_cut_anywhere_is_refused():
    whole = DIRECTORY.removesuffix(b"\r\n").removesuffix(f"\r\n--{OUTER}--".encode())
    for end in range(len(whole)):
        assert refused(DIRECTORY[:end])


@given(st.integers(0, len(DIRECTORY) - 1), st.integers(1, 255))
def test_a_byte_changed_anywhere_is_refused_or_harmless(position, change):
    changed = bytearray(DIRECTORY)
    changed[position] ^= change
    try:
        directory = verify(bytes(changed))
    except TrustError:
        return
    assert directory.parts == verify(DIRECTORY).parts


@given(st.binary(max_size=300))
def test_garbage_is_refused(garbage):
    with pytest.raises(TrustError):
        verify(garbage)


@given(
    st.lists(
        st.sampled_from(
            [
                b"\r\n",
                b"\n",
                b"--" + OUTER.encode(),
                b"--",
                b"Content-Type: multipart/mixed; boundary=",
                OUTER.encode(),
                b":",
                b"x",
                b" ",
                b"Expire-date: ",
            ]
        ),
        max_size=30,
    )
)
def test_pieces_in_any_order_are_refused_politely(pieces):
    read_and_verify(DIRECTORY[:60] + b"".join(pieces))


def test_more_than_fits_is_not_read():
    with pytest.raises(TrustError, match="at most"):
        read_signed_directory(b"x" * (1024 * 1024 + 1))


def test_headers_without_end_are_refused_early():
    folded = b"Content-Type: multipart/related; boundary=x\r\n" + b" y\r\n" * 100_000
    with pytest.raises(TrustError, match="exceed 32 lines"):
        read_signed_directory(folded)
