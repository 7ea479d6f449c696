"""Revocation answers as this room asks, keeps and explains them; what makes one believable is said in the protocol.

Law: nothing is decided here: `protocol/certificates/ocsp.py` reads an answer, and says whether it is authentic, of its
certificate, and fresh, for the keeper as for every message.
Source: RFC 6960 §3.2; PR-MESSTRANSP §4 (OCSP).
"""

from datetime import datetime

from ridgeway.errors import CertificateError
from ridgeway.protocol.certificates.ocsp import (
    OcspAnswer,
    assess_ocsp,
    find_responder,
    read_ocsp_answer,
    require_authorised,
    write_ocsp_request,
)
from ridgeway.protocol.certificates.snapshot import Authority, TrustSnapshot
from ridgeway.protocol.certificates.x509 import UNREADABLE, Certificate, read_certificate
from ridgeway.trust.ocsp_subjects import Subject

GOOD = "good"


def write_request(subject: Subject) -> bytes:
    """The question to a responder (DER).

    Raises:  CertificateError when certificate or issuer cannot be read.
    """
    return write_ocsp_request(read_certificate(subject.certificate), read_certificate(subject.issuer.certificate))


def assess_answer(data: bytes, subject: Subject, *, trust: TrustSnapshot, now: datetime) -> str:
    """What an authentic answer that counts now says of its certificate: `good`, `revoked` or `unknown`.

    Raises:  CertificateError(incorrect_validation_info) when the answer is not authentic, not of this certificate, or
             stale.
    """
    certificate, issuer = read_certificate(subject.certificate), read_certificate(subject.issuer.certificate)
    return assess_ocsp(data, subject=certificate, issuer=issuer, trust=trust, at=now).status.name.lower()


def find_answer(data: bytes) -> OcspAnswer | None:
    """The answer in the bytes, every field of which can be read; None when they are none."""
    try:
        answer = read_ocsp_answer(data)
        single = answer.single
        _ = (single.certificate_status, single.this_update_utc, single.next_update_utc, single.serial_number)
    except (CertificateError, *UNREADABLE):
        return None
    return answer


def is_authentic(answer: OcspAnswer, issuer: Authority, *, trust: TrustSnapshot, now: datetime) -> bool:
    """Whether somebody who may speak for the issuer signed the answer."""
    try:
        authority: Certificate = read_certificate(issuer.certificate)
        require_authorised(find_responder(answer, trust), authority, trust=trust, at=now)
    except (CertificateError, *UNREADABLE):
        return False
    return True
