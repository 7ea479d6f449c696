"""Why a revocation answer or a time-stamp can or cannot be used here.

Law: as `explain_certificate.py`. A file may hold an answer about any certificate; the issuers of the configuration are
tried until one fits.
Source: RFC 6960, RFC 3161; PR-MESSTRANSP §4.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from asn1crypto import cms, tsp
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.x509 import ocsp

from ridgeway.errors import CertificateError
from ridgeway.protocol.certificates.keys import verify_signed
from ridgeway.protocol.certificates.ocsp import OcspAnswer, hash_authority, require_fresh
from ridgeway.protocol.certificates.snapshot import Authority, TrustSnapshot
from ridgeway.protocol.certificates.x509 import UNREADABLE
from ridgeway.trust.findings import Finding, bad, describe_moment, good, refused
from ridgeway.trust.ocsp_answers import GOOD, assess_answer, find_answer, is_authentic
from ridgeway.trust.ocsp_subjects import Subject, describe_subject, find_certificate, load_certificate

THE_RESPONDER = "the certification authority that runs the responder"
THE_GOVERNOR = "the authority that governs the instance"
ASK_AGAIN = "Ask why, and order a new certificate."
TOKEN_DIGESTS: Mapping[str, hashes.HashAlgorithm] = {
    "sha1": hashes.SHA1(),  # noqa: S303  old tokens sign with it; what they stamp is judged apart
    "sha224": hashes.SHA224(),
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
NO_TOKEN = (ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError)
"""What the library raises for bytes that are no token, some of it only when a field is looked at."""


def explain_answer_of(
    subject: Subject, answers: Mapping[str, bytes], *, trust: TrustSnapshot, now: datetime
) -> Finding:
    """Whether the answer held for a certificate lets it be used now."""
    words = f"revocation of {describe_subject(subject.certificate)}"
    data = answers.get(subject.name)
    if data is None:
        return bad(
            words,
            f"there is no answer on disk ({subject.name}.ocsp)",
            action="See that `ridgeway trust run` runs, that the signer lists the certificate, and that its responder "
            "can be reached.",
        )
    try:
        status = assess_answer(data, subject, trust=trust, now=now)
    except CertificateError as error:
        return refused(words, error)
    if status != GOOD:
        return bad(words, f"the authority says {status}", who=THE_RESPONDER, action=ASK_AGAIN)
    answer = find_answer(data)
    return good(words, f"good, {describe_age(answer, trust, now)}" if answer else GOOD)


def describe_age(answer: OcspAnswer, trust: TrustSnapshot, now: datetime) -> str:
    """How old an answer is, and how long it may still be used."""
    single = answer.single
    ends = [single.this_update_utc + timedelta(seconds=trust.ocsp_freshness_seconds)]
    if single.next_update_utc is not None and trust.verify_next_update:
        ends.append(single.next_update_utc)
    return f"said {describe_moment(single.this_update_utc, now)}, usable until {describe_moment(min(ends), now)}"


def find_refusal(data: bytes) -> Finding | None:
    """What a responder says that gives no answer; None for anything else."""
    try:
        status = ocsp.load_der_ocsp_response(data).response_status
    except UNREADABLE:
        return None
    if status is ocsp.OCSPResponseStatus.SUCCESSFUL:
        return None
    return bad("OCSP answer", f"the responder refused: {status.name.lower()}", who=THE_RESPONDER)


def explain_answer(answer: OcspAnswer, *, trust: TrustSnapshot, now: datetime) -> tuple[Finding, ...]:
    """What an answer in a file says, and whether it may be used."""
    words = f"OCSP answer about serial {answer.single.serial_number}"
    status = answer.single.certificate_status.name.lower()
    findings = []
    try:
        require_fresh(answer, trust=trust, at=now)
        findings.append(good(words, describe_age(answer, trust, now)))
    except CertificateError as error:
        findings.append(refused(words, error))
    if status != GOOD:
        findings.append(bad(words, f"it says {status}", who=THE_RESPONDER, action=ASK_AGAIN))
    return (*findings, explain_origin(words, answer, trust, now))


def explain_origin(words: str, answer: OcspAnswer, trust: TrustSnapshot, now: datetime) -> Finding:
    """Whether somebody who may speak for the issuer made an answer."""
    issuer = find_issuer_of_answer(answer, trust)
    if issuer is None:
        detail = "it is about a certificate that no approved authority issued"
        return bad(words, detail, who=THE_GOVERNOR, action="Approve the issuer.")
    name = describe_subject(issuer.certificate)
    if not is_authentic(answer, issuer, trust=trust, now=now):
        detail = f"no responder that may speak for {name} signed it"
        return bad(words, detail, who=THE_GOVERNOR, action="Approve the responder's certificate, or ask another one.")
    return good(words, f"about a certificate of {name}, signed by a responder that may speak for it")


def find_issuer_of_answer(answer: OcspAnswer, trust: TrustSnapshot) -> Authority | None:
    """The approved authority that the answer names as the issuer."""
    for instance in trust.instances.values():
        for service in instance.certification_services:
            for authority in service.authorities:
                if names_authority(answer, authority):
                    return authority
    return None


def names_authority(answer: OcspAnswer, authority: Authority) -> bool:
    """Whether the answer is about a certificate of this authority."""
    certificate = find_certificate(authority.certificate)
    if certificate is None:
        return False
    named = hash_authority(certificate)
    return (answer.single.issuer_name_hash, answer.single.issuer_key_hash) == (named.name, named.key)


@dataclass(frozen=True, slots=True)
class Token:
    """One time-stamp token, read whole."""

    moment: datetime
    imprint_algorithm: str
    content: bytes
    signers: tuple["TokenSigner", ...]


@dataclass(frozen=True, slots=True)
class TokenSigner:
    """Whom one signature of a token names, and what was signed."""

    issuer: bytes
    serial_number: int
    digest: hashes.HashAlgorithm | None
    stated_digest: bytes
    signature: bytes
    signed: bytes


def read_token(data: bytes) -> Token | None:
    """The time-stamp token in the bytes, which may be a whole response; None when they are neither."""
    for find_info in (
        cms.ContentInfo.load,
        lambda der, strict: tsp.TimeStampResp.load(der, strict)["time_stamp_token"],
    ):
        try:
            return read_content(find_info(data, strict=True))
        except NO_TOKEN:
            continue
    return None


def read_content(info: cms.ContentInfo) -> Token:
    """The token in a CMS value.

    Raises:  one of NO_TOKEN when there is none.
    """
    signed = info["content"]
    if (
        info["content_type"].native != "signed_data"
        or signed["encap_content_info"]["content_type"].native != "tst_info"
    ):
        raise ValueError("no time-stamp token")
    stated = signed["encap_content_info"]["content"].parsed
    moment: datetime = stated["gen_time"].native
    if moment.tzinfo is None:
        raise ValueError("a time without a zone")
    return Token(
        moment=moment,
        imprint_algorithm=stated["message_imprint"]["hash_algorithm"]["algorithm"].native,
        content=signed["encap_content_info"]["content"].contents,
        signers=tuple(
            read_signer(signer) for signer in signed["signer_infos"] if signer["sid"].name == "issuer_and_serial_number"
        ),
    )


def read_signer(signer: cms.SignerInfo) -> TokenSigner:
    """One signature of a token.

    Raises:  one of NO_TOKEN when it is none.
    """
    attributes = signer["signed_attrs"]
    stated = [each["values"][0].native for each in attributes if each["type"].native == "message_digest"]
    return TokenSigner(
        issuer=signer["sid"].chosen["issuer"].dump(),
        serial_number=signer["sid"].chosen["serial_number"].native,
        digest=TOKEN_DIGESTS.get(signer["digest_algorithm"]["algorithm"].native),
        stated_digest=stated[0],
        signature=signer["signature"].native,
        signed=attributes.untag().dump(),
    )


def explain_token(token: Token, *, trust: TrustSnapshot, now: datetime) -> tuple[Finding, ...]:
    """What a time-stamp says, and whether an approved service made it."""
    words = f"time-stamp of {describe_moment(token.moment, now)}"
    findings = []
    if token.moment > now:
        findings.append(bad(words, "it lies in the future", action="See that the clock of this server is right."))
    if token.imprint_algorithm in {"md5", "sha1"}:
        detail = f"it stamps a digest of {token.imprint_algorithm}, which is too weak"
        findings.append(bad(words, detail, who="whoever asked for it"))
    return (*findings, explain_maker(words, token, trust))


def explain_maker(words: str, token: Token, trust: TrustSnapshot) -> Finding:
    """Whether an approved service made a token."""
    services = [
        (service.name, certificate)
        for instance in trust.instances.values()
        for service in instance.timestamping_services
        if (certificate := load_certificate(service.certificate)) is not None
    ]
    named = [
        (name, certificate, signer)
        for signer in token.signers
        for name, certificate in services
        if (certificate.issuer.public_bytes(), certificate.serial_number) == (signer.issuer, signer.serial_number)
    ]
    if not named:
        names = ", ".join(name for name, _ in services) or "none"
        detail = f"no approved time-stamping service made it; approved are {names}"
        return bad(words, detail, who=THE_GOVERNOR, action="Approve the service that made it.")
    name = named[0][0]
    if not any(is_token_of(token, signer, certificate) for _, certificate, signer in named):
        detail = f"it names {name}, whose key did not sign it"
        return bad(words, detail, who="whoever gave you the time-stamp", action="Ask for a new one.")
    return good(words, f"made by {name} over a digest of {token.imprint_algorithm}")


def is_token_of(token: Token, signer: TokenSigner, certificate: x509.Certificate) -> bool:
    """Whether the key of a certificate signed what the token states."""
    if signer.digest is None:
        return False
    if signer.stated_digest != hashlib.new(signer.digest.name, token.content, usedforsecurity=False).digest():
        return False
    try:
        verify_signed(signer.signature, signer.signed, key=certificate.public_key(), digest=signer.digest)
    except (*UNREADABLE, InvalidSignature):
        return False
    return True
