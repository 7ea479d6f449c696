"""The algorithms that a signed directory may name, by their URI.

Law: what verifies trust is never weak. SHA-1 and MD5 may select a certificate among trusted ones, which proves nothing
by itself; they may not stand under a signature or prove a part. An ECDSA value is ASN.1 here, unlike in XML signatures.
Source: PR-GCONF §3.2; the system parameters `confSignDigestAlgoId` and `confHashAlgoUri` of a central server.
"""

import hashlib
from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from ridgeway.errors import TrustError

XMLENC = "http://www.w3.org/2001/04/xmlenc#"
XMLDSIG = "http://www.w3.org/2000/09/xmldsig#"
XMLDSIG_MORE = "http://www.w3.org/2001/04/xmldsig-more#"
XMLDSIG_MORE_2007 = "http://www.w3.org/2007/05/xmldsig-more#"

SHA1 = XMLDSIG + "sha1"
SHA256 = XMLENC + "sha256"
SHA512 = XMLENC + "sha512"
RSA_SHA512 = XMLDSIG_MORE + "rsa-sha512"
ECDSA_SHA512 = XMLDSIG_MORE + "ecdsa-sha512"

DIGESTS = {
    XMLDSIG_MORE + "md5": "md5",
    SHA1: "sha1",
    XMLDSIG_MORE + "sha224": "sha224",
    SHA256: "sha256",
    XMLDSIG_MORE + "sha384": "sha384",
    SHA512: "sha512",
}
"""URI → name in hashlib."""

WEAK_DIGESTS = frozenset({"md5", "sha1"})


@dataclass(frozen=True, slots=True)
class SignatureAlgorithm:
    """How a signature value was made: `scheme` is rsa, rsa-pss or ecdsa."""

    scheme: str
    digest: hashes.HashAlgorithm


SIGNATURES = {
    XMLDSIG_MORE + "rsa-sha256": SignatureAlgorithm("rsa", hashes.SHA256()),
    XMLDSIG_MORE + "rsa-sha384": SignatureAlgorithm("rsa", hashes.SHA384()),
    RSA_SHA512: SignatureAlgorithm("rsa", hashes.SHA512()),
    XMLDSIG_MORE_2007 + "sha256-rsa-MGF1": SignatureAlgorithm("rsa-pss", hashes.SHA256()),
    XMLDSIG_MORE_2007 + "sha384-rsa-MGF1": SignatureAlgorithm("rsa-pss", hashes.SHA384()),
    XMLDSIG_MORE_2007 + "sha512-rsa-MGF1": SignatureAlgorithm("rsa-pss", hashes.SHA512()),
    XMLDSIG_MORE + "ecdsa-sha224": SignatureAlgorithm("ecdsa", hashes.SHA224()),
    XMLDSIG_MORE + "ecdsa-sha256": SignatureAlgorithm("ecdsa", hashes.SHA256()),
    XMLDSIG_MORE + "ecdsa-sha384": SignatureAlgorithm("ecdsa", hashes.SHA384()),
    ECDSA_SHA512: SignatureAlgorithm("ecdsa", hashes.SHA512()),
}


def digest_of(data: bytes, uri: str, *, weak_allowed: bool = False) -> bytes:
    """The digest of `data` by the algorithm that `uri` names.

    Raises:  TrustError(global_conf_header_field_wrong_value) for an unknown algorithm, or a weak one where it proves.
    """
    name = DIGESTS.get(uri)
    if name is None or (name in WEAK_DIGESTS and not weak_allowed):
        known = ", ".join(each for each, known in DIGESTS.items() if weak_allowed or known not in WEAK_DIGESTS)
        raise TrustError(
            "global_conf_header_field_wrong_value",
            f"The digest algorithm {uri!r} is unknown or too weak; accepted are {known}.",
            action="The authority must choose another digest in its central server's system parameters.",
        )
    return hashlib.new(name, data, usedforsecurity=False).digest()


def is_signed_by(certificate: bytes, *, algorithm: str, signature: bytes, signed: bytes) -> bool:
    """Whether `signature` over `signed` was made by the key in `certificate` (DER).

    Raises:  TrustError(global_conf_header_field_wrong_value) for an unknown or weak algorithm.
    """
    known = SIGNATURES.get(algorithm)
    if known is None:
        raise TrustError(
            "global_conf_header_field_wrong_value",
            f"The signature algorithm {algorithm!r} is unknown or too weak; accepted are {', '.join(SIGNATURES)}.",
            action="The authority must choose another signing digest in its central server's system parameters.",
        )
    try:
        key = x509.load_der_x509_certificate(certificate).public_key()
        return verify_with_key(key, known, signature, signed)
    except (ValueError, TypeError, UnsupportedAlgorithm, x509.InvalidVersion):
        return False


def verify_with_key(key: object, algorithm: SignatureAlgorithm, signature: bytes, signed: bytes) -> bool:
    """Whether the value fits; a key of another kind than the algorithm never does."""
    try:
        if isinstance(key, rsa.RSAPublicKey) and algorithm.scheme == "rsa":
            key.verify(signature, signed, padding.PKCS1v15(), algorithm.digest)
        elif isinstance(key, rsa.RSAPublicKey) and algorithm.scheme == "rsa-pss":
            pss = padding.PSS(padding.MGF1(algorithm.digest), padding.PSS.AUTO)
            key.verify(signature, signed, pss, algorithm.digest)
        elif isinstance(key, ec.EllipticCurvePublicKey) and algorithm.scheme == "ecdsa":
            key.verify(signature, signed, ec.ECDSA(algorithm.digest))
        else:
            return False
    except InvalidSignature:
        return False
    return True
