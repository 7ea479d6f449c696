"""A certificate as a value: read once, looked at often.

Law: what cannot be read raises, whatever the bytes; nothing here says that a certificate is good, only what it says.
Source: RFC 5280; X-Road's usage tests (digital signature is not signing: signing is nonRepudiation).
Read next: `chains.py`.
"""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.x509.oid import ExtendedKeyUsageOID

from ridgeway.errors import CertificateError
from ridgeway.protocol.certificates.names import NormalName, normalise_name, render_name

MAX_CERTIFICATE_BYTES = 64 * 1024
PEM = re.compile(rb"-----BEGIN ([A-Z0-9 ]*CERTIFICATE)-----\s*([A-Za-z0-9+/=\s]+?)-----END")

UNREADABLE = (ValueError, TypeError, UnsupportedAlgorithm, x509.DuplicateExtension, x509.InvalidVersion, OverflowError)
"""What the library raises for bytes that are no certificate, some of it only when a field is looked at."""


@dataclass(frozen=True, slots=True, eq=False)
class Certificate:
    """What a certificate says. `sha1` and `sha256` are raw digests of `der`; times are aware UTC."""

    der: bytes = field(repr=False)
    subject: str
    issuer: str
    serial: int
    not_before: datetime
    not_after: datetime
    is_authentication: bool
    is_signing: bool
    is_authority: bool
    is_ocsp_signing: bool
    sha1: bytes = field(repr=False)
    sha256: bytes = field(repr=False)
    subject_normal: NormalName = field(repr=False)
    issuer_normal: NormalName = field(repr=False)
    public_key: CertificatePublicKeyTypes = field(repr=False)
    loaded: x509.Certificate = field(repr=False)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Certificate) and self.der == other.der

    def __hash__(self) -> int:
        return hash(self.der)

    def is_valid_at(self, at: datetime) -> bool:
        """Whether its validity covers `at`."""
        return self.not_before <= at <= self.not_after


def read_certificate(data: bytes) -> Certificate:
    """The certificate in DER or PEM (also `TRUSTED CERTIFICATE`, and base64 of PEM).

    Raises:  CertificateError(incorrect_certificate).
    """
    try:
        loaded = load(data)
        return build(loaded, loaded.public_bytes_der)
    except UNREADABLE as error:
        raise CertificateError("incorrect_certificate", f"The certificate cannot be read: {error}.") from error


@dataclass(frozen=True, slots=True)
class Loaded:
    """A certificate of the library with the very bytes it was in."""

    certificate: x509.Certificate
    public_bytes_der: bytes


def load(data: bytes) -> Loaded:
    """The certificate in any of the forms.

    Raises:  ValueError and its like.
    """
    if len(data) > MAX_CERTIFICATE_BYTES:
        raise ValueError(f"it has {len(data)} bytes; at most {MAX_CERTIFICATE_BYTES}")
    if b"-----BEGIN" not in data and data[:1] != b"\x30":
        data = base64.b64decode(data, validate=False)
    found = PEM.search(data)
    if found is None:
        return Loaded(x509.load_der_x509_certificate(data), data)
    try:
        der = base64.b64decode(b"".join(found[2].split()), validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from error
    if found[1].startswith(b"TRUSTED"):
        der = der[: length_of(der)]
    return Loaded(x509.load_der_x509_certificate(der), der)


def length_of(der: bytes) -> int:
    """The length of the first DER element, without what OpenSSL puts after it."""
    if len(der) < 2 or der[1] < 0x80:
        return 2 + (der[1] if len(der) > 1 else 0)
    count = der[1] & 0x7F
    return 2 + count + int.from_bytes(der[2 : 2 + count], "big")


def build(loaded: Loaded, der: bytes) -> Certificate:
    """The value; every field is looked at here, so that none fails later."""
    certificate = loaded.certificate
    signing, authentication = read_usage(certificate)
    extended = read_extended_usage(certificate)
    return Certificate(
        der=der,
        subject=render_name(certificate.subject),
        issuer=render_name(certificate.issuer),
        serial=certificate.serial_number,
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        is_authentication=authentication or ExtendedKeyUsageOID.CLIENT_AUTH.dotted_string in extended,
        is_signing=signing,
        is_authority=read_authority(certificate),
        is_ocsp_signing=ExtendedKeyUsageOID.OCSP_SIGNING.dotted_string in extended,
        sha1=hashlib.sha1(der, usedforsecurity=False).digest(),
        sha256=hashlib.sha256(der).digest(),
        subject_normal=normalise_name(certificate.subject),
        issuer_normal=normalise_name(certificate.issuer),
        public_key=certificate.public_key(),
        loaded=certificate,
    )


def read_usage(certificate: x509.Certificate) -> tuple[bool, bool]:
    """Whether the key usage says signing, and authentication."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return False, False
    return usage.content_commitment, usage.digital_signature or usage.key_encipherment or usage.data_encipherment


def read_extended_usage(certificate: x509.Certificate) -> frozenset[str]:
    """The extended key usages, as dotted OIDs."""
    try:
        usages = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return frozenset()
    return frozenset(usage.dotted_string for usage in usages)


def read_authority(certificate: x509.Certificate) -> bool:
    """Whether it may issue certificates: CA by its basic constraints, and keyCertSign where usages are named."""
    try:
        if not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
            return False
    except x509.ExtensionNotFound:
        return False
    try:
        return certificate.extensions.get_extension_for_class(x509.KeyUsage).value.key_cert_sign
    except x509.ExtensionNotFound:
        return True


def is_issued_by(child: Certificate, issuer: Certificate) -> bool:
    """Whether the issuer's name and key both fit; SHA-1 under a certificate is tolerated as X-Road does."""
    if child.issuer_normal != issuer.subject_normal:
        return False
    try:
        verify_signed(
            child.loaded.signature,
            child.loaded.tbs_certificate_bytes,
            key=issuer.public_key,
            digest=child.loaded.signature_hash_algorithm,
            form=child.loaded.signature_algorithm_parameters,
        )
    except (*UNREADABLE, InvalidSignature):
        return False
    return True


def verify_signed(
    signature: bytes,
    data: bytes,
    *,
    key: CertificatePublicKeyTypes,
    digest: hashes.HashAlgorithm | None,
    form: object = None,
) -> None:
    """Prove that the holder of `key` signed `data`.

    Raises:  InvalidSignature, ValueError for a key that cannot.
    """
    if isinstance(key, rsa.RSAPublicKey) and digest is not None:
        used = form if isinstance(form, padding.PSS | padding.PKCS1v15) else padding.PKCS1v15()
        key.verify(signature, data, used, digest)
    elif isinstance(key, ec.EllipticCurvePublicKey) and digest is not None:
        key.verify(signature, data, ec.ECDSA(digest))
    else:
        raise ValueError(f"a {type(key).__name__} is not used here")
