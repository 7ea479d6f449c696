"""The responder of the lab's certification authority: is this certificate good now?

Law: it answers for what the authority issued and says "unknown" of everything else; each answer is good for a day.
Source: RFC 6960.
"""

from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from ridgeway.lab.authorities.ca import CertificationAuthority

MAX_REQUEST_BYTES = 8 * 1024
GOOD_FOR = timedelta(days=1)


def write_ocsp_response(authority: CertificationAuthority, request: bytes) -> bytes:
    """The DER answer to a DER request; a request that cannot be read is `malformedRequest`."""
    try:
        if len(request) > MAX_REQUEST_BYTES:
            raise ValueError("too long")
        asked = ocsp.load_der_ocsp_request(request)
        is_known, revoked_at = authority.find_status(asked.serial_number)
    except (ValueError, TypeError):
        refusal = ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.MALFORMED_REQUEST)
        return refusal.public_bytes(Encoding.DER)
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
    return builder.sign(authority.ocsp_key, hashes.SHA256()).public_bytes(Encoding.DER)


def choose_status(*, is_known: bool, revoked_at: datetime | None) -> ocsp.OCSPCertStatus:
    """What is said of a certificate."""
    if revoked_at is not None:
        return ocsp.OCSPCertStatus.REVOKED
    return ocsp.OCSPCertStatus.GOOD if is_known else ocsp.OCSPCertStatus.UNKNOWN
