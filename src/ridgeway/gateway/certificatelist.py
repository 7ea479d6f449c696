"""The certificates of a server as metrics: whose they are, from when to when, in use or not.

Law: certificates are public; keys are never looked at. What cannot be read is left out.
Source: PR-ENVMONMES §2.2; X-Road's names of types.
"""

from collections.abc import Iterable
from datetime import UTC, datetime

from ridgeway.errors import RidgewayError
from ridgeway.protocol.certificates.x509 import read_certificate
from ridgeway.protocol.monitoring import MetricSet, TextMetric
from ridgeway.signer import KeyInfo


def list_certificates(keys: Iterable[KeyInfo], *, internal: bytes, systems: Iterable[bytes]) -> MetricSet:
    """The certificates of a server (DER): of its keys, of its internal TLS, of its information systems."""
    sets = [
        describe_certificate(each.der, kind="AUTH_OR_SIGN", is_active=each.is_active)
        for key in keys
        for each in key.certificates
    ]
    sets.append(describe_certificate(internal, kind="SECURITY_SERVER_TLS", is_active=True))
    sets += [describe_certificate(der, kind="INTERNAL_IS_CLIENT_TLS", is_active=True) for der in sorted(set(systems))]
    return MetricSet("Certificates", tuple(each for each in sets if each is not None))


def describe_certificate(der: bytes, *, kind: str, is_active: bool) -> MetricSet | None:
    """One certificate; None for one that cannot be read. X-Road calls its SHA-256 `sha1Hash`."""
    try:
        certificate = read_certificate(der)
    except RidgewayError:
        return None
    digest = certificate.sha256.hex(":").upper()
    return MetricSet(
        f"certificate-{digest}",
        (
            TextMetric("sha1Hash", digest),
            TextMetric("notBefore", render_instant(certificate.not_before)),
            TextMetric("notAfter", render_instant(certificate.not_after)),
            TextMetric("certificateType", kind),
            TextMetric("active", str(is_active).lower()),
        ),
    )


def render_instant(at: datetime) -> str:
    """A time as ISO 8601 has it, in UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
