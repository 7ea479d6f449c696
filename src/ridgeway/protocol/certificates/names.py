"""Distinguished names: how they are printed, and when two are the same.

Law: names compare as X-Road's library does: case and runs of white space folded, the order of the parts not counted.
They are printed as RFC 2253 says, what it does not name as OID=value; whatever cannot be printed is escaped, because
names of strangers end up in faults and logs.
Source: RFC 2253 §2; RFC 5280 §7.1.
"""

from cryptography import x509
from cryptography.x509.oid import NameOID

MAX_NAME_CHARACTERS = 4096
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
    """The name as a person reads it, the most specific part first.

    Raises:  ValueError when it is too long to be a name.
    """
    text = ",".join("+".join(render_attribute(each) for each in rdn) for rdn in reversed(name.rdns))
    if len(text) > MAX_NAME_CHARACTERS:
        raise ValueError(f"a name has {len(text)} characters; at most {MAX_NAME_CHARACTERS}")
    return text


def render_attribute(attribute: x509.NameAttribute[str | bytes]) -> str:
    """One attribute as `CN=value`."""
    short = SHORT_NAMES.get(attribute.oid, attribute.oid.dotted_string)
    return f"{short}={escape_value(text_of(attribute))}"


def escape_value(text: str) -> str:
    """A value with the characters escaped that would end it, or that cannot be printed."""
    escaped = "".join(escape_character(character) for character in text)
    if text.startswith((" ", "#")):
        escaped = "\\" + escaped
    return escaped[:-1] + "\\ " if len(text) > 1 and text.endswith(" ") else escaped


def escape_character(character: str) -> str:
    """One character, as its UTF-8 in `\\HH` where it cannot be printed."""
    if character in SPECIAL:
        return "\\" + character
    if character.isprintable():
        return character
    return "".join(f"\\{octet:02X}" for octet in character.encode("utf-8", "surrogatepass"))


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
    """The most specific value of each attribute type (dotted OID) in a name."""
    return {each.oid.dotted_string: text_of(each) for rdn in name.rdns for each in rdn}
