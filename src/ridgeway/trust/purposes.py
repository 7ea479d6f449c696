"""Whether an authority may issue a certificate for what it is for: some are approved for servers alone.

Law: decisions only. What no approved authority issued is not judged here: whether it counts is asked elsewhere.
Source: PR-GCONF (authenticationOnly); X-Road refuses to order such a certificate. Read next: `ocsp_now.py`.
"""

from ridgeway.errors import CertificateError
from ridgeway.protocol.certificates.keys import is_issued_by
from ridgeway.protocol.certificates.snapshot import CertificationService, TrustSnapshot
from ridgeway.trust.ocsp_subjects import find_certificate


def require_purpose(certificate: bytes, trust: TrustSnapshot) -> None:
    """Hold unless the certificate (DER) is for signing and whoever issued it is approved for servers alone.

    Raises:  CertificateError(cert_validation).
    """
    found = find_certificate(certificate)
    if found is None or found.is_authentication or not found.is_signing:
        return
    services = list_issuers(certificate, trust)
    if services and all(service.authentication_only for service in services):
        names = ", ".join(sorted({service.name for service in services}))
        raise CertificateError(
            "cert_validation",
            f"{names} is approved for authentication certificates only, and that of {found.subject} is for signing: "
            "no member could prove anything with it.",
            action="Order it from a certification service that is approved for signing: ridgeway trust show.",
        )


def list_issuers(certificate: bytes, trust: TrustSnapshot) -> tuple[CertificationService, ...]:
    """The approved services of the own instance that issued a certificate."""
    child = find_certificate(certificate)
    if child is None:
        return ()
    return tuple(
        service
        for service in trust.own.certification_services
        if any(
            is_issued_by(child, parent)
            for authority in service.authorities
            if (parent := find_certificate(authority.certificate)) is not None
        )
    )
