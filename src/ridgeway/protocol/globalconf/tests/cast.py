"""Who plays in the tests of this room: an authority with signing keys, and an instance with members and servers."""

import hashlib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from ridgeway.protocol.certificates.snapshot import (
    Authority,
    CertificationService,
    ConfigurationSource,
    InstanceTrust,
    ManagementService,
    MemberEntry,
    OcspResponder,
    ServerEntry,
    TimestampingService,
)
from ridgeway.protocol.globalconf import (
    PRIVATE_PARAMETERS,
    SHARED_PARAMETERS,
    PrivateParameters,
    PublishedPart,
    hashes_of,
    write_directory_content,
    write_private_parameters,
    write_shared_parameters,
    write_signed_directory,
)
from ridgeway.protocol.globalconf.algorithms import ECDSA_SHA512, RSA_SHA512
from ridgeway.protocol.identifiers import GlobalGroupId, MemberId, ServerId, SubsystemId

NOW = datetime(2026, 2, 6, 12, 0, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=10)
OUTER, INNER = "aaaaaaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbbbbbb"
PROFILE = "ee.ria.xroad.common.certificateprofile.impl.BasicCertificateProfileInfoProvider"

OWNER = MemberId("LAB", "GOV", "1000")
NEIGHBOUR = MemberId("LAB", "COM", "2000")
REGISTRY = SubsystemId("LAB", "GOV", "1000", "registry")
SHOP = SubsystemId("LAB", "COM", "2000", "shop")
SERVER = ServerId("LAB", "GOV", "1000", "ss1")


@dataclass(frozen=True)
class SigningKey:
    """A key that signs configurations, with its self-signed certificate (DER)."""

    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey = field(repr=False)
    certificate: bytes = field(repr=False)

    @property
    def algorithm(self) -> str:
        return RSA_SHA512 if isinstance(self.key, rsa.RSAPrivateKey) else ECDSA_SHA512

    def sign(self, data: bytes) -> bytes:
        if isinstance(self.key, rsa.RSAPrivateKey):
            return self.key.sign(data, padding.PKCS1v15(), hashes.SHA512())
        return self.key.sign(data, ec.ECDSA(hashes.SHA512()))


@cache
def signing_key(name: str = "internalSigningKey", *, kind: str = "ec") -> SigningKey:
    """The key of that name, the same in every test of one run."""
    key = rsa.generate_private_key(65537, 2048) if kind == "rsa" else ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder(
        issuer_name=subject,
        subject_name=subject,
        public_key=key.public_key(),
        serial_number=1,
        not_valid_before=datetime(1970, 1, 1, tzinfo=UTC),
        not_valid_after=datetime(2038, 1, 1, tzinfo=UTC),
    )
    return SigningKey(key, builder.sign(key, hashes.SHA512()).public_bytes(Encoding.DER))


def an_instance(name: str = "LAB", *, sources: tuple[ConfigurationSource, ...] = (), version: int = 6) -> InstanceTrust:
    """An instance that uses every field once."""
    owner, neighbour = replace(OWNER, instance=name), replace(NEIGHBOUR, instance=name)
    registry, shop = replace(REGISTRY, instance=name), replace(SHOP, instance=name)
    server = replace(SERVER, instance=name)
    second = ServerId(name, "COM", "2000", "ss2")
    group = GlobalGroupId(name, "security-server-owners")
    return InstanceTrust(
        instance=name,
        version=version,
        expires_at=None,
        sources=sources or (ConfigurationSource("cs.example", (b"internal",), (b"external",)),),
        certification_services=(
            CertificationService(
                name="Test CA",
                profile=PROFILE,
                top=Authority(b"top", (OcspResponder("http://ca.example/ocsp", b"responder", "FREE"),)),
                intermediates=(Authority(b"between"),),
                authentication_only=True,
                csr_format="PEM",
                acme_directory_url="http://ca.example/acme",
                acme_ip_address="192.0.2.1",
                acme_authentication_profile_id="5",
                acme_signing_profile_id="6",
            ),
        ),
        timestamping_services=(TimestampingService("Test TSA", "http://tsa.example", b"tsa", "PAID"),),
        members={
            owner: MemberEntry(owner, "Ministry of Tests", "Government", {"registry": "The registry", "plain": ""}),
            neighbour: MemberEntry(neighbour, "Shop & Söhne", "Commercial", {"shop": "Shop <1>"}),
        },
        servers={
            server: ServerEntry(
                server, "ss1.example", hashes_of(b"auth 1"), frozenset({registry, shop}), "back at ten"
            ),
            second: ServerEntry(second, "ss2.example", hashes_of(b"auth 2") | hashes_of(b"auth 3"), frozenset({shop})),
        },
        groups={group: frozenset({owner, registry, shop})},
        group_descriptions={group: "Owners"},
        member_classes={"GOV": "Government", "COM": "Commercial"},
        ocsp_freshness_seconds=1800,
    )


def private_parameters(name: str = "LAB", **changes: object) -> PrivateParameters:
    """Private parameters that name the management services."""
    management = ManagementService(
        "https://cs.example:4001/managementservice/", b"pin", SubsystemId(name, "GOV", "1000", "management")
    )
    return replace(PrivateParameters(name, (), management, 60), **changes)  # type: ignore[arg-type]


def a_directory(
    parts: tuple[PublishedPart, ...] = (),
    *,
    key: SigningKey | None = None,
    expires_at: datetime = LATER,
    version: int = 6,
) -> bytes:
    """A directory with those parts, signed."""
    signer = key or signing_key()
    content = write_directory_content(parts, expires_at=expires_at, version=version, boundary=INNER)
    return write_signed_directory(
        content, signer.sign(content.signed), certificate=signer.certificate, boundary=OUTER, algorithm=signer.algorithm
    )


def parts_of(
    trust: InstanceTrust,
    private: PrivateParameters | None = None,
    *,
    version: int = 6,
    stamp: str = "20260206120000000000000",
) -> tuple[PublishedPart, ...]:
    """The parts of an instance, as a central server lays them out."""
    base = f"/V{version}/{stamp}"
    shared = write_shared_parameters(trust, version)
    parts = [PublishedPart(SHARED_PARAMETERS, trust.instance, f"{base}/shared-params.xml", shared)]
    if private is not None:
        content = write_private_parameters(private)
        parts.insert(0, PublishedPart(PRIVATE_PARAMETERS, trust.instance, f"{base}/private-params.xml", content))
    return tuple(parts)


def sha256_only(trust: InstanceTrust) -> InstanceTrust:
    """The instance as a reader of V3 or later sees it."""
    servers = {
        key: replace(entry, auth_certificate_hashes=frozenset(h for h in entry.auth_certificate_hashes if len(h) == 32))
        for key, entry in trust.servers.items()
    }
    return replace(trust, servers=servers)


def sha256(data: bytes) -> bytes:
    """SHA-256."""
    return hashlib.sha256(data).digest()
