"""The responder of the lab's certification authority: is this certificate good now?

Law: it answers for what the authority issued and says "unknown" of everything else, another authority's certificates
among it; each answer is good for a day and echoes the question's identifier of the certificate.
Source: RFC 6960 §4; §A.1 for questions by GET.
"""

import base64
import binascii
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

from asn1crypto import keys as asn1_keys
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import ocsp

from ridgeway.errors import RequestError
from ridgeway.lab.authorities.ca import CertificationAuthority

MAX_REQUEST_BYTES = 8 * 1024
GOOD_FOR = timedelta(days=1)
UNREADABLE = (ValueError, TypeError, NotImplementedError, UnsupportedAlgorithm, x509.DuplicateExtension, OverflowError)
"""What the library raises for a request that cannot be answered, some of it only when a field is looked at."""


def write_ocsp_response(authority: CertificationAuthority, request: bytes) -> bytes:
    """The DER answer to a DER request; a request that cannot be read is `malformedRequest`."""
    try:
        if len(request) > MAX_REQUEST_BYTES:
            raise ValueError("too long")
        return build_answer(authority, ocsp.load_der_ocsp_request(request)).public_bytes(Encoding.DER)
    except UNREADABLE:
        refusal = ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.MALFORMED_REQUEST)
        return refusal.public_bytes(Encoding.DER)


def build_answer(authority: CertificationAuthority, asked: ocsp.OCSPRequest) -> ocsp.OCSPResponse:
    """The signed answer to one question."""
    is_known, revoked_at = (False, None)
    if is_about(authority.certificate, asked):
        is_known, revoked_at = authority.find_status(asked.serial_number)
    now = datetime.now(UTC).replace(microsecond=0)
    builder = ocsp.OCSPResponseBuilder().add_response_by_hash(
        issuer_name_hash=asked.issuer_name_hash,
        issuer_key_hash=asked.issuer_key_hash,
        serial_number=asked.serial_number,
        algorithm=asked.hash_algorithm,
        cert_status=choose_status(is_known=is_known, revoked_at=revoked_at),
        this_update=now,
        next_update=now + GOOD_FOR,
        revocation_time=revoked_at,
        revocation_reason=None,
    )
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.NAME, authority.ocsp_certificate)
    builder = builder.certificates([authority.ocsp_certificate])
    for extension in asked.extensions:
        if isinstance(extension.value, x509.OCSPNonce):
            builder = builder.add_extension(extension.value, critical=False)
    return builder.sign(authority.ocsp_key, hashes.SHA256())


def is_about(issuer: x509.Certificate, asked: ocsp.OCSPRequest) -> bool:
    """Whether the question is about a certificate of this issuer."""
    key = issuer.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    names = digest(asked.hash_algorithm, issuer.subject.public_bytes())
    keys = digest(asked.hash_algorithm, asn1_keys.PublicKeyInfo.load(key)["public_key"].contents[1:])
    return (asked.issuer_name_hash, asked.issuer_key_hash) == (names, keys)


def digest(algorithm: hashes.HashAlgorithm, data: bytes) -> bytes:
    """The digest of `data`."""
    hasher = hashes.Hash(algorithm)
    hasher.update(data)
    return hasher.finalize()


def read_ocsp_path(path: str) -> bytes:
    """The request (DER) in the last part of a path, base64 and escaped; many clients leave the escapes away.

    Raises:  RequestError(invalid_request).
    """
    try:
        return base64.b64decode(unquote(path, "ascii", "strict"), validate=True)
    except (binascii.Error, ValueError) as error:
        raise RequestError("invalid_request", f"The path holds no question in base64: {error}.") from error


def choose_status(*, is_known: bool, revoked_at: datetime | None) -> ocsp.OCSPCertStatus:
    """What is said of a certificate."""
    if revoked_at is not None:
        return ocsp.OCSPCertStatus.REVOKED
    return ocsp.OCSPCertStatus.GOOD if is_known else ocsp.OCSPCertStatus.UNKNOWN
