"""The subject of a certificate request, as the authority's certificate profile wants it.

Law: what the profile fixes cannot be given otherwise; what it leaves open must be given, but for the name of the host.
Read next: `ridgeway.protocol.certificates.subjects`, which holds the profiles.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from ridgeway.errors import SettingsError
from ridgeway.protocol.certificates.subjects import SubjectNames, list_subject_fields
from ridgeway.signer.values import KeyUsage

ALTERNATIVE_NAME = "subjectAltName"


@dataclass(frozen=True, slots=True)
class RequestedSubject:
    """The fields in their order, and the name of the host (empty when there is none)."""

    fields: tuple[tuple[str, str], ...]
    dns_name: str = ""


def subject_for(profile: str, *, usage: KeyUsage, names: SubjectNames, given: Mapping[str, str]) -> RequestedSubject:
    """The subject by `profile` (a Java class name) for the member or server in `names`, open fields as `given`.

    Raises:  SettingsError(malformed_subject) naming the field that is missing, fixed or unknown.
             TrustError(malformed_global_conf) for a profile that is not known.
    """
    table = list_subject_fields(profile, usage=usage.value, names=names)
    fixed = {each.name: each.value for each in table if not each.is_open}
    open_fields = [each.name for each in table if each.is_open]
    for name, value in given.items():
        if name not in open_fields and fixed.get(name) != value:
            raise malformed(f"{name}={value} cannot be given", open_fields)
    values = [(each.name, given.get(each.name, each.value)) for each in table]
    missing = [name for name, value in values if not value and name != ALTERNATIVE_NAME]
    if missing:
        raise malformed(f"{' and '.join(missing)} must be given", open_fields)
    fields = tuple((name, value) for name, value in values if name != ALTERNATIVE_NAME)
    return RequestedSubject(fields, dict(values).get(ALTERNATIVE_NAME, ""))


def malformed(what: str, open_fields: list[str]) -> SettingsError:
    """The error for a subject that the profile does not allow."""
    return SettingsError(
        "malformed_subject",
        f"The certificate profile does not allow this subject: {what}.",
        action=f"Give what it leaves open ({', '.join(open_fields) or 'nothing'}), as in --subject CN=ss1.example.org.",
    )
