"""The WSDL of the management services, made from the same table that reads and writes the requests.

Law: names, namespaces and order are those of the specification, so that a security server of X-Road can load it; every
request that comes through the exchange is an operation with its answer, document/literal.
Source: PR-MSERV Annex B.
"""

from lxml import etree

from ridgeway.protocol.identifiers.xml import CODES, IDENTIFIERS_NAMESPACE
from ridgeway.protocol.management.requests import FORMS, REQUEST_ID, XROAD_NAMESPACE, RequestKind

WSDL = "http://schemas.xmlsoap.org/wsdl/"
SOAP = "http://schemas.xmlsoap.org/wsdl/soap/"
XSD = "http://www.w3.org/2001/XMLSchema"
TARGET = "http://x-road.eu/centralservice/"
NAME = "centralservice"
OPERATIONS = tuple(kind for kind in RequestKind if kind is not RequestKind.CERTIFICATE_REGISTRATION)
"""A new certificate cannot be registered through the exchange, for which it would be needed."""
TRANSPORT = "http://schemas.xmlsoap.org/soap/http"
NAMESPACES = {"wsdl": WSDL, "soap": SOAP, "xsd": XSD, "tns": TARGET, "xroad": XROAD_NAMESPACE}
CLIENT, SERVICE, SERVER = "XRoadClientIdentifierType", "XRoadServiceIdentifierType", "XRoadSecurityServerIdentifierType"
OPTIONAL_CODES = frozenset({"subsystemCode", "serviceVersion"})
IDENTIFIER_TYPES = {
    CLIENT: CODES["SUBSYSTEM"],
    SERVICE: (*CODES["SUBSYSTEM"], "serviceCode", "serviceVersion"),
    SERVER: CODES["SERVER"],
}
HEADER = {"client": f"id:{CLIENT}", "service": f"id:{SERVICE}"}
HEADER |= dict.fromkeys(("id", "protocolVersion", "requestHash"), "xsd:string")
TYPES = {
    "client": f"id:{CLIENT}",
    "address": "xsd:string",
    "authCert": "xsd:base64Binary",
    "dryRun": "xsd:boolean",
    "subsystemName": "xsd:string",
    "message": "xsd:string",
}


def write_management_wsdl(address: str) -> bytes:
    """The WSDL, with the address at which the services are called."""
    root = etree.Element(f"{{{WSDL}}}definitions", nsmap=NAMESPACES, name=NAME, targetNamespace=TARGET)
    types = etree.SubElement(root, f"{{{WSDL}}}types")
    add_identifier_schema(types)
    add_request_schema(types)
    add_message(root, "requestheader", {name: name for name in HEADER})
    for kind in RequestKind:
        add_message(root, kind, {"parameters": kind})
        add_message(root, f"{kind}Response", {"parameters": f"{kind}Response"})
    add_port_type(root)
    add_binding(root)
    port = add_wsdl(add_wsdl(root, "service", name=NAME), "port", name=f"{NAME}SOAP", binding=f"tns:{NAME}SOAP")
    etree.SubElement(port, f"{{{SOAP}}}address", location=address)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def add_wsdl(parent: etree._Element, tag: str, /, **attributes: str) -> etree._Element:
    """An element of WSDL."""
    return etree.SubElement(parent, f"{{{WSDL}}}{tag}", attributes)


def add_xsd(parent: etree._Element, tag: str, /, **attributes: str) -> etree._Element:
    """An element of XML Schema."""
    return etree.SubElement(parent, f"{{{XSD}}}{tag}", attributes)


def add_schema(types: etree._Element, namespace: str) -> etree._Element:
    """A schema whose elements are qualified."""
    nsmap = {"xsd": XSD, "id": IDENTIFIERS_NAMESPACE, "xr": XROAD_NAMESPACE}
    schema = etree.SubElement(types, f"{{{XSD}}}schema", nsmap=nsmap)
    schema.set("targetNamespace", namespace)
    schema.set("elementFormDefault", "qualified")
    return schema


