"""From the subject of a signing certificate to the member it is for, as each country's authority writes it.

Law: the profile is the Java class that the global configuration names; each is a small function here. A subject that
does not fit its profile raises, it never names somebody by guess. Where the subject itself names an instance, that
must be the one whose configuration approved the authority.
Source: X-Road's certificate profiles (UG-SC, national profiles FI, EE, IS, FO).
Read next: `subjects.py` for the way back, from a member to the subject to ask for.
"""

import re
from collections.abc import Callable

from ridgeway.errors import SignatureError
from ridgeway.protocol.certificates.names import find_values
from ridgeway.protocol.certificates.x509 import Certificate
from ridgeway.protocol.identifiers import MemberId

ATTRIBUTES = {
    "2.5.4.6": "C",
    "2.5.4.10": "O",
    "2.5.4.11": "OU",
    "2.5.4.3": "CN",
    "2.5.4.5": "serialNumber",
    "2.5.4.15": "businessCategory",
    "2.5.4.97": "organizationIdentifier",
}
SK_CLASSES = {"NTREE-": "COM", "GO:EE-": "GOV", "NP:EE-": "NGO"}
SK_FIRST_DIGITS = {**dict.fromkeys("123456", "COM"), "7": "GOV", **dict.fromkeys("89", "NGO")}
SK_NUMBER = re.compile(r"[1-9][0-9]{7}")


class MisfitError(Exception):
    """The subject does not fit the profile."""


class Subject:
    """The attributes of a subject, by the names of the profiles."""

    def __init__(self, values: dict[str, str]) -> None:
        self.values = {ATTRIBUTES[oid]: value for oid, value in values.items() if oid in ATTRIBUTES}

    def has(self, name: str) -> bool:
        """Whether the attribute is there."""
        return name in self.values

    def get(self, name: str) -> str:
        """The attribute, which must be there and say something."""
        value = self.values.get(name, "")
        if not value:
            raise MisfitError(f"it has no {name}")
        return value

    def require(self, name: str, expected: str) -> str:
        """The attribute, which must be `expected`."""
        if self.get(name) != expected:
            raise MisfitError(f"{name} is {self.get(name)!r}, expected {expected!r}")
        return expected


Profile = Callable[[Subject, str], MemberId]


def member_from_subject(certificate: Certificate, profile: str, instance: str) -> MemberId:
    """The member that a signing certificate is for.

    Shapes:  `profile` is the Java class name, whole or its last part; `instance` the one that approved the authority.
    Raises:  SignatureError(incorrect_certificate) when the profile is unknown or the subject does not fit it.
    """
    name = short_name(profile)
    read = PROFILES.get(name)
    if read is None:
        raise SignatureError(
            "incorrect_certificate",
            f"The certificate profile {profile[:120]!r} is not known; known: {', '.join(PROFILES)}.",
            action="The global configuration names it: its authority must choose a profile that is known.",
        )
    try:
        return read(Subject(find_values(certificate.loaded.subject)), instance)
    except MisfitError as error:
        raise SignatureError(
            "incorrect_certificate",
            f"The subject {certificate.subject} names no member by {name}: {error}.",
            action="The authority that issued the certificate must write its subject by that profile.",
        ) from error


def short_name(profile: str) -> str:
    """The last part of a Java class name."""
    return profile.strip().rpartition(".")[2]


def read_basic(subject: Subject, instance: str) -> MemberId:
    """businessCategory is the class, serialNumber the code."""
    return MemberId(instance, subject.get("businessCategory"), subject.get("serialNumber"))


def read_ejbca(subject: Subject, instance: str) -> MemberId:
    """C is the instance, O the class, CN the code."""
    return MemberId(subject.require("C", instance), subject.get("O"), subject.get("CN"))


def read_fi(subject: Subject, instance: str) -> MemberId:
    """serialNumber is instance/server/class and CN the code; older ones O/OU/CN, or C/O/CN."""
    if not subject.has("serialNumber"):
        return read_units(subject, instance, country="FI") if subject.has("OU") else read_ejbca(subject, instance)
    subject.require("C", "FI")
    subject.get("O")
    parts = subject.get("serialNumber").split("/")
    if len(parts) != 3 or parts[0] != instance or not parts[2]:
        raise MisfitError(f"serialNumber is {'/'.join(parts)!r}, expected {instance}/SERVER/CLASS")
    return MemberId(instance, parts[2], subject.get("CN"))


def read_is(subject: Subject, instance: str) -> MemberId:
    """As Iceland writes: O/OU/CN with serialNumber; without serialNumber and OU, C/O/CN."""
    if not subject.has("serialNumber") and not subject.has("OU"):
        return read_ejbca(subject, instance)
    subject.get("serialNumber")
    return read_units(subject, instance, country="IS")


def read_fo(subject: Subject, instance: str) -> MemberId:
    """As the Faroe Islands write: O/OU/CN with serialNumber."""
    subject.get("serialNumber")
    return read_units(subject, instance, country="FO")


def read_units(subject: Subject, instance: str, *, country: str) -> MemberId:
    """C is the country, O the instance, OU the class, CN the code."""
    subject.require("C", country)
    return MemberId(subject.require("O", instance), subject.get("OU"), subject.get("CN"))


def read_sk(subject: Subject, instance: str) -> MemberId:
    """As Estonia writes for organisations: organizationIdentifier with a prefix, or a serial number of eight digits."""
    if subject.values.get("organizationIdentifier"):
        identifier = subject.get("organizationIdentifier")
        member_class = SK_CLASSES.get(identifier[:6])
        if member_class is None:
            return MemberId(instance, "NEE", identifier)
        if not identifier[6:]:
            raise MisfitError(f"organizationIdentifier is {identifier!r}, without a register code")
        return MemberId(instance, member_class, identifier[6:])
    number = subject.get("serialNumber")
    if not SK_NUMBER.fullmatch(number):
        raise MisfitError(f"serialNumber is {number!r}, expected eight digits that do not begin with 0")
    return MemberId(instance, SK_FIRST_DIGITS[number[0]], number)


def read_esteid(subject: Subject, instance: str) -> MemberId:
    """As Estonia wrote for people: the class is PERSON, serialNumber the code."""
    return MemberId(instance, "PERSON", subject.get("serialNumber"))


PROFILES: dict[str, Profile] = {
    "BasicCertificateProfileInfoProvider": read_basic,
    "BasicACMECertificateProfileInfoProvider": read_basic,
    "EjbcaCertificateProfileInfoProvider": read_ejbca,
    "FiVRKCertificateProfileInfoProvider": read_fi,
    "FoCertificateProfileInfoProvider": read_fo,
    "IsCertificateProfileInfoProvider": read_is,
    "SkKlass3CertificateProfileInfoProvider": read_sk,
    "SkEsteIdCertificateProfileInfoProvider": read_esteid,
}
"""The last part of the Java class name → how it reads a subject."""
