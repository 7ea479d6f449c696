"""The shape that a signature must have when it arrives over the wire: our own statement of the XAdES schema.

Law: what peers exchange is held to the schema; what lies in a container is not, because X-Road puts time-stamps where
the schema does not allow them. Names that are not in the table may hold anything that the schema allows below them.
Source: ETSI TS 101 903 v1.3.2 annex D; W3C XML Signature schema.
"""

import re

from lxml import etree

from ridgeway.errors import SignatureError
from ridgeway.protocol.signatures.document import DS, XADES

CHILDREN = {
    f"{DS}Signature": "SignedInfo SignatureValue KeyInfo (Object )+",
    f"{DS}SignedInfo": "CanonicalizationMethod SignatureMethod (Reference )+",
    f"{DS}Reference": "(Transforms )?DigestMethod DigestValue ",
    f"{DS}Transforms": "(Transform )+",
    f"{DS}DigestValue": "",
    f"{DS}SignatureValue": "",
    f"{DS}KeyInfo": "X509Data ",
    f"{DS}X509Data": "X509Certificate ",
    f"{XADES}QualifyingProperties": "SignedProperties UnsignedProperties ",
    f"{XADES}SignedProperties": "SignedSignatureProperties (SignedDataObjectProperties )?",
    f"{XADES}SignedSignatureProperties": (
        "(SigningTime )?(SigningCertificate |SigningCertificateV2 )?(SignaturePolicyIdentifier )?"
        "(SignatureProductionPlace |SignatureProductionPlaceV2 )?(SignerRole |SignerRoleV2 )?"
    ),
    f"{XADES}SigningCertificate": "(Cert )+",
    f"{XADES}CertDigest": "DigestMethod DigestValue ",
    f"{XADES}IssuerSerial": "X509IssuerName X509SerialNumber ",
    f"{XADES}UnsignedProperties": "UnsignedSignatureProperties (UnsignedDataObjectProperties )?",
    f"{XADES}UnsignedSignatureProperties": (
        "(CompleteCertificateRefs |CertificateValues |CompleteRevocationRefs |RevocationValues )+"
    ),
    f"{XADES}CompleteCertificateRefs": "CertRefs ",
    f"{XADES}CertRefs": "(Cert )+",
    f"{XADES}CertificateValues": "(EncapsulatedX509Certificate )+",
    f"{XADES}RevocationValues": "OCSPValues ",
    f"{XADES}OCSPValues": "(EncapsulatedOCSPValue )+",
}
"""Element → its children by local name, each followed by a space, as a regular expression."""


def require_wire_structure(signature: etree._Element) -> None:
    """Hold only while the signature has the shape of the schema.

    Raises:  SignatureError(malformed_signature).
    """
    for element in signature.iter():
        expected = CHILDREN.get(str(element.tag))
        found = "".join(etree.QName(child).localname + " " for child in element)
        if expected is not None and not re.fullmatch(expected, found):
            raise SignatureError(
                "malformed_signature",
                f"{etree.QName(element).localname} holds {found.strip()[:200] or 'nothing'}; "
                f"expected {expected.strip() or 'text alone'}.",
            )
