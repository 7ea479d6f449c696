"""Certificate paths: from a leaf to the authority of the global configuration that issued it, and good on the way.

Law: the *direct* issuer must be approved, whatever stands above it. A signer proves its own certificate; a security
server that authenticates proves also the intermediates it sends, each issued by an approved authority. Each
certificate of the path needs a revocation answer, the anchor needs none.
Source: RFC 5280 §6; X-Road's `CertChain` and `CertChainVerifier`; PR-MESSTRANSP §3.3 step 4.
Read next: `ocsp.py`, `peers.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from ridgeway.errors import CertificateError
from ridgeway.protocol.certificates.keys import is_issued_by
from ridgeway.protocol.certificates.ocsp import VerifiedOcsp, find_ocsp_answer, verify_ocsp
from ridgeway.protocol.certificates.snapshot import CertificationService, TrustSnapshot
from ridgeway.protocol.certificates.verdicts import VerdictCache, digest_key
from ridgeway.protocol.certificates.x509 import Certificate, read_certificate

MAX_EXTRA = 10
MAX_OCSP_RESPONSES = 20
Usage = Literal["signing", "authentication"]


@dataclass(frozen=True, slots=True)
class Anchor:
    """An approved authority, and the certification service it belongs to."""

    certificate: Certificate
    service: CertificationService


@dataclass(frozen=True, slots=True)
class VerifiedChain:
    """The leaf was issued by an approved authority of `service`, and nothing of `path` was revoked at that time.

    `path` runs from the leaf upwards, `anchor` stands above its last; `ocsp` are the proofs, leaf first.
    """

    path: tuple[Certificate, ...]
    anchor: Certificate
    service: CertificationService
    ocsp: tuple[VerifiedOcsp, ...]

    @property
    def leaf(self) -> Certificate:
        """The certificate that was asked about."""
        return self.path[0]

    @property
    def good_until(self) -> datetime:
        """The last moment at which the same octets prove as much under the same trust."""
        return min(*(each.not_after for each in self.path), *(each.good_until for each in self.ocsp))


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

    Shapes:  `extra` are the intermediates that came along; they are proven too when `usage` is authentication.
    Raises:  CertificateError with cannot_create_cert_path, invalid_cert_path.cert_validation or
             invalid_cert_path.incorrect_validation_info; TrustError for an unknown instance.
    """
    key = digest_key(("chain", instance, usage), (leaf.der, *(each.der for each in extra)), ocsp_responses)
    known = None if verdicts is None else verdicts.find(key, trust=trust, at=at)
    if known is not None:
        proven: VerifiedChain = known
        return proven
    anchors = list_anchors(trust, instance, usage=usage)
    path, issuers = find_path(leaf, extra if usage == "authentication" else (), anchors=anchors, at=at)
    try:
        answers = tuple(
            verify_revocation(subject, issuer.certificate, ocsp_responses=ocsp_responses, trust=trust, at=at)
            for subject, issuer in zip(path, issuers, strict=True)
        )
    except CertificateError as error:
        raise error.prefixed("invalid_cert_path") from error
    chain = VerifiedChain(path, issuers[-1].certificate, issuers[0].service, answers)
    if verdicts is not None:
        verdicts.keep(key, chain, trust=trust, since=at, until=chain.good_until)
    return chain


def find_path(
    leaf: Certificate, extra: Sequence[Certificate], *, anchors: Sequence[Anchor], at: datetime
) -> tuple[tuple[Certificate, ...], tuple[Anchor, ...]]:
    """The certificates from the leaf upwards, each valid at `at`, and the approved authority that issued each.

    Raises:  CertificateError(cannot_create_cert_path).
    """
    if len(extra) > MAX_EXTRA:
        raise broken(f"{len(extra)} certificates came with that of {leaf.subject}; at most {MAX_EXTRA} are read.")
    path, issuers = [leaf], [get_issuer(leaf, anchors)]
    require_valid(leaf, at)
    while (above := find_sent(issuers[-1].certificate, extra, below=path)) is not None:
        require_valid(above, at)
        require_authority(above, below=len(path) - 1)
        path.append(above)
        issuers.append(get_issuer(above, anchors))
    return tuple(path), tuple(issuers)


