"""Revocation answers: asked, found and proven.

Law: the checks stand in X-Road's order, because the first that fails gives the code. Only the first answer inside a
response counts; one from the future is accepted, one too old is not.
Source: RFC 6960 §3.2 and §4.2; PR-MESSTRANSP §2.2; X-Road's `OcspVerifier`.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from asn1crypto import ocsp as asn1_ocsp
from asn1crypto.keys import PublicKeyInfo
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import ocsp

from ridgeway.errors import CertificateError
from ridgeway.protocol.certificates.names import normalise_name
from ridgeway.protocol.certificates.snapshot import TrustSnapshot
from ridgeway.protocol.certificates.x509 import UNREADABLE, Certificate, is_issued_by, read_certificate, verify_signed

MAX_OCSP_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class OcspAnswer:
    """A response read but not proven: the first answer inside it, and how it is signed."""

    data: bytes = field(repr=False)
    response: ocsp.OCSPResponse = field(repr=False)
    single: ocsp.OCSPSingleResponse = field(repr=False)


@dataclass(frozen=True, slots=True)
class VerifiedOcsp:
    """The certificate was good; times are aware UTC, `next_update` None where the responder names none."""

    produced_at: datetime
    this_update: datetime
    next_update: datetime | None
    responder: Certificate
    good_until: datetime


def write_ocsp_request(subject: Certificate, issuer: Certificate) -> bytes:
    """The DER question about `subject`: one SHA-1 CertID with NULL parameters, no nonce, unsigned."""
    cert_id = {
        "hash_algorithm": {"algorithm": "sha1"},
        "issuer_name_hash": hash_name(issuer),
        "issuer_key_hash": hash_key(issuer),
        "serial_number": subject.serial,
    }
    request: bytes = asn1_ocsp.OCSPRequest({"tbs_request": {"request_list": [{"req_cert": cert_id}]}}).dump()
    return request


def hash_name(certificate: Certificate) -> bytes:
    """SHA-1 of the subject's DER."""
    return hashlib.sha1(certificate.loaded.subject.public_bytes(), usedforsecurity=False).digest()


def hash_key(certificate: Certificate) -> bytes:
    """SHA-1 of the public key's bits."""
    info = certificate.public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    contents: bytes = PublicKeyInfo.load(info)["public_key"].contents
    return hashlib.sha1(contents[1:], usedforsecurity=False).digest()


def read_ocsp_answer(data: bytes) -> OcspAnswer:
    """A response as a value.

    Raises:  CertificateError(incorrect_validation_info) when it is none, or says that it has no answer.
    """
    try:
        if len(data) > MAX_OCSP_BYTES:
            raise ValueError(f"it has {len(data)} bytes; at most {MAX_OCSP_BYTES}")
        response = ocsp.load_der_ocsp_response(data)
        if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            raise ValueError(f"the responder says {response.response_status.name.lower()}")
        return OcspAnswer(data, response, next(iter(response.responses)))
    except (*UNREADABLE, StopIteration) as error:
        raise unusable(f"The revocation answer cannot be read: {error}.") from error


def find_ocsp_answer(answers: Iterable[bytes], *, subject: Certificate, issuer: Certificate) -> OcspAnswer | None:
    """The first response whose first answer is about `subject`; what cannot be read is passed over."""
    for data in answers:
        try:
            answer = read_ocsp_answer(data)
        except CertificateError:
            continue
        if is_about(answer, subject=subject, issuer=issuer):
            return answer
    return None


def is_about(answer: OcspAnswer, *, subject: Certificate, issuer: Certificate) -> bool:
    """Whether the CertID is that of `subject` under `issuer`, with SHA-1."""
    single = answer.single
    try:
        return (
            single.hash_algorithm.name == "sha1"
            and single.serial_number == subject.serial
            and single.issuer_name_hash == hash_name(issuer)
            and single.issuer_key_hash == hash_key(issuer)
        )
    except UNREADABLE:
        return False


