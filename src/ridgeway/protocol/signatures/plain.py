"""Reading a signature in the layout that X-Road and this software write, without building a tree.

Law: this reader says only "I know every character of it" or None; None is never an error, it sends the document to
`document.py`, which judges it as if this file were not there. Why what is known is read rightly:

1. `PLAIN` fits a document from its first character to its last. Between its holes it spells every tag, attribute and
   name space out, so nothing can be wrapped around, repeated, or slipped in; ids are its own words, or numbers that
   are compared with 1, 2, 3, …
2. No hole can hold markup. A hole in an attribute takes letters, digits and `:/.#_+-`. A hole between tags ends at
   the next `<`, and then is either of such a class too, or base64 that is decoded, encoded, and compared with itself.
   So a parser would find this tree, and these texts, and no other; and the shape is one that `structure.py` allows.
3. The canonical form of a part of such a document differs from its text in three things alone: the first tag declares
   the name spaces of the root, an empty element has an end tag, and a carriage return, which can be written as
   `&#13;` only, is spelled `&#xD;`. Attributes stand in canonical order; names may hold `&amp;`, `&lt;` and `&gt;`,
   which stay as they are; no other entity can be there.

A test holds each mutation of real signatures to it: read here means read there, with an equal value.
Source: W3C Canonical XML 1.0 §2.3; the layout of X-Road's own signatures. Read next: `document.py`, `templates.py`.
"""

import base64
import binascii
import re
from functools import cache

from ridgeway.protocol.hashchains.digests import DIGEST_NAMES, compute_digest
from ridgeway.protocol.signatures.document import (
    MAX_EXTRA_CERTIFICATES,
    MAX_OCSP_RESPONSES,
    MAX_SIGNATURE_BYTES,
    Reference,
    SignatureDocument,
)
from ridgeway.protocol.signatures.templates import (
    NAMESPACES,
    SIGNED_INFO_TAG,
    SIGNED_PROPERTIES_TAG,
    with_namespaces,
)

LINE = "\n?"
"""X-Road puts a line end between some elements, we none."""
WORD = "[-A-Za-z0-9:/.#_+]+"
TEXT = "[^<]+"
"""Base64, as is seen when it is decoded."""
CHARACTERS = "[^<>&\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]*"
NAME = f"{CHARACTERS}(?:&(?:amp|lt|gt);{CHARACTERS})*"
"""Text of characters that XML may hold, each as it is spelled in canonical form."""


def empty(tag: str, attribute: str) -> str:
    """An element with one attribute and nothing inside, in either spelling."""
    return f"<{tag} {attribute}(?:/>|></{tag}>)"


def digest(name: str) -> str:
    """A DigestMethod and a DigestValue; the groups are `name`_method and `name`_value."""
    method = empty("ds:DigestMethod", f'Algorithm="(?P<{name}_method>{WORD})"')
    return f"{LINE}{method}{LINE}<ds:DigestValue>(?P<{name}_value>{TEXT})</ds:DigestValue>{LINE}"


def unnamed(pattern: str) -> str:
    """The pattern without the names of its groups, for one that is repeated."""
    return re.sub(r"\(\?P<\w+>", "(?:", pattern)


def certificate_digest(name: str) -> str:
    """CertDigest and IssuerSerial."""
    return (
        f"<xades:CertDigest>{digest(name)}</xades:CertDigest><xades:IssuerSerial>"
        f"<ds:X509IssuerName>{NAME}</ds:X509IssuerName><ds:X509SerialNumber>[0-9]+</ds:X509SerialNumber>"
        "</xades:IssuerSerial>"
    )


