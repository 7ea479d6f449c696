"""A small country for the tests of signatures: one authority, members with keys, an OCSP responder, an authority of
time. Everything is made on the spot; nothing here is trusted elsewhere."""

import datetime as dt
import hashlib
from dataclasses import dataclass, field
from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from ridgeway.protocol.certificates.snapshot import (
    Authority,
    CertificationService,
    InstanceTrust,
    OcspResponder,
    TimestampingService,
    TrustSnapshot,
)
from ridgeway.protocol.identifiers import MemberId
from ridgeway.protocol.signatures.make import SigningMaterial
from ridgeway.protocol.timestamps import TimestampRequest, prepare_token

NOW = dt.datetime(2026, 3, 1, 12, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
ALICE = MemberId("RW", "GOV", "1001")
FI_PROFILE = "ee.ria.xroad.common.certificateprofile.impl.FiVRKCertificateProfileInfoProvider"

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@lru_cache
def make_key(kind: str, number: int = 0) -> PrivateKey:
    """A key of that kind; the same one for the same arguments."""
    if kind == "rsa":
        return rsa.generate_private_key(65537, 2048)
    curve = {"p256": ec.SECP256R1(), "p384": ec.SECP384R1(), "p521": ec.SECP521R1()}[kind]
    return ec.generate_private_key(curve)


def name(**parts: str) -> x509.Name:
    oids = {"C": NameOID.COUNTRY_NAME, "O": NameOID.ORGANIZATION_NAME, "CN": NameOID.COMMON_NAME}
    oids["serial"] = NameOID.SERIAL_NUMBER
    return x509.Name([x509.NameAttribute(oids[key], value) for key, value in parts.items()])


@dataclass
class Cert:
    """A certificate with its key."""

    key: PrivateKey
    certificate: x509.Certificate

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def public_pem(self) -> bytes:
        spki = serialization.PublicFormat.SubjectPublicKeyInfo
        return self.key.public_key().public_bytes(serialization.Encoding.PEM, spki)


def issue(subject: x509.Name, key: PrivateKey, *, issuer: Cert | None, usage: str) -> Cert:
    """A certificate for `usage`: ca, sign, auth, ocsp or tsa."""
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - 30 * DAY)
        .not_valid_after(NOW + 365 * DAY)
        .add_extension(x509.BasicConstraints(usage == "ca", None), True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=usage in {"auth", "ocsp", "tsa"},
                content_commitment=usage in {"sign", "tsa"},
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=usage == "ca",
                crl_sign=usage == "ca",
                encipher_only=False,
                decipher_only=False,
            ),
            True,
        )
    )
    extended = {"ocsp": ExtendedKeyUsageOID.OCSP_SIGNING, "tsa": ExtendedKeyUsageOID.TIME_STAMPING}.get(usage)
    if extended:
        builder = builder.add_extension(x509.ExtendedKeyUsage([extended]), True)
    return Cert(key, builder.sign(issuer.key if issuer else key, hashes.SHA256()))


@dataclass
class Country:
    """Who issues, who answers, who stamps."""

    top: Cert
    responder: Cert
    stamper: Cert
    intermediates: tuple[Cert, ...] = field(default=())

    def member(self, member: MemberId, kind: str, *, usage: str = "sign") -> Cert:
        """A certificate of `member` in the Finnish profile."""
        serial = f"{member.instance}/ss1/{member.member_class}"
        subject = name(C="FI", O="Test", CN=member.member_code, serial=serial)
        return issue(subject, make_key(kind, 7), issuer=(self.intermediates or (self.top,))[-1], usage=usage)

    def answer(self, subject: Cert, *, at: dt.datetime = NOW) -> bytes:
        """A good OCSP answer for `subject`."""
        issuers = {each.certificate.subject: each for each in (self.top, *self.intermediates)}
        issuer = issuers[subject.certificate.issuer]
        return (
            ocsp.OCSPResponseBuilder()
            .add_response(
                cert=subject.certificate,
                issuer=issuer.certificate,
                algorithm=hashes.SHA1(),
                cert_status=ocsp.OCSPCertStatus.GOOD,
                this_update=at - dt.timedelta(minutes=1),
                next_update=at + DAY,
                revocation_time=None,
                revocation_reason=None,
            )
            .responder_id(ocsp.OCSPResponderEncoding.HASH, self.responder.certificate)
            .sign(self.responder.key, hashes.SHA256())
            .public_bytes(serialization.Encoding.DER)
        )

    def material(self, signer: Cert, *, algorithm: str = "") -> SigningMaterial:
        """What goes into the signatures of `signer`."""
        intermediates = tuple(reversed(self.intermediates))
        answers = tuple(self.answer(each) for each in (signer, *intermediates))
        return SigningMaterial(signer.der, answers, tuple(each.der for each in intermediates), algorithm)

    def stamp(self, octets: bytes, *, at: dt.datetime = NOW) -> bytes:
        """A time-stamp token over `octets`."""
        request = TimestampRequest("sha512", sha512(octets))
        prepared = prepare_token(request, certificate=self.stamper.der, policy="1.2.3.4", serial=5, at=at)
        return prepared.complete(sign(self.stamper.key, prepared.to_be_signed, "sha512"))

    def trust(self) -> TrustSnapshot:
        """The global configuration of this country."""
        responders = (OcspResponder("http://ocsp.invalid", self.responder.der),)
        service = CertificationService(
            "Test CA",
            FI_PROFILE,
            Authority(self.top.der, responders),
            tuple(Authority(each.der, responders) for each in self.intermediates),
        )
        stamping = TimestampingService("Test TSA", "http://tsa.invalid", self.stamper.der)
        instance = InstanceTrust(
            instance="RW",
            version=6,
            expires_at=NOW + DAY,
            certification_services=(service,),
            timestamping_services=(stamping,),
        )
        return TrustSnapshot("RW", {"RW": instance})


def make_country(*, intermediate: bool = False) -> Country:
    """The country, with or without an intermediate authority; the same one each time."""
    return found_country(intermediate)


@lru_cache
def found_country(intermediate: bool) -> Country:
    """The country, founded once."""
    top = issue(name(C="FI", O="Test & Co <1>", CN="Test CA"), make_key("rsa", 1), issuer=None, usage="ca")
    between = (issue(name(C="FI", O="Test", CN="Sub CA"), make_key("rsa", 2), issuer=top, usage="ca"),)
    return Country(
        top=top,
        responder=issue(name(O="Test", CN="OCSP"), make_key("p256", 3), issuer=top, usage="ocsp"),
        stamper=issue(name(O="Test", CN="TSA"), make_key("rsa", 4), issuer=top, usage="tsa"),
        intermediates=between if intermediate else (),
    )


def sign(key: PrivateKey, data: bytes, algorithm: str) -> bytes:
    """The value over `data`; ECDSA as DER, as most signers give it."""
    digest = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}[
        next(size for size in ("256", "384", "512") if f"sha{size}" in algorithm)
    ]
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return key.sign(data, ec.ECDSA(digest))
    if "MGF1" in algorithm:
        return key.sign(data, padding.PSS(padding.MGF1(digest), digest.digest_size), digest)
    return key.sign(data, padding.PKCS1v15(), digest)


def sha512(data: bytes) -> bytes:
    return hashlib.sha512(data).digest()
