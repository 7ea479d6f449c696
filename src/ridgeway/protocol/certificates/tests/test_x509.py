"""Certificates as values: every form is read, nothing but RidgewayError comes out of garbage."""

import base64
import warnings

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from hypothesis import given, settings
from hypothesis import strategies as st

from ridgeway.errors import CertificateError
from ridgeway.protocol.certificates.names import MAX_NAME_CHARACTERS, normalise_name, render_name
from ridgeway.protocol.certificates.tests.cast import AUTH, NOW, ROOT, SIGNER, Wanted, issue
from ridgeway.protocol.certificates.x509 import (
    MAX_CERTIFICATE_BYTES,
    MAX_CERTIFICATES,
    read_certificate,
    read_certificates,
    read_der,
)

PEM = SIGNER.certificate.loaded.public_bytes(Encoding.PEM)


@pytest.mark.parametrize(
    "form",
    [
        SIGNER.der,
        PEM,
        b"Subject: signer\n" + PEM,
        base64.b64encode(SIGNER.der),
        base64.encodebytes(SIGNER.der),
        base64.b64encode(PEM),
        base64.b64encode(SIGNER.der + bytes(100)),
        PEM.replace(b"\n", b"\r\n"),
        b"-----BEGIN TRUSTED CERTIFICATE-----\n"
        + base64.encodebytes(SIGNER.der + b"\x30\x02\x05\x00")
        + b"-----END TRUSTED CERTIFICATE-----\n",
    ],
    ids=[
        "der",
        "pem",
        "pem-with-text",
        "base64",
        "wrapped-base64",
        "base64-of-pem",
        "padded-base64",
        "crlf",
        "trusted",
    ],
)
def test_a_certificate_is_read_in_every_form_that_configurations_hold(form):
    assert read_certificate(form) == SIGNER.certificate
    assert read_certificate(form).der == SIGNER.der


def test_der_with_something_after_it_is_refused_because_its_digest_would_be_another():
    with pytest.raises(CertificateError):
        read_certificate(SIGNER.der + b"\x00")


def test_text_inside_a_certificate_is_never_read_as_another_certificate():
    bait = issue(Wanted("bait", subject=x509.Name([x509.NameAttribute(NameOID.STREET_ADDRESS, PEM.decode())])))
    assert read_certificate(bait.der) == bait.certificate


def test_usages_are_told_as_x_road_tells_them():
    unused = issue(Wanted("none", usage=None)).certificate
    client = issue(Wanted("client", usage=None, extended=[ExtendedKeyUsageOID.CLIENT_AUTH])).certificate
    assert [(each.is_signing, each.is_authentication, each.is_authority) for each in (SIGNER.certificate, unused)] == [
        (True, False, False),
        (False, False, False),
    ]
    assert (AUTH.certificate.is_signing, AUTH.certificate.is_authentication) == (False, True)
    assert (client.is_signing, client.is_authentication) == (False, True)
    assert (ROOT.certificate.is_authority, ROOT.certificate.is_self_issued) == (True, True)
    assert SIGNER.certificate.is_valid_at(NOW)


def test_a_chain_in_pem_is_read_in_its_order():
    text = PEM + b"and\n" + ROOT.certificate.loaded.public_bytes(Encoding.PEM)
    assert read_certificates(text) == (SIGNER.certificate, ROOT.certificate)
    assert read_certificates(SIGNER.der) == (SIGNER.certificate,)


@pytest.mark.parametrize(
    "text", [PEM * (MAX_CERTIFICATES + 1), b"-----BEGIN CERTIFICATE-----", b"-----BEGIN X" * MAX_CERTIFICATE_BYTES * 2]
)
def test_a_text_with_no_or_too_many_certificates_is_refused(text):
    with pytest.raises(CertificateError):
        read_certificates(text)


def test_names_are_printed_escaped_so_that_they_break_no_fault_and_no_log():
    attributes = [
        (NameOID.COUNTRY_NAME, "EE"),
        (NameOID.COMMON_NAME, " a,b\n\x00ü\ufffe#"),
        (NameOID.SERIAL_NUMBER, "#1 "),
    ]
    name = x509.Name([x509.NameAttribute(oid, value, _validate=False) for oid, value in attributes])
    assert render_name(name) == "2.5.4.5=\\#1\\ ,CN=\\ a\\,b\\0A\\00ü\\EF\\BF\\BE#,C=EE"


def test_names_are_the_same_whatever_their_case_spaces_and_order():
    def name(*attributes):
        return normalise_name(x509.Name([x509.NameAttribute(oid, value) for oid, value in attributes]))

    organisation, common = NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME
    one = name((organisation, "Test  CA"), (common, "Root"))
    assert one == name((common, "ROOT"), (organisation, "test ca "))
    assert one != name((organisation, "Root"), (common, "Test CA"))


def test_a_common_name_longer_than_its_standard_allows_is_read_without_a_warning():
    with warnings.catch_warnings(action="ignore"):
        long = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "x" * 65, _validate=False)])
        der = issue(Wanted("long", subject=long)).der
    read_der.cache_clear()
    assert read_certificate(der).subject == "CN=" + "x" * 65


def test_a_name_too_long_for_a_fault_is_refused():
    long = x509.Name([x509.NameAttribute(NameOID.STREET_ADDRESS, "x" * MAX_NAME_CHARACTERS)])
    with pytest.raises(CertificateError, match="at most 4096"):
        issue(Wanted("long", subject=long))


@settings(deadline=None)
@given(st.binary(max_size=400) | st.binary(max_size=100).map(lambda data: b"\x30\x82" + data))
def test_garbage_is_no_certificate(data):
    for read in (read_certificate, read_certificates):
        with pytest.raises(CertificateError) as refused:
            read(data)
        assert refused.value.code == "incorrect_certificate"


@settings(deadline=None)
@given(st.integers(0, len(SIGNER.der) - 1))
def test_a_certificate_cut_short_is_refused(length):
    with pytest.raises(CertificateError):
        read_certificate(SIGNER.der[:length])


@settings(max_examples=400, deadline=None)
@given(st.integers(0, len(SIGNER.der) - 1), st.integers(1, 255))
def test_a_changed_certificate_is_read_or_refused_and_is_another(position, change):
    changed = bytearray(SIGNER.der)
    changed[position] ^= change
    try:
        read = read_certificate(bytes(changed))
    except CertificateError:
        return
    assert read != SIGNER.certificate
