"""Why a certificate can or cannot be used here: every cause at once, each with who must act.

Law: the same facts that decide an exchange (`protocol/certificates`), looked at one by one instead of stopping at the
first. A certificate may be known to several instances; the one whose authority issued it counts.
Source: PR-MESSTRANSP §4; UG-SS §3. Read next: `explain_answers.py`.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from ridgeway.protocol.certificates.keys import is_issued_by
from ridgeway.protocol.certificates.snapshot import Authority, CertificationService, InstanceTrust, TrustSnapshot
from ridgeway.protocol.certificates.x509 import read_certificate
from ridgeway.protocol.identifiers import MemberId
from ridgeway.trust.explain_answers import explain_answer_of
from ridgeway.trust.findings import Finding, bad, describe_moment, describe_span, good
from ridgeway.trust.ocsp_subjects import Subject, describe_subject, find_certificate, load_certificate

SOON = timedelta(days=14)
THE_AUTHORITY = "the certification authority, asked by the operator of this server"
THE_GOVERNOR = "the authority that governs the instance"


@dataclass(frozen=True, slots=True)
class Issuer:
    """Where a certificate's issuer is approved."""

    instance: InstanceTrust
    service: CertificationService
    authority: Authority


def explain_certificate(
    der: bytes, *, trust: TrustSnapshot, answers: Mapping[str, bytes], now: datetime
) -> tuple[Finding, ...]:
    """Everything that can be said about one certificate (DER).

    Shapes:  answers maps SHA-1 of a certificate (hex) → revocation answer (DER).
    """
    certificate = load_certificate(der)
    if certificate is None:
        detail = "these bytes are neither a certificate, nor a revocation answer, nor a time-stamp"
        return (bad("file", detail, who="whoever made it"),)
    subject = f"certificate {describe_subject(der)}"
    findings = [explain_validity(subject, certificate, now)]
    if find_tsa(der, trust):
        return (*findings, good(subject, f"it is the approved time-stamping service {find_tsa(der, trust)}"))
    issuer = find_approved_issuer(certificate, trust)
    if issuer is None:
        return (*findings, explain_stranger(subject, certificate, trust))
    findings.append(good(subject, f"issued by {issuer.service.name}, approved in {issuer.instance.instance}"))
    findings += explain_usage(subject, der, issuer, trust)
    findings.append(explain_answer_of(Subject(der, issuer.authority), answers, trust=trust, now=now))
    return tuple(findings)


def explain_validity(subject: str, certificate: x509.Certificate, now: datetime) -> Finding:
    """Whether it counts now."""
    begin, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if now < begin:
        return bad(subject, f"it counts only from {describe_moment(begin, now)}", action="See that the clock is right.")
    if now > end:
        return bad(subject, f"it expired at {describe_moment(end, now)}", action="Order a new certificate.")
    left = end - now
    hint = f"; order a new one, {describe_span(left)} are left" if left < SOON else ""
    return good(subject, f"it counts until {describe_moment(end, now)}{hint}")


def find_approved_issuer(certificate: x509.Certificate, trust: TrustSnapshot) -> Issuer | None:
    """Where its issuer is approved; the own instance is looked at first."""
    instances = sorted(trust.instances.values(), key=lambda each: each.instance != trust.own_instance)
    child = read_certificate(certificate.public_bytes(Encoding.DER))
    for instance in instances:
        for service in instance.certification_services:
            for authority in service.authorities:
                parent = find_certificate(authority.certificate)
                if parent is not None and is_issued_by(child, parent):
                    return Issuer(instance, service, authority)
    return None


def find_tsa(der: bytes, trust: TrustSnapshot) -> str:
    """The name of the approved time-stamping service with that certificate; empty when there is none."""
    for instance in trust.instances.values():
        for service in instance.timestamping_services:
            if service.certificate == der:
                return service.name
    return ""


