"""Management requests as SOAP messages: which there are, what each holds, and the answer with the request's number.

Law: the body's one element is named as the request and lies, with everything in it, in X-Road's namespace; fields are
written in the order of the schema and read in any. What the schema does not know is passed over, as X-Road does; what
stands twice is refused. An answer is the request with another name and its number at the end.
Source: PR-MSERV §2 and Annex B; X-Road's request.xsd (`dryRun`). Read next: `parts.py`, what is sent beside the SOAP.
"""

import base64
import binascii
import re
from dataclasses import dataclass, field
from enum import StrEnum

from lxml import etree

from ridgeway.errors import MessageError, PeerError, RelayedFault
from ridgeway.protocol.identifiers import ClientId, MemberId, ServerId, ServiceId, SubsystemId, member_of
from ridgeway.protocol.identifiers.xml import (
    CODES,
    IDENTIFIERS_NAMESPACE,
    OBJECT_TYPE,
    parse_identifier_element,
    read_text,
    strict_parser,
)
from ridgeway.protocol.messages import SoapMessage, read_soap, read_soap_message, verify_consistent_headers
from ridgeway.protocol.messages.soap import Fault

ENVELOPE_NAMESPACE = "http://schemas.xmlsoap.org/soap/envelope/"
XROAD_NAMESPACE = "http://x-road.eu/xsd/xroad.xsd"
PREFIXES = {"SOAP-ENV": ENVELOPE_NAMESPACE, "xroad": XROAD_NAMESPACE, "id": IDENTIFIERS_NAMESPACE}
PROTOCOL_VERSION = "4.0"
REQUEST_ID = "requestId"
EXCHANGE_PREFIX = "server."
"""What the codes begin with of faults that arose on the way, between security servers."""
ASK_THE_AUTHORITY = "The central server refuses this; change what it names, or ask whoever governs the instance."
MAX_TEXT_CHARACTERS = 1000
MAX_CERTIFICATE_CHARACTERS = 64 * 1024
WHOLE_NUMBER = re.compile(r"[+-]?[0-9]{1,18}")
TRUTHS = {"true": True, "1": True, "false": False, "0": False}


class RequestKind(StrEnum):
    """The requests, by the codes of their services."""

    CERTIFICATE_REGISTRATION = "authCertReg"
    CERTIFICATE_DELETION = "authCertDeletion"
    CLIENT_REGISTRATION = "clientReg"
    CLIENT_DELETION = "clientDeletion"
    CLIENT_DISABLING = "clientDisable"
    CLIENT_ENABLING = "clientEnable"
    CLIENT_RENAMING = "clientRename"
    OWNER_CHANGE = "ownerChange"
    ADDRESS_CHANGE = "addressChange"
    MAINTENANCE_START = "maintenanceModeEnable"
    MAINTENANCE_END = "maintenanceModeDisable"


class Signer(StrEnum):
    """Whose signature a request carries beside the SOAP message."""

    OWNER = "the owner of the server"
    CLIENT = "the member that the client belongs to"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Form:
    """What one kind of request holds after the server, in the order of the schema, and who signs it."""

    signer: Signer
    fields: tuple[str, ...] = ()
    optional: frozenset[str] = frozenset()


CLIENT_FORM = Form(Signer.CLIENT, ("client",))
FORMS = {
    RequestKind.CERTIFICATE_REGISTRATION: Form(
        Signer.OWNER, ("address", "authCert", "dryRun"), frozenset({"address", "dryRun"})
    ),
    RequestKind.CERTIFICATE_DELETION: Form(Signer.NOBODY, ("authCert",)),
    RequestKind.CLIENT_REGISTRATION: Form(Signer.CLIENT, ("client", "subsystemName"), frozenset({"subsystemName"})),
    RequestKind.CLIENT_DELETION: Form(Signer.NOBODY, ("client",)),
    RequestKind.CLIENT_DISABLING: CLIENT_FORM,
    RequestKind.CLIENT_ENABLING: CLIENT_FORM,
    RequestKind.CLIENT_RENAMING: Form(Signer.CLIENT, ("client", "subsystemName")),
    RequestKind.OWNER_CHANGE: CLIENT_FORM,
    RequestKind.ADDRESS_CHANGE: Form(Signer.OWNER, ("address",)),
    RequestKind.MAINTENANCE_START: Form(Signer.OWNER, ("message",), frozenset({"message"})),
    RequestKind.MAINTENANCE_END: Form(Signer.OWNER),
}