def add_identifier_schema(types: etree._Element) -> None:
    """The identifiers: their codes, and the three kinds that occur."""
    schema = add_schema(types, IDENTIFIERS_NAMESPACE)
    kinds = add_xsd(add_xsd(schema, "simpleType", name="XRoadObjectType"), "restriction", base="xsd:string")
    for kind in ("MEMBER", "SUBSYSTEM", "SERVER", "SERVICE"):
        add_xsd(kinds, "enumeration", value=kind)
    add_xsd(schema, "attribute", name="objectType", type="id:XRoadObjectType")
    for code in dict.fromkeys(each for codes in IDENTIFIER_TYPES.values() for each in codes):
        add_xsd(schema, "element", name=code, type="xsd:string")
    for name, codes in IDENTIFIER_TYPES.items():
        whole = add_xsd(schema, "complexType", name=name)
        sequence = add_xsd(whole, "sequence")
        for code in codes:
            least = {"minOccurs": "0"} if code in OPTIONAL_CODES else {}
            add_xsd(sequence, "element", ref=f"id:{code}", **least)
        add_xsd(whole, "attribute", ref="id:objectType", use="required")


def add_request_schema(types: etree._Element) -> None:
    """The requests and their answers, which have one type, and the fields of the header."""
    schema = add_schema(types, XROAD_NAMESPACE)
    add_xsd(schema, "import", namespace=IDENTIFIERS_NAMESPACE)
    for name, kind in HEADER.items():
        add_xsd(schema, "element", name=name, type=kind)
    for request, form in FORMS.items():
        type_name = f"{request[0].upper()}{request[1:]}RequestType"
        add_xsd(schema, "element", name=request, type=f"xr:{type_name}")
        add_xsd(schema, "element", name=f"{request}Response", type=f"xr:{type_name}")
        sequence = add_xsd(add_xsd(schema, "complexType", name=type_name), "sequence")
        add_xsd(sequence, "element", name="server", type=f"id:{SERVER}")
        for name in form.fields:
            least = {"minOccurs": "0"} if name in form.optional else {}
            add_xsd(sequence, "element", name=name, type=TYPES[name], **least)
        add_xsd(sequence, "element", name=REQUEST_ID, type="xsd:integer", minOccurs="0")


def add_message(root: etree._Element, name: str, parts: dict[str, str]) -> None:
    """A message, each part an element of X-Road's schema."""
    message = add_wsdl(root, "message", name=name)
    for part, element in parts.items():
        add_wsdl(message, "part", name=part, element=f"xroad:{element}")


def add_port_type(root: etree._Element) -> None:
    """The operations."""
    port_type = add_wsdl(root, "portType", name=NAME)
    for kind in OPERATIONS:
        operation = add_wsdl(port_type, "operation", name=kind)
        add_wsdl(operation, "input", message=f"tns:{kind}")
        add_wsdl(operation, "output", message=f"tns:{kind}Response")


def add_binding(root: etree._Element) -> None:
    """How the operations travel: SOAP over HTTP, with X-Road's header; the hash stands in the answer alone."""
    binding = add_wsdl(root, "binding", name=f"{NAME}SOAP", type=f"tns:{NAME}")
    etree.SubElement(binding, f"{{{SOAP}}}binding", style="document", transport=TRANSPORT)
    for kind in OPERATIONS:
        operation = add_wsdl(binding, "operation", name=kind)
        etree.SubElement(operation, f"{{{SOAP}}}operation", soapAction="")
        for way in ("input", "output"):
            place = add_wsdl(operation, way)
            etree.SubElement(place, f"{{{SOAP}}}body", use="literal")
            for part in HEADER:
                if part != "requestHash" or way == "output":
                    etree.SubElement(place, f"{{{SOAP}}}header", message="tns:requestheader", part=part, use="literal")
