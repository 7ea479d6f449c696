"""A token, a signer that runs, and an authority, made in the test."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, load_der_public_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from ridgeway.signer import KeyInfo, KeyType, KeyUsage, SignerClient
from ridgeway.signer.server import build_server
from ridgeway.signer.token import Token
from ridgeway.signer.values import GenerateRequest, ImportRequest

PIN = "a long enough PIN"
NEW_PIN = "an even longer PIN"
FI = "ee.ria.xroad.common.certificateprofile.impl.FiVRKCertificateProfileInfoProvider"
SIGNS = {"content_commitment"}
AUTHENTICATES = {"digital_signature", "key_encipherment", "data_encipherment"}
USAGES = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
          "key_cert_sign", "crl_sign", "encipher_only", "decipher_only")  # fmt: skip
NOW = datetime.now(UTC).replace(microsecond=0)
FI_SUBJECT = (("C", "FI"), ("O", "Register"), ("serialNumber", "NM/register-1/GOV"), ("CN", "1001"))


def make_token(folder: Path) -> Token:
    """A new token, unlocked."""
    token = Token(folder / "keys")
    token.create(PIN)
    return token


@asynccontextmanager
async def running(folder: Path, *, pin: str = PIN) -> AsyncIterator[SignerClient]:
    """A client of a signer that runs; the token is made first when it is not there."""
    if not (folder / "keys" / "token.json").exists():
        make_token(folder)
    socket = folder / "run" / "s.sock"
    async with build_server(folder / "keys", socket, pin=pin), SignerClient(socket, timeout_seconds=20) as client:
        yield client


def certify(
    info: KeyInfo,
    *,
    usages: set[str] | None = None,
    for_clients: bool = False,
    subject: tuple[tuple[str, str], ...] = FI_SUBJECT,
) -> bytes:
    """A certificate (DER) for the key from an authority of no name; by default for the key's own usage."""
    oids = {"C": NameOID.COUNTRY_NAME, "O": NameOID.ORGANIZATION_NAME, "serialNumber": NameOID.SERIAL_NUMBER,
            "CN": NameOID.COMMON_NAME}  # fmt: skip
    usual = SIGNS if info.usage is KeyUsage.SIGNING else AUTHENTICATES
    chosen = usual if usages is None else usages
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(oids[name], value) for name, value in subject]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test CA")]))
        .public_key(load_der_public_key(info.public_key))  # type: ignore[arg-type]
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=30))
    )
    if chosen:
        builder = builder.add_extension(x509.KeyUsage(**{name: name in chosen for name in USAGES}), critical=True)
    if for_clients:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
    return builder.sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256()).public_bytes(Encoding.DER)


async def make_certified(client: SignerClient, usage: KeyUsage, kind: KeyType = KeyType.EC_P256) -> KeyInfo:
    """A key with an active certificate."""
    info = await client.generate(GenerateRequest(usage, kind))
    return await client.import_certificate(ImportRequest(certify(info)))
