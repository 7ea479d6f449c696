"""The bytes of a signature document as this software writes it; each element stands here in canonical form.

Law: every element is written with an end tag, attributes in canonical order, no white space between elements, so the
canonical form of SignedInfo and SignedProperties is their text here with the four name spaces of the root put into the
first tag. A test compares this with a canonicaliser that is not ours.
Source: ETSI TS 101 903 v1.3.2 (XAdES); W3C Canonical XML 1.0; the layout of X-Road's own signatures.
Read next: `make.py`, which fills it.
"""

NAMESPACES = (
    ' xmlns:asic="http://uri.etsi.org/02918/v1.2.1#"'
    ' xmlns:ds="http://www.w3.org/2000/09/xmldsig#"'
    ' xmlns:xades="http://uri.etsi.org/01903/v1.3.2#"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)

DOCUMENT = (
    '<?xml version="1.0" encoding="UTF-8" standalone="no"?>'
    f"<asic:XAdESSignatures{NAMESPACES}>"
    '<ds:Signature Id="signature">'
    "{signed_info}"
    '<ds:SignatureValue Id="signature-value">{value}</ds:SignatureValue>'
    "<ds:KeyInfo><ds:X509Data><ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>"
    "<ds:Object>"
    '<xades:QualifyingProperties Target="#signature">'
    "{signed_properties}"
    "<xades:UnsignedProperties><xades:UnsignedSignatureProperties>"
    "{intermediates}"
    "<xades:RevocationValues><xades:OCSPValues>{ocsp_values}</xades:OCSPValues></xades:RevocationValues>"
    "</xades:UnsignedSignatureProperties></xades:UnsignedProperties>"
    "</xades:QualifyingProperties>"
    "</ds:Object>"
    "</ds:Signature>"
    "</asic:XAdESSignatures>"
)

SIGNED_INFO_TAG = "<ds:SignedInfo"
SIGNED_INFO = (
    SIGNED_INFO_TAG + ">"
    '<ds:CanonicalizationMethod Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315">'
    "</ds:CanonicalizationMethod>"
    '<ds:SignatureMethod Algorithm="{algorithm}"></ds:SignatureMethod>'
    '<ds:Reference Id="signature-reference-0" URI="{uri}">'
    '<ds:DigestMethod Algorithm="{digest_method}"></ds:DigestMethod>'
    "<ds:DigestValue>{data_digest}</ds:DigestValue>"
    "</ds:Reference>"
    '<ds:Reference Id="signature-reference-1" Type="http://uri.etsi.org/01903#SignedProperties"'
    ' URI="#signed-properties">'
    '<ds:DigestMethod Algorithm="{digest_method}"></ds:DigestMethod>'
    "<ds:DigestValue>{properties_digest}</ds:DigestValue>"
    "</ds:Reference>"
    "</ds:SignedInfo>"
)

CERTIFICATE_DIGEST = (
    "<xades:CertDigest>"
    '<ds:DigestMethod Algorithm="{digest_method}"></ds:DigestMethod>'
    "<ds:DigestValue>{digest}</ds:DigestValue>"
    "</xades:CertDigest>"
    "<xades:IssuerSerial>"
    "<ds:X509IssuerName>{issuer}</ds:X509IssuerName>"
    "<ds:X509SerialNumber>{serial}</ds:X509SerialNumber>"
    "</xades:IssuerSerial>"
)

SIGNED_PROPERTIES_TAG = "<xades:SignedProperties"
SIGNED_PROPERTIES = (
    SIGNED_PROPERTIES_TAG + ' Id="signed-properties">'
    "<xades:SignedSignatureProperties>"
    "<xades:SigningTime>{signing_time}</xades:SigningTime>"
    "<xades:SigningCertificate><xades:Cert>{certificate_digest}</xades:Cert></xades:SigningCertificate>"
    "<xades:SignaturePolicyIdentifier><xades:SignaturePolicyId>"
    "<xades:SigPolicyId>"
    '<xades:Identifier Qualifier="OIDAsURN">urn:oid:1.3.6.1.4.1.3516.16.2</xades:Identifier>'
    "<xades:Description>Profile for High Performance Digital Signatures (version 1.2)</xades:Description>"
    "</xades:SigPolicyId>"
    "<xades:SigPolicyHash>"
    '<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha512"></ds:DigestMethod>'
    "<ds:DigestValue>"
    "BuO0EDNfkxSVlUbxCzmQPzX1AUF1/xx9ytWHk3/6SAOePxQiniEfDYk+90QeYb3lWpV3Izhuz9fKaYyE+lTcXw=="
    "</ds:DigestValue>"
    "</xades:SigPolicyHash>"
    "<xades:SigPolicyQualifiers><xades:SigPolicyQualifier>"
    "<xades:SPURI>https://repo.cyber.ee/dsig-profile-1.2.pdf</xades:SPURI>"
    "</xades:SigPolicyQualifier></xades:SigPolicyQualifiers>"
    "</xades:SignaturePolicyId></xades:SignaturePolicyIdentifier>"
    "</xades:SignedSignatureProperties>"
    "<xades:SignedDataObjectProperties>"
    '<xades:DataObjectFormat ObjectReference="#signature-reference-0">'
    "<xades:MimeType>{media_type}</xades:MimeType>"
    "</xades:DataObjectFormat>"
    "</xades:SignedDataObjectProperties>"
    "</xades:SignedProperties>"
)

INTERMEDIATES = (
    '<xades:CompleteCertificateRefs Id="complete-certificate-refs"><xades:CertRefs>{references}</xades:CertRefs>'
    "</xades:CompleteCertificateRefs>"
    "<xades:CertificateValues>{values}</xades:CertificateValues>"
)
INTERMEDIATE_REFERENCE = '<xades:Cert URI="#encapsulated-cert-{number}">{certificate_digest}</xades:Cert>'
INTERMEDIATE_VALUE = (
    '<xades:EncapsulatedX509Certificate Id="encapsulated-cert-{number}">{certificate}'
    "</xades:EncapsulatedX509Certificate>"
)
OCSP_VALUE = '<xades:EncapsulatedOCSPValue Id="ocsp-response-{number}">{response}</xades:EncapsulatedOCSPValue>'
TIMESTAMP = (
    "<xades:SignatureTimeStamp><xades:EncapsulatedTimeStamp>{token}</xades:EncapsulatedTimeStamp>"
    "</xades:SignatureTimeStamp>"
)


def with_namespaces(element: str, tag: str) -> bytes:
    """The canonical octets of `element` as a part of the document: its first tag declares what the root declares."""
    return (tag + NAMESPACES + element[len(tag) :]).encode()