def explain_stranger(subject: str, certificate: x509.Certificate, trust: TrustSnapshot) -> Finding:
    """Why nobody here approves its issuer."""
    issuer = certificate.issuer.rfc4514_string()
    approved = [
        (load_certificate(authority.certificate), service.name)
        for instance in trust.instances.values()
        for service in instance.certification_services
        for authority in service.authorities
    ]
    same_name = [name for loaded, name in approved if loaded is not None and loaded.subject == certificate.issuer]
    if same_name:
        detail = f"it names {issuer} as its issuer, but the key approved under that name did not sign it"
    else:
        names = ", ".join(sorted({name for _, name in approved})) or "none"
        detail = f"its issuer {issuer} is not approved here; approved are {names}"
    return bad(subject, detail, who=THE_GOVERNOR, action="Approve the issuer, or use a certificate of an approved one.")


def explain_usage(subject: str, der: bytes, issuer: Issuer, trust: TrustSnapshot) -> list[Finding]:
    """What it is for, whose it is, and whether the instance knows that."""
    certificate = x509.load_der_x509_certificate(der)
    is_authentication, is_signing = assess_usage(certificate)
    if is_authentication and is_signing:
        return [bad(subject, "it is for signing and for authentication at once", who=THE_AUTHORITY)]
    if is_authentication:
        return [explain_registration(subject, der, trust)]
    if not is_signing:
        detail = "its key usage allows neither signing (nonRepudiation) nor authentication"
        return [bad(subject, detail, who=THE_AUTHORITY, action="Order it with the right certificate profile.")]
    if issuer.service.authentication_only:
        detail = f"{issuer.service.name} may issue authentication certificates only, and this one is for signing"
        return [bad(subject, detail, who=THE_GOVERNOR)]
    return [explain_member(subject, certificate, issuer)]


def explain_registration(subject: str, der: bytes, trust: TrustSnapshot) -> Finding:
    """Whether an authentication certificate is registered for a server."""
    hashes = {hashlib.sha256(der).digest(), hashlib.sha1(der, usedforsecurity=False).digest()}
    for instance in trust.instances.values():
        for server in instance.servers.values():
            if hashes & server.auth_certificate_hashes:
                return good(subject, f"it authenticates {server.id} at {server.address}")
    return bad(
        subject,
        f"no security server is registered with it (SHA-256 {hashlib.sha256(der).hexdigest()})",
        who=THE_GOVERNOR,
        action="Register the certificate at the central server, then wait for the next configuration.",
    )


def assess_usage(certificate: x509.Certificate) -> tuple[bool, bool]:
    """Whether it is for authentication, and whether for signing, as X-Road tells them apart."""
    authentication = signing = False
    for extension in certificate.extensions:
        if isinstance(extension.value, x509.ExtendedKeyUsage):
            authentication |= ExtendedKeyUsageOID.CLIENT_AUTH in extension.value
        elif isinstance(extension.value, x509.KeyUsage):
            usage = extension.value
            authentication |= usage.digital_signature or usage.key_encipherment or usage.data_encipherment
            signing = usage.content_commitment
    return authentication, signing


def explain_member(subject: str, certificate: x509.Certificate, issuer: Issuer) -> Finding:
    """Whose signing certificate it is, and whether that member is registered."""
    instance = issuer.instance
    fitting = [str(member) for member in instance.members if names_member(certificate, member)]
    if not fitting:
        detail = f"it names no member of {instance.instance} (its profile is {issuer.service.profile or 'not stated'})"
        return bad(subject, detail, who=THE_GOVERNOR, action="Register the member, or order a certificate for another.")
    return good(subject, f"it signs for {' or '.join(fitting)}")


def names_member(certificate: x509.Certificate, member: MemberId) -> bool:
    """Whether the subject carries the member's code, by itself or between the slashes of a serial number."""
    values = [str(attribute.value) for attribute in certificate.subject]
    return member.member_code in {part for value in values for part in (value, *value.split("/"))}