@dataclass(frozen=True, slots=True)
class ManagementRequest:
    """One request; what its kind does not hold is None. `certificate` is DER, `name` the subsystem's."""

    kind: RequestKind
    server: ServerId
    client: ClientId | None = None
    address: str | None = None
    certificate: bytes | None = field(default=None, repr=False)
    name: str | None = None
    message: str | None = None
    is_dry_run: bool = False

    @property
    def form(self) -> Form:
        """What its kind holds."""
        return FORMS[self.kind]

    @property
    def signing_member(self) -> MemberId | None:
        """Who signs it beside the exchange; None when nobody does."""
        match self.form.signer:
            case Signer.OWNER:
                return self.server.owner
            case Signer.CLIENT:
                return None if self.client is None else member_of(self.client)
            case Signer.NOBODY:
                return None


def write_request(request: ManagementRequest, *, provider: ClientId, query_id: str) -> bytes:
    """The request as a SOAP message from the server's owner to the management service of `provider`.

    Raises:  MessageError(invalid_request) when a text holds what XML cannot.
    """
    try:
        return build_request(request, provider, query_id)
    except ValueError as error:
        raise invalid(f"The request cannot be written: {error}.") from error


def build_request(request: ManagementRequest, provider: ClientId, query_id: str) -> bytes:
    """The SOAP message of a request.

    Raises:  ValueError.
    """
    envelope = etree.Element(f"{{{ENVELOPE_NAMESPACE}}}Envelope", nsmap=PREFIXES)
    header = etree.SubElement(envelope, f"{{{ENVELOPE_NAMESPACE}}}Header")
    owner = request.server.owner
    service = ServiceId(
        provider.instance,
        provider.member_class,
        provider.member_code,
        provider.subsystem_code if isinstance(provider, SubsystemId) else None,
        request.kind,
    )
    add_identifier(header, "client", owner)
    add_identifier(header, "service", service)
    add_text(header, "id", query_id)
    add_text(header, "protocolVersion", PROTOCOL_VERSION)
    body = etree.SubElement(envelope, f"{{{ENVELOPE_NAMESPACE}}}Body")
    element = etree.SubElement(body, xroad_name(request.kind))
    add_identifier(element, "server", request.server)
    for name in request.form.fields:
        add_field(element, name, request)
    return etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")


def add_field(parent: etree._Element, name: str, request: ManagementRequest) -> None:
    """One field of the request, unless it is absent and may be."""
    match name:
        case "client":
            assert request.client is not None
            add_identifier(parent, name, request.client)
        case "authCert":
            assert request.certificate is not None
            add_text(parent, name, base64.b64encode(request.certificate).decode("ascii"))
        case "dryRun":
            if request.is_dry_run:
                add_text(parent, name, "true")
        case _:
            text = find_text_of(request, name)
            if text is not None:
                add_text(parent, name, text)


def find_text_of(request: ManagementRequest, name: str) -> str | None:
    """The field of the request that is a text."""
    return {"address": request.address, "subsystemName": request.name, "message": request.message}[name]


def add_text(parent: etree._Element, name: str, text: str) -> None:
    """An element of X-Road's namespace with a text."""
    etree.SubElement(parent, xroad_name(name)).text = text


def add_identifier(parent: etree._Element, name: str, identifier: ClientId | ServiceId | ServerId) -> None:
    """An element of X-Road's namespace that is an identifier."""
    element = etree.SubElement(parent, xroad_name(name))
    element.set(OBJECT_TYPE, identifier.object_type)
    names: tuple[str, ...] = CODES[identifier.object_type]
    if isinstance(identifier, ServiceId) and identifier.subsystem_code is not None:
        names = (*CODES["SUBSYSTEM"], "serviceCode")
    for code, value in zip(names, identifier.codes, strict=False):
        etree.SubElement(element, f"{{{IDENTIFIERS_NAMESPACE}}}{code}").text = value


def xroad_name(name: str) -> str:
    """A name in X-Road's namespace."""
    return f"{{{XROAD_NAMESPACE}}}{name}"


def read_request(soap: bytes) -> tuple[SoapMessage, ManagementRequest]:
    """The SOAP message and what it asks for; nothing of it is proven.

    Raises:  MessageError(invalid_request) when it is no management request or lacks something, and as reading SOAP.
    """
    message = read_soap_message(soap)
    try:
        kind = RequestKind(message.service.service_code)
    except ValueError:
        raise invalid(f"There is no management service {message.service.service_code[:40]!r}.") from None
    fields = read_fields(soap, kind)
    missing = [name for name in FORMS[kind].fields if name not in fields and name not in FORMS[kind].optional]
    if "server" not in fields or missing:
        raise invalid(f"A {kind} request lacks {', '.join(missing or ['server'])}.")
    client = fields.get("client")
    return message, ManagementRequest(
        kind=kind,
        server=read_server(fields["server"]),
        client=None if client is None else read_client(client),
        address=find_text(fields, "address"),
        certificate=read_certificate_field(fields.get("authCert")),
        name=find_text(fields, "subsystemName"),
        message=find_text(fields, "message"),
        is_dry_run=read_truth(fields.get("dryRun")),
    )


