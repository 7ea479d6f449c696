"""The XML of anchors and parameters, read strictly and written plainly.

Law: no DTD, no entity, nothing fetched, bounded size. The root is qualified with X-Road's namespace and its children
are not; unknown children are ignored, for a newer version may add some. Certificates are kept as the bytes they are:
whether they are certificates at all is asked where they are used.
Source: PR-GCONF Annexes A to E.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from datetime import UTC, datetime

from lxml import etree

from ridgeway.errors import MessageError, TrustError
from ridgeway.protocol.identifiers import ClientId, MemberId, SubsystemId
from ridgeway.protocol.identifiers.xml import (
    IDENTIFIERS_NAMESPACE,
    OBJECT_TYPE,
    parse_identifier_element,
    strict_parser,
)

XROAD_NAMESPACE = "http://x-road.eu/xsd/xroad.xsd"
MAX_PARAMETERS_BYTES = 64 * 1024 * 1024
MAX_CERTIFICATE_BYTES = 64 * 1024
MALFORMED = "malformed_global_conf"

PEM_BLOCK = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \1-----", re.DOTALL)
ISO_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d(?::\d\d)?)(?:[.,](\d{1,9}))?(Z|[+-]\d\d:\d\d(?::\d\d)?)(?:\[[\w/+-]+\])?", re.ASCII
)


def parse_document(data: bytes, root: str, *, what: str, code: str = MALFORMED) -> etree._Element:
    """The root element of a document, known to be `{xroad.xsd}root`.

    Raises:  TrustError(`code`) when it is too long, not XML, carries a DOCTYPE, or has another root.
    """
    element = parse_any(data, what=what, code=code)
    if element.tag != f"{{{XROAD_NAMESPACE}}}{root}":
        raise TrustError(code, f"The root of the {what} is {element.tag}; expected {root} in {XROAD_NAMESPACE}.")
    return element


def parse_any(data: bytes, *, what: str = "document", code: str = MALFORMED) -> etree._Element:
    """The root element of a document, whatever it is called.

    Raises:  TrustError(`code`) when it is too long, not XML, or carries a DOCTYPE.
    """
    if len(data) > MAX_PARAMETERS_BYTES:
        raise TrustError(code, f"The {what} has {len(data)} bytes; at most {MAX_PARAMETERS_BYTES} are read.")
    try:
        element = etree.fromstring(data, strict_parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        raise TrustError(code, f"The {what} is not XML: {error}.") from error
    if element.getroottree().docinfo.doctype:  # type: ignore[union-attr]
        raise TrustError(code, f"The {what} carries a DOCTYPE; none is allowed.")
    return element


def find_children(element: etree._Element, name: str) -> Iterator[etree._Element]:
    """The unqualified children called `name`, in order."""
    return (child for child in element if child.tag == name)


def find_child(element: etree._Element, name: str) -> etree._Element | None:
    """The first unqualified child called `name`."""
    return next(find_children(element, name), None)


def text_of(element: etree._Element) -> str:
    """The text of an element that holds text alone, without the white space around it; comments are left out."""
    if not len(element):
        return (element.text or "").strip()
    return "".join([element.text or "", *(child.tail or "" for child in element)]).strip()


def find_text(element: etree._Element, name: str) -> str | None:
    """The text of the child called `name`; None when there is no such child."""
    child = find_child(element, name)
    return None if child is None else text_of(child)


def get_text(element: etree._Element, name: str, *, code: str = MALFORMED) -> str:
    """The text of the child called `name`, which must be there and not empty.

    Raises:  TrustError(`code`).
    """
    text = find_text(element, name)
    if not text:
        raise TrustError(code, f"<{local_name(element)}> in line {element.sourceline} lacks <{name}>.")
    return text


def get_whole_number(element: etree._Element, name: str) -> int:
    """The whole number in the child called `name`, not negative.

    Raises:  TrustError(malformed_global_conf).
    """
    text = get_text(element, name)
    if not re.fullmatch(r"\+?\d{1,10}", text, re.ASCII):
        raise TrustError(MALFORMED, f"<{name}> is {text!r}; expected a whole number of at most ten digits.")
    return int(text)


def read_truth(text: str, name: str) -> bool:
    """A boolean of XML Schema.

    Raises:  TrustError(malformed_global_conf).
    """
    if text in {"true", "1"}:
        return True
    if text in {"false", "0"}:
        return False
    raise TrustError(MALFORMED, f"<{name}> is {text!r}; expected true or false.")


def read_base64(text: str, name: str, *, code: str = MALFORMED) -> bytes:
    """The bytes behind base64 text; white space inside is ignored.

    Raises:  TrustError(`code`).
    """
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise TrustError(code, f"<{name}> is not base64: {error}.") from error


def read_certificate_text(element: etree._Element, *, code: str = MALFORMED) -> bytes:
    """The bytes (DER) of a certificate element; PEM text under the base64 is undone.

    Raises:  TrustError(`code`).
    """
    data = read_base64(text_of(element), local_name(element), code=code)
    if not data:
        raise TrustError(code, f"<{local_name(element)}> in line {element.sourceline} is empty.")
    if len(data) > MAX_CERTIFICATE_BYTES:
        raise TrustError(code, f"<{local_name(element)}> holds {len(data)} bytes; at most {MAX_CERTIFICATE_BYTES}.")
    block = PEM_BLOCK.search(data)
    if block is None:
        return data
    der = read_base64(block[2].decode("latin-1"), local_name(element), code=code)
    return first_der_element(der)


def first_der_element(data: bytes) -> bytes:
    """The first ASN.1 element; a TRUSTED CERTIFICATE has more bytes after it. Unchanged when it is none."""
    if len(data) < 2:
        return data
    length, start = data[1], 2
    if length & 0x80:
        octets = length & 0x7F
        start += octets
        length = int.from_bytes(data[2:start], "big") if 0 < octets <= 4 else len(data)
    return data[: start + length]


def find_certificates(element: etree._Element, name: str, *, code: str = MALFORMED) -> tuple[bytes, ...]:
    """The certificates of every child called `name`."""
    return tuple(read_certificate_text(child, code=code) for child in find_children(element, name))


def read_client(element: etree._Element) -> ClientId:
    """The member or subsystem that an identifier element names.

    Raises:  TrustError(malformed_global_conf).
    """
    try:
        identifier = parse_identifier_element(element)
    except MessageError as error:
        raise TrustError(MALFORMED, f"<{local_name(element)}> in line {element.sourceline}: {error.detail}") from error
    if not isinstance(identifier, MemberId | SubsystemId):
        raise TrustError(MALFORMED, f"<{local_name(element)}> names {identifier}; expected a member or a subsystem.")
    return identifier


def find_client(element: etree._Element) -> ClientId | None:
    """The member or subsystem that an identifier element names; None when it names none."""
    try:
        return read_client(element)
    except TrustError:
        return None


def parse_time(text: str) -> datetime | None:
    """The moment that ISO 8601 text with an offset states, in UTC; None when it states none."""
    found = ISO_TIME.fullmatch(text.strip())
    if found is None:
        return None
    fraction = (found[3] or "0")[:6].ljust(6, "0")
    seconds = found[2] if len(found[2]) == 8 else found[2] + ":00"
    try:
        return datetime.fromisoformat(f"{found[1]}T{seconds}.{fraction}{found[4]}").astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def render_time(moment: datetime, *, milliseconds: bool = False) -> str:
    """`2026-02-06T00:00:00Z`, as X-Road writes it."""
    utc = moment.astimezone(UTC)
    whole = utc.strftime("%Y-%m-%dT%H:%M:%S")
    return f"{whole}.{utc.microsecond // 1000:03d}Z" if milliseconds else f"{whole}Z"


def local_name(element: etree._Element) -> str:
    """The name of an element without its namespace."""
    return etree.QName(element).localname


def new_root(name: str) -> etree._Element:
    """A qualified root whose children will be unqualified."""
    return etree.Element(f"{{{XROAD_NAMESPACE}}}{name}", nsmap={"xroad": XROAD_NAMESPACE, "id": IDENTIFIERS_NAMESPACE})


def add_child(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    """A new last child, with text if some is given.

    Raises:  TrustError(malformed_global_conf) for a character that XML cannot carry.
    """
    child = etree.SubElement(parent, name)
    if text is not None:
        try:
            child.text = text
        except ValueError as error:
            raise TrustError(MALFORMED, f"<{name}> cannot hold {text!r}: {error}.") from error
    return child


def add_bytes(parent: etree._Element, name: str, data: bytes) -> etree._Element:
    """A new last child that holds `data` in base64."""
    return add_child(parent, name, base64.b64encode(data).decode("ascii"))


def add_client(parent: etree._Element, name: str, client: ClientId) -> etree._Element:
    """A new last child that names a member or a subsystem."""
    child = add_child(parent, name)
    child.set(OBJECT_TYPE, client.object_type)
    names = ("xRoadInstance", "memberClass", "memberCode", "subsystemCode")
    for code_name, code in zip(names, client.codes, strict=False):
        add_child(child, f"{{{IDENTIFIERS_NAMESPACE}}}{code_name}", code)
    return child


def write_document(root: etree._Element) -> bytes:
    """The document as bytes: the same value gives the same bytes, so that its digest tells whether it changed."""
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True, pretty_print=True)
