"""Private keys in memory: made, read, written and signed with.

Law: a digest is signed as it comes, with the algorithm that the caller names and the key can do; nothing is hashed
here, so that no long input ever reaches this process.
Source: RFC 8017 (PKCS#1), FIPS 186-5 (ECDSA). Read next: `csr.py`.
"""

from collections.abc import Callable
from typing import assert_never

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)

from ridgeway.errors import SignatureError, TokenError
from ridgeway.protocol.signatures.digests import HASHES, Scheme, coordinate_size, ecdsa_to_raw, get_signature_algorithm
from ridgeway.signer.values import KeyType

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
PUBLIC_EXPONENT = 65537
RSA_KINDS = {2048: KeyType.RSA_2048, 3072: KeyType.RSA_3072, 4096: KeyType.RSA_4096}


def make_private_key(kind: KeyType) -> PrivateKey:
    """A new key."""
    match kind:
        case KeyType.EC_P256:
            return ec.generate_private_key(ec.SECP256R1())
        case KeyType.RSA_2048:
            return rsa.generate_private_key(PUBLIC_EXPONENT, 2048)
        case KeyType.RSA_3072:
            return rsa.generate_private_key(PUBLIC_EXPONENT, 3072)
        case KeyType.RSA_4096:
            return rsa.generate_private_key(PUBLIC_EXPONENT, 4096)
        case _:
            assert_never(kind)


def write_private_key(key: PrivateKey) -> bytes:
    """The key as PKCS#8, DER."""
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def read_private_key(data: bytes) -> PrivateKey:
    """A key of ours from PKCS#8.

    Raises:  TokenError(signer.key_not_found) when it is of another kind.
    """
    key = load_der_private_key(data, None)
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise TokenError("signer.key_not_found", f"A {type(key).__name__} is no key of this token.")
    return key


def write_public_key(key: PrivateKey) -> bytes:
    """The public key as DER (SubjectPublicKeyInfo)."""
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def find_kind(key: object) -> KeyType:
    """The kind of a public or private key.

    Raises:  TokenError(signer.key_not_found) when no token of ours makes such keys.
    """
    if isinstance(key, rsa.RSAPrivateKey | rsa.RSAPublicKey) and key.key_size in RSA_KINDS:
        return RSA_KINDS[key.key_size]
    if isinstance(key, ec.EllipticCurvePrivateKey | ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        return KeyType.EC_P256
    size = getattr(key, "key_size", "?")
    raise TokenError(
        "signer.key_not_found",
        f"A {type(key).__name__} of {size} bits is no key of this signer; "
        f"RSA of {', '.join(map(str, RSA_KINDS))} bits and EC on P-256 are.",
    )


def choose_signing(key: PrivateKey, algorithm: str) -> Callable[[bytes], bytes]:
    """How `key` signs a digest with the algorithm that this identifier names; an ECDSA value is r and s side by side.

    Raises:  TokenError(signer.unsupported_sign_algorithm) when the key cannot.
    """
    try:
        chosen = get_signature_algorithm(algorithm)
    except SignatureError as error:
        raise TokenError("signer.unsupported_sign_algorithm", error.detail) from error
    digest = HASHES[chosen.digest]
    if isinstance(key, ec.EllipticCurvePrivateKey) and chosen.scheme is Scheme.ECDSA:
        return choose_ecdsa(key, digest)
    if isinstance(key, rsa.RSAPrivateKey) and chosen.scheme in {Scheme.RSA, Scheme.RSA_PSS}:
        is_pss = chosen.scheme is Scheme.RSA_PSS
        form = padding.PSS(padding.MGF1(digest), digest.digest_size) if is_pss else padding.PKCS1v15()
        return lambda value: key.sign(value, form, utils.Prehashed(digest))
    raise TokenError("signer.unsupported_sign_algorithm", f"A {type(key).__name__} cannot do {chosen.scheme}.")


def choose_ecdsa(key: ec.EllipticCurvePrivateKey, digest: hashes.HashAlgorithm) -> Callable[[bytes], bytes]:
    """How an EC key signs."""
    size = coordinate_size(key.public_key())
    return lambda value: ecdsa_to_raw(key.sign(value, ec.ECDSA(utils.Prehashed(digest))), size)
