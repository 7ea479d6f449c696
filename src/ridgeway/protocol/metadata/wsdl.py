"""WSDL 1.1 as X-Road reads it: the SOAP services in it, and the same document with their addresses hidden.

Law: nothing outside the document is fetched, no entity is expanded. When an address is replaced, every other byte
stays as it was.
Source: W3C WSDL 1.1; PR-META §2.3; PR-MESS §2.8 (xrd:version, xrd:title).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.parsers import expat

from lxml import etree

from ridgeway.errors import MessageError
from ridgeway.protocol.identifiers.xml import strict_parser

MAX_WSDL_BYTES = 10 * 1024 * 1024
WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
WSDL_SOAP = ("{http://schemas.xmlsoap.org/wsdl/soap/}", "{http://schemas.xmlsoap.org/wsdl/soap12/}")
"""The bindings that X-Road reads; messages are SOAP 1.1 whatever a WSDL says."""
SOAP_OVER_HTTP = "http://schemas.xmlsoap.org/soap/http"
HIDDEN_ADDRESS = "http://example.org/xroad-endpoint"
"""The address that X-Road puts in place of the real one."""
ESCAPES = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}
)
"""What is written otherwise in an attribute."""
ATTRIBUTE = re.compile(rb"""(\s([^\s=/>"']+)\s*=\s*)("[^"]*"|'[^']*')""")
TAG = re.compile(rb"""<[^\s/>]+(?:[^>"']|"[^"]*"|'[^']*')*>""")


@dataclass(frozen=True, slots=True)
class WsdlService:
    """A service that a WSDL describes; `version` and `title` are None, `url` is "" where it has none."""

    code: str
    version: str | None
    title: str | None
    url: str


def read_wsdl(data: bytes) -> tuple[WsdlService, ...]:
    """The services of a WSDL: every operation of every port that is bound to SOAP over HTTP, by code.

    Of two ports with the same operation the last one counts; versions and titles count in any namespace, as X-Road
    has had several. A port whose binding stands elsewhere has no services here; one without address has "" as url.

    Raises:  MessageError(invalid_wsdl) when it is no WSDL, or does not hold together.
    """
    root = parse_wsdl(data)
    bindings = {each.get("name", ""): each for each in root.iterfind(f"{WSDL}binding")}
    titles = {name: collect_titles(port_type) for name, port_type in named(root, "portType")}
    services: dict[tuple[str, str | None], WsdlService] = {}
    for name, port in find_last_ports(root).items():
        if name not in bindings:
            continue
        for service in list_operations(bindings[name], port, titles):
            services[service.code, service.version] = service
    return tuple(sorted(services.values(), key=lambda each: (each.code, each.version or "")))


def parse_wsdl(data: bytes) -> etree._Element:
    """The root of a WSDL.

    Raises:  MessageError(invalid_wsdl).
    """
    if len(data) > MAX_WSDL_BYTES:
        raise invalid(f"it has {len(data)} bytes; at most {MAX_WSDL_BYTES} are read")
    try:
        root = etree.fromstring(data, strict_parser())
    except etree.XMLSyntaxError as error:
        raise invalid(f"it is not XML: {error}") from error
    if root.getroottree().docinfo.doctype:  # type: ignore[union-attr]
        raise invalid("it carries a DOCTYPE")
    if root.tag != f"{WSDL}definitions":
        raise invalid(f"its root is {root.tag!r}; expected definitions of WSDL 1.1")
    return root


def find_last_ports(root: etree._Element) -> dict[str, etree._Element]:
    """The last port of each binding, by the binding's name, in their order: it counts for all before it.

    Raises:  MessageError(invalid_wsdl).
    """
    ports: dict[str, etree._Element] = {}
    for port in root.iterfind(f"{WSDL}service/{WSDL}port"):
        if "binding" not in port.attrib:
            raise invalid(f"the port {port.get('name')!r} names no binding")
        name = local_name(port.get("binding", ""))
        ports.pop(name, None)
        ports[name] = port
    return ports


def named(root: etree._Element, tag: str) -> Iterator[tuple[str, etree._Element]]:
    """The children of one kind, by name."""
    for each in root.iterfind(f"{WSDL}{tag}"):
        yield each.get("name", ""), each


def collect_titles(port_type: etree._Element) -> dict[str, str]:
    """The titles of the operations of a port type, by name.

    Raises:  MessageError(invalid_wsdl) when two operations cannot be told apart.
    """
    titles: dict[str, str] = {}
    known = set()
    for operation in port_type.iterfind(f"{WSDL}operation"):
        name = operation.get("name", "")
        parts = [operation.find(f"{WSDL}{each}") for each in ("input", "output")]
        signature = (name, *(None if part is None else part.get("name") for part in parts))
        if signature in known:
            raise invalid(f"the port type {port_type.get('name')!r} has two operations {name!r}")
        known.add(signature)
        title = find_text(operation.find(f"{WSDL}documentation"), "title")
        if title is not None:
            titles[name] = title
    return titles


def list_operations(
    binding: etree._Element, port: etree._Element, titles: dict[str, dict[str, str]]
) -> Iterator[WsdlService]:
    """The services of one port; none where it is not SOAP over HTTP."""
    soap = find_soap(binding, "binding")
    if soap is None or soap.get("transport") != SOAP_OVER_HTTP:
        return
    address = find_soap(port, "address")
    url = "" if address is None else address.get("location", "")
    known = titles.get(local_name(binding.get("type", "")), {})
    for operation in binding.iterfind(f"{WSDL}operation"):
        code = operation.get("name", "")
        if not code:
            raise invalid(f"the binding {binding.get('name')!r} has an operation without a name")
        yield WsdlService(code, find_text(operation, "version"), known.get(code), url)


def find_soap(parent: etree._Element, name: str) -> etree._Element | None:
    """The first child of this name in one of the namespaces of SOAP bindings."""
    return next(parent.iterchildren(*(f"{namespace}{name}" for namespace in WSDL_SOAP)), None)


def find_text(parent: etree._Element | None, name: str) -> str | None:
    """The text of the first child of this local name, in any namespace; None where it has none."""
    if parent is None:
        return None
    texts = (each.text for each in parent.iterfind(f"{{*}}{name}"))
    return next(((text or "").strip() or None for text in texts), None)


def local_name(qualified: str) -> str:
    """A name without its prefix."""
    return qualified.rpartition(":")[2]


def hide_addresses(data: bytes, *, address: str = HIDDEN_ADDRESS) -> bytes:
    """The WSDL with every address of a SOAP port replaced.

    Where that cannot be done in its bytes (an encoding of more than one byte), it is written anew.

    Raises:  MessageError(invalid_wsdl).
    """
    root = parse_wsdl(data)
    hidden = replace_addresses(data, address)
    if hidden is not None and all(each == address for each in list_addresses(parse_wsdl(hidden))):
        return hidden
    for element in list_address_elements(root):
        if "location" in element.attrib:
            element.set("location", address)
    return etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8")


def list_address_elements(root: etree._Element) -> Iterator[etree._Element]:
    """Every element that is an address of SOAP, wherever it stands."""
    yield from root.iter(*(f"{namespace}address" for namespace in WSDL_SOAP))


def list_addresses(root: etree._Element) -> Iterator[str]:
    """The addresses in a WSDL."""
    for element in list_address_elements(root):
        if "location" in element.attrib:
            yield element.get("location", "")


def replace_addresses(data: bytes, address: str) -> bytes | None:
    """The bytes with every address replaced, every other byte as it was; None where the tags cannot be found."""
    written = f'"{address.translate(ESCAPES)}"'.encode()
    try:
        places = find_tags(data, {f"{namespace}address" for namespace in WSDL_SOAP})
    except (expat.ExpatError, ValueError, LookupError):
        return None
    pieces, at = [], 0
    for place in places:
        tag = TAG.match(data, place)
        if tag is None:
            return None
        hidden = ATTRIBUTE.sub(lambda found: found[1] + written if found[2] == b"location" else found[0], tag[0])
        pieces += [data[at:place], hidden]
        at = tag.end()
    return b"".join([*pieces, data[at:]])


def find_tags(data: bytes, names: set[str]) -> list[int]:
    """Where the tags of elements with these names (`{namespace}name`) begin.

    Raises:  ExpatError, ValueError or LookupError for an encoding that cannot be read.
    """
    places: list[int] = []
    parser = expat.ParserCreate(namespace_separator="}")

    def start(name: str, _attributes: dict[str, str]) -> None:
        if f"{{{name}" in names:
            places.append(parser.CurrentByteIndex)

    parser.StartElementHandler = start
    parser.Parse(data, True)
    return places


def invalid(why: str) -> MessageError:
    """The error for what is no WSDL."""
    return MessageError("invalid_wsdl", f"The WSDL cannot be read: {why}.", action="Correct it at its source.")
