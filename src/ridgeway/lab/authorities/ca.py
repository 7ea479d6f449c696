"""The certification authority: a root of its own, and certificates from requests as X-Road's servers make them.

Law: the subject is copied as it was asked for; a certificate is for signing or for authentication, never for both;
nothing is issued that is not on record first. Whoever asks gets one: that is what makes it a lab's.
Source: RFC 5280, RFC 2986; key usages as X-Road's checks want them. Read next: `ocsp.py`.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID

from ridgeway.errors import MessageError, SettingsError
from ridgeway.lab.authorities.identity import (
    AUTHORITY_VALIDITY,
    Identity,
    KeyKind,
    begin_certificate,
    build_name,
    build_usage,
    make_key,
    read_identity,
    write_file,
    write_identity,
)
from ridgeway.lab.authorities.register import Issued, Register
from ridgeway.trust.clock import Clock, read_clock

ROOT, RESPONDER = "ca", "ocsp"
URL_FILE, REGISTER_FILE = "ocsp.url", "certificates.sqlite3"
VALIDITY = timedelta(days=365)
MAX_CSR_BYTES = 16 * 1024
MIN_RSA_BITS, MAX_RSA_BITS = 2048, 8192
UNREADABLE = (ValueError, TypeError, UnsupportedAlgorithm, x509.DuplicateExtension, x509.UnsupportedGeneralNameType)


class CertificateUsage(StrEnum):
    """What a certificate is for, in the words of X-Road's test authority."""

    SIGN = "sign"
    AUTH = "auth"


@dataclass(frozen=True, slots=True)
class CertificationAuthority:
    """A root with its responder and its register."""

    root: Identity
    responder: Identity
    ocsp_url: str
    register: Register
    clock: Clock = field(default=read_clock, repr=False)

    @property
    def certificate(self) -> bytes:
        """The root's certificate, DER."""
        return self.root.der

    @property
    def ocsp_certificate(self) -> bytes:
        """The responder's certificate, DER."""
        return self.responder.der

    def issue(self, csr: bytes, usage: CertificateUsage) -> bytes:
        """A certificate (DER) for the request `csr` (DER or PEM); it is on record.

        Raises:  MessageError(invalid_request) saying what is wrong with the request.
        """
        request, now = read_csr(csr), self.clock()
        der = self.build(request, usage, now=now).public_bytes(Encoding.DER)
        serial = x509.load_der_x509_certificate(der).serial_number
        self.register.append_issued(serial, Issued(der, usage), now=now)
        return der

    def build(
        self, request: x509.CertificateSigningRequest, usage: CertificateUsage, *, now: datetime
    ) -> x509.Certificate:
        """The certificate, signed."""
        subject, public_key = request.subject, require_good_key(request)
        builder = begin_certificate(subject, self.root.certificate.subject, public_key, now=now)
        builder = builder.not_valid_after(now + VALIDITY)
        builder = add_authority(builder, self.root).add_extension(build_location(self.ocsp_url), critical=False)
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        for extension, is_critical in list_usage_extensions(usage):
            builder = builder.add_extension(extension, critical=is_critical)
        names = find_names(request)
        if names is not None:
            builder = builder.add_extension(names, critical=False)
        return builder.sign(self.root.key, hashes.SHA256())

    def revoke(self, serial: int) -> bool:
        """Whether this authority issued such a certificate; it is revoked then."""
        return self.register.revoke(serial, now=self.clock())


def create_certification_authority(
    state: Path, *, name: str, ocsp_url: str, key_kind: KeyKind = KeyKind.EC_P256, clock: Clock = read_clock
) -> CertificationAuthority:
    """There is an authority in `state`; one that was complete before is kept as it is.

    Raises:  SettingsError when the one that is there names another address for its responder.
    """
    if not (state / URL_FILE).exists():
        state.mkdir(parents=True, exist_ok=True, mode=0o700)
        root = make_root(name, key_kind, now=clock())
        write_identity(root, state, ROOT)
        write_identity(make_responder(name, key_kind, root, now=clock()), state, RESPONDER)
        Register(state / REGISTER_FILE).create()
        write_file(state / URL_FILE, ocsp_url.encode(), mode=0o644)
    authority = open_certification_authority(state, clock=clock)
    if authority.ocsp_url != ocsp_url:
        raise SettingsError(
            "lab",
            f"The authority in {state} has its responder at {authority.ocsp_url}, not at {ocsp_url}.",
            action="Use the ports it was made with, or another state folder.",
        )
    return authority


