"""SOAP messages made by those who ask and those who answer.

Law: what is made is read back by the strict reader, so nothing leaves that a security server would refuse. An answer
is its request with another body: the header, whatever it holds, comes back byte for byte.
Source: PR-MESS §2.2 and Annexes A to C.
"""

from dataclasses import dataclass
from xml.parsers import expat

from lxml import etree

from ridgeway.errors import MessageError
from ridgeway.protocol.identifiers import ClientId, RepresentedParty, ServerId, ServiceId
from ridgeway.protocol.identifiers.xml import IDENTIFIERS_NAMESPACE, MEMBER_CODES, OBJECT_TYPE, strict_parser
from ridgeway.protocol.messages.charset import find_declared
from ridgeway.protocol.messages.soap import SoapMessage, read_soap_message
from ridgeway.protocol.messages.soaphash import START_TAG, parse_whole

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
XROAD = "http://x-road.eu/xsd/xroad.xsd"
REPRESENTATION = "http://x-road.eu/xsd/representation.xsd"
TOKEN = "http://x-road.eu/xsd/security-token.xsd"  # noqa: S105 — a namespace
PREFIXES = {"SOAP-ENV": ENVELOPE, "xroad": XROAD, "id": IDENTIFIERS_NAMESPACE}
PROTOCOL_VERSION = "4.0"
BODY_DEPTH = 2

Codes = ClientId | ServiceId | ServerId


@dataclass(frozen=True, slots=True)
class SecurityToken:
    """A token for the service, which X-Road hands on without looking at it; `type` is a URI."""

    type: str
    value: str


@dataclass(frozen=True, slots=True)
class SoapHead:
    """What the header of a request says."""

    client: ClientId
    service: ServiceId
    query_id: str
    user_id: str | None = None
    issue: str | None = None
    server: ServerId | None = None
    represented_party: RepresentedParty | None = None
    security_token: SecurityToken | None = None


def write_soap_request(head: SoapHead, body: bytes) -> bytes:
    """The request with this header, around `body`: one element whose name begins with the service's code.

    Raises:  MessageError when the body is no such element, or an identifier cannot be written.
    """
    root = etree.Element(f"{{{ENVELOPE}}}Envelope", nsmap=PREFIXES)
    header = etree.SubElement(root, f"{{{ENVELOPE}}}Header")
    add_identifier(header, "client", head.client)
    add_identifier(header, "service", head.service)
    if head.server is not None:
        add_identifier(header, "securityServer", head.server)
    if head.represented_party is not None:
        add_party(header, head.represented_party)
    if head.security_token is not None:
        token = etree.SubElement(header, f"{{{TOKEN}}}securityToken", nsmap={"token": TOKEN})
        token.set("tokenType", head.security_token.type)
        token.text = head.security_token.value
    for name, text in (("userId", head.user_id), ("id", head.query_id), ("issue", head.issue)):
        if text is not None:
            add_text(header, name, text)
    add_text(header, "protocolVersion", PROTOCOL_VERSION)
    etree.SubElement(root, f"{{{ENVELOPE}}}Body").append(parse_body(body))
    written = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    read_soap_message(written)
    return written


def add_identifier(header: etree._Element, name: str, identifier: Codes) -> None:
    """A header field that is an identifier."""
    field = etree.SubElement(header, f"{{{XROAD}}}{name}")
    field.set(OBJECT_TYPE, identifier.object_type)
    for code, value in list_codes(identifier):
        etree.SubElement(field, f"{{{IDENTIFIERS_NAMESPACE}}}{code}").text = value


def list_codes(identifier: Codes) -> list[tuple[str, str]]:
    """The codes of an identifier under their names in XML."""
    codes = list(zip(MEMBER_CODES, identifier.codes[: len(MEMBER_CODES)], strict=True))
    more = {
        "subsystemCode": getattr(identifier, "subsystem_code", None),
        "serviceCode": getattr(identifier, "service_code", None),
        "serviceVersion": getattr(identifier, "version", None),
        "serverCode": getattr(identifier, "server_code", None),
    }
    return codes + [(name, value) for name, value in more.items() if value is not None]


def add_party(header: etree._Element, party: RepresentedParty) -> None:
    """The party on whose behalf the client asks."""
    field = etree.SubElement(header, f"{{{REPRESENTATION}}}representedParty", nsmap={"repr": REPRESENTATION})
    if party.party_class is not None:
        etree.SubElement(field, f"{{{REPRESENTATION}}}partyClass").text = party.party_class
    etree.SubElement(field, f"{{{REPRESENTATION}}}partyCode").text = party.party_code


def add_text(header: etree._Element, name: str, text: str) -> None:
    """A header field that is a text."""
    try:
        etree.SubElement(header, f"{{{XROAD}}}{name}").text = text
    except ValueError as error:
        raise MessageError("invalid_soap", f"The header field {name} holds what XML cannot: {text[:80]!r}.") from error


def parse_body(body: bytes) -> etree._Element:
    """The one element that a body holds.

    Raises:  MessageError(invalid_body).
    """
    try:
        root = etree.fromstring(body, strict_parser())
    except etree.XMLSyntaxError as error:
        raise MessageError("invalid_body", f"The body is no XML element: {error}.") from error
    if root.getroottree().docinfo.doctype:  # type: ignore[union-attr]
        raise MessageError("invalid_body", "The body may not carry a DOCTYPE.")
    return root


def write_soap_response(request: SoapMessage, body: bytes) -> bytes:
    """The answer to `request`: the request's bytes with `body`, one element whose name ends in `Response`.

    The element is written in ASCII, which stands in the same place in every encoding that a request may have.

    Raises:  MessageError when that is no message.
    """
    written = etree.tostring(parse_body(body), with_tail=False)
    start, end = find_body(request.bytes)
    answer = request.bytes[:start] + written + request.bytes[end:]
    if not read_soap_message(answer).is_response:
        raise MessageError("invalid_body", "The name of an answer's element must end in Response.")
    return answer


def find_body(data: bytes) -> tuple[int, int]:
    """Where the content of the SOAP body begins and ends, in bytes.

    Raises:  MessageError(invalid_soap) when the body cannot be found.
    """
    parser = expat.ParserCreate(find_declared(data), namespace_separator=" ")
    depth, places = 0, [-1, -1]

    def start(name: str, _attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth == BODY_DEPTH and name == f"{ENVELOPE} Body":
            tag = START_TAG.match(data, parser.CurrentByteIndex)
            places[0] = -1 if tag is None or tag["empty"] else tag.end()

    def end(name: str) -> None:
        nonlocal depth
        if depth == BODY_DEPTH and name == f"{ENVELOPE} Body":
            places[1] = parser.CurrentByteIndex
        depth -= 1

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parse_whole(parser, data)
    if places[0] < 0:
        raise MessageError("invalid_soap", "The body of the SOAP request has no content that could be answered.")
    return places[0], places[1]
