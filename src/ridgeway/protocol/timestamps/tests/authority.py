"""A time-stamping authority made in the test."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from ridgeway.protocol.timestamps import TimestampRequest, prepare_token

NOW = datetime.now(UTC).replace(microsecond=0)


@dataclass(frozen=True)
class Authority:
    """Its key and its certificate."""

    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
    certificate: bytes

    def stamp(self, digest: bytes, *, at: datetime = NOW, serial: int = 7) -> bytes:
        """A token over a SHA-512 digest."""
        request = TimestampRequest("sha512", digest)
        token = prepare_token(request, certificate=self.certificate, policy="1.2.3.4.1", serial=serial, at=at)
        if isinstance(self.key, ec.EllipticCurvePrivateKey):
            return token.complete(self.key.sign(token.to_be_signed, ec.ECDSA(hashes.SHA512())))
        return token.complete(self.key.sign(token.to_be_signed, padding.PKCS1v15(), hashes.SHA512()))


def make_authority(
    *, name: str = "Test TSA", with_rsa: bool = False, until: datetime = NOW + timedelta(days=365)
) -> Authority:
    """An authority with a self-signed certificate."""
    key = rsa.generate_private_key(65537, 2048) if with_rsa else ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Test"), x509.NameAttribute(NameOID.COMMON_NAME, name)]
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(until)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .sign(key, hashes.SHA256())
    )
    return Authority(key, certificate.public_bytes(serialization.Encoding.DER))
