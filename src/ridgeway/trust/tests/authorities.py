"""A certification authority with its responder, and a time-stamping authority: enough to be explained and asked."""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from ridgeway.http import Request, ResponseWriter, Server, serve
from ridgeway.protocol.globalconf.tests.cast import NOW

DAY = timedelta(days=1)


@dataclass
class Identity:
    """A key with its certificate."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def sha1(self) -> str:
        return hashlib.sha1(self.der).hexdigest()


def name_of(**parts: str) -> x509.Name:
    """A name from the usual short forms."""
    oids = {
        "C": NameOID.COUNTRY_NAME,
        "O": NameOID.ORGANIZATION_NAME,
        "CN": NameOID.COMMON_NAME,
        "BC": NameOID.BUSINESS_CATEGORY,
        "SN": NameOID.SERIAL_NUMBER,
    }
    return x509.Name([x509.NameAttribute(oids[key], value) for key, value in parts.items()])


def usage_of(**allowed: bool) -> x509.KeyUsage:
    """A key usage in which only what is named is allowed."""
    every = (
        "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
        "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
    )  # fmt: skip
    return x509.KeyUsage(**{each: allowed.get(each, False) for each in every})


SIGNING = usage_of(content_commitment=True)
AUTHENTICATION = usage_of(digital_signature=True, key_encipherment=True)


def make_identity(
    subject: x509.Name,
    *,
    issuer: Identity | None = None,
    extensions: tuple[x509.ExtensionType, ...] = (),
    begin: datetime = NOW - DAY,
    end: datetime = NOW + 365 * DAY,
) -> Identity:
    """A certificate issued by `issuer`, or self-signed."""
    key = ec.generate_private_key(ec.SECP256R1())
    builder = x509.CertificateBuilder(
        issuer_name=issuer.certificate.subject if issuer else subject,
        subject_name=subject,
        public_key=key.public_key(),
        serial_number=x509.random_serial_number(),
        not_valid_before=begin,
        not_valid_after=end,
    )
    for extension in extensions:
        builder = builder.add_extension(extension, critical=False)
    return Identity(key, builder.sign(issuer.key if issuer else key, hashes.SHA256()))


def make_authority(name: str = "Test CA", issuer: Identity | None = None) -> Identity:
    """An authority that may issue certificates."""
    return make_identity(
        name_of(O="Test", CN=name), issuer=issuer, extensions=(x509.BasicConstraints(ca=True, path_length=None),)
    )


def make_member(authority: Identity, **changes: object) -> Identity:
    """A signing certificate of member LAB/GOV/1000."""
    settings = {"subject": name_of(C="FI", O="Ministry", CN="Ministry", BC="GOV", SN="1000"), "extensions": (SIGNING,)}
    return make_identity(**(settings | changes), issuer=authority)  # type: ignore[arg-type]


@dataclass
class Responder:
    """An OCSP responder that says what the test wants, and counts how often it is asked."""

    authority: Identity
    status: ocsp.OCSPCertStatus = ocsp.OCSPCertStatus.GOOD
    this_update: datetime = NOW
    signer: Identity | None = None
    http_status: int = 200
    asked: list[int] = field(default_factory=list)
    known: dict[int, Identity] = field(default_factory=dict)
    server: Server | None = None

    @property
    def url(self) -> str:
        assert self.server is not None
        return f"http://127.0.0.1:{self.server.port}/"

    async def reply(self, request: Request, response: ResponseWriter) -> None:
        asked = ocsp.load_der_ocsp_request(await request.read(100_000))
        self.asked.append(asked.serial_number)
        answer = self.make_answer(self.known[asked.serial_number])
        await response.send(self.http_status, "", [("Content-Type", "application/ocsp-response")], answer)

    def make_answer(self, subject: Identity) -> bytes:
        """The answer about one certificate (DER)."""
        signer = self.signer or make_identity(
            name_of(CN="responder"),
            issuer=self.authority,
            extensions=(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]),),
        )
        revoked = self.status is ocsp.OCSPCertStatus.REVOKED
        builder = ocsp.OCSPResponseBuilder().add_response(
            cert=subject.certificate,
            issuer=self.authority.certificate,
            algorithm=hashes.SHA1(),
            cert_status=self.status,
            this_update=self.this_update,
            next_update=None,
            revocation_time=self.this_update if revoked else None,
            revocation_reason=None,
        )
        builder = builder.responder_id(ocsp.OCSPResponderEncoding.NAME, signer.certificate)
        answer = builder.certificates([signer.certificate]).sign(signer.key, hashes.SHA256())
        return answer.public_bytes(Encoding.DER)


@asynccontextmanager
async def a_responder(authority: Identity) -> AsyncIterator[Responder]:
    """A responder that listens on loopback."""
    responder = Responder(authority)
    async with serve(responder.reply, host="127.0.0.1", port=0) as server:
        responder.server = server
        yield responder


def make_token(
    tsa: Identity, *, at: datetime = NOW, stamped: bytes = b"stamped", signer: Identity | None = None
) -> bytes:
    """A time-stamp token over `stamped`, signed by `signer` in the name of `tsa`."""
    digest = algos.DigestAlgorithm({"algorithm": "sha512"})
    info = tsp.TSTInfo(
        {
            "version": "v1",
            "policy": "1.2.3",
            "message_imprint": {"hash_algorithm": digest, "hashed_message": hashlib.sha512(stamped).digest()},
            "serial_number": 1,
            "gen_time": at,
        }
    ).dump()
    attributes = cms.CMSAttributes(
        [
            {"type": "content_type", "values": ["tst_info"]},
            {"type": "message_digest", "values": [hashlib.sha512(info).digest()]},
        ]
    )
    certificate = asn1_x509.Certificate.load(tsa.der)
    signature = (signer or tsa).key.sign(attributes.dump(), ec.ECDSA(hashes.SHA512()))
    signed = cms.SignedData(
        {
            "version": "v3",
            "digest_algorithms": [digest],
            "encap_content_info": {"content_type": "tst_info", "content": core.ParsableOctetString(info)},
            "certificates": [certificate],
            "signer_infos": [
                {
                    "version": "v1",
                    "sid": {
                        "issuer_and_serial_number": {
                            "issuer": certificate.issuer,
                            "serial_number": certificate.serial_number,
                        }
                    },
                    "digest_algorithm": digest,
                    "signed_attrs": attributes,
                    "signature_algorithm": {"algorithm": "sha512_ecdsa"},
                    "signature": signature,
                }
            ],
        }
    )
    token: bytes = cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump()
    return token
