"""The OCSP responder: good, revoked or unknown for what the register says, signed by a delegated certificate.

Law: the answer holds the identifier that was asked for, in the digest it was asked in (X-Road compares it byte for
byte); an unreadable question gets a status, never silence.
Source: RFC 6960; RFC 9654 (nonce).
"""

from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from ridgeway.lab.authorities.ca import UNREADABLE, CertificationAuthority
from ridgeway.lab.authorities.register import Issued

MAX_REQUEST_BYTES = 4096
MAX_NONCE_BYTES = 128
ANSWER_VALIDITY = timedelta(days=1)


def answer_ocsp(question: bytes, authority: CertificationAuthority) -> bytes:
    """The answer (DER) to one question (DER)."""
    try:
        if len(question) > MAX_REQUEST_BYTES:
            raise ValueError("too long")
        request = ocsp.load_der_ocsp_request(question)
        nonce, algorithm = find_nonce(request), request.hash_algorithm
        name_hash, key_hash, serial = request.issuer_name_hash, request.issuer_key_hash, request.serial_number
    except (*UNREADABLE, NotImplementedError):
        return write_refusal(ocsp.OCSPResponseStatus.MALFORMED_REQUEST)
    found = authority.register.find(serial) if is_asked_of(request, authority, algorithm) else None
    this_update = authority.clock().replace(microsecond=0)
    status, revoked_at = decide_status(found)
    builder = ocsp.OCSPResponseBuilder().add_response_by_hash(
        name_hash,
        key_hash,
        serial,
        algorithm,
        status,
        this_update,
        this_update + ANSWER_VALIDITY,
        revoked_at,
        x509.ReasonFlags.unspecified if revoked_at else None,
    )
    return write_answer(builder, authority, nonce)


def write_answer(
    builder: ocsp.OCSPResponseBuilder, authority: CertificationAuthority, nonce: x509.OCSPNonce | None
) -> bytes:
    """The answer, signed, with the responder's certificate."""
    responder = authority.responder
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, responder.certificate)
    builder = builder.certificates([responder.certificate])
    if nonce is not None:
        builder = builder.add_extension(nonce, critical=False)
    return builder.sign(responder.key, hashes.SHA256()).public_bytes(Encoding.DER)


def write_refusal(status: ocsp.OCSPResponseStatus) -> bytes:
    """An answer that says only why there is none."""
    return ocsp.OCSPResponseBuilder.build_unsuccessful(status).public_bytes(Encoding.DER)


def find_nonce(request: ocsp.OCSPRequest) -> x509.OCSPNonce | None:
    """What ties the answer to the question.

    Raises:  ValueError when it is longer than RFC 9654 allows.
    """
    try:
        nonce = request.extensions.get_extension_for_class(x509.OCSPNonce).value
    except x509.ExtensionNotFound:
        return None
    if len(nonce.nonce) > MAX_NONCE_BYTES:
        raise ValueError(f"a nonce of {len(nonce.nonce)} bytes")
    return nonce


def is_asked_of(request: ocsp.OCSPRequest, authority: CertificationAuthority, algorithm: hashes.HashAlgorithm) -> bool:
    """Whether the question is about a certificate of this authority."""
    root = authority.root.certificate
    try:
        own = ocsp.OCSPRequestBuilder().add_certificate(root, root, algorithm).build()
    except (ValueError, UnsupportedAlgorithm):
        return False
    return (own.issuer_name_hash, own.issuer_key_hash) == (request.issuer_name_hash, request.issuer_key_hash)


def decide_status(found: Issued | None) -> tuple[ocsp.OCSPCertStatus, datetime | None]:
    """What is said of a certificate, and since when it is revoked."""
    if found is None:
        return ocsp.OCSPCertStatus.UNKNOWN, None
    if found.revoked_at is not None:
        return ocsp.OCSPCertStatus.REVOKED, found.revoked_at
    return ocsp.OCSPCertStatus.GOOD, None