def verify_ocsp(
    answer: bytes | OcspAnswer, *, subject: Certificate, issuer: Certificate, trust: TrustSnapshot, at: datetime
) -> VerifiedOcsp:
    """Prove that `subject` was good at `at`.

    Raises:  CertificateError(incorrect_validation_info) when the answer is about another certificate, not signed by
             who may, or too old; (cert_validation) when it says anything but good.
    """
    read = read_ocsp_answer(answer) if isinstance(answer, bytes) else answer
    if not is_about(read, subject=subject, issuer=issuer):
        raise unusable(f"The revocation answer is not about {subject.subject}.")
    try:
        responder = find_responder(read, trust)
        require_authorised(responder, issuer, trust)
        good_until = require_fresh(read, trust=trust, at=at)
        status = read.single.certificate_status
        produced = read.response.produced_at_utc
    except UNREADABLE as error:
        raise unusable(f"The revocation answer cannot be read: {error}.") from error
    if status is not ocsp.OCSPCertStatus.GOOD:
        raise CertificateError(
            "cert_validation",
            f"The certificate of {subject.subject} is {status.name.lower()}, says its authority.",
            action="Its owner must get a new one.",
        )
    single = read.single
    return VerifiedOcsp(produced, single.this_update_utc, single.next_update_utc, responder, good_until)


def find_responder(answer: OcspAnswer, trust: TrustSnapshot) -> Certificate:
    """The certificate that signed the response, its signature proven.

    Raises:  CertificateError(incorrect_validation_info).
    """
    response = answer.response
    name, key_hash = response.responder_name, response.responder_key_hash
    wanted = None if name is None else normalise_name(name)
    named = False
    for candidate in list_candidates(answer, trust):
        fits = candidate.subject_normal == wanted if wanted is not None else hash_key(candidate) == key_hash
        if not fits:
            continue
        named = True
        try:
            verify_signed(
                response.signature,
                response.tbs_response_bytes,
                key=candidate.public_key,
                digest=response.signature_hash_algorithm,
            )
        except InvalidSignature:
            continue
        return candidate
    why = "its signature is wrong" if named else "its responder is not known here"
    raise unusable(f"The revocation answer cannot be trusted: {why}.")


def list_candidates(answer: OcspAnswer, trust: TrustSnapshot) -> Iterator[Certificate]:
    """Configured responders, then authorities, then what the response brings."""
    services = [service for instance in trust.instances.values() for service in instance.certification_services]
    authorities = [authority for service in services for authority in service.authorities]
    configured = [each.certificate for authority in authorities for each in authority.responders if each.certificate]
    brought = [each.public_bytes(Encoding.DER) for each in answer.response.certificates]
    for der in (*configured, *(authority.certificate for authority in authorities), *brought):
        try:
            yield read_certificate(der)
        except CertificateError:
            continue


def require_authorised(responder: Certificate, issuer: Certificate, trust: TrustSnapshot) -> None:
    """Hold only for a responder that is configured for the issuer, is the issuer, or was made its responder by it."""
    if responder == issuer:
        return
    for instance in trust.instances.values():
        for service in instance.certification_services:
            for authority in service.authorities:
                configured = {each.certificate for each in authority.responders}
                if same_certificate(authority.certificate, issuer) and any(
                    der is not None and same_certificate(der, responder) for der in configured
                ):
                    return
    if responder.is_ocsp_signing and is_issued_by(responder, issuer):
        return
    raise unusable(f"{responder.subject} may not answer for certificates of {issuer.subject}.")


def same_certificate(der: bytes, certificate: Certificate) -> bool:
    """Whether these bytes (DER or PEM) are `certificate`."""
    if der == certificate.der:
        return True
    try:
        return read_certificate(der) == certificate
    except CertificateError:
        return False


def require_fresh(answer: OcspAnswer, *, trust: TrustSnapshot, at: datetime) -> datetime:
    """Until when the answer may be used, once it may be used at `at`."""
    this_update, next_update = answer.single.this_update_utc, answer.single.next_update_utc
    freshness = timedelta(seconds=trust.ocsp_freshness_seconds)
    if this_update < at - freshness:
        raise unusable(
            f"The revocation answer is of {this_update}, older than {freshness} at {at}.",
        )
    good_until = this_update + freshness
    if trust.verify_next_update and next_update is not None:
        if next_update < at:
            raise unusable(f"The revocation answer should have been renewed by {next_update}; it is used at {at}.")
        good_until = min(good_until, next_update)
    return good_until


def unusable(detail: str) -> CertificateError:
    """The error for an answer that proves nothing."""
    return CertificateError("incorrect_validation_info", detail)
