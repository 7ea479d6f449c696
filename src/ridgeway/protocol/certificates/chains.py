"""Certificate paths: from a leaf to the authority of the global configuration that issued it, and good on the way.

Law: the anchor is the *direct* approved issuer, whatever stands above it. Each certificate of the path but the anchor
needs a revocation answer.
Source: RFC 5280 §6; X-Road's `CertChain` and `CertChainVerifier`; PR-MESSTRANSP §3.3 step 4.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from ridgeway.errors import CertificateError
from ridgeway.protocol.certificates.ocsp import VerifiedOcsp, find_ocsp_answer, verify_ocsp
from ridgeway.protocol.certificates.snapshot import CertificationService, TrustSnapshot
from ridgeway.protocol.certificates.verdicts import VerdictCache, digest_key
from ridgeway.protocol.certificates.x509 import Certificate, is_issued_by, read_certificate

MAX_PATH = 10
Usage = Literal["signing", "authentication"]


@dataclass(frozen=True, slots=True)
class Anchor:
    """An approved authority, and the certification service it belongs to."""

    certificate: Certificate
    service: CertificationService


@dataclass(frozen=True, slots=True)
class VerifiedChain:
    """The leaf leads to `anchor` and was not revoked at that time; `ocsp` are the proofs, leaf first."""

    path: tuple[Certificate, ...]
    anchor: Certificate
    service: CertificationService
    ocsp: tuple[VerifiedOcsp, ...]

    @property
    def leaf(self) -> Certificate:
        """The certificate that was asked about."""
        return self.path[0]


def verify_chain(
    leaf: Certificate,
    extra: Sequence[Certificate],
    *,
    trust: TrustSnapshot,
    instance: str,
    ocsp_responses: Sequence[bytes],
    at: datetime,
    usage: Usage,
    verdicts: VerdictCache | None = None,
) -> VerifiedChain:
    """Prove that an approved authority of `instance` issued `leaf`, and that it was good at `at`.

    Raises:  CertificateError with cannot_create_cert_path, invalid_cert_path.cert_validation or
             invalid_cert_path.incorrect_validation_info; TrustError for an unknown instance.
    """
    key = digest_key(f"{instance} {usage}", leaf.der, *(each.der for each in extra), b"", *ocsp_responses)
    known = None if verdicts is None else verdicts.find(key, trust=trust, at=at)
    if known is not None:
        proven: VerifiedChain = known
        return proven
    path, anchor = find_path(leaf, extra, trust=trust, instance=instance, at=at, usage=usage)
    issuers = (*path[1:], anchor.certificate)
    try:
        answers = tuple(
            verify_revocation(subject, issuer, ocsp_responses=ocsp_responses, trust=trust, at=at)
            for subject, issuer in zip(path, issuers, strict=True)
        )
    except CertificateError as error:
        raise error.prefixed("invalid_cert_path") from error
    chain = VerifiedChain(path, anchor.certificate, anchor.service, answers)
    if verdicts is not None:
        until = min(*(each.not_after for each in path), *(each.good_until for each in answers))
        verdicts.keep(key, chain, trust=trust, since=at, until=until)
    return chain


def find_path(
    leaf: Certificate, extra: Sequence[Certificate], *, trust: TrustSnapshot, instance: str, at: datetime, usage: Usage
) -> tuple[tuple[Certificate, ...], Anchor]:
    """The certificates from the leaf upwards, each valid at `at`, and the anchor above them.

    Raises:  CertificateError(cannot_create_cert_path).
    """
    anchors = list_anchors(trust, instance, usage=usage)
    path: list[Certificate] = []
    certificate: Certificate | None = leaf
    while certificate is not None and len(path) < MAX_PATH:
        require_link(certificate, is_leaf=not path, at=at)
        path.append(certificate)
        for anchor in anchors:
            if is_issued_by(certificate, anchor.certificate):
                return tuple(path), anchor
        certificate = next(
            (each for each in extra if each not in path and each.is_authority and is_issued_by(path[-1], each)), None
        )
    raise CertificateError(
        "cannot_create_cert_path",
        f"No approved authority of {instance} for {usage} issued the certificate of {leaf.subject}; its issuer is "
        f"{path[-1].issuer}.",
        action="Get a certificate from an approved certification service.",
    )


def list_anchors(trust: TrustSnapshot, instance: str, *, usage: Usage) -> list[Anchor]:
    """The approved authorities of an instance that may issue for this usage."""
    anchors = []
    for service in trust.get_instance(instance).certification_services:
        if usage == "signing" and service.authentication_only:
            continue
        for authority in service.authorities:
            try:
                anchors.append(Anchor(read_certificate(authority.certificate), service))
            except CertificateError:
                continue
    return anchors


def require_link(certificate: Certificate, *, is_leaf: bool, at: datetime) -> None:
    """Hold only for a certificate that is valid at `at`, and that may issue others unless it is the leaf."""
    if not certificate.is_valid_at(at):
        raise CertificateError(
            "cannot_create_cert_path",
            f"The certificate of {certificate.subject} is valid from {certificate.not_before} to "
            f"{certificate.not_after}, not at {at}.",
            action="Its owner must get a new one.",
        )
    if not is_leaf and not certificate.is_authority:
        raise CertificateError("cannot_create_cert_path", f"{certificate.subject} may not issue certificates.")


def verify_revocation(
    subject: Certificate, issuer: Certificate, *, ocsp_responses: Sequence[bytes], trust: TrustSnapshot, at: datetime
) -> VerifiedOcsp:
    """Prove by one of the answers that `subject` was good at `at`.

    Raises:  CertificateError(cert_validation) when none is about it, and as `verify_ocsp`.
    """
    answer = find_ocsp_answer(ocsp_responses, subject=subject, issuer=issuer)
    if answer is None:
        raise CertificateError("cert_validation", f"There is no revocation answer for {subject.subject}.")
    return verify_ocsp(answer, subject=subject, issuer=issuer, trust=trust, at=at)
