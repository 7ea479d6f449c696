"""Whose revocation answers this server needs, and where they are asked.

Law: decisions only, no network: certificates and the snapshot in, values out. An issuer is found among the approved
authorities by its name and by its key, for an authority may have changed its key under the same name.
Read next: `ocsp_answers.py`, `ocsp.py`.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.x509.oid import AuthorityInformationAccessOID

from ridgeway.errors import CertificateError
from ridgeway.protocol.certificates.keys import is_issued_by
from ridgeway.protocol.certificates.snapshot import Authority, InstanceTrust, TrustSnapshot
from ridgeway.protocol.certificates.x509 import Certificate, read_certificate
from ridgeway.settings import CostStrategy
from ridgeway.trust.costs import choose_responders

MAX_CHAIN = 10
MAX_RESPONDERS = 10
UNREADABLE = (ValueError, TypeError, UnsupportedAlgorithm, x509.DuplicateExtension, x509.InvalidVersion)
"""What the library raises for bytes that are no certificate, some of it only when a field is looked at."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A certificate (DER) whose revocation answer is needed, and the approved authority that issued it."""

    certificate: bytes
    issuer: Authority

    @property
    def name(self) -> str:
        """SHA-1 of the certificate, hex, lower case: the name of its file."""
        return hashlib.sha1(self.certificate, usedforsecurity=False).hexdigest()


def list_subjects(certificates: Iterable[bytes], trust: TrustSnapshot) -> tuple[Subject, ...]:
    """The certificates, and the intermediates above them, that an approved authority of the own instance issued."""
    found: dict[bytes, Subject] = {}
    for leaf in certificates:
        certificate = leaf
        for _ in range(MAX_CHAIN):
            issuer = find_issuer(certificate, trust)
            if issuer is None or issuer.certificate == certificate:
                break
            found.setdefault(certificate, Subject(certificate, issuer))
            certificate = issuer.certificate
    return tuple(found.values())


def find_issuer(certificate: bytes, trust: TrustSnapshot) -> Authority | None:
    """The approved authority that issued a certificate; None for a self-signed one and for a stranger's."""
    child = find_certificate(certificate)
    if child is None:
        return None
    for service in trust.own.certification_services:
        for authority in service.authorities:
            parent = find_certificate(authority.certificate)
            if parent is not None and is_issued_by(child, parent):
                return authority
    return None


def find_certificate(der: bytes) -> Certificate | None:
    """The certificate; None when the bytes are none."""
    try:
        return read_certificate(der)
    except CertificateError:
        return None


def load_certificate(der: bytes) -> x509.Certificate | None:
    """The certificate, all of which can be read; None when the bytes are none."""
    try:
        certificate = x509.load_der_x509_certificate(der)
        for part in ("subject", "issuer", "extensions", "not_valid_before_utc", "not_valid_after_utc"):
            getattr(certificate, part)
        certificate.public_key()
    except UNREADABLE:
        return None
    return certificate


def list_responders(
    subject: Subject, *, instance: InstanceTrust, strategy: CostStrategy = CostStrategy.NONE
) -> tuple[str, ...]:
    """Where to ask, in order: the responders that the configuration names, then those that the certificate names.

    What the latter cost is not known, so they are asked under every strategy, last.
    """
    configured = choose_responders(subject.issuer.responders, instance=instance, strategy=strategy)
    return tuple(dict.fromkeys((*configured, *responders_inside(subject.certificate))))[:MAX_RESPONDERS]


def responders_inside(der: bytes) -> list[str]:
    """The OCSP addresses that a certificate carries."""
    certificate = load_certificate(der)
    if certificate is None:
        return []
    return [
        access.access_location.value
        for extension in certificate.extensions
        if isinstance(extension.value, x509.AuthorityInformationAccess)
        for access in extension.value
        if access.access_method == AuthorityInformationAccessOID.OCSP
        and isinstance(access.access_location, x509.UniformResourceIdentifier)
    ]


def describe_subject(certificate: bytes) -> str:
    """A certificate in words: whose it is, and its number."""
    loaded = load_certificate(certificate)
    if loaded is None:
        return "bytes that are no certificate"
    return f"{loaded.subject.rfc4514_string()} (serial {loaded.serial_number})"
