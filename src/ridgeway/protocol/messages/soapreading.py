"""The reader of SOAP messages, fed with the start and end of elements; it builds no tree.

Law: only five levels are looked at: Envelope, Header or Body, a header field or the body's child, the codes of an
identifier or the parts of a fault, and what stands in a fault's detail. Everything deeper is passed over. The parser
is expat, because libxml2 as lxml drives it keeps every name that it ever saw in a thread until that thread ends.
Source: PR-MESS §2.2 and Annexes A to C.
"""

from collections.abc import Callable
from xml.parsers import expat

from ridgeway.errors import MessageError
from ridgeway.protocol.identifiers import ClientId, RepresentedParty, ServerId, ServiceId
from ridgeway.protocol.identifiers.xml import IDENTIFIERS_NAMESPACE, MEMBER_CODES, OBJECT_TYPE, build_identifier

SOAP = "{http://schemas.xmlsoap.org/soap/envelope/}"
XROAD = "{http://x-road.eu/xsd/xroad.xsd}"
REPRESENTATION = "{http://x-road.eu/xsd/representation.xsd}"
IDENTIFIERS = f"{{{IDENTIFIERS_NAMESPACE}}}"
RPC_ENCODING = "http://schemas.xmlsoap.org/soap/encoding/"

CLIENT = f"{XROAD}client"
SERVICE = f"{XROAD}service"
SERVER = f"{XROAD}securityServer"
PARTY = f"{REPRESENTATION}representedParty"
REQUEST_HASH = f"{XROAD}requestHash"

TEXT_FIELDS = {f"{XROAD}{name}": name for name in ("id", "userId", "issue", "protocolVersion", "requestHash")}
OBJECT_TYPES = {CLIENT: ("MEMBER", "SUBSYSTEM"), SERVICE: ("SERVICE",), SERVER: ("SERVER",)}
PARTS = {
    CLIENT: {f"{IDENTIFIERS}{name}": name for name in (*MEMBER_CODES, "subsystemCode")},
    SERVICE: {
        f"{IDENTIFIERS}{name}": name for name in (*MEMBER_CODES, "subsystemCode", "serviceCode", "serviceVersion")
    },
    SERVER: {f"{IDENTIFIERS}{name}": name for name in (*MEMBER_CODES, "serverCode")},
    PARTY: {f"{REPRESENTATION}{name}": name for name in ("partyClass", "partyCode")},
}
FAULT_TEXTS = ("faultcode", "faultstring", "faultactor", "detail")
REQUIRED = (
    ("protocolVersion", "protocolVersion"),
    (CLIENT, "client"),
    ("id", "id"),
    (SERVICE, "service"),
)
PROTOCOL_PREFIX = "4."
SEPARATOR = "\x01"
"""Between the namespace and the name in what expat says; XML cannot hold it."""


