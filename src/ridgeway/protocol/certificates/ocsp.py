"""Revocation answers: asked, found and proven.

Law: the checks stand in X-Road's order, because the first that fails gives the code. Only the first answer inside a
response counts; one from the future is accepted, one too old is not. Beyond X-Road, a responder that only its own
certificate authorises must be valid at the time.
Source: RFC 6960 §3.2 and §4.2; PR-MESSTRANSP §2.2; X-Road's `OcspVerifier`.
"""

import hashlib
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import chain

from asn1crypto import x509 as asn1_x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from ridgeway.errors import CertificateError
from ridgeway.protocol.certificates.keys import is_issued_by, verify_signed
from ridgeway.protocol.certificates.names import normalise_name
from ridgeway.protocol.certificates.snapshot import Authority, TrustSnapshot
from ridgeway.protocol.certificates.x509 import UNREADABLE, Certificate, read_certificate

MAX_OCSP_BYTES = 64 * 1024
MAX_BROUGHT_CERTIFICATES = 10
REMEMBERED_AUTHORITIES = 256


@dataclass(frozen=True, slots=True)
class OcspAnswer:
    """A response read but not proven: the first answer inside it, and how it is signed."""

    data: bytes = field(repr=False)
    response: ocsp.OCSPResponse = field(repr=False)
    single: ocsp.OCSPSingleResponse = field(repr=False)


@dataclass(frozen=True, slots=True)
class VerifiedOcsp:
    """The certificate was good; times are aware UTC, `next_update` None where the responder names none.

    `good_until` is the last moment at which the same answer proves as much under the same trust.
    """

    produced_at: datetime
    this_update: datetime
    next_update: datetime | None
    responder: Certificate
    good_until: datetime


@dataclass(frozen=True, slots=True)
class AssessedOcsp:
    """An authentic, fresh answer, whatever it says; `good_until` as in `VerifiedOcsp`."""

    status: ocsp.OCSPCertStatus
    answer: OcspAnswer
    responder: Certificate
    good_until: datetime


@dataclass(frozen=True, slots=True)
class AuthorityHashes:
    """How a question or an answer names an authority: SHA-1 of its subject's DER and of its public key's bits."""

    name: bytes
    key: bytes


def write_ocsp_request(subject: Certificate, issuer: Certificate) -> bytes:
    """The DER question about `subject`: one SHA-1 CertID with NULL parameters, no nonce, unsigned."""
    named = hash_authority(issuer)
    digest = hashes.SHA1()  # noqa: S303 — it names, it does not protect
    builder = ocsp.OCSPRequestBuilder().add_certificate_by_hash(named.name, named.key, subject.serial, digest)
    return builder.build().public_bytes(Encoding.DER)


@lru_cache(maxsize=REMEMBERED_AUTHORITIES)
def hash_authority(certificate: Certificate) -> AuthorityHashes:
    """The digests over the very octets of the certificate, which another encoder might write otherwise."""
    signed = asn1_x509.Certificate.load(certificate.der)["tbs_certificate"]
    bits = signed["subject_public_key_info"]["public_key"].contents[1:]
    return AuthorityHashes(digest_sha1(signed["subject"].dump()), digest_sha1(bits))


def digest_sha1(data: bytes) -> bytes:
    """SHA-1, which names things here and protects nothing."""
    return hashlib.sha1(data, usedforsecurity=False).digest()


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
    except StopIteration as error:
        raise unusable("The revocation response holds no answer.") from error
    except UNREADABLE as error:
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
        if not isinstance(single.hash_algorithm, hashes.SHA1) or single.serial_number != subject.serial:
            return False
        named = hash_authority(issuer)
        return single.issuer_name_hash == named.name and single.issuer_key_hash == named.key
    except UNREADABLE:
        return False


def assess_ocsp(
    answer: bytes | OcspAnswer, *, subject: Certificate, issuer: Certificate, trust: TrustSnapshot, at: datetime
) -> AssessedOcsp:
    """What an answer says of `subject` that may be believed at `at`, be it good or not.

    Raises:  CertificateError(incorrect_validation_info) when the answer is about another certificate, not signed by
             who may, or too old.
    """
    read = read_ocsp_answer(answer) if isinstance(answer, bytes) else answer
    if not is_about(read, subject=subject, issuer=issuer):
        raise unusable(f"The revocation answer is not about {subject.subject} (serial {subject.serial}).")
    try:
        responder = find_responder(read, trust)
        trusted_until = require_authorised(responder, issuer, trust=trust, at=at)
        good_until = require_fresh(read, trust=trust, at=at)
        return AssessedOcsp(read.single.certificate_status, read, responder, min(good_until, trusted_until))
    except UNREADABLE as error:
        raise unusable(f"The revocation answer cannot be read: {error}.") from error


