"""Identifiers as elements in the documents of metadata.

Source: PR-META Annex A; identifiers.xsd.
"""

from lxml import etree

from ridgeway.protocol.identifiers import ClientId, ServiceId
from ridgeway.protocol.identifiers.xml import IDENTIFIERS_NAMESPACE, MEMBER_CODES, OBJECT_TYPE

XROAD = "http://x-road.eu/xsd/xroad.xsd"
PREFIXES = {"xroad": XROAD, "id": IDENTIFIERS_NAMESPACE}
OPTIONAL_CODES = {"subsystemCode": "subsystem_code", "serviceCode": "service_code", "serviceVersion": "version"}
"""Element → attribute of those identifiers that have it."""


def add_identifier(parent: etree._Element, tag: str, identifier: ClientId | ServiceId) -> None:
    """The identifier is a child of `parent`, under `tag`."""
    element = etree.SubElement(parent, tag)
    element.set(OBJECT_TYPE, identifier.object_type)
    values = (identifier.instance, identifier.member_class, identifier.member_code)
    codes = list(zip(MEMBER_CODES, values, strict=True))
    codes += [(name, getattr(identifier, attribute, None) or "") for name, attribute in OPTIONAL_CODES.items()]
    for name, value in codes:
        if value:
            etree.SubElement(element, f"{{{IDENTIFIERS_NAMESPACE}}}{name}").text = value
