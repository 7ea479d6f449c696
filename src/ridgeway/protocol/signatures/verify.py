"""Proving a signature: that a member, entitled to at that time, signed exactly the parts that are here.

Law: the steps stand in X-Road's order, because the first that fails gives the code. Beyond X-Road's own checks, every
part that is here must be covered by the signature, and the signed properties must name the signing certificate.
Source: PR-MESSTRANSP §3.3 step 4; PR-SIGDOC §4; X-Road's order of checks.
Read next: `document.py` for what is read, `prove.py` for digests, `containers/verify.py` for what is kept.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from ridgeway.errors import CertificateError, RidgewayError, SignatureError
from ridgeway.protocol.certificates.chains import VerifiedChain, verify_chain
from ridgeway.protocol.certificates.names import NormalName
from ridgeway.protocol.certificates.profiles import member_from_subject
from ridgeway.protocol.certificates.snapshot import TrustSnapshot
from ridgeway.protocol.certificates.verdicts import VerdictCache
from ridgeway.protocol.certificates.x509 import Certificate, read_certificate
from ridgeway.protocol.hashchains import DataDigest, VerifiedHashChain, compute_digest
from ridgeway.protocol.identifiers import MemberId
from ridgeway.protocol.signatures.document import (
    SignatureDocument,
    find_signature,
    parse_xml,
    read_signature_element,
)
from ridgeway.protocol.signatures.plain import find_plain_signature
from ridgeway.protocol.signatures.prove import (
    ReceivedParts,
    prove_hash_chain,
    prove_values,
    require_coverage,
    require_signed_message,
)
from ridgeway.protocol.signatures.structure import require_wire_structure

REMEMBERED_MEMBERS = 512


@dataclass(frozen=True, slots=True)
class VerifiedSignature:
    """`signer` signed these parts and was entitled to at `at`.

    `covered` are the parts with their digests; those not here have `is_checked` False. `signing_time` is what the
    signer wrote and proves nothing.
    """

    signer: MemberId
    at: datetime
    covered: tuple[DataDigest, ...]
    algorithm: str
    references: tuple[str, ...]
    certificate: Certificate
    chain: VerifiedChain
    signing_time: str
    is_batch: bool
    document: SignatureDocument = field(repr=False)


def verify_signature(
    xml: bytes,
    received: ReceivedParts,
    *,
    signer: MemberId,
    trust: TrustSnapshot,
    at: datetime,
    verdicts: VerdictCache | None = None,
) -> VerifiedSignature:
    """Prove a signature that arrived with a message: `signer` signed exactly the received parts and may at `at`.

    Shapes:  `received` from `receive_parts`, with every part that arrived.
    Raises:  SignatureError or CertificateError with X-Road's code, without the prefix `signature_verification`;
             TrustError when the signer's instance is not known here.
    """
    document = find_plain_signature(xml) or read_thoroughly(xml)
    require_signed_message(document)
    return verify_document(document, received, signer=signer, trust=trust, at=at, verdicts=verdicts)


def read_thoroughly(xml: bytes) -> SignatureDocument:
    """The document, once its shape is that of the schema.

    Raises:  SignatureError(invalid_xml | malformed_signature).
    """
    element = find_signature(parse_xml(xml))
    require_wire_structure(element)
    return read_signature_element(element)


NameMember = Callable[[Certificate], MemberId | None]
"""Says which member a signing certificate names; None when nobody can say."""


def verify_document(
    document: SignatureDocument,
    received: ReceivedParts,
    *,
    signer: MemberId,
    trust: TrustSnapshot,
    at: datetime,
    name_member: NameMember | None = None,
    verdicts: VerdictCache | None = None,
) -> VerifiedSignature:
    """Steps 5 to 10 of X-Road's order, for a document whose shape is known to be right.

    Shapes:  `name_member` replaces the certificate profiles of the configuration.
    """
    hash_chain = prove_hash_chain(document, received)
    certificate = read_signing_certificate(document)
    name = name_member or (lambda leaf: find_member(leaf, trust, signer.instance))
    require_member(certificate, name(certificate), signer)
    direct = prove_values(document, received, public_key=certificate.public_key)
    covered = list_covered(direct, hash_chain)
    require_coverage(received, covered)
    chain = verify_chain(
        certificate,
        tuple(read_certificate(der) for der in document.extra_certificates),
        trust=trust,
        instance=signer.instance,
        ocsp_responses=document.ocsp_responses,
        at=at,
        usage="signing",
        verdicts=verdicts,
    )
    if name_member is None:
        proven = read_member(certificate, chain.service.profile, signer.instance)
        require_member(certificate, proven, signer)
    return VerifiedSignature(
        signer=signer,
        at=at,
        covered=covered,
        algorithm=document.algorithm,
        references=tuple(each.uri for each in document.references),
        certificate=certificate,
        chain=chain,
        signing_time=document.signing_time,
        is_batch=hash_chain is not None,
        document=document,
    )


def list_covered(direct: tuple[DataDigest, ...], hash_chain: VerifiedHashChain | None) -> tuple[DataDigest, ...]:
    """The parts under the signature, directly or through its hash chain."""
    return direct + (hash_chain.parts if hash_chain is not None else ())


def read_signing_certificate(document: SignatureDocument) -> Certificate:
    """The signing certificate, once it may sign and is the one that the signed properties name.

    Raises:  SignatureError(malformed_signature).
    """
    try:
        certificate = read_certificate(document.certificate)
    except RidgewayError as error:
        raise SignatureError(
            "malformed_signature", f"The signing certificate cannot be read: {error.detail}"
        ) from error
    if not certificate.is_signing:
        raise SignatureError(
            "malformed_signature",
            f"The certificate of {certificate.subject} is not for signing: its key usage lacks nonRepudiation.",
        )
    stated = document.stated_certificates
    if stated and not any(compute_digest(each.algorithm, certificate.der) == each.digest for each in stated):
        raise SignatureError(
            "malformed_signature",
            f"The signed properties name another certificate than the one of {certificate.subject} beside the value.",
        )
    return certificate


def find_member(certificate: Certificate, trust: TrustSnapshot, instance: str) -> MemberId | None:
    """The member that a certificate names by the profile of whoever says to have issued it; None when none is known.

    This settles the order of errors alone; it is asked again of the authority that is proven to have issued it.
    """
    for service in trust.get_instance(instance).certification_services:
        for authority in service.authorities:
            if service.profile and read_authority(authority.certificate) == certificate.issuer_normal:
                return read_member(certificate, service.profile, instance)
    return None


@lru_cache(maxsize=REMEMBERED_MEMBERS)
def read_member(certificate: Certificate, profile: str, instance: str) -> MemberId:
    """As `member_from_subject`; the same few certificates sign nearly all messages.

    Raises:  SignatureError(incorrect_certificate); that is not remembered.
    """
    return member_from_subject(certificate, profile, instance)


def read_authority(der: bytes) -> NormalName | None:
    """The name of an authority; None when its certificate cannot be read."""
    try:
        return read_certificate(der).subject_normal
    except CertificateError:
        return None


def require_member(certificate: Certificate, named: MemberId | None, signer: MemberId) -> None:
    """Hold only while the certificate names the member that the message says it is from (or nobody can say yet).

    Raises:  SignatureError(incorrect_certificate).
    """
    if named is not None and named != signer:
        raise SignatureError(
            "incorrect_certificate",
            f"The certificate of {certificate.subject} is of {named}; the message says that it is from {signer}.",
        )
