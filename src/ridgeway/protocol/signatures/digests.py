"""The signature algorithms, by the names that stand in XML, and the two forms of an ECDSA value.

Law: each algorithm is read from the document and looked up here; SHA-1 is in no table. What is made here digests parts
and chains with SHA-512 whatever the signature's own digest is, because the parts are digested before it is known.
Source: RFC 4051 §2.3; RFC 6931 §2.3.9 (RSA-PSS); W3C XML Signature §6.4 (ECDSA is r and s side by side).
"""

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

from ridgeway.errors import SignatureError
from ridgeway.protocol.hashchains.digests import SHA224, SHA256, SHA384, SHA512

MIN_RSA_BITS = 2048
MAX_RSA_BITS = 16_384


class Scheme(StrEnum):
    """How a key signs."""

    RSA = "RSA PKCS#1 v1.5"
    RSA_PSS = "RSA-PSS"
    ECDSA = "ECDSA"


@dataclass(frozen=True, slots=True)
class SignatureAlgorithm:
    """A signature algorithm with the digest it uses."""

    scheme: Scheme
    digest: str


MORE = "http://www.w3.org/2001/04/xmldsig-more#"
PSS = "http://www.w3.org/2007/05/xmldsig-more#"
RSA_SHA256, RSA_SHA384, RSA_SHA512 = f"{MORE}rsa-sha256", f"{MORE}rsa-sha384", f"{MORE}rsa-sha512"
RSA_PSS_SHA256, RSA_PSS_SHA384, RSA_PSS_SHA512 = (
    f"{PSS}sha256-rsa-MGF1",
    f"{PSS}sha384-rsa-MGF1",
    f"{PSS}sha512-rsa-MGF1",
)
ECDSA_SHA256, ECDSA_SHA384, ECDSA_SHA512 = f"{MORE}ecdsa-sha256", f"{MORE}ecdsa-sha384", f"{MORE}ecdsa-sha512"

SIGNATURE_ALGORITHMS = {
    RSA_SHA256: SignatureAlgorithm(Scheme.RSA, SHA256),
    RSA_SHA384: SignatureAlgorithm(Scheme.RSA, SHA384),
    RSA_SHA512: SignatureAlgorithm(Scheme.RSA, SHA512),
    RSA_PSS_SHA256: SignatureAlgorithm(Scheme.RSA_PSS, SHA256),
    RSA_PSS_SHA384: SignatureAlgorithm(Scheme.RSA_PSS, SHA384),
    RSA_PSS_SHA512: SignatureAlgorithm(Scheme.RSA_PSS, SHA512),
    ECDSA_SHA256: SignatureAlgorithm(Scheme.ECDSA, SHA256),
    ECDSA_SHA384: SignatureAlgorithm(Scheme.ECDSA, SHA384),
    ECDSA_SHA512: SignatureAlgorithm(Scheme.ECDSA, SHA512),
}
HASHES: dict[str, hashes.HashAlgorithm] = {
    SHA224: hashes.SHA224(),
    SHA256: hashes.SHA256(),
    SHA384: hashes.SHA384(),
    SHA512: hashes.SHA512(),
}


def get_signature_algorithm(identifier: str) -> SignatureAlgorithm:
    """The algorithm behind an identifier.

    Raises:  SignatureError(malformed_signature) for one outside the table.
    """
    found = SIGNATURE_ALGORITHMS.get(identifier)
    if found is None:
        raise SignatureError(
            "malformed_signature",
            f"The signature algorithm {identifier[:100]!r} is not accepted; RSA, RSA-PSS and ECDSA with SHA-256, "
            "SHA-384 or SHA-512 are.",
        )
    return found


def choose_signature_algorithm(public_key: PublicKeyTypes) -> str:
    """The identifier that a key signs with when nothing else is asked: SHA-512 with RSA PKCS#1 v1.5 or ECDSA."""
    return ECDSA_SHA512 if isinstance(public_key, ec.EllipticCurvePublicKey) else RSA_SHA512


def digest_to_sign(identifier: str, data: bytes) -> bytes:
    """The raw digest of `data` that a signer is asked to sign."""
    return hashlib.new(HASHES[get_signature_algorithm(identifier).digest].name, data).digest()


def verify_signature_value(value: bytes, data: bytes, *, public_key: PublicKeyTypes, algorithm: str) -> None:
    """Prove that the holder of the key signed `data`.

    Shapes:  an ECDSA `value` is r and s side by side, each as long as the curve's order.
    Raises:  SignatureError(invalid_signature_value).
    """
    chosen = get_signature_algorithm(algorithm)
    digest = HASHES[chosen.digest]
    try:
        match public_key, chosen.scheme:
            case rsa.RSAPublicKey(), Scheme.RSA:
                require_rsa_size(public_key)
                public_key.verify(value, data, padding.PKCS1v15(), digest)
            case rsa.RSAPublicKey(), Scheme.RSA_PSS:
                require_rsa_size(public_key)
                salted = padding.PSS(padding.MGF1(digest), digest.digest_size)
                public_key.verify(value, data, salted, digest)
            case ec.EllipticCurvePublicKey(), Scheme.ECDSA:
                public_key.verify(ecdsa_to_der(value, public_key), data, ec.ECDSA(digest))
            case _:
                raise SignatureError(
                    "invalid_signature_value", f"{chosen.scheme} does not fit a key of {type(public_key).__name__}."
                )
    except (InvalidSignature, ValueError) as error:
        raise SignatureError(
            "invalid_signature_value", "The signature value is not by the key of the certificate beside it."
        ) from error


def require_rsa_size(public_key: rsa.RSAPublicKey) -> None:
    """Hold only for RSA keys that are neither weak nor made to cost time."""
    if not MIN_RSA_BITS <= public_key.key_size <= MAX_RSA_BITS:
        raise SignatureError(
            "invalid_signature_value",
            f"The RSA key has {public_key.key_size} bits; {MIN_RSA_BITS} to {MAX_RSA_BITS} are accepted.",
        )


def coordinate_size(public_key: ec.EllipticCurvePublicKey) -> int:
    """The length in bytes of r and of s for a curve."""
    return (public_key.curve.group_order.bit_length() + 7) // 8


def ecdsa_to_der(raw: bytes, public_key: ec.EllipticCurvePublicKey) -> bytes:
    """The DER form of r and s side by side.

    Raises:  SignatureError(invalid_signature_value) when the length does not fit the curve.
    """
    size = coordinate_size(public_key)
    if len(raw) != 2 * size:
        raise SignatureError(
            "invalid_signature_value",
            f"An ECDSA value has {len(raw)} bytes; expected {2 * size} for {public_key.curve.name}.",
        )
    r, s = int.from_bytes(raw[:size], "big"), int.from_bytes(raw[size:], "big")
    return utils.encode_dss_signature(r, s)


def ecdsa_to_raw(value: bytes, size: int) -> bytes:
    """r and s side by side, `size` bytes each; a value that has this form already stays as it is.

    Raises:  ValueError when it is neither that nor the DER of two numbers that fit.
    """
    if len(value) == 2 * size:
        return value
    r, s = utils.decode_dss_signature(value)
    try:
        return r.to_bytes(size, "big") + s.to_bytes(size, "big")
    except OverflowError as error:
        raise ValueError("r or s is longer than the order of the curve") from error