def read_fields(soap: bytes, kind: RequestKind) -> dict[str, etree._Element]:
    """The fields of the request that its kind knows, by name."""
    element = get_payload(parse_envelope(soap))
    if element.tag != xroad_name(kind):
        raise invalid(f"The body holds {etree.QName(element).localname[:40]!r}; expected {kind} of {XROAD_NAMESPACE}.")
    fields: dict[str, etree._Element] = {}
    for child in element:
        if not isinstance(child.tag, str) or etree.QName(child).namespace != XROAD_NAMESPACE:
            continue
        name = etree.QName(child).localname
        if name in fields:
            raise invalid(f"The request has {name[:40]} twice.")
        if name == "server" or name in FORMS[kind].fields:
            fields[name] = child
    return fields


def parse_envelope(soap: bytes) -> etree._Element:
    """The tree of a SOAP message that was read before."""
    try:
        return etree.fromstring(soap.removeprefix(b"\xef\xbb\xbf"), strict_parser())
    except etree.XMLSyntaxError as error:
        raise MessageError("invalid_soap", f"The SOAP message is not XML: {error}.") from error


def get_payload(envelope: etree._Element) -> etree._Element:
    """The one element of the body."""
    body = envelope.find(f"{{{ENVELOPE_NAMESPACE}}}Body")
    found = [] if body is None else [each for each in body if isinstance(each.tag, str)]
    if len(found) != 1:
        raise invalid(f"The body holds {len(found)} elements; expected one.")
    return found[0]


def find_text(fields: dict[str, etree._Element], name: str) -> str | None:
    """A text of the request, None when it is absent."""
    element = fields.get(name)
    if element is None:
        return None
    text = read_text(element)
    if len(text) > MAX_TEXT_CHARACTERS:
        raise invalid(f"{name} has {len(text)} characters; at most {MAX_TEXT_CHARACTERS}.")
    return text


def read_server(element: etree._Element) -> ServerId:
    """The security server."""
    found = parse_identifier_element(element, expected_type="SERVER")
    assert isinstance(found, ServerId)
    return found


def read_client(element: etree._Element) -> ClientId:
    """The member or subsystem."""
    found = parse_identifier_element(element)
    if not isinstance(found, MemberId | SubsystemId):
        raise invalid(f"{found} stands where a member or a subsystem is expected.")
    return found


def read_certificate_field(element: etree._Element | None) -> bytes | None:
    """The certificate's bytes, whatever they are."""
    if element is None:
        return None
    text = "".join(read_text(element).split())
    try:
        if len(text) > MAX_CERTIFICATE_CHARACTERS:
            raise ValueError(f"it has {len(text)} characters")
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise invalid(f"authCert is not base64: {error}.") from error


def read_truth(element: etree._Element | None) -> bool:
    """A truth value of XML Schema."""
    text = "false" if element is None else read_text(element).strip()
    if text not in TRUTHS:
        raise invalid(f"dryRun is {text[:20]!r}; expected true or false.")
    return TRUTHS[text]


def write_response(soap: bytes, request_id: int) -> bytes:
    """The answer to a request that was read: the same fields, and the number under which it is kept."""
    envelope = parse_envelope(soap)
    element = get_payload(envelope)
    element.tag = f"{element.tag}Response"
    for old in element.findall(xroad_name(REQUEST_ID)):
        element.remove(old)
    add_text(element, REQUEST_ID, str(request_id))
    return etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")


def read_response(data: bytes, *, request: bytes) -> int | None:
    """The number that the central server gave the request; None when it says none.

    Raises:  RelayedFault when it refused; MessageError or PeerError when this is no answer to the request.
    """
    answer = read_soap(data)
    if isinstance(answer, Fault):
        fault = RelayedFault(answer.code, answer.string, fault_id=answer.detail or "")
        fault.action = "" if answer.code.startswith(EXCHANGE_PREFIX) else ASK_THE_AUTHORITY
        raise fault
    if not answer.is_response:
        raise PeerError("invalid_message", f"Expected an answer, but this holds {answer.body_name[:40]!r}.")
    verify_consistent_headers(read_soap_message(request), answer)
    element = get_payload(parse_envelope(data)).find(xroad_name(REQUEST_ID))
    text = "" if element is None else read_text(element).strip()
    return int(text) if WHOLE_NUMBER.fullmatch(text) else None


def invalid(detail: str) -> MessageError:
    """The error for a request that says the wrong things."""
    return MessageError("invalid_request", detail)
