"""A small country of certificates made in the test: authorities, responders, members, security servers."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from ridgeway.protocol.certificates.snapshot import (
    Authority,
    CertificationService,
    InstanceTrust,
    OcspResponder,
    ServerEntry,
    TrustSnapshot,
)
from ridgeway.protocol.certificates.x509 import Certificate, read_certificate
from ridgeway.protocol.identifiers import MemberId, ServerId, SubsystemId

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
FI = "ee.ria.xroad.common.certificateprofile.impl.FiVRKCertificateProfileInfoProvider"
SIGNING = ("content_commitment",)
AUTHENTICATION = ("digital_signature", "key_encipherment")
ISSUING = ("key_cert_sign", "crl_sign")
USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

MEMBER = MemberId("LAB", "GOV", "1001")
CLIENT = SubsystemId("LAB", "GOV", "1001", "desk")
SERVER = ServerId("LAB", "GOV", "1001", "ss1")


@dataclass(frozen=True)
class Holder:
    """A certificate with its key."""

    key: Key
    certificate: Certificate

    @property
    def der(self) -> bytes:
        """The certificate's bytes."""
        return self.certificate.der


@dataclass(frozen=True)
class Wanted:
    """What a certificate is to say."""

    name: str
    usage: Iterable[str] | None = SIGNING
    extended: Iterable[x509.ObjectIdentifier] = ()
    is_authority: bool | None = None
    path_length: int | None = None
    valid_from: datetime = NOW - 30 * DAY
    valid_until: datetime = NOW + 365 * DAY
    subject: x509.Name | None = None
    critical: x509.ObjectIdentifier | None = None
    key: Key | None = None


def name_of(text: str) -> x509.Name:
    """A subject of two parts."""
    return x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Lab"), x509.NameAttribute(NameOID.COMMON_NAME, text)]
    )


def issue(wanted: Wanted, issuer: Holder | None = None) -> Holder:
    """A certificate as wanted, by `issuer` or by itself."""
    key = wanted.key or ec.generate_private_key(ec.SECP256R1())
    subject = wanted.subject or name_of(wanted.name)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.loaded.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(wanted.valid_from)
        .not_valid_after(wanted.valid_until)
    )
    if wanted.usage is not None:
        usage = x509.KeyUsage(**{each: each in wanted.usage for each in USAGES})
        builder = builder.add_extension(usage, critical=True)
    if wanted.extended:
        builder = builder.add_extension(x509.ExtendedKeyUsage(list(wanted.extended)), critical=False)
    if wanted.is_authority is not None:
        constraints = x509.BasicConstraints(ca=wanted.is_authority, path_length=wanted.path_length)
        builder = builder.add_extension(constraints, critical=True)
    if wanted.critical is not None:
        builder = builder.add_extension(x509.UnrecognizedExtension(wanted.critical, b"\x05\x00"), critical=True)
    made = builder.sign(issuer.key if issuer else key, hashes.SHA256())
    return Holder(key, read_certificate(made.public_bytes(Encoding.DER)))


def make_authority(name: str, issuer: Holder | None = None, *, path_length: int | None = None) -> Holder:
    """A certificate that may issue others."""
    return issue(Wanted(name, usage=ISSUING, is_authority=True, path_length=path_length), issuer)


@dataclass(frozen=True)
class Answered:
    """What a responder says."""

    status: ocsp.OCSPCertStatus = ocsp.OCSPCertStatus.GOOD
    this_update: datetime = NOW - timedelta(minutes=5)
    next_update: datetime | None = None
    by_key: bool = False
    digest: hashes.HashAlgorithm | None = None
    brought: tuple[Certificate, ...] = ()


def answer(subject: Certificate, issuer: Certificate, responder: Holder, says: Answered | None = None) -> bytes:
    """A revocation answer (DER)."""
    says = says or Answered()
    is_revoked = says.status is ocsp.OCSPCertStatus.REVOKED
    encoding = ocsp.OCSPResponderEncoding.HASH if says.by_key else ocsp.OCSPResponderEncoding.NAME
    builder = (
        ocsp.OCSPResponseBuilder()
        .add_response(
            cert=subject.loaded,
            issuer=issuer.loaded,
            algorithm=says.digest or hashes.SHA1(),
            cert_status=says.status,
            this_update=says.this_update,
            next_update=says.next_update,
            revocation_time=NOW - DAY if is_revoked else None,
            revocation_reason=None,
        )
        .responder_id(encoding, responder.certificate.loaded)
    )
    if says.brought:
        builder = builder.certificates([each.loaded for each in says.brought])
    return builder.sign(responder.key, hashes.SHA256()).public_bytes(Encoding.DER)


ROOT = make_authority("Root")
RESPONDER = issue(Wanted("Responder", usage=AUTHENTICATION, extended=[ExtendedKeyUsageOID.OCSP_SIGNING]), ROOT)
SIGNER = issue(Wanted("Signer"), ROOT)
AUTH = issue(Wanted("Auth", usage=AUTHENTICATION), ROOT)


def service_of(*authorities: Holder, responder: Holder | None = RESPONDER, **changes) -> CertificationService:
    """A certification service whose authorities share one responder."""
    listed = (OcspResponder("http://ocsp", responder.der if responder else None),)
    top, *intermediates = (Authority(each.der, listed) for each in authorities)
    service = CertificationService("Lab", FI, top, tuple(intermediates))
    return replace(service, **changes)


def trust_of(*services: CertificationService, freshness: int = 3600, verify_next_update: bool = True) -> TrustSnapshot:
    """An instance with these services and one security server, whose certificate is that of AUTH."""
    server = ServerEntry(SERVER, "ss1", frozenset({AUTH.certificate.sha256}), frozenset({CLIENT}))
    instance = InstanceTrust(
        "LAB",
        6,
        NOW + DAY,
        certification_services=services or (service_of(ROOT),),
        servers={SERVER: server},
        ocsp_freshness_seconds=freshness,
    )
    return TrustSnapshot("LAB", {"LAB": instance}, verify_next_update=verify_next_update)


TRUST = trust_of()
