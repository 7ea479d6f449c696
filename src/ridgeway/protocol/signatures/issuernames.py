"""The name of an issuer as XML Signature writes it: RFC 2253, the last part first, no spaces.

Law: nobody compares this text when verifying (the certificate's digest binds); it is for people and old tools.
Source: RFC 2253 §2; W3C XML Signature §4.5.4.1.
"""

import re

from asn1crypto import x509

SHORT_NAMES = {
    "2.5.4.3": "CN",
    "2.5.4.7": "L",
    "2.5.4.8": "ST",
    "2.5.4.10": "O",
    "2.5.4.11": "OU",
    "2.5.4.6": "C",
    "2.5.4.9": "STREET",
    "0.9.2342.19200300.100.1.25": "DC",
    "0.9.2342.19200300.100.1.1": "UID",
}
SPECIAL = re.compile(r'([,+"\\<>;])')
NOT_XML = re.compile("[^\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render_issuer_name(name: x509.Name) -> str:
    """The name in RFC 2253 form; attributes without a short name as `OID=#hex of the DER`."""
    return ",".join("+".join(render_attribute(each) for each in rdn) for rdn in reversed(list(name.chosen)))


def render_attribute(attribute: x509.NameTypeAndValue) -> str:
    """One attribute of a name."""
    oid = attribute["type"].dotted
    value = attribute["value"]
    text = value.native
    if oid not in SHORT_NAMES or not isinstance(text, str) or NOT_XML.search(text):
        return f"{SHORT_NAMES.get(oid, oid)}=#{value.dump().hex()}"
    return f"{SHORT_NAMES[oid]}={escape_value(text)}"


def escape_value(text: str) -> str:
    """A value with the characters that would end it escaped."""
    escaped = SPECIAL.sub(r"\\\1", text)
    if escaped.startswith(("#", " ")):
        escaped = "\\" + escaped
    if escaped.endswith(" ") and len(text) > 1:
        escaped = escaped[:-1] + "\\ "
    return escaped
