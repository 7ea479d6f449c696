"""A certificate as a value: read once, looked at often.

Law: what cannot be read raises, whatever the bytes; nothing here says that a certificate is good, only what it says.
Every field is looked at while reading, so that none can fail later. Reading is remembered, because the same few
certificates come with every message.
Source: RFC 5280; X-Road's usage tests (digital signature is not signing: signing is nonRepudiation).
Read next: `keys.py` for who signed what, `chains.py`.
"""

import base64
import binascii
import hashlib
import re
import warnings
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID

from ridgeway.errors import CertificateError
from ridgeway.protocol.certificates.names import NormalName, normalise_name, render_name

MAX_CERTIFICATE_BYTES = 64 * 1024
MAX_CERTIFICATES = 20
"""In one text, as in a chain of PEM blocks."""
REMEMBERED_CERTIFICATES = 512
PEM = re.compile(rb"-----BEGIN ([A-Z0-9 ]{0,40}CERTIFICATE)-----([A-Za-z0-9+/=\s]+)-----END")

UNREADABLE = (ValueError, TypeError, UnsupportedAlgorithm, x509.DuplicateExtension, x509.InvalidVersion, OverflowError)
"""What the library raises for bytes that are no certificate, some of it only when a field is looked at."""

UNDERSTOOD = frozenset(
    {
        ExtensionOID.BASIC_CONSTRAINTS,
        ExtensionOID.KEY_USAGE,
        ExtensionOID.EXTENDED_KEY_USAGE,
        ExtensionOID.SUBJECT_ALTERNATIVE_NAME,
        ExtensionOID.CERTIFICATE_POLICIES,
        ExtensionOID.POLICY_MAPPINGS,
        ExtensionOID.POLICY_CONSTRAINTS,
        ExtensionOID.INHIBIT_ANY_POLICY,
    }
)
"""Critical extensions that may stand in a path: they are heeded, or are about policies, of which any will do."""


@dataclass(frozen=True, slots=True, eq=False)
class Certificate:
    """What a certificate says. `sha1` and `sha256` are raw digests of `der`; times are aware UTC.

    `path_length` is how many authorities may stand below it, None for any. `not_understood` are the OIDs of critical
    extensions that nothing here heeds. Two are equal when their bytes are.
    """

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
    path_length: int | None
    not_understood: tuple[str, ...]
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

    @property
    def is_self_issued(self) -> bool:
        """Whether it names itself as its issuer, as a root does."""
        return self.issuer_normal == self.subject_normal


def read_certificate(data: bytes) -> Certificate:
    """The certificate in DER or PEM (also `TRUSTED CERTIFICATE`), or in base64 of either; the first of several.

    Raises:  CertificateError(incorrect_certificate).
    """
    try:
        return read_der(take_first(bytes(data)))
    except UNREADABLE as error:
        raise CertificateError("incorrect_certificate", f"The certificate cannot be read: {error}.") from error


def read_certificates(data: bytes) -> tuple[Certificate, ...]:
    """Every certificate of a PEM text in its order, or the one in DER.

    Raises:  CertificateError(incorrect_certificate), also when there is none or more than MAX_CERTIFICATES.
    """
    if b"-----BEGIN" not in data:
        return (read_certificate(data),)
    if len(data) > MAX_CERTIFICATE_BYTES * MAX_CERTIFICATES:
        raise CertificateError("incorrect_certificate", f"A text of {len(data)} bytes is too long for certificates.")
    blocks = [found[0] for found in PEM.finditer(data)]
    if not 0 < len(blocks) <= MAX_CERTIFICATES:
        raise CertificateError(
            "incorrect_certificate", f"The text holds {len(blocks)} certificates; expected 1 to {MAX_CERTIFICATES}."
        )
    return tuple(read_certificate(block) for block in blocks)


def take_first(data: bytes) -> bytes:
    """The DER of the first certificate in any of the forms.

    Raises:  ValueError.
    """
    if len(data) > MAX_CERTIFICATE_BYTES:
        raise ValueError(f"it has {len(data)} bytes; at most {MAX_CERTIFICATE_BYTES}")
    if data[:1] == b"\x30":
        return data
    if b"-----BEGIN" not in data:
        data = decode_text(data)
    found = PEM.search(data)
    if found is not None:
        data = decode_text(found[2])
    return data[: length_of(data)]


