"""Private keys in memory: made, signed with, and asked for certificates.

Law: a digest is signed as it comes, with the algorithm that the caller names and the key can do; nothing is hashed
here, so that no long input ever reaches this process.
Source: RFC 8017 (PKCS#1), FIPS 186-5 (ECDSA), RFC 2986 (PKCS#10).
"""

import re
from collections.abc import Callable
from typing import assert_never

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)
from cryptography.x509.oid import NameOID, ObjectIdentifier

from ridgeway.errors import SignatureError, TokenError
from ridgeway.protocol.signatures.digests import HASHES, Scheme, coordinate_size, ecdsa_to_raw, get_signature_algorithm
from ridgeway.signer.values import CsrRequest, KeyType, KeyUsage

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
PUBLIC_EXPONENT = 65537
MAX_SUBJECT_FIELDS = 20
MAX_FIELD_CHARACTERS = 255
DNS_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")

SUBJECT_FIELDS = {
    "C": NameOID.COUNTRY_NAME,
    "O": NameOID.ORGANIZATION_NAME,
    "OU": NameOID.ORGANIZATIONAL_UNIT_NAME,
    "CN": NameOID.COMMON_NAME,
    "serialNumber": NameOID.SERIAL_NUMBER,
    "SN": NameOID.SERIAL_NUMBER,
    "businessCategory": NameOID.BUSINESS_CATEGORY,
    "organizationIdentifier": NameOID.ORGANIZATION_IDENTIFIER,
}


def make_private_key(kind: KeyType) -> PrivateKey:
    """A new key."""
    match kind:
        case KeyType.EC_P256:
            return ec.generate_private_key(ec.SECP256R1())
        case KeyType.RSA_2048:
            return rsa.generate_private_key(PUBLIC_EXPONENT, 2048)
        case KeyType.RSA_3072:
            return rsa.generate_private_key(PUBLIC_EXPONENT, 3072)
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


def write_csr(key: PrivateKey, request: CsrRequest, usage: KeyUsage) -> bytes:
    """The certificate request (PKCS#10, DER) with the key usage that X-Road asks for.

    Raises:  TokenError(signer.failed_to_generate_certificate_request) naming the subject field or name that is wrong.
    """
    builder = x509.CertificateSigningRequestBuilder().subject_name(build_subject(request.subject))
    builder = builder.add_extension(build_key_usage(usage), critical=False)
    if request.dns_name:
        builder = builder.add_extension(build_alternative_name(request.dns_name), critical=False)
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


def build_alternative_name(dns_name: str) -> x509.SubjectAlternativeName:
    """The name of the server, beside the subject."""
    try:
        if not is_dns_name(dns_name):
            raise ValueError("labels of letters, digits and hyphens are expected")
        return x509.SubjectAlternativeName([x509.DNSName(dns_name)])
    except ValueError as error:
        raise TokenError(
            "signer.failed_to_generate_certificate_request",
            f"The server's name {dns_name[:80]!r} cannot be: {error}; expected one as in ss1.example.org.",
        ) from error


def is_dns_name(text: str) -> bool:
    """Whether the text can be the name of a host."""
    return len(text) <= MAX_FIELD_CHARACTERS and all(DNS_LABEL.fullmatch(label) for label in text.split("."))


def build_subject(fields: tuple[tuple[str, str], ...]) -> x509.Name:
    """The distinguished name of these fields, in their order."""
    if not 1 <= len(fields) <= MAX_SUBJECT_FIELDS:
        raise TokenError(
            "signer.failed_to_generate_certificate_request",
            f"The subject has {len(fields)} fields; expected 1 to {MAX_SUBJECT_FIELDS}.",
        )
    attributes = []
    for name, value in fields:
        try:
            oid = SUBJECT_FIELDS.get(name) or ObjectIdentifier(name)
            if not value or len(value) > MAX_FIELD_CHARACTERS:
                raise ValueError(f"it has {len(value)} characters, expected 1 to {MAX_FIELD_CHARACTERS}")
            attributes.append(x509.NameAttribute(oid, value))
        except ValueError as error:
            known = ", ".join(SUBJECT_FIELDS)
            detail = (
                f"The subject field {name[:40]}={value[:40]} cannot be: {error}; known fields are {known}, or an OID."
            )
            raise TokenError("signer.failed_to_generate_certificate_request", detail) from error
    return x509.Name(attributes)


def build_key_usage(usage: KeyUsage) -> x509.KeyUsage:
    """The key usage that a request wishes for; the authority decides.

    Source:  X-Road asks for keyCertSign beside nonRepudiation, and so do we, for authorities that compare.
    """
    signs = usage is KeyUsage.SIGNING
    return x509.KeyUsage(
        digital_signature=not signs,
        content_commitment=signs,
        key_encipherment=not signs,
        data_encipherment=not signs,
        key_agreement=False,
        key_cert_sign=signs,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
