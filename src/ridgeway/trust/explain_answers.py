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
from cryptography.hazmat.primitives import hashes

from ridgeway.errors import CertificateError
from ridgeway.protocol.certificates.snapshot import Authority, TrustSnapshot
from ridgeway.trust.findings import Finding, bad, describe_moment, good, refused
from ridgeway.trust.ocsp_answers import (
    GOOD,
    Answer,
    assess_answer,
    is_about_issuer,
    is_authentic,
    is_signature,
    read_answer,
    require_fresh,
)
from ridgeway.trust.ocsp_subjects import Subject, describe_subject, load_certificate

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
    answer = read_answer(data)
    return good(words, f"good, {describe_age(answer, trust, now)}" if answer else GOOD)


def describe_age(answer: Answer, trust: TrustSnapshot, now: datetime) -> str:
    """How old an answer is, and how long it may still be used."""
    ends = [answer.this_update + timedelta(seconds=trust.ocsp_freshness_seconds)]
    if answer.next_update is not None and trust.verify_next_update:
        ends.append(answer.next_update)
    return f"said {describe_moment(answer.this_update, now)}, usable until {describe_moment(min(ends), now)}"


def explain_answer(answer: Answer, *, trust: TrustSnapshot, now: datetime) -> tuple[Finding, ...]:
    """What an answer in a file says, and whether it may be used."""
    if answer.refusal:
        return (bad("OCSP answer", f"the responder refused: {answer.refusal}", who=THE_RESPONDER),)
    words = f"OCSP answer about serial {answer.serial_number}"
    findings = []
    try:
        require_fresh(answer, trust=trust, now=now)
        findings.append(good(words, describe_age(answer, trust, now)))
    except CertificateError as error:
        findings.append(refused(words, error))
    if answer.status != GOOD:
        findings.append(bad(words, f"it says {answer.status}", who=THE_RESPONDER, action=ASK_AGAIN))
    return (*findings, explain_origin(words, answer, trust))


def explain_origin(words: str, answer: Answer, trust: TrustSnapshot) -> Finding:
    """Whether somebody who may speak for the issuer made an answer."""
    issuer = find_issuer_of_answer(answer, trust)
    if issuer is None:
        detail = "it is about a certificate that no approved authority issued"
        return bad(words, detail, who=THE_GOVERNOR, action="Approve the issuer.")
    name = describe_subject(issuer.certificate)
    if not is_authentic(answer, issuer):
        detail = f"no responder that may speak for {name} signed it"
        return bad(words, detail, who=THE_GOVERNOR, action="Approve the responder's certificate, or ask another one.")
    return good(words, f"about a certificate of {name}, signed by a responder that may speak for it")


def find_issuer_of_answer(answer: Answer, trust: TrustSnapshot) -> Authority | None:
    """The approved authority that the answer names as the issuer."""
    for instance in trust.instances.values():
        for service in instance.certification_services:
            for authority in service.authorities:
                if is_about_issuer(answer, authority):
                    return authority
    return None


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
    return is_signature(certificate, signer.signature, signer.signed, digest=signer.digest)
