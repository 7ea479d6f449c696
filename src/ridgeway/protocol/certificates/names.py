"""Distinguished names: how they are printed, and when two are the same.

Law: names compare as X-Road's library does: case and runs of white space folded, the order of the parts not counted.
They are printed as RFC 2253 says, what it does not name as OID=value.
Source: RFC 2253 §2; RFC 5280 §7.1.
"""

from cryptography import x509
from cryptography.x509.oid import NameOID

SHORT_NAMES = {
    NameOID.COMMON_NAME: "CN",
    NameOID.COUNTRY_NAME: "C",
    NameOID.ORGANIZATION_NAME: "O",
    NameOID.ORGANIZATIONAL_UNIT_NAME: "OU",
    NameOID.LOCALITY_NAME: "L",
    NameOID.STATE_OR_PROVINCE_NAME: "ST",
    NameOID.STREET_ADDRESS: "STREET",
    NameOID.DOMAIN_COMPONENT: "DC",
    NameOID.USER_ID: "UID",
}
SPECIAL = ',+"\\<>;'

NormalName = tuple[tuple[tuple[str, str], ...], ...]


def render_name(name: x509.Name) -> str:
    """The name as a person reads it, the most specific part first."""
    return ",".join("+".join(render_attribute(each) for each in rdn) for rdn in reversed(list(name.rdns)))


def render_attribute(attribute: x509.NameAttribute[str | bytes]) -> str:
    """One attribute as `CN=value`."""
    short = SHORT_NAMES.get(attribute.oid, attribute.oid.dotted_string)
    return f"{short}={escape_value(text_of(attribute))}"


def escape_value(text: str) -> str:
    """A value with the characters that would end it escaped."""
    escaped = "".join("\\" + character if character in SPECIAL else character for character in text)
    if escaped.startswith((" ", "#")):
        escaped = "\\" + escaped
    return escaped[:-1] + "\\ " if escaped.endswith(" ") and len(escaped) > 1 else escaped


def text_of(attribute: x509.NameAttribute[str | bytes]) -> str:
    """The value of an attribute as text."""
    value = attribute.value
    return value.hex() if isinstance(value, bytes) else value


def normalise_name(name: x509.Name) -> NormalName:
    """A form that is equal for names that are the same."""
    return tuple(
        sorted(
            tuple(sorted((each.oid.dotted_string, " ".join(text_of(each).lower().split())) for each in rdn))
            for rdn in name.rdns
        )
    )


def find_values(name: x509.Name) -> dict[str, str]:
    """The last value of each attribute type (dotted OID) in a name."""
    return {each.oid.dotted_string: text_of(each) for rdn in name.rdns for each in rdn}