class SoapReader:
    """What has been found so far. `fault` holds the texts of a Fault, by local name, once one has begun."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.identifiers: dict[str, ClientId | ServiceId | ServerId] = {}
        self.represented_party: RepresentedParty | None = None
        self.hash_algorithm: str | None = None
        self.fault: dict[str, str] | None = None
        self.body_name = ""
        self.is_rpc = False
        self.has_header = False
        self.has_body = False
        self.depth = 0
        self.section = ""
        self.field = ""
        self.parts: dict[str, str] = {}
        self.text: list[str] = []
        self.text_depth = 0
        self.text_name = ""
        self.in_fault = False
        self.in_detail = False
        self.starts: dict[int, Callable[[str, dict[str, str]], None]] = {
            1: self.start_envelope,
            2: self.start_section,
            3: self.start_field,
            4: self.start_part,
            5: self.start_in_detail,
        }

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins; names are as expat has them, the namespace in front of `SEPARATOR`."""
        self.depth += 1
        if self.depth <= 5:
            named = {write_out(name): value for name, value in attributes.items()}
            self.starts[self.depth](write_out(tag), named)

    @property
    def is_in_payload(self) -> bool:
        """Whether the body's child has just begun."""
        return self.depth == 3 and self.section == f"{SOAP}Body" and not self.in_fault

    def data(self, text: str) -> None:
        """Text, of which only that directly inside a field or part is kept."""
        if self.depth == self.text_depth:
            self.text.append(text)

    def end(self, tag: str) -> None:
        """An element ends."""
        if self.depth == self.text_depth:
            self.end_text()
        if self.depth == 2 and write_out(tag) == f"{SOAP}Header":
            self.has_header = True
        if self.depth == 3:
            self.end_field()
        self.depth -= 1

    def doctype(self, name: str, *_rest: object) -> None:
        """A DOCTYPE is refused, whatever it says."""
        raise MessageError("invalid_soap", f"A SOAP message may not carry a DOCTYPE ({name[:200]}).")

    def start_envelope(self, tag: str, attributes: dict[str, str]) -> None:
        """The root, which must be the envelope of SOAP 1.1."""
        if tag != f"{SOAP}Envelope":
            raise MessageError("invalid_soap", f"The root is {tag[:200]}; expected the Envelope of SOAP 1.1.")
        self.is_rpc = attributes.get(f"{SOAP}encodingStyle") == RPC_ENCODING

    def start_section(self, tag: str, _attributes: dict[str, str]) -> None:
        """Header, Body, or something that is passed over."""
        self.section = tag
        if tag == f"{SOAP}Body":
            if self.has_body:
                raise MessageError("invalid_soap", "The envelope has two bodies; expected one.")
            self.has_body = True

    def start_field(self, tag: str, attributes: dict[str, str]) -> None:
        """A header field, or a child of the body."""
        if self.section == f"{SOAP}Header":
            self.start_header_field(tag, attributes)
        elif self.section == f"{SOAP}Body":
            self.start_body_child(tag)

    def start_header_field(self, tag: str, attributes: dict[str, str]) -> None:
        """A header field; those that nobody knows are passed over."""
        if tag in TEXT_FIELDS:
            name = TEXT_FIELDS[tag]
            self.refuse_twice(name, present=name in self.texts)
            if tag == REQUEST_HASH:
                self.hash_algorithm = attributes.get("algorithmId")
            self.start_text(name)
        elif tag in PARTS:
            present = self.represented_party is not None if tag == PARTY else tag in self.identifiers
            self.refuse_twice(tag.rpartition("}")[2], present=present)
            if tag in OBJECT_TYPES and attributes.get(OBJECT_TYPE) not in OBJECT_TYPES[tag]:
                raise MessageError(
                    "invalid_xml",
                    f"objectType is {attributes.get(OBJECT_TYPE)!r}; expected {' or '.join(OBJECT_TYPES[tag])}.",
                )
            self.field, self.parts = tag, {}

    def start_body_child(self, tag: str) -> None:
        """The one child of the body, or a fault."""
        if tag == f"{SOAP}Fault":
            self.fault, self.in_fault = {}, True
        elif self.body_name:
            raise MessageError("invalid_body", f"The body has a second child, {tag[:200]}; expected one.")
        else:
            self.body_name = tag.rpartition("}")[2]

    def start_part(self, tag: str, _attributes: dict[str, str]) -> None:
        """A code of an identifier, or a part of a fault."""
        name = tag.rpartition("}")[2]
        if self.in_fault:
            self.in_detail = name == "detail"
            if name in FAULT_TEXTS:
                self.start_text(name)
        elif self.field and tag in PARTS[self.field]:
            self.refuse_twice(name, present=name in self.parts)
            self.start_text(name)

    def start_in_detail(self, tag: str, _attributes: dict[str, str]) -> None:
        """What stands in a fault's detail: X-Road's mark, or the first of whatever a service put there."""
        if self.in_detail and self.in_fault and self.fault is not None:
            name = tag.rpartition("}")[2]
            if name != "faultDetail":
                name = "first in detail"
            if name not in self.fault:
                self.start_text(name)

    def start_text(self, name: str) -> None:
        """From here on the text directly inside this element is kept."""
        self.text, self.text_depth, self.text_name = [], self.depth, name

    def end_text(self) -> None:
        """The text that was kept belongs to a fault, a field or a part of one."""
        value = "".join(self.text)
        self.text_depth = 0
        if self.in_fault:
            assert self.fault is not None
            self.fault.setdefault(self.text_name, value)
        elif self.depth == 4:
            self.parts[self.text_name] = value
        else:
            self.texts[self.text_name] = value
            if self.text_name == "protocolVersion" and not value.startswith(PROTOCOL_PREFIX):
                raise MessageError("invalid_protocol_version", f"protocolVersion is {value[:40]!r}; expected 4.0.")

    def end_field(self) -> None:
        """A header field or a child of the body ends."""
        self.in_fault = self.in_detail = False
        if self.field == PARTY:
            code = self.parts.get("partyCode", "")
            self.represented_party = RepresentedParty(code, self.parts.get("partyClass"))
        elif self.field:
            self.identifiers[self.field] = read_identifier(self.field, self.parts)
        self.field = ""

    def refuse_twice(self, name: str, *, present: bool) -> None:
        """Let a name pass that has not been seen."""
        if present:
            raise MessageError("duplicate_header_field", f"The SOAP header has {name} twice.")

    def check_complete(self) -> None:
        """See that everything is there that a message needs, in X-Road's order.

        Raises:  MessageError(missing_* | invalid_body | inconsistent_headers).
        """
        if not self.has_header:
            raise MessageError("missing_header", "The SOAP message has no header.")
        for key, name in REQUIRED:
            if key not in self.texts and key not in self.identifiers:
                raise MessageError("missing_header_field", f"The SOAP header lacks {name}.")
        if not self.has_body:
            raise MessageError("missing_body", "The SOAP message has no body.")
        if not self.body_name:
            raise MessageError("invalid_body", "The SOAP body is empty; expected exactly one child.")
        service = self.identifiers[SERVICE]
        assert isinstance(service, ServiceId)
        if not self.body_name.startswith(service.service_code):
            raise MessageError(
                "inconsistent_headers",
                f"The body's child is {self.body_name!r}; its name must begin with {service.service_code!r}.",
            )


