"""What a revocation answer says, and whether it may be believed.

Law: an answer is read whole before anything is decided, so that no fault hides in a field that nobody looked at. It is
authentic when its issuer signed it, or a responder that the configuration names, or one to which the issuer delegated.
Age is judged by the own instance's rule, for certificates of every instance.
Source: RFC 6960 §3.2, §4.2.2.2; PR-MESSTRANSP §4 (OCSP).
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from asn1crypto import keys as asn1_keys
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from ridgeway.errors import CertificateError
from ridgeway.protocol.certificates.snapshot import Authority, TrustSnapshot
from ridgeway.trust.findings import describe_moment, describe_span
from ridgeway.trust.ocsp_subjects import UNREADABLE, Subject, describe_subject, is_issued_by, load_certificate

WRONG = "incorrect_validation_info"
GOOD = "good"


@dataclass(frozen=True, slots=True)
class Answer:
    """One revocation answer, read whole; `refusal` is why the responder gave none, and then all else is empty."""

    refusal: str = ""
    serial_number: int = 0
    name_hash: bytes = b""
    key_hash: bytes = b""
    hash_name: str = "sha1"
    status: str = ""
    this_update: datetime = datetime.min  # noqa: DTZ901  only in a refusal
    next_update: datetime | None = None
    signature: bytes = b""
    signed: bytes = b""
    digest: hashes.HashAlgorithm | None = None
    certificates: tuple[x509.Certificate, ...] = ()


def write_request(subject: Subject) -> bytes:
    """The question to a responder (DER): unsigned, by SHA-1, without a nonce, as X-Road's signer asks.

    Raises:  CertificateError when certificate or issuer cannot be read.
    """
    certificate, issuer = load_certificate(subject.certificate), load_certificate(subject.issuer.certificate)
    if certificate is None or issuer is None:
        raise CertificateError(WRONG, "The certificate, or its issuer's, cannot be read.")
    builder = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, hashes.SHA1())  # noqa: S303
    return builder.build().public_bytes(Encoding.DER)


def read_answer(data: bytes) -> Answer | None:
    """The answer in the bytes, of which the first statement counts; None when they are none."""
    try:
        response = ocsp.load_der_ocsp_response(data)
        if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            return Answer(refusal=response.response_status.name.lower())
        first = next(iter(response.responses))
        return Answer(
            serial_number=first.serial_number,
            name_hash=first.issuer_name_hash,
            key_hash=first.issuer_key_hash,
            hash_name=first.hash_algorithm.name,
            status=first.certificate_status.name.lower(),
            this_update=first.this_update_utc,
            next_update=first.next_update_utc,
            signature=response.signature,
            signed=response.tbs_response_bytes,
            digest=response.signature_hash_algorithm,
            certificates=tuple(response.certificates),
        )
    except (*UNREADABLE, StopIteration):
        return None


def assess_answer(data: bytes, subject: Subject, *, trust: TrustSnapshot, now: datetime) -> str:
    """What an authentic answer that counts now says of its certificate: `good`, `revoked` or `unknown`.

    Raises:  CertificateError(incorrect_validation_info) when the answer is not authentic, not of this certificate, or
             stale.
    """
    answer = read_answer(data)
    certificate = load_certificate(subject.certificate)
    if answer is None or certificate is None:
        raise CertificateError(WRONG, "The bytes are no revocation answer.")
    if answer.refusal:
        raise CertificateError(WRONG, f"The responder refused to answer: {answer.refusal}.")
    if answer.serial_number != certificate.serial_number or not is_about_issuer(answer, subject.issuer):
        raise CertificateError(
            WRONG, f"The answer is about serial {answer.serial_number} of some issuer, not about it."
        )
    if not is_authentic(answer, subject.issuer):
        name = describe_subject(subject.issuer.certificate)
        raise CertificateError(WRONG, f"No responder that may speak for {name} signed the answer.")
    require_fresh(answer, trust=trust, now=now)
    return answer.status


def require_fresh(answer: Answer, *, trust: TrustSnapshot, now: datetime) -> None:
    """Hold only while an answer is young enough.

    Raises:  CertificateError(incorrect_validation_info).
    """
    age, freshness = now - answer.this_update, timedelta(seconds=trust.ocsp_freshness_seconds)
    if age > freshness:
        raise CertificateError(
            WRONG,
            f"The answer is {describe_span(age)} old; the instance allows {describe_span(freshness)}.",
            action="See that `ridgeway trust run` runs and reaches the responder.",
        )
    if answer.next_update is not None and trust.verify_next_update and answer.next_update < now:
        raise CertificateError(WRONG, f"The next update was due {describe_moment(answer.next_update, now)}.")


def is_about_issuer(answer: Answer, issuer: Authority) -> bool:
    """Whether the answer names that issuer."""
    loaded = load_certificate(issuer.certificate)
    if loaded is None:
        return False
    name = hashlib.new(answer.hash_name, loaded.subject.public_bytes(), usedforsecurity=False).digest()
    return name == answer.name_hash and key_hash(loaded, answer.hash_name) == answer.key_hash


def key_hash(certificate: x509.Certificate, algorithm: str) -> bytes:
    """The hash of a certificate's public key, as a CertID has it: of the bits alone."""
    info = asn1_keys.PublicKeyInfo.load(
        certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    )
    bits: bytes = info["public_key"].contents[1:]
    return hashlib.new(algorithm, bits, usedforsecurity=False).digest()


def is_authentic(answer: Answer, issuer: Authority) -> bool:
    """Whether somebody who may speak for the issuer signed the answer."""
    issuing = load_certificate(issuer.certificate)
    configured = [load_certificate(each.certificate) for each in issuer.responders if each.certificate is not None]
    delegated = [each for each in answer.certificates if issuing is not None and is_delegated(each, issuing)]
    return answer.digest is not None and any(
        responder is not None and is_signature(responder, answer.signature, answer.signed, digest=answer.digest)
        for responder in (issuing, *configured, *delegated)
    )


def is_delegated(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Whether the issuer itself made this certificate for signing revocation answers."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except (*UNREADABLE, x509.ExtensionNotFound):
        return False
    return ExtendedKeyUsageOID.OCSP_SIGNING in usage and is_issued_by(certificate, issuer)


def is_signature(
    certificate: x509.Certificate, signature: bytes, signed: bytes, *, digest: hashes.HashAlgorithm
) -> bool:
    """Whether the key of a certificate made a signature."""
    try:
        key = certificate.public_key()
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, signed, padding.PKCS1v15(), digest)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, signed, ec.ECDSA(digest))
        else:
            return False
    except (*UNREADABLE, InvalidSignature):
        return False
    return True
