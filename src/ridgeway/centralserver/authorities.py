"""The trust services of a document: certification authorities with their responders, and time-stamping authorities.

Law: as `translating.py` says. A profile is X-Road's class name, whole, because other servers look it up by that.
Source: UG-CS §12 to §14; the shared parameters of V2 to V6.
"""

import ipaddress
from collections.abc import Iterable

from ridgeway.centralserver.documents import PROFILE_PACKAGE, CertificationEntry, ResponderEntry
from ridgeway.centralserver.translating import Meaning, Place, nearest
from ridgeway.protocol.certificates.profiles import PROFILES, short_name
from ridgeway.protocol.certificates.snapshot import (
    Authority,
    CertificationService,
    OcspResponder,
    TimestampingService,
)

COST_TYPES = ("UNDEFINED", "FREE", "PAID")
CSR_FORMATS = ("PEM", "DER")


def build_certification(entry: CertificationEntry, path: Place, meaning: Meaning) -> CertificationService:
    """One approved certification service."""
    known = [f"{PROFILE_PACKAGE}.{name}" for name in PROFILES]
    if not entry.profile or "." not in entry.profile or short_name(entry.profile) not in PROFILES:
        hint = (
            nearest(f"{PROFILE_PACKAGE}.{short_name(entry.profile or '')}", known) or f"; known are {', '.join(known)}"
        )
        meaning.fail((*path, "profile"), f"{entry.profile!r} is no profile that is known, by its whole name{hint}")
    require_acme(entry, path, meaning)
    return CertificationService(
        name=entry.name,
        profile=entry.profile,
        top=Authority(
            meaning.read_certificate(entry.certificate, (*path, "certificate")),
            build_responders(entry.ocsp_responders, path, meaning),
        ),
        intermediates=tuple(
            Authority(
                meaning.read_certificate(each.certificate, (*path, "intermediates", number, "certificate")),
                build_responders(each.ocsp_responders, (*path, "intermediates", number), meaning),
            )
            for number, each in enumerate(entry.intermediates)
        ),
        authentication_only=entry.authentication_only,
        csr_format=find_csr_format(entry.csr_format, (*path, "csr_format"), meaning),
        acme_directory_url=entry.acme_directory_url,
        acme_ip_address=entry.acme_ip_address,
        acme_authentication_profile_id=entry.acme_authentication_profile_id,
        acme_signing_profile_id=entry.acme_signing_profile_id,
    )


def find_csr_format(text: str, path: Place, meaning: Meaning) -> str:
    """The form in which the service wants certificate requests; empty leaves it open."""
    if text not in {"", *CSR_FORMATS}:
        meaning.fail(path, f"{text!r}; expected {' or '.join(CSR_FORMATS)}")
    return text


def require_acme(entry: CertificationEntry, path: Place, meaning: Meaning) -> None:
    """Note a fault unless what is said of ACME fits together."""
    if entry.acme_directory_url:
        meaning.require_url(entry.acme_directory_url, (*path, "acme_directory_url"))
    for name in ("acme_ip_address", "acme_authentication_profile_id", "acme_signing_profile_id"):
        if getattr(entry, name) and not entry.acme_directory_url:
            meaning.fail((*path, name), "without acme_directory_url this means nothing")
    for address in (each.strip() for each in entry.acme_ip_address.split(",") if each.strip()):
        try:
            ipaddress.ip_address(address)
        except ValueError:
            meaning.fail((*path, "acme_ip_address"), f"{address!r} is no IP address; several have commas between them")


def read_cost(text: str, path: Place, meaning: Meaning) -> str:
    """Whether asking costs money."""
    if text not in COST_TYPES:
        meaning.fail((*path, "cost_type"), f"{text!r}; expected {', '.join(COST_TYPES)}")
    return text


def build_responders(entries: Iterable[ResponderEntry], path: Place, meaning: Meaning) -> tuple[OcspResponder, ...]:
    """The responders of one authority."""
    found = []
    for number, entry in enumerate(entries):
        at = (*path, "ocsp_responders", number)
        meaning.require_url(entry.url, (*at, "url"))
        given = entry.certificate is not None
        certificate = meaning.read_certificate(entry.certificate, (*at, "certificate")) if given else None
        found.append(OcspResponder(entry.url, certificate, read_cost(entry.cost_type, at, meaning)))
    return tuple(found)


def build_timestamping(meaning: Meaning) -> tuple[TimestampingService, ...]:
    """The approved time-stamping services."""
    found = []
    for number, entry in enumerate(meaning.value.timestamping_services):
        path: Place = ("timestamping_services", number)
        meaning.require_url(entry.url, (*path, "url"))
        certificate = meaning.read_certificate(entry.certificate, (*path, "certificate"))
        cost = read_cost(entry.cost_type, path, meaning)
        found.append(TimestampingService(entry.name, entry.url, certificate, cost))
    return tuple(found)