def write_out(name: str) -> str:
    """A name as it is written here, {namespace}name."""
    namespace, found, local = name.rpartition(SEPARATOR)
    return f"{{{namespace}}}{local}" if found else name


class Feeding:
    """One document on its way through expat to a reader; what stands inside of the body's child is only counted."""

    def __init__(self, reader: SoapReader, *, encoding: str | None) -> None:
        self.reader = reader
        self.depth = 0
        self.parser = expat.ParserCreate(encoding, namespace_separator=SEPARATOR)
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = reader.doctype
        self.listen()

    def listen(self) -> None:
        """From here on the reader hears of everything."""
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.reader.end
        self.parser.CharacterDataHandler = self.reader.data

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        self.reader.start(tag, attributes)
        if self.reader.is_in_payload:
            self.parser.StartElementHandler = self.start_inside
            self.parser.EndElementHandler = self.end_inside
            self.parser.CharacterDataHandler = None

    def start_inside(self, _tag: str, _attributes: dict[str, str]) -> None:
        """An element begins that nobody looks at."""
        self.depth += 1

    def end_inside(self, tag: str) -> None:
        """Such an element ends, or the body's child itself."""
        if self.depth:
            self.depth -= 1
            return
        self.listen()
        self.reader.end(tag)


def feed_reader(reader: SoapReader, data: bytes, *, encoding: str | None = None) -> None:
    """The reader has seen the whole document; an `encoding` counts for more than what the document says of itself.

    Raises:  MessageError(invalid_soap) when it is no XML; whatever the reader finds.
    """
    try:
        feeding = Feeding(reader, encoding=encoding)
        try:
            feeding.parser.Parse(data, True)
        finally:
            del feeding.parser  # it holds every name of the document, and a circle would keep it
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise MessageError("invalid_soap", f"The SOAP message is not XML: {error}.") from error


def read_identifier(tag: str, codes: dict[str, str]) -> ClientId | ServiceId | ServerId:
    """The identifier of a header field; a client is a subsystem when it has a subsystem code, whatever its type says.

    Raises:  MessageError(invalid_client_identifier | missing_header_field) when a code is missing or blank.
    """
    needed = {CLIENT: MEMBER_CODES, SERVICE: (*MEMBER_CODES, "serviceCode"), SERVER: (*MEMBER_CODES, "serverCode")}[tag]
    blank = [name for name in needed if not codes.get(name, "").strip()]
    if blank:
        code = "invalid_client_identifier" if tag == CLIENT else "missing_header_field"
        raise MessageError(code, f"The SOAP header {tag.rpartition('}')[2]} lacks {', '.join(blank)}.")
    present = {name: value for name, value in codes.items() if value or name in needed}
    kinds = {SERVICE: "SERVICE", SERVER: "SERVER", CLIENT: "SUBSYSTEM" if "subsystemCode" in present else "MEMBER"}
    identifier = build_identifier(kinds[tag], present)
    assert isinstance(identifier, ClientId | ServiceId | ServerId)
    return identifier