def decode_text(text: bytes) -> bytes:
    """What base64 of any line length stands for.

    Raises:  ValueError.
    """
    try:
        return base64.b64decode(b"".join(text.split()), validate=True)
    except binascii.Error as error:
        raise ValueError(f"it is neither DER nor base64: {error}") from error


def length_of(der: bytes) -> int:
    """The length of the first DER element, without what OpenSSL or a smart card puts after it."""
    if len(der) < 2 or der[1] < 0x80:
        return 2 + (der[1] if len(der) > 1 else 0)
    count = der[1] & 0x7F
    return 2 + count + int.from_bytes(der[2 : 2 + count], "big")


@lru_cache(maxsize=REMEMBERED_CERTIFICATES)
def read_der(der: bytes) -> Certificate:
    """The certificate in exactly these bytes.

    Raises:  one of UNREADABLE.
    """
    with warnings.catch_warnings(action="ignore"):  # a name longer than X.520 likes is no reason to speak up
        certificate = x509.load_der_x509_certificate(der)
        require_whole_octets(der, certificate.signature)
        return build_certificate(der, certificate, read_extensions(certificate))


def require_whole_octets(der: bytes, signature: bytes) -> None:
    """Hold only when the signature, which ends the certificate, leaves no bits unused.

    The library takes zero bits at its end for padding, so one certificate would have several spellings and digests.

    Raises:  ValueError.
    """
    if der[-len(signature) - 1] != 0:
        raise ValueError("its signature is not a whole number of octets")


@dataclass(frozen=True, slots=True)
class Extensions:
    """What the extensions say that matters here."""

    is_authentication: bool
    is_signing: bool
    is_authority: bool
    is_ocsp_signing: bool
    path_length: int | None
    not_understood: tuple[str, ...]


def build_certificate(der: bytes, certificate: x509.Certificate, extensions: Extensions) -> Certificate:
    """The value, every field of it looked at."""
    return Certificate(
        der=der,
        subject=render_name(certificate.subject),
        issuer=render_name(certificate.issuer),
        serial=certificate.serial_number,
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        is_authentication=extensions.is_authentication,
        is_signing=extensions.is_signing,
        is_authority=extensions.is_authority,
        is_ocsp_signing=extensions.is_ocsp_signing,
        path_length=extensions.path_length,
        not_understood=extensions.not_understood,
        sha1=hashlib.sha1(der, usedforsecurity=False).digest(),
        sha256=hashlib.sha256(der).digest(),
        subject_normal=normalise_name(certificate.subject),
        issuer_normal=normalise_name(certificate.issuer),
        public_key=certificate.public_key(),
        loaded=certificate,
    )


def read_extensions(certificate: x509.Certificate) -> Extensions:
    """The extensions, read in one pass; an authority is a CA that may sign certificates where usages are named."""
    usage: x509.KeyUsage | None = None
    extended: frozenset[x509.ObjectIdentifier] = frozenset()
    constraints = x509.BasicConstraints(ca=False, path_length=None)
    not_understood = []
    for each in certificate.extensions:
        if isinstance(each.value, x509.KeyUsage):
            usage = each.value
        elif isinstance(each.value, x509.ExtendedKeyUsage):
            extended = frozenset(each.value)
        elif isinstance(each.value, x509.BasicConstraints):
            constraints = each.value
        if each.critical and each.oid not in UNDERSTOOD:
            not_understood.append(each.oid.dotted_string)
    return Extensions(
        is_authentication=ExtendedKeyUsageOID.CLIENT_AUTH in extended or is_for_authentication(usage),
        is_signing=usage is not None and usage.content_commitment,
        is_authority=constraints.ca and (usage is None or usage.key_cert_sign),
        is_ocsp_signing=ExtendedKeyUsageOID.OCSP_SIGNING in extended,
        path_length=constraints.path_length,
        not_understood=tuple(not_understood),
    )


def is_for_authentication(usage: x509.KeyUsage | None) -> bool:
    """Whether the key usage says so; a certificate without one does not."""
    return usage is not None and (usage.digital_signature or usage.key_encipherment or usage.data_encipherment)
