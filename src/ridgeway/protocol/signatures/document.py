"""Reading a signature document into one value that leaves nothing to interpret a second time.

Law: there is exactly one signature, ids are unique, and the properties that are read are the element that the
signature's own reference points to; so nothing can be wrapped around or slipped beside what was signed. Comments,
instructions and DTDs are refused. Algorithms come from the document, never from a habit.
Source: ETSI TS 101 903 v1.3.2 §7; W3C XML Signature §4; PR-MESSTRANSP §4.
Read next: `verify.py`, which asks this value in the order of the specification.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NoReturn

from lxml import etree

from ridgeway.errors import SignatureError
from ridgeway.protocol.hashchains.digests import compute_digest
from ridgeway.protocol.hashchains.verify import CANONICALISATIONS
from ridgeway.protocol.identifiers.xml import strict_parser

MAX_SIGNATURE_BYTES = 1024 * 1024
MAX_REFERENCES = 1000
MAX_EXTRA_CERTIFICATES = 10
MAX_OCSP_RESPONSES = 20
MAX_INCLUSIVE_PREFIXES = 20

DS = "{http://www.w3.org/2000/09/xmldsig#}"
XADES = "{http://uri.etsi.org/01903/v1.3.2#}"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
INCLUSIVE = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
ROOTS = {
    "{http://uri.etsi.org/02918/v1.2.1#}XAdESSignatures",
    "{http://uri.etsi.org/02918/v1.1.1#}XAdESSignatures",
}
ID_NAMES = {"id", "ID", "Id", "{http://www.w3.org/XML/1998/namespace}id"}


@dataclass(frozen=True, slots=True)
class Canonicalisation:
    """How an element becomes octets. `prefixes` are kept by the exclusive form though nobody uses them."""

    algorithm: str
    prefixes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reference:
    """What one reference points to, and the raw digest that it states."""

    uri: str
    algorithm: str
    digest: bytes
    transforms: tuple[Canonicalisation, ...] = ()


@dataclass(frozen=True, slots=True)
class SignatureDocument:
    """A signature that was read, with nothing proven yet.

    `certificate` is the signing certificate and `extra_certificates` are those between it and its anchor (all DER);
    `stated_certificates` are the digests of the signing certificate that the signed properties state.
    `signing_time` is the text that the signer wrote. `timestamp` is the token inside, DER.
    """

    references: tuple[Reference, ...]
    signed_info: bytes = field(repr=False)
    properties_digest: bytes = field(repr=False)
    properties_uri: str
    algorithm: str
    value: bytes = field(repr=False)
    certificate: bytes = field(repr=False)
    extra_certificates: tuple[bytes, ...] = field(repr=False)
    stated_certificates: tuple[Reference, ...] = field(repr=False)
    ocsp_responses: tuple[bytes, ...] = field(repr=False)
    signing_time: str
    timestamp: bytes | None = field(repr=False)

    def find_reference(self, uri: str) -> Reference | None:
        """The reference to `uri`, if there is one."""
        return next((each for each in self.references if each.uri == uri), None)


def read_signature(xml: bytes) -> SignatureDocument:
    """Read a signature document.

    Raises:  SignatureError(invalid_xml | malformed_signature).
    """
    return read_signature_element(find_signature(parse_xml(xml)))


def read_signature_element(signature: etree._Element) -> SignatureDocument:
    """Read the element that `find_signature` found.

    Raises:  SignatureError(malformed_signature).
    """
    signed_info = only_child(signature, f"{DS}SignedInfo")
    method = read_canonicalisation(only_child(signed_info, f"{DS}CanonicalizationMethod"))
    references = read_references(signed_info)
    properties = find_properties(signature)
    own = find_properties_reference(properties, references)
    unsigned = find_unsigned(properties)
    return SignatureDocument(
        references=references,
        signed_info=canonicalise(signed_info, method),
        properties_digest=digest_properties(properties, own),
        properties_uri=own.uri,
        algorithm=only_child(signed_info, f"{DS}SignatureMethod").get("Algorithm", ""),
        value=read_base64(only_child(signature, f"{DS}SignatureValue")),
        certificate=read_certificate(signature),
        extra_certificates=read_extra_certificates(unsigned),
        stated_certificates=read_stated_certificates(properties),
        ocsp_responses=read_ocsp_responses(unsigned),
        signing_time=read_signing_time(properties),
        timestamp=read_timestamp(unsigned),
    )


def parse_xml(xml: bytes) -> etree._Element:
    """The root, once it is known that the document holds elements and text alone, and each id once."""
    if len(xml) > MAX_SIGNATURE_BYTES:
        refuse(f"The signature has {len(xml)} bytes; at most {MAX_SIGNATURE_BYTES} are read.")
    try:
        root = etree.fromstring(xml, strict_parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        raise SignatureError("invalid_xml", f"The signature is not XML: {error}.") from error
    if root.getroottree().docinfo.doctype:  # type: ignore[union-attr]
        raise SignatureError("invalid_xml", "The signature carries a DOCTYPE.")
    seen: set[str] = set()
    for element in root.iter():
        if not isinstance(element.tag, str):
            refuse("The signature carries a comment or an instruction.")
        for name in ID_NAMES & set(element.attrib):
            value = str(element.attrib[name])
            if value in seen:
                refuse(f"The id {value[:100]!r} is there twice.")
            seen.add(value)
    return root


def find_signature(root: etree._Element) -> etree._Element:
    """The one signature: the root itself, or the one child of the root."""
    found = list(root.iter(f"{DS}Signature"))
    if len(found) != 1 or found[0].prefix != "ds":
        refuse(f"There are {len(found)} elements ds:Signature; expected one.")
    (signature,) = found
    if signature is root:
        return signature
    if root.tag not in ROOTS or list(root) != [signature]:
        refuse(f"The signature stands in {etree.QName(root).localname}; expected XAdESSignatures with nothing else.")
    return signature


def read_references(signed_info: etree._Element) -> tuple[Reference, ...]:
    """Every reference, each to something else."""
    elements = signed_info.findall(f"{DS}Reference")
    expected = [f"{DS}CanonicalizationMethod", f"{DS}SignatureMethod", *(each.tag for each in elements)]
    if [each.tag for each in signed_info] != expected:
        refuse("SignedInfo must hold its two methods, then references, and nothing else.")
    if not 0 < len(elements) <= MAX_REFERENCES:
        refuse(f"The signature has {len(elements)} references; one to {MAX_REFERENCES} are read.")
    references = tuple(read_reference(each) for each in elements)
    uris = [each.uri for each in references]
    if len(set(uris)) != len(uris):
        refuse("Two references of the signature point to the same part.")
    return references


def read_reference(element: etree._Element) -> Reference:
    """One reference."""
    uri = element.get("URI", "")
    if not uri:
        refuse("A reference has no URI; expected the name of a part or an id of the signature.")
    listed = element.find(f"{DS}Transforms")
    transforms = () if listed is None else tuple(read_canonicalisation(each) for each in listed)
    method = only_child(element, f"{DS}DigestMethod").get("Algorithm", "")
    return Reference(uri, method, read_base64(only_child(element, f"{DS}DigestValue")), transforms)


def read_canonicalisation(element: etree._Element) -> Canonicalisation:
    """A CanonicalizationMethod or Transform, which must be a canonicalisation of XML 1.0."""
    algorithm = element.get("Algorithm", "")
    if algorithm not in CANONICALISATIONS:
        refuse(f"The transform {algorithm[:100]!r} is not accepted; canonicalisations are.")
    if len(element) == 0:
        return Canonicalisation(algorithm)
    if len(element) > 1 or element[0].tag != f"{{{EXCLUSIVE}}}InclusiveNamespaces":
        refuse("A canonicalisation has parameters that are not known; InclusiveNamespaces is.")
    prefixes = element[0].get("PrefixList", "").split()
    if len(prefixes) > MAX_INCLUSIVE_PREFIXES:
        refuse(f"InclusiveNamespaces lists {len(prefixes)} prefixes; at most {MAX_INCLUSIVE_PREFIXES} are read.")
    return Canonicalisation(algorithm, tuple(prefixes))


def canonicalise(element: etree._Element, method: Canonicalisation) -> bytes:
    """The octets of an element where it stands in its document."""
    exclusive, _ = CANONICALISATIONS[method.algorithm]
    try:
        return etree.tostring(
            element,
            method="c14n",
            exclusive=exclusive,
            with_tail=False,
            inclusive_ns_prefixes=list(method.prefixes) if exclusive and method.prefixes else None,
        )
    except (etree.LxmlError, ValueError) as error:
        raise SignatureError(
            "malformed_signature", f"A part of the signature has no canonical form: {error}"
        ) from error


def find_properties(signature: etree._Element) -> etree._Element:
    """The qualifying properties of this signature: in its one object, pointing back to it."""
    objects = signature.findall(f"{DS}Object")
    found = list(signature.iter(f"{XADES}QualifyingProperties"))
    if not objects or objects[0].prefix != "ds" or len(found) != 1 or found[0].getparent() not in objects:
        refuse("The signature has no ds:Object with exactly one QualifyingProperties.")
    target = found[0].get("Target", "")
    if target.removeprefix("#") != signature.get("Id", ""):
        refuse(f"The properties belong to {target[:100]!r}; expected this signature.")
    only_child(found[0], f"{XADES}SignedProperties")
    return found[0]


def find_properties_reference(properties: etree._Element, references: tuple[Reference, ...]) -> Reference:
    """The one reference into the signature itself, which must point to the signed properties that are read."""
    signed = only_child(properties, f"{XADES}SignedProperties")
    inner = [each for each in references if each.uri.startswith("#")]
    if len(inner) != 1 or inner[0].uri != "#" + signed.get("Id", ""):
        refuse("The signature must have one reference into itself, to its SignedProperties.")
    return inner[0]


def digest_properties(properties: etree._Element, reference: Reference) -> bytes:
    """The digest of the signed properties as their reference wants them."""
    if len(reference.transforms) > 1:
        refuse("SignedProperties has more than one transform; at most one is read.")
    method = reference.transforms[0] if reference.transforms else Canonicalisation(INCLUSIVE)
    return compute_digest(reference.algorithm, canonicalise(only_child(properties, f"{XADES}SignedProperties"), method))


def find_unsigned(properties: etree._Element) -> etree._Element:
    """The unsigned properties, where certificates and revocation answers are."""
    return only_child(only_child(properties, f"{XADES}UnsignedProperties"), f"{XADES}UnsignedSignatureProperties")


def read_certificate(signature: etree._Element) -> bytes:
    """The signing certificate."""
    found = list(only_child(signature, f"{DS}KeyInfo").iter(f"{DS}X509Certificate"))
    if len(found) != 1:
        refuse(f"KeyInfo holds {len(found)} certificates; expected the signing certificate alone.")
    return read_base64(found[0])


def read_stated_certificates(properties: etree._Element) -> tuple[Reference, ...]:
    """The digests of the signing certificate in the signed properties, in either version of XAdES."""
    signed = only_child(properties, f"{XADES}SignedProperties")
    return tuple(
        read_certificate_digest(cert)
        for name in ("SigningCertificate", "SigningCertificateV2")
        for group in signed.iter(XADES + name)
        for cert in group.findall(f"{XADES}Cert")
    )


def read_certificate_digest(cert: etree._Element) -> Reference:
    """A Cert element: where the certificate is (if it says so) and its digest."""
    digest = only_child(cert, f"{XADES}CertDigest")
    method = only_child(digest, f"{DS}DigestMethod").get("Algorithm", "")
    return Reference(cert.get("URI", ""), method, read_base64(only_child(digest, f"{DS}DigestValue")))


def read_extra_certificates(unsigned: etree._Element) -> tuple[bytes, ...]:
    """The certificates that CompleteCertificateRefs lists, each compared with the digest it states."""
    references = [read_certificate_digest(cert) for cert in iter_certificate_references(unsigned)]
    if len(references) > MAX_EXTRA_CERTIFICATES:
        refuse(f"The signature lists {len(references)} certificates; at most {MAX_EXTRA_CERTIFICATES} are read.")
    values = {
        "#" + element.get("Id", ""): read_base64(element)
        for element in unsigned.iter(f"{XADES}EncapsulatedX509Certificate")
    }
    for reference in references:
        der = values.get(reference.uri)
        if der is None:
            refuse(f"The certificate {reference.uri[:100]!r} is listed but not there.")
        if compute_digest(reference.algorithm, der) != reference.digest:
            refuse(f"The certificate {reference.uri[:100]!r} is not the one that is listed: its digest differs.")
    return tuple(values[reference.uri] for reference in references)


def iter_certificate_references(unsigned: etree._Element) -> Iterator[etree._Element]:
    """The Cert elements of CompleteCertificateRefs."""
    for group in unsigned.findall(f"{XADES}CompleteCertificateRefs/{XADES}CertRefs"):
        yield from group.findall(f"{XADES}Cert")


def read_ocsp_responses(unsigned: etree._Element) -> tuple[bytes, ...]:
    """The revocation answers; there must be one."""
    found = unsigned.findall(f"{XADES}RevocationValues/{XADES}OCSPValues/{XADES}EncapsulatedOCSPValue")
    if not 0 < len(found) <= MAX_OCSP_RESPONSES:
        refuse(f"The signature carries {len(found)} revocation answers; expected one to {MAX_OCSP_RESPONSES}.")
    return tuple(read_base64(element) for element in found)


def read_signing_time(properties: etree._Element) -> str:
    """The time that the signer wrote, as text; "" when there is none. Nothing is decided by it."""
    signed = only_child(properties, f"{XADES}SignedProperties")
    element = signed.find(f"{XADES}SignedSignatureProperties/{XADES}SigningTime")
    return "" if element is None else (element.text or "").strip()[:64]


def read_timestamp(unsigned: etree._Element) -> bytes | None:
    """The time-stamp token over the signature value, if there is one."""
    stamp = unsigned.find(f"{XADES}SignatureTimeStamp")
    if stamp is None:
        return None
    inner = stamp.find(f"{XADES}EncapsulatedTimeStamp")
    return read_base64(stamp if inner is None else inner)


def only_child(element: etree._Element, tag: str) -> etree._Element:
    """The one child of that name."""
    found = element.findall(tag)
    if len(found) != 1:
        name = tag.rpartition("}")[2]
        refuse(f"{etree.QName(element).localname} holds {len(found)} elements {name}; expected one.")
    return found[0]


def read_base64(element: etree._Element) -> bytes:
    """The octets that an element holds."""
    text = re.sub(r"[ \t\r\n]+", "", element.text or "")
    try:
        if len(element) or not text:
            raise ValueError("it is empty or has elements inside")
        octets = base64.b64decode(text, validate=True)
        if base64.b64encode(octets).decode() != text:
            raise ValueError("it has bits that mean nothing")
        return octets
    except (binascii.Error, ValueError) as error:
        name = etree.QName(element).localname
        raise SignatureError("malformed_signature", f"{name} is not base64: {error}.") from error


def refuse(detail: str) -> NoReturn:
    """Say that this is no signature that can be judged."""
    raise SignatureError("malformed_signature", detail)
