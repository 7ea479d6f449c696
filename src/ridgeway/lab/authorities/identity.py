"""An authority's key and certificate, in memory and as two PEM files.

Law: a key is readable by its owner alone; every file is written beside and renamed, the certificate after the key, so
that a certificate that is there has its key.
"""

import os
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import assert_never

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from ridgeway.errors import SettingsError

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
AUTHORITY_VALIDITY = timedelta(days=3650)
BACK_DATED = timedelta(hours=1)
"""How much earlier than now a certificate begins, for clocks that are slow."""

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


class KeyKind(StrEnum):
    """The kinds of key that an authority may have."""

    EC_P256 = "ec-p256"
    RSA_2048 = "rsa-2048"


@dataclass(frozen=True, slots=True)
class Identity:
    """A key with its certificate."""

    key: PrivateKey = field(repr=False)
    certificate: x509.Certificate

    @property
    def der(self) -> bytes:
        """The certificate, DER."""
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def pem(self) -> bytes:
        """The certificate, PEM."""
        return self.certificate.public_bytes(Encoding.PEM)

    def sign(self, data: bytes, digest: hashes.HashAlgorithm) -> bytes:
        """The signature value over `data`: RSA PKCS#1 v1.5, or ECDSA in DER."""
        if isinstance(self.key, ec.EllipticCurvePrivateKey):
            return self.key.sign(data, ec.ECDSA(digest))
        return self.key.sign(data, padding.PKCS1v15(), digest)


def make_key(kind: KeyKind) -> PrivateKey:
    """A new key."""
    match kind:
        case KeyKind.EC_P256:
            return ec.generate_private_key(ec.SECP256R1())
        case KeyKind.RSA_2048:
            return rsa.generate_private_key(65537, 2048)
        case _:
            assert_never(kind)


def build_name(common_name: str) -> x509.Name:
    """The name of an authority."""
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Ridgeway lab"),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def build_usage(*allowed: str) -> x509.KeyUsage:
    """The key usage that allows what is named and nothing else."""
    return x509.KeyUsage(**{each: each in allowed for each in USAGES})


def begin_certificate(
    subject: x509.Name, issuer: x509.Name, public_key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey, *, now: datetime
) -> x509.CertificateBuilder:
    """A certificate that lacks its end and its extensions."""
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACK_DATED)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
    )


def write_identity(identity: Identity, folder: Path, name: str) -> None:
    """NAME.key and NAME.pem are in `folder`."""
    key = identity.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    write_file(folder / f"{name}.key", key, mode=0o600)
    write_file(folder / f"{name}.pem", identity.pem, mode=0o644)


def read_identity(folder: Path, name: str) -> Identity:
    """The key and certificate under that name.

    Raises:  SettingsError when they are not there or cannot be read.
    """
    try:
        key = load_pem_private_key((folder / f"{name}.key").read_bytes(), None)
        certificate = x509.load_pem_x509_certificate((folder / f"{name}.pem").read_bytes())
    except (OSError, ValueError) as error:
        raise SettingsError(
            "lab", f"{folder / name}.key and .pem cannot be read: {error}.", action="Set the lab up again."
        ) from error
    if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise SettingsError("lab", f"{folder / name}.key is no EC or RSA key.", action="Set the lab up again.")
    return Identity(key, certificate)


def write_file(place: Path, data: bytes, *, mode: int) -> None:
    """The file is on disk, whole, with these permissions."""
    beside = place.with_name(f".{place.name}.new")
    with open(beside, "wb", opener=lambda path, flags: os.open(path, flags, mode)) as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(place)