SIGNED_INFO = (
    f"<ds:SignedInfo>{LINE}"
    + empty("ds:CanonicalizationMethod", r'Algorithm="http://www\.w3\.org/TR/2001/REC-xml-c14n-20010315"')
    + LINE
    + empty("ds:SignatureMethod", f'Algorithm="(?P<algorithm>{WORD})"')
    + f'{LINE}<ds:Reference Id="signature-reference-0" URI="(?P<uri>/{WORD})">{digest("data")}</ds:Reference>{LINE}'
    '<ds:Reference Id="signature-reference-1" Type="http://uri\\.etsi\\.org/01903#SignedProperties"'
    f' URI="#signed-properties">{digest("properties")}</ds:Reference>{LINE}</ds:SignedInfo>'
)
POLICY = (
    "(?:<xades:SignaturePolicyIdentifier><xades:SignaturePolicyId><xades:SigPolicyId>"
    f'<xades:Identifier Qualifier="OIDAsURN">{NAME}</xades:Identifier>'
    f"<xades:Description>{NAME}</xades:Description></xades:SigPolicyId><xades:SigPolicyHash>"
    + unnamed(digest("policy")).replace(TEXT, "[A-Za-z0-9+/=]+")
    + "</xades:SigPolicyHash><xades:SigPolicyQualifiers><xades:SigPolicyQualifier>"
    f"<xades:SPURI>{NAME}</xades:SPURI></xades:SigPolicyQualifier></xades:SigPolicyQualifiers>"
    "</xades:SignaturePolicyId></xades:SignaturePolicyIdentifier>)?"
)
SIGNED_PROPERTIES = (
    '<xades:SignedProperties Id="signed-properties"><xades:SignedSignatureProperties>'
    "<xades:SigningTime>(?P<signing_time>[-0-9T:.Z]{0,64})</xades:SigningTime><xades:SigningCertificate>"
    f"<xades:Cert>{certificate_digest('stated')}</xades:Cert></xades:SigningCertificate>{POLICY}"
    "</xades:SignedSignatureProperties><xades:SignedDataObjectProperties>"
    '<xades:DataObjectFormat ObjectReference="#signature-reference-0">'
    f"<xades:MimeType>{WORD}</xades:MimeType></xades:DataObjectFormat></xades:SignedDataObjectProperties>"
    "</xades:SignedProperties>"
)
LISTED = f'<xades:Cert URI="#encapsulated-cert-(?P<number>[0-9]+)">{certificate_digest("listed")}</xades:Cert>'
CERTIFICATE = (
    f'<xades:EncapsulatedX509Certificate Id="encapsulated-cert-([0-9]+)">({TEXT})</xades:EncapsulatedX509Certificate>'
)
ANSWER = f'<xades:EncapsulatedOCSPValue Id="ocsp-response-([0-9]+)">({TEXT})</xades:EncapsulatedOCSPValue>'


def some(name: str, pattern: str, most: int) -> str:
    """One to `most` times the pattern, all in the group `name`."""
    return f"(?P<{name}>(?:{unnamed(pattern)}){{1,{most}}})"


UNSIGNED = (
    "<xades:UnsignedProperties><xades:UnsignedSignatureProperties>"
    '(?:<xades:CompleteCertificateRefs Id="complete-certificate-refs">'
    f"<xades:CertRefs>{some('listed', LISTED, MAX_EXTRA_CERTIFICATES)}</xades:CertRefs>"
    "</xades:CompleteCertificateRefs>"
    f"<xades:CertificateValues>{some('certificates', CERTIFICATE, MAX_EXTRA_CERTIFICATES)}"
    "</xades:CertificateValues>)?"
    f"<xades:RevocationValues><xades:OCSPValues>{some('answers', ANSWER, MAX_OCSP_RESPONSES)}</xades:OCSPValues>"
    "</xades:RevocationValues></xades:UnsignedSignatureProperties></xades:UnsignedProperties>"
)
PLAIN = (
    r'<\?xml version="1\.0" encoding="UTF-8" standalone="no"\?>'
    + re.escape(f"<asic:XAdESSignatures{NAMESPACES}>")
    + f'<ds:Signature Id="signature">{LINE}(?P<signed_info>{SIGNED_INFO}){LINE}'
    f'<ds:SignatureValue Id="signature-value">(?P<value>{TEXT})</ds:SignatureValue>{LINE}'
    f"<ds:KeyInfo>{LINE}<ds:X509Data>{LINE}<ds:X509Certificate>(?P<certificate>{TEXT})</ds:X509Certificate>{LINE}"
    f'</ds:X509Data>{LINE}</ds:KeyInfo>{LINE}<ds:Object><xades:QualifyingProperties Target="#signature">'
    f"(?P<signed_properties>{SIGNED_PROPERTIES}){UNSIGNED}</xades:QualifyingProperties></ds:Object>{LINE}"
    f"</ds:Signature></asic:XAdESSignatures>{LINE}"
)
EMPTY_ELEMENT = re.compile(r"<(ds:[A-Za-z]+) ([^<>]*)/>")