def list_anchors(trust: TrustSnapshot, instance: str, *, usage: Usage) -> list[Anchor]:
    """The approved authorities of an instance that may issue for this usage.

    Raises:  TrustError(unknown_member) for an unknown instance.
    """
    anchors = []
    for service in trust.get_instance(instance).certification_services:
        if usage == "signing" and service.authentication_only:
            continue
        for authority in service.authorities:
            try:
                certificate = read_certificate(authority.certificate)
            except CertificateError:
                continue
            if certificate.is_authority:
                anchors.append(Anchor(certificate, service))
    return anchors


def get_issuer(certificate: Certificate, anchors: Sequence[Anchor]) -> Anchor:
    """The approved authority that issued `certificate`.

    Raises:  CertificateError(cannot_create_cert_path).
    """
    for anchor in anchors:
        if is_issued_by(certificate, anchor.certificate):
            return anchor
    raise broken(
        f"No approved authority issued the certificate of {certificate.subject} (serial {certificate.serial}); its "
        f"issuer is {certificate.issuer}.",
        action="Get a certificate from a certification service that the instance has approved for this use.",
    )


def find_sent(
    authority: Certificate, extra: Sequence[Certificate], *, below: Sequence[Certificate]
) -> Certificate | None:
    """The certificate of `authority` among those that came along; a root is the anchor and is not looked for."""
    for each in extra:
        fits = each.subject_normal == authority.subject_normal and each.public_key == authority.public_key
        if fits and not each.is_self_issued and each not in below:
            return each
    return None


def require_valid(certificate: Certificate, at: datetime) -> None:
    """Hold only for a certificate that is valid at `at`, and demands nothing that is not understood here."""
    if not certificate.is_valid_at(at):
        raise broken(
            f"The certificate of {certificate.subject} is valid from {certificate.not_before} to "
            f"{certificate.not_after}, not at {at}.",
            action="Its owner must get a new one.",
        )
    if certificate.not_understood:
        raise broken(
            f"The certificate of {certificate.subject} demands that {', '.join(certificate.not_understood)} be heeded, "
            f"which is not understood here."
        )


def require_authority(certificate: Certificate, *, below: int) -> None:
    """Hold only for a certificate that may issue others, with so many authorities below it."""
    if not certificate.is_authority:
        raise broken(f"{certificate.subject} may not issue certificates.")
    if certificate.path_length is not None and certificate.path_length < below:
        raise broken(
            f"{certificate.subject} may have {certificate.path_length} authorities below it; here it has {below}."
        )


def verify_revocation(
    subject: Certificate, issuer: Certificate, *, ocsp_responses: Sequence[bytes], trust: TrustSnapshot, at: datetime
) -> VerifiedOcsp:
    """Prove by one of the answers that `subject` was good at `at`.

    Raises:  CertificateError(cert_validation) when none is about it, and as `verify_ocsp`.
    """
    answer = find_ocsp_answer(ocsp_responses[:MAX_OCSP_RESPONSES], subject=subject, issuer=issuer)
    if answer is None:
        raise CertificateError(
            "cert_validation",
            f"None of {len(ocsp_responses)} revocation answers is about {subject.subject} (serial {subject.serial}).",
            action="Whoever sent the certificate must send the answer of its authority with it.",
        )
    return verify_ocsp(answer, subject=subject, issuer=issuer, trust=trust, at=at)


def broken(detail: str, *, action: str = "") -> CertificateError:
    """The error for a path that cannot be made."""
    return CertificateError("cannot_create_cert_path", detail, action=action)
