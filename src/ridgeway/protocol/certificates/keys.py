"""Who signed what: the one place where a certificate's key is put to a signature.

Law: SHA-1 is taken where X-Road takes it (old authorities still sign with it), MD5 and keys too short to mean
anything are not.
Source: RFC 5280 §4.1.1.2; the weak algorithms that X-Road's platform refuses in certificate paths.
"""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes

from ridgeway.protocol.certificates.x509 import UNREADABLE, Certificate

MIN_RSA_BITS = 1024
MIN_EC_BITS = 224
ACCEPTED_DIGESTS = (hashes.SHA1, hashes.SHA224, hashes.SHA256, hashes.SHA384, hashes.SHA512)


def is_issued_by(child: Certificate, issuer: Certificate) -> bool:
    """Whether the issuer's name and key both fit."""
    if child.issuer_normal != issuer.subject_normal:
        return False
    try:
        verify_signed(
            child.loaded.signature,
            child.loaded.tbs_certificate_bytes,
            key=issuer.public_key,
            digest=child.loaded.signature_hash_algorithm,
            form=child.loaded.signature_algorithm_parameters,
        )
    except (*UNREADABLE, InvalidSignature):
        return False
    return True


def verify_signed(
    signature: bytes,
    data: bytes,
    *,
    key: CertificatePublicKeyTypes,
    digest: hashes.HashAlgorithm | None,
    form: object = None,
) -> None:
    """Prove that the holder of `key` signed `data`.

    Raises:  InvalidSignature; ValueError for a key or a digest that is not used here.
    """
    if not isinstance(digest, ACCEPTED_DIGESTS):
        raise ValueError(f"the digest {'none' if digest is None else digest.name} is not used here")
    if isinstance(key, rsa.RSAPublicKey) and key.key_size >= MIN_RSA_BITS:
        used = form if isinstance(form, padding.PSS | padding.PKCS1v15) else padding.PKCS1v15()
        key.verify(signature, data, used, digest)
    elif isinstance(key, ec.EllipticCurvePublicKey) and key.key_size >= MIN_EC_BITS:
        key.verify(signature, data, ec.ECDSA(digest))
    else:
        raise ValueError(f"a {type(key).__name__} of {getattr(key, 'key_size', 0)} bits is not used here")
