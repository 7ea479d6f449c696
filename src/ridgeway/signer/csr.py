"""Certificate requests (PKCS#10), made in two steps so that the key may live elsewhere.

Law: what is to be signed is complete before the key is asked, and every kind of token signs it in the same way. Text
is UTF8String, but PrintableString for country and serial number where their characters allow it; a country may be
longer than two letters, because some profiles put the whole instance there.
Source: RFC 2986; RFC 5280 §4.1.2.4; X-Road's certificate profiles (EJBCA has C=instance).
"""

import re
import warnings
from typing import ClassVar

from asn1crypto import algos, csr, keys
from asn1crypto import x509 as asn1
from asn1crypto.core import Any as AnyValue
from asn1crypto.core import ParsableOctetString, PrintableString, UTF8String
from cryptography import x509
from cryptography.x509.oid import NameOID, ObjectIdentifier

from ridgeway.errors import TokenError
from ridgeway.signer.values import CsrRequest, KeyUsage, Mechanism

MAX_SUBJECT_FIELDS = 20
MAX_FIELD_CHARACTERS = 255
DNS_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
PRINTABLE = re.compile(r"[A-Za-z0-9 '()+,./:=?-]+")
OID = re.compile(r"[0-2](\.(0|[1-9][0-9]{0,9})){1,20}")
DIGEST = "sha256"
DIGEST_BYTES = 32
ALGORITHMS = {
    Mechanism.RSA_PKCS: "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
    Mechanism.RSA_PSS: "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1",
    Mechanism.ECDSA: "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
}
"""How a request is signed, by the mechanism of its key."""

SUBJECT_FIELDS = {
    "C": NameOID.COUNTRY_NAME,
    "O": NameOID.ORGANIZATION_NAME,
    "OU": NameOID.ORGANIZATIONAL_UNIT_NAME,
    "CN": NameOID.COMMON_NAME,
    "serialNumber": NameOID.SERIAL_NUMBER,
    "SN": NameOID.SERIAL_NUMBER,
    "businessCategory": NameOID.BUSINESS_CATEGORY,
    "organizationIdentifier": NameOID.ORGANIZATION_IDENTIFIER,
}
PRINTABLE_FIELDS = (NameOID.COUNTRY_NAME, NameOID.SERIAL_NUMBER)


def build_csr_content(request: CsrRequest, *, usage: KeyUsage, public_key: bytes) -> bytes:
    """What the key must sign (CertificationRequestInfo, DER), with the key usage that X-Road asks for.

    Raises:  TokenError(signer.failed_to_generate_certificate_request) naming the subject field or name that is wrong.
    """
    extensions: list[x509.ExtensionType] = [build_key_usage(usage)]
    if request.dns_name:
        extensions.append(build_alternative_name(request.dns_name))
    content = csr.CertificationRequestInfo(
        {
            "version": "v1",
            "subject": build_subject(request.subject),
            "subject_pk_info": keys.PublicKeyInfo.load(public_key),
            "attributes": [{"type": "extension_request", "values": [[build_extension(each) for each in extensions]]}],
        }
    )
    data: bytes = content.dump()
    return data


def write_csr(content: bytes, value: bytes, *, mechanism: Mechanism) -> bytes:
    """The whole request (DER); an ECDSA `value` is ASN.1."""
    name = {Mechanism.RSA_PKCS: "sha256_rsa", Mechanism.RSA_PSS: "rsassa_pss", Mechanism.ECDSA: "sha256_ecdsa"}
    algorithm: dict[str, object] = {"algorithm": name[mechanism]}
    if mechanism is Mechanism.RSA_PSS:
        algorithm["parameters"] = algos.RSASSAPSSParams(
            {
                "hash_algorithm": {"algorithm": DIGEST},
                "mask_gen_algorithm": {"algorithm": "mgf1", "parameters": {"algorithm": DIGEST}},
                "salt_length": DIGEST_BYTES,
            }
        )
    whole = csr.CertificationRequest(
        {
            "certification_request_info": csr.CertificationRequestInfo.load(content),
            "signature_algorithm": algorithm,
            "signature": value,
        }
    )
    data: bytes = whole.dump()
    return data


