"""From the subject of a signing certificate to the member it is for, as each country's authority writes it.

Law: the profile is the Java class that the global configuration names; each is a small function here. A subject that
does not fit its profile raises, it never names somebody by guess.
Source: X-Road's certificate profiles (UG-SC, national profiles FI, EE, IS, FO).
"""

import re
from collections.abc import Callable

from ridgeway.errors import SignatureError
from ridgeway.protocol.certificates.names import find_values
from ridgeway.protocol.certificates.x509 import Certificate
from ridgeway.protocol.identifiers import MemberId

C, O, OU, CN = "2.5.4.6", "2.5.4.10", "2.5.4.11", "2.5.4.3"  # noqa: E741 — the names of the field
SERIAL_NUMBER, BUSINESS_CATEGORY, ORGANISATION_IDENTIFIER = "2.5.4.5", "2.5.4.15", "2.5.4.97"

Subject = dict[str, str]
SK_PREFIXES = {"NTREE-": "COM", "GO:EE-": "GOV", "NP:EE-": "NGO"}
SK_FIRST_DIGITS = {**dict.fromkeys("123456", "COM"), "7": "GOV", **dict.fromkeys("89", "NGO")}


def member_from_subject(certificate: Certificate, profile: str, instance: str) -> MemberId:
    """The member that a signing certificate is for.

    Raises:  SignatureError(incorrect_certificate) when the profile is unknown or the subject does not fit it.
    """
    read = PROFILES.get(profile.strip().rpartition(".")[2])
    if read is None:
        raise SignatureError("incorrect_certificate", f"The certificate profile {profile[:120]!r} is not known.")
    subject = find_values(certificate.loaded.subject)
    try:
        member = read(subject, instance)
    except (KeyError, ValueError) as error:
        raise SignatureError(
            "incorrect_certificate",
            f"The subject {certificate.subject} does not fit {profile.rpartition('.')[2]}: {error}.",
        ) from error
    if not all(member.codes):
        raise SignatureError("incorrect_certificate", f"The subject {certificate.subject} names no member.")
    return member


def require_country(subject: Subject, country: str) -> None:
    """Hold only for subjects of one country."""
    if subject.get(C) != country:
        raise ValueError(f"C is {subject.get(C)!r}, expected {country!r}")


def read_basic(subject: Subject, instance: str) -> MemberId:
    """businessCategory is the class, serialNumber the code."""
    return MemberId(instance, subject[BUSINESS_CATEGORY], subject[SERIAL_NUMBER])


def read_ejbca(subject: Subject, instance: str) -> MemberId:
    """C is the instance, O the class, CN the code."""
    require_instance(subject[C], instance)
    return MemberId(subject[C], subject[O], subject[CN])


def require_instance(found: str, instance: str) -> None:
    """Hold only when the subject's own instance is the configuration's."""
    if found != instance:
        raise ValueError(f"it is of the instance {found!r}, expected {instance!r}")


def read_fi(subject: Subject, instance: str) -> MemberId:
    """serialNumber is instance/server/class and CN the code; older ones O/OU/CN, or C/O/CN."""
    if SERIAL_NUMBER in subject:
        require_country(subject, "FI")
        subject[O]
        parts = subject[SERIAL_NUMBER].split("/")
        if len(parts) != 3:
            raise ValueError(f"serialNumber is {subject[SERIAL_NUMBER]!r}, expected INSTANCE/SERVER/CLASS")
        require_instance(parts[0], instance)
        return MemberId(parts[0], parts[2], subject[CN])
    return read_older(subject, instance, country="FI")


def read_older(subject: Subject, instance: str, *, country: str) -> MemberId:
    """O/OU/CN with the country in C, or C/O/CN."""
    if OU not in subject:
        return read_ejbca(subject, instance)
    require_country(subject, country)
    require_instance(subject[O], instance)
    return MemberId(subject[O], subject[OU], subject[CN])


def read_is(subject: Subject, instance: str) -> MemberId:
    """As Iceland writes: O/OU/CN with serialNumber; without serialNumber and OU, C/O/CN."""
    if SERIAL_NUMBER not in subject and OU not in subject:
        return read_ejbca(subject, instance)
    return read_with_serial(subject, instance, country="IS")


def read_fo(subject: Subject, instance: str) -> MemberId:
    """As the Faroe Islands write: O/OU/CN with serialNumber."""
    return read_with_serial(subject, instance, country="FO")


def read_with_serial(subject: Subject, instance: str, *, country: str) -> MemberId:
    """O is the instance, OU the class, CN the code; serialNumber must be there."""
    require_country(subject, country)
    if not subject[SERIAL_NUMBER]:
        raise ValueError("serialNumber is empty")
    require_instance(subject[O], instance)
    return MemberId(subject[O], subject[OU], subject[CN])


def read_sk(subject: Subject, instance: str) -> MemberId:
    """As Estonia writes: organizationIdentifier with a prefix, or a serial number of eight digits."""
    identifier = subject.get(ORGANISATION_IDENTIFIER, "")
    if identifier:
        for prefix, member_class in SK_PREFIXES.items():
            if identifier.startswith(prefix):
                return MemberId(instance, member_class, identifier.removeprefix(prefix))
        return MemberId(instance, "NEE", identifier)
    number = subject[SERIAL_NUMBER].strip()
    if not re.fullmatch(r"\d{8}", number) or number[0] not in SK_FIRST_DIGITS:
        raise ValueError(f"serialNumber is {number!r}, expected eight digits that do not begin with 0")
    return MemberId(instance, SK_FIRST_DIGITS[number[0]], number)


PROFILES: dict[str, Callable[[Subject, str], MemberId]] = {
    "BasicCertificateProfileInfoProvider": read_basic,
    "BasicACMECertificateProfileInfoProvider": read_basic,
    "EjbcaCertificateProfileInfoProvider": read_ejbca,
    "FiVRKCertificateProfileInfoProvider": read_fi,
    "FoCertificateProfileInfoProvider": read_fo,
    "IsCertificateProfileInfoProvider": read_is,
    "SkKlass3CertificateProfileInfoProvider": read_sk,
}
"""The last part of the Java class name → how it reads a subject."""
