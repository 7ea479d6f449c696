"""Identifiers as they stand in SOAP headers and in the global configuration.

Law: the reader keys on element names and ignores their order; the type is the namespaced attribute `objectType`;
unknown children are ignored, repeated ones refused, text is not trimmed.
Source: PR-MESS Annex A (identifiers.xsd); PR-GCONF Annex A.
"""

from typing import Any

from lxml import etree

from ridgeway.errors import MessageError
from ridgeway.protocol.identifiers.values import (
    GlobalGroupId,
    LocalGroupId,
    MemberId,
    ServerId,
    ServiceId,
    SubsystemId,
    XRoadId,
)

IDENTIFIERS_NAMESPACE = "http://x-road.eu/xsd/identifiers"
OBJECT_TYPE = f"{{{IDENTIFIERS_NAMESPACE}}}objectType"
MAX_IDENTIFIER_XML_BYTES = 64 * 1024

MEMBER_CODES = ("xRoadInstance", "memberClass", "memberCode")
CODES = {
    "MEMBER": (*MEMBER_CODES,),
    "SUBSYSTEM": (*MEMBER_CODES, "subsystemCode"),
    "SERVER": (*MEMBER_CODES, "serverCode"),
    "SERVICE": (*MEMBER_CODES, "serviceCode"),
    "GLOBALGROUP": ("xRoadInstance", "groupCode"),
    "LOCALGROUP": ("groupCode",),
}


def strict_parser(target: Any = None, *, encoding: str | None = None) -> etree.XMLParser:
    """A parser that reaches nothing outside the bytes it is given: no DTD, no entity, no network, bounded depth.

    With a `target` (an object with start, end, data and close) it builds no tree and keeps nothing in memory. An
    `encoding` counts for more than what the document says of itself.
    """
    return etree.XMLParser(
        target=target,
        encoding=encoding,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )


def parse_identifier_xml(data: bytes, *, expected_type: str | None = None) -> XRoadId:
    """Read a document whose root is one identifier.

    Raises:  MessageError(invalid_xml | invalid_client_identifier | duplicate_header_field).
    """
    if len(data) > MAX_IDENTIFIER_XML_BYTES:
        raise MessageError("invalid_xml", f"An identifier of {len(data)} bytes; at most {MAX_IDENTIFIER_XML_BYTES}.")
    try:
        root = etree.fromstring(data, strict_parser())
    except etree.XMLSyntaxError as error:
        raise MessageError("invalid_xml", f"The identifier is not XML: {error}.") from error
    if root.getroottree().docinfo.doctype:  # type: ignore[union-attr]
        raise MessageError("invalid_xml", "An identifier may not carry a DOCTYPE.")
    return parse_identifier_element(root, expected_type=expected_type)


def parse_identifier_element(element: etree._Element, *, expected_type: str | None = None) -> XRoadId:
    """Read one identifier element, of `expected_type` when that is given.

    Raises:  MessageError(invalid_xml) for an unknown type, (invalid_client_identifier) when codes do not fit it.
    """
    kind = element.get(OBJECT_TYPE, "")
    if kind not in CODES or (expected_type is not None and kind != expected_type):
        wanted = expected_type or ", ".join(CODES)
        raise MessageError("invalid_xml", f"objectType is {kind!r}; expected {wanted}.")
    codes = read_codes(element)
    needed = CODES[kind]
    absent = [name for name in needed if not codes.get(name, "").strip()]
    if absent:
        raise MessageError("invalid_client_identifier", f"A {kind} identifier lacks {', '.join(absent)}.")
    if kind == "MEMBER" and "subsystemCode" in codes:
        raise MessageError("invalid_client_identifier", "A MEMBER identifier may not carry a subsystemCode.")
    return build_identifier(kind, codes)


def read_codes(element: etree._Element) -> dict[str, str]:
    """The codes among the children of `element`, by local name."""
    codes: dict[str, str] = {}
    for child in element:
        if not isinstance(child.tag, str):
            continue
        name = etree.QName(child)
        if name.namespace != IDENTIFIERS_NAMESPACE:
            continue
        if name.localname in codes:
            raise MessageError("duplicate_header_field", f"The identifier has {name.localname} twice.")
        codes[name.localname] = read_text(child)
    return codes


def read_text(element: etree._Element) -> str:
    """The text directly inside an element, whole even where a comment stands in it."""
    return (element.text or "") + "".join(child.tail or "" for child in element)


def build_identifier(kind: str, codes: dict[str, str]) -> XRoadId:
    """The value for a type and its codes, which are known to be complete."""
    match kind:
        case "GLOBALGROUP":
            return GlobalGroupId(codes["xRoadInstance"], codes["groupCode"])
        case "LOCALGROUP":
            return LocalGroupId(codes["groupCode"])
        case _:
            pass
    member = (codes["xRoadInstance"], codes["memberClass"], codes["memberCode"])
    match kind:
        case "SUBSYSTEM":
            return SubsystemId(*member, codes["subsystemCode"])
        case "SERVER":
            return ServerId(*member, codes["serverCode"])
        case "SERVICE":
            return ServiceId(
                *member, codes.get("subsystemCode"), codes["serviceCode"], codes.get("serviceVersion") or None
            )
        case _:
            return MemberId(*member)