def render_subject(der: bytes) -> str:
    """The subject of a request, for people."""
    with warnings.catch_warnings(action="ignore"):
        return x509.load_der_x509_csr(der).subject.rfc4514_string()


def build_extension(value: x509.ExtensionType) -> asn1.Extension:
    """One requested extension, not critical."""
    wrapped = ParsableOctetString(value.public_bytes())
    return asn1.Extension({"extn_id": value.oid.dotted_string, "critical": False, "extn_value": wrapped})


def build_alternative_name(dns_name: str) -> x509.SubjectAlternativeName:
    """The name of the server, beside the subject."""
    try:
        if not is_dns_name(dns_name):
            raise ValueError("labels of letters, digits and hyphens are expected")
        return x509.SubjectAlternativeName([x509.DNSName(dns_name)])
    except ValueError as error:
        raise TokenError(
            "signer.failed_to_generate_certificate_request",
            f"The server's name {dns_name[:80]!r} cannot be: {error}; expected one as in ss1.example.org.",
        ) from error


def is_dns_name(text: str) -> bool:
    """Whether the text can be the name of a host."""
    return len(text) <= MAX_FIELD_CHARACTERS and all(DNS_LABEL.fullmatch(label) for label in text.split("."))


def build_subject(fields: tuple[tuple[str, str], ...]) -> asn1.Name:
    """The distinguished name of these fields, in their order.

    Raises:  TokenError(signer.failed_to_generate_certificate_request).
    """
    if not 1 <= len(fields) <= MAX_SUBJECT_FIELDS:
        raise TokenError(
            "signer.failed_to_generate_certificate_request",
            f"The subject has {len(fields)} fields; expected 1 to {MAX_SUBJECT_FIELDS}.",
        )
    names = [asn1.RelativeDistinguishedName([build_attribute(name, value)]) for name, value in fields]
    return asn1.Name(name="", value=asn1.RDNSequence(names))


def build_attribute(name: str, value: str) -> asn1.NameTypeAndValue:
    """One field of a subject.

    Raises:  TokenError(signer.failed_to_generate_certificate_request).
    """
    try:
        oid = SUBJECT_FIELDS.get(name) or parse_oid(name)
        if not value or len(value) > MAX_FIELD_CHARACTERS or "\0" in value:
            raise ValueError(f"it has {len(value)} characters, expected 1 to {MAX_FIELD_CHARACTERS}, none of them NUL")
        is_printable = oid in PRINTABLE_FIELDS and PRINTABLE.fullmatch(value)
        text = PrintableString(value) if is_printable else UTF8String(value)
        return asn1.NameTypeAndValue.load(
            AnyAttribute({"type": oid.dotted_string, "value": AnyValue(text)}).dump(), strict=True
        )
    except ValueError as error:
        known = ", ".join(SUBJECT_FIELDS)
        raise TokenError(
            "signer.failed_to_generate_certificate_request",
            f"The subject field {name[:40]}={value[:40]} cannot be: {error}; known fields are {known}, or an OID.",
        ) from error


class AnyAttribute(asn1.NameTypeAndValue):  # type: ignore[misc]
    """An attribute whose value is of whatever type it is given."""

    _oid_pair = None
    _oid_specs: ClassVar[dict[str, type]] = {}


def parse_oid(name: str) -> ObjectIdentifier:
    """An object identifier in its dotted form.

    Raises:  ValueError.
    """
    if not OID.fullmatch(name):
        raise ValueError("it is no known name and no identifier with dots")
    return ObjectIdentifier(name)


def build_key_usage(usage: KeyUsage) -> x509.KeyUsage:
    """The key usage that a request wishes for; the authority decides.

    Source:  X-Road asks for keyCertSign beside nonRepudiation, and so do we, for authorities that compare.
    """
    signs = usage is KeyUsage.SIGNING
    return x509.KeyUsage(
        digital_signature=not signs,
        content_commitment=signs,
        key_encipherment=not signs,
        data_encipherment=not signs,
        key_agreement=False,
        key_cert_sign=signs,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
