"""The keys of the lab's authorities: made once, kept open in a file, signed with.

Law: a file is written beside its place and renamed, so that a lab that is killed while it starts has no half of one.
"""

import os
from enum import StrEnum
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
PUBLIC_EXPONENT, RSA_BITS = 65537, 2048


class KeyKind(StrEnum):
    """The kinds of key that an authority of the lab may have."""

    EC_P256 = "ec-p256"
    RSA_2048 = "rsa-2048"


def open_key(path: Path, kind: KeyKind = KeyKind.EC_P256) -> PrivateKey:
    """The key in a file, made when it is not there yet; one that is there stays, whatever its kind."""
    if not path.exists():
        made: PrivateKey = (
            ec.generate_private_key(ec.SECP256R1())
            if kind is KeyKind.EC_P256
            else rsa.generate_private_key(PUBLIC_EXPONENT, RSA_BITS)
        )
        write_whole(path, made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    key = load_pem_private_key(path.read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey)
    return key


def write_whole(path: Path, data: bytes) -> None:
    """The file is there, whole, its owner's alone."""
    beside = path.with_name(f".{path.name}.new")
    with open(beside, "wb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def sign_data(key: PrivateKey, data: bytes) -> bytes:
    """The signature over `data` with SHA-512: RSA PKCS#1 v1.5, or ECDSA in DER."""
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(data, padding.PKCS1v15(), hashes.SHA512())
    return key.sign(data, ec.ECDSA(hashes.SHA512()))