def verify_ocsp(
    answer: bytes | OcspAnswer, *, subject: Certificate, issuer: Certificate, trust: TrustSnapshot, at: datetime
) -> VerifiedOcsp:
    """Prove that `subject` was good at `at`.

    Raises:  CertificateError(incorrect_validation_info) as `assess_ocsp`; (cert_validation) when the answer says
             anything but good.
    """
    found = assess_ocsp(answer, subject=subject, issuer=issuer, trust=trust, at=at)
    if found.status is not ocsp.OCSPCertStatus.GOOD:
        raise CertificateError(
            "cert_validation",
            f"The certificate of {subject.subject} is {found.status.name.lower()}, says its authority.",
            action="Its owner must get a new one.",
        )
    single, produced_at = found.answer.single, found.answer.response.produced_at_utc
    return VerifiedOcsp(produced_at, single.this_update_utc, single.next_update_utc, found.responder, found.good_until)


def find_responder(answer: OcspAnswer, trust: TrustSnapshot) -> Certificate:
    """The certificate that signed the response, its signature proven.

    Raises:  CertificateError(incorrect_validation_info).
    """
    response = answer.response
    with warnings.catch_warnings(action="ignore"):
        name, key_hash = response.responder_name, response.responder_key_hash
    wanted = None if name is None else normalise_name(name)
    is_known = False
    for candidate in list_candidates(answer, trust):
        fits = candidate.subject_normal == wanted if wanted is not None else hash_authority(candidate).key == key_hash
        if fits:
            is_known = True
            if has_signed(candidate, response):
                return candidate
    why = "its signature is wrong" if is_known else "its responder is not known here"
    raise unusable(f"The revocation answer cannot be trusted: {why}.")


def has_signed(responder: Certificate, response: ocsp.OCSPResponse) -> bool:
    """Whether the response is signed with the responder's key."""
    try:
        verify_signed(
            response.signature,
            response.tbs_response_bytes,
            key=responder.public_key,
            digest=response.signature_hash_algorithm,
        )
    except InvalidSignature:
        return False
    return True


def list_candidates(answer: OcspAnswer, trust: TrustSnapshot) -> Iterator[Certificate]:
    """Configured responders, then authorities, then what the response brings."""
    authorities = list_authorities(trust)
    configured = (each.certificate for authority in authorities for each in authority.responders if each.certificate)
    own = (authority.certificate for authority in authorities)
    for der in chain(configured, own, list_brought(answer)):
        try:
            yield read_certificate(der)
        except CertificateError:
            continue


def list_authorities(trust: TrustSnapshot) -> list[Authority]:
    """The approved authorities of every instance that is known."""
    services = (service for instance in trust.instances.values() for service in instance.certification_services)
    return [authority for service in services for authority in service.authorities]


def list_brought(answer: OcspAnswer) -> Iterator[bytes]:
    """The certificates (DER) inside a response, read only when nothing configured fits."""
    for certificate in answer.response.certificates[:MAX_BROUGHT_CERTIFICATES]:
        yield certificate.public_bytes(Encoding.DER)


def require_authorised(responder: Certificate, issuer: Certificate, *, trust: TrustSnapshot, at: datetime) -> datetime:
    """Until when the responder may answer for `issuer`: it is configured for it, is it, or was made so by it."""
    if is_configured(responder, issuer, trust) or responder == issuer:
        return datetime.max.replace(tzinfo=at.tzinfo)
    if responder.is_ocsp_signing and responder.is_valid_at(at) and is_issued_by(responder, issuer):
        return responder.not_after
    raise unusable(f"{responder.subject} may not answer for certificates of {issuer.subject}.")


def is_configured(responder: Certificate, issuer: Certificate, trust: TrustSnapshot) -> bool:
    """Whether the configuration lists the responder under the authority `issuer`."""
    return any(
        is_same(each.certificate, responder)
        for authority in list_authorities(trust)
        if is_same(authority.certificate, issuer)
        for each in authority.responders
        if each.certificate is not None
    )


def is_same(data: bytes, certificate: Certificate) -> bool:
    """Whether these bytes (DER or PEM) are `certificate`."""
    if data == certificate.der:
        return True
    try:
        return read_certificate(data) == certificate
    except CertificateError:
        return False


def require_fresh(answer: OcspAnswer, *, trust: TrustSnapshot, at: datetime) -> datetime:
    """Until when the answer may be used, once it may be used at `at`."""
    this_update, next_update = answer.single.this_update_utc, answer.single.next_update_utc
    freshness = timedelta(seconds=trust.ocsp_freshness_seconds)
    if this_update < at - freshness:
        raise unusable(
            f"The revocation answer is of {this_update}, which is too old at {at}: it may be used for {freshness}.",
            action="The security server that sent it must fetch a newer one from its authority.",
        )
    good_until = this_update + freshness
    if trust.verify_next_update and next_update is not None:
        if next_update < at:
            raise unusable(
                f"The revocation answer should have been renewed by {next_update}; it is used at {at}.",
                action="The security server that sent it must fetch a newer one from its authority.",
            )
        good_until = min(good_until, next_update)
    return good_until


def unusable(detail: str, *, action: str = "") -> CertificateError:
    """The error for an answer that proves nothing."""
    return CertificateError("incorrect_validation_info", detail, action=action)
