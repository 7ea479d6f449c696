"""What to write into a certificate request, so that the issued certificate names its member or server by its profile.

Law: a table for each profile and usage, in the profile's own order. A field that is fixed must reach the authority as
it stands; one that is open is for a person to fill in.
Source: X-Road's certificate profiles (UG-SC, national profiles FI, EE, IS, FO). Read next: `profiles.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from ridgeway.errors import TrustError
from ridgeway.protocol.certificates.chains import Usage
from ridgeway.protocol.certificates.profiles import short_name
from ridgeway.protocol.identifiers import MemberId, ServerId


@dataclass(frozen=True, slots=True)
class SubjectField:
    """A field of the subject (or `subjectAltName`) with its value; `is_open` when a person may change it."""

    name: str
    value: str
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class SubjectNames:
    """Whom a certificate is for: a member at a server, with the member's name."""

    member: MemberId
    server: ServerId
    member_name: str = ""


def list_subject_fields(profile: str, *, usage: Usage, names: SubjectNames) -> tuple[SubjectField, ...]:
    """The fields of a request, in the order of the profile.

    Shapes:  for authentication, `names.server` counts alone (and the member's name).
    Raises:  TrustError(malformed_global_conf) for a profile that is not known.
    """
    table = TABLES.get(short_name(profile))
    if table is None:
        raise TrustError(
            "malformed_global_conf",
            f"The certificate profile {profile[:120]!r} is not known; known: {', '.join(TABLES)}.",
        )
    values = list_values(names)
    return tuple(render_field(row, values) for row in table[usage])


def render_field(row: str, values: Mapping[str, str]) -> SubjectField:
    """One row of a table as a field: `NAME=PATTERN`, with `?` after the name when it is open."""
    name, _, pattern = row.partition("=")
    return SubjectField(name.rstrip("?"), pattern.format_map(values), is_open=name.endswith("?"))


def list_values(names: SubjectNames) -> dict[str, str]:
    """What the patterns of the tables may name."""
    member, server = names.member, names.server
    return {
        "name": names.member_name,
        "instance": member.instance,
        "member_class": member.member_class,
        "member_code": member.member_code,
        "server_instance": server.instance,
        "server_class": server.member_class,
        "server_member": server.member_code,
        "server_code": server.server_code,
        "server": "/".join(server.codes),
    }


EJBCA: dict[Usage, tuple[str, ...]] = {
    "authentication": ("C={server_instance}", "CN={server_code}"),
    "signing": ("C={instance}", "O={member_class}", "CN={member_code}"),
}
TABLES: dict[str, dict[Usage, tuple[str, ...]]] = {
    "BasicCertificateProfileInfoProvider": {
        "authentication": ("CN?=", "serialNumber={server_member}", "C?=", "O={name}"),
        "signing": ("CN={name}", "O={name}", "businessCategory={member_class}", "C?=", "serialNumber={member_code}"),
    },
    "BasicACMECertificateProfileInfoProvider": {
        "authentication": ("C?=", "O={name}", "serialNumber={server_member}", "CN?=", "subjectAltName?="),
        "signing": (
            "C?=",
            "O={name}",
            "businessCategory={member_class}",
            "serialNumber={member_code}",
            "CN={name}",
            "subjectAltName?=",
        ),
    },
    "EjbcaCertificateProfileInfoProvider": EJBCA,
    "FiVRKCertificateProfileInfoProvider": {
        "authentication": (
            "C=FI",
            "O?=",
            "serialNumber={server_instance}/{server_code}/{server_class}",
            "CN?=",
            "subjectAltName?=",
        ),
        "signing": (
            "C=FI",
            "O?=",
            "serialNumber={instance}/{server_code}/{member_class}",
            "CN={member_code}",
            "subjectAltName?=",
        ),
    },
    "FoCertificateProfileInfoProvider": {
        "authentication": ("C=FO", "O={server_instance}", "CN={server}"),
        "signing": ("C=FO", "O={instance}", "OU={member_class}", "CN={member_code}", "serialNumber?={server}"),
    },
    "IsCertificateProfileInfoProvider": {
        "authentication": ("C=IS", "CN?=", "serialNumber={server}"),
        "signing": ("C=IS", "O={instance}", "OU={member_class}", "CN={member_code}", "serialNumber={server}"),
    },
    "SkKlass3CertificateProfileInfoProvider": {
        "authentication": ("SN={server_member}", "CN={name}"),
        "signing": ("SN={member_code}", "CN={name}"),
    },
    "SkEsteIdCertificateProfileInfoProvider": {"authentication": (), "signing": ()},
}
"""The last part of the Java class name → usage → rows `NAME=PATTERN`."""