def open_certification_authority(state: Path, *, clock: Clock = read_clock) -> CertificationAuthority:
    """The authority that was made in `state`.

    Raises:  SettingsError when there is none.
    """
    root, responder = read_identity(state, ROOT), read_identity(state, RESPONDER)
    try:
        ocsp_url = (state / URL_FILE).read_text("utf-8")
    except (OSError, ValueError) as error:
        raise SettingsError("lab", f"{state} holds no complete authority.", action="Set the lab up again.") from error
    return CertificationAuthority(root, responder, ocsp_url, Register(state / REGISTER_FILE), clock)


def make_root(name: str, kind: KeyKind, *, now: datetime) -> Identity:
    """A self-signed root that may sign certificates and lists of revoked ones."""
    key = make_key(kind)
    builder = begin_certificate(build_name(name), build_name(name), key.public_key(), now=now)
    builder = builder.not_valid_after(now + AUTHORITY_VALIDITY)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    builder = builder.add_extension(build_usage("key_cert_sign", "crl_sign"), critical=True)
    return Identity(key, builder.sign(key, hashes.SHA256()))


def make_responder(name: str, kind: KeyKind, root: Identity, *, now: datetime) -> Identity:
    """A responder that the root lets answer for it, and whose own revocation nobody need ask (RFC 6960 §4.2.2.2)."""
    key = make_key(kind)
    builder = begin_certificate(build_name(f"{name} OCSP"), root.certificate.subject, key.public_key(), now=now)
    builder = add_authority(builder.not_valid_after(now + AUTHORITY_VALIDITY), root)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(build_usage("digital_signature"), critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]), critical=False)
    builder = builder.add_extension(x509.OCSPNoCheck(), critical=False)
    return Identity(key, builder.sign(root.key, hashes.SHA256()))


def add_authority(builder: x509.CertificateBuilder, root: Identity) -> x509.CertificateBuilder:
    """The certificate names its issuer's key."""
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(root.key.public_key())
    return builder.add_extension(identifier, critical=False)


def build_location(ocsp_url: str) -> x509.AuthorityInformationAccess:
    """Where revocation is asked for."""
    location = x509.UniformResourceIdentifier(ocsp_url)
    return x509.AuthorityInformationAccess([x509.AccessDescription(AuthorityInformationAccessOID.OCSP, location)])


def list_usage_extensions(usage: CertificateUsage) -> tuple[tuple[x509.ExtensionType, bool], ...]:
    """The extensions that say what the certificate is for, each with whether it is critical."""
    if usage is CertificateUsage.SIGN:
        return ((build_usage("content_commitment"), True),)
    purposes = [ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH]
    return (
        (build_usage("digital_signature", "key_encipherment", "data_encipherment"), True),
        (x509.ExtendedKeyUsage(purposes), False),
    )


def read_csr(data: bytes) -> x509.CertificateSigningRequest:
    """The request, signed by the key that it is for.

    Raises:  MessageError(invalid_request).
    """
    try:
        if len(data) > MAX_CSR_BYTES:
            raise ValueError(f"{len(data)} bytes, at most {MAX_CSR_BYTES}")
        is_pem = b"-----BEGIN" in data
        request = x509.load_pem_x509_csr(data) if is_pem else x509.load_der_x509_csr(data)
        if not request.is_signature_valid:
            raise ValueError("its signature is not of the key in it")
        if not list(request.subject):
            raise ValueError("its subject is empty")
    except UNREADABLE as error:
        raise MessageError("invalid_request", f"The certificate request cannot be used: {error}.") from error
    return request


def require_good_key(request: x509.CertificateSigningRequest) -> ec.EllipticCurvePublicKey | rsa.RSAPublicKey:
    """The key of the request, when it is of a kind that is certified here.

    Raises:  MessageError(invalid_request).
    """
    key = request.public_key()
    if isinstance(key, ec.EllipticCurvePublicKey):
        return key
    if isinstance(key, rsa.RSAPublicKey) and MIN_RSA_BITS <= key.key_size <= MAX_RSA_BITS:
        return key
    raise MessageError(
        "invalid_request", f"The request is for a {type(key).__name__}; expected EC, or RSA of {MIN_RSA_BITS} bits."
    )


def find_names(request: x509.CertificateSigningRequest) -> x509.SubjectAlternativeName | None:
    """The alternative names that are asked for.

    Raises:  MessageError(invalid_request).
    """
    try:
        return request.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return None
    except UNREADABLE as error:
        raise MessageError("invalid_request", f"The request's extensions cannot be read: {error}.") from error