@cache
def compile_pattern(pattern: str) -> re.Pattern[str]:
    """One of the patterns above, compiled when it is first needed, so that what proves nothing starts quickly."""
    return re.compile(pattern)


class UnusualError(Exception):
    """The document is not one that this reader knows."""


def find_plain_signature(xml: bytes) -> SignatureDocument | None:
    """The document, when it stands in the known layout to the last character; else None, and nothing is said."""
    if len(xml) > MAX_SIGNATURE_BYTES:
        return None
    try:
        found = compile_pattern(PLAIN).fullmatch(xml.decode())
        return None if found is None else build_document(found)
    except (UnicodeDecodeError, UnusualError):
        return None


def build_document(found: re.Match[str]) -> SignatureDocument:
    """The value of a document that fits.

    Raises:  UnusualError for what the thorough reader must judge.
    """
    own = Reference("#signed-properties", found["properties_method"], decode(found["properties_value"]))
    data = Reference(found["uri"], found["data_method"], decode(found["data_value"]))
    stated = Reference("", found["stated_method"], decode(found["stated_value"]))
    if own.algorithm not in DIGEST_NAMES:
        raise UnusualError
    properties = write_canonical(found["signed_properties"], SIGNED_PROPERTIES_TAG)
    return SignatureDocument(
        references=(data, own),
        signed_info=write_canonical(found["signed_info"], SIGNED_INFO_TAG),
        properties_digest=compute_digest(own.algorithm, properties),
        properties_uri=own.uri,
        algorithm=found["algorithm"],
        value=decode(found["value"]),
        certificate=decode(found["certificate"]),
        extra_certificates=read_extra(found["listed"] or "", found["certificates"] or ""),
        stated_certificates=(stated,),
        ocsp_responses=read_numbered(ANSWER, found["answers"]),
        signing_time=found["signing_time"],
        timestamp=None,
    )


def write_canonical(text: str, tag: str) -> bytes:
    """The canonical octets of a part of a document that fits; `tag` is how it begins."""
    if "/>" in text:
        text = EMPTY_ELEMENT.sub(r"<\1 \2></\1>", text)
    return with_namespaces(text.replace("&#13;", "&#xD;"), tag)


def decode(text: str) -> bytes:
    """The octets of base64, on one line or on lines as X-Road breaks them.

    Raises:  UnusualError for anything else.
    """
    if "\n" in text:
        text = text.replace("&#13;\n", "").replace("\n", "")
    try:
        octets = binascii.a2b_base64(text, strict_mode=True)
    except (binascii.Error, ValueError):
        raise UnusualError from None
    if not octets or base64.b64encode(octets).decode() != text:
        raise UnusualError
    return octets


def read_numbered(pattern: str, text: str) -> tuple[bytes, ...]:
    """The octets of elements whose ids count from 1.

    Raises:  UnusualError.
    """
    found = compile_pattern(pattern).findall(text)
    if [number for number, _ in found] != [str(number) for number in range(1, len(found) + 1)]:
        raise UnusualError
    return tuple(decode(value) for _, value in found)


def read_extra(listed: str, certificates: str) -> tuple[bytes, ...]:
    """The certificates that are listed, in the order of the list, each with the digest that is stated.

    Raises:  UnusualError.
    """
    values = read_numbered(CERTIFICATE, certificates)
    found = []
    for each in compile_pattern(LISTED).finditer(listed):
        number, method = each["number"], each["listed_method"]
        if method not in DIGEST_NAMES or number not in [str(at) for at in range(1, len(values) + 1)]:
            raise UnusualError
        der = values[int(number) - 1]
        if compute_digest(method, der) != decode(each["listed_value"]):
            raise UnusualError
        found.append(der)
    return tuple(found)
