"""The three questions of monitoring, read from the body of their SOAP requests.

Law: what is asked is read strictly: an element that is missing, repeated, unknown or of the wrong shape is refused,
never guessed at. The envelope was read before; here only the body's one child is looked at.
Source: PR-OPMON §2 and §3; PR-ENVMONMES §2.1. Read next: `rights.py`, `answers.py`.
"""

import re
from dataclasses import dataclass

from lxml import etree

from ridgeway.errors import MessageError
from ridgeway.protocol.identifiers import ClientId, MemberId, SubsystemId
from ridgeway.protocol.identifiers.xml import parse_identifier_element, read_text, strict_parser
from ridgeway.protocol.messages.soap import MAX_SOAP_BYTES
from ridgeway.protocol.monitoring.records import OUTPUT_FIELDS

OPERATIONAL_DATA = "getSecurityServerOperationalData"
HEALTH_DATA = "getSecurityServerHealthData"
METRICS = "getSecurityServerMetrics"
SERVICE_CODES = (OPERATIONAL_DATA, HEALTH_DATA, METRICS)

SOAP = "{http://schemas.xmlsoap.org/soap/envelope/}"
OPMON_NAMESPACE = "http://x-road.eu/xsd/op-monitoring.xsd"
METRICS_NAMESPACE = "http://x-road.eu/xsd/monitoring"

OFFSET_SECONDS = 60
"""Records younger than this are not handed out: more of their second may still come."""
MAX_OUTPUT_FIELDS = 1000
SECONDS = re.compile(r"[0-9]{1,15}")


@dataclass(frozen=True, slots=True)
class OperationalQuery:
    """Which records are asked for. Units: seconds since 1970, both ends inclusive; no field means every field."""

    records_from: int
    records_to: int
    provider: ClientId | None = None
    fields: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class HealthQuery:
    """Whose services are asked about; None for all."""

    provider: ClientId | None = None


@dataclass(frozen=True, slots=True)
class MetricsQuery:
    """Which metrics are asked for, by name; none means all."""

    names: frozenset[str] = frozenset()


MonitoringQuery = OperationalQuery | HealthQuery | MetricsQuery


def read_operational_query(soap: bytes) -> OperationalQuery:
    """The records that a `getSecurityServerOperationalData` request asks for.

    Raises:  MessageError(invalid_soap | invalid_request).
    """
    asked = read_body_child(soap, f"{{{OPMON_NAMESPACE}}}{OPERATIONAL_DATA}")
    parts = read_children(asked, ("searchCriteria", "outputSpec"))
    criteria = read_children(require_part(parts, "searchCriteria"), ("recordsFrom", "recordsTo", "client"))
    query = OperationalQuery(
        read_seconds(criteria, "recordsFrom"),
        read_seconds(criteria, "recordsTo"),
        read_client(criteria.get("client")),
        read_output_fields(parts.get("outputSpec")),
    )
    if query.records_to < query.records_from:
        raise refuse(f"recordsTo is {query.records_to}; it may not be before recordsFrom, {query.records_from}")
    unknown = sorted(query.fields - OUTPUT_FIELDS)
    if unknown:
        raise refuse(f"there is no output field {unknown[0][:100]!r}; known are {', '.join(sorted(OUTPUT_FIELDS))}")
    return query


def read_health_query(soap: bytes) -> HealthQuery:
    """Whose services a `getSecurityServerHealthData` request asks about.

    Raises:  MessageError(invalid_soap | invalid_request).
    """
    asked = read_body_child(soap, f"{{{OPMON_NAMESPACE}}}{HEALTH_DATA}")
    criteria = read_children(asked, ("filterCriteria",)).get("filterCriteria")
    return HealthQuery(None if criteria is None else read_client(read_children(criteria, ("client",)).get("client")))


def read_metrics_query(soap: bytes) -> MetricsQuery:
    """The metrics that a `getSecurityServerMetrics` request asks for.

    Only names in the namespace of monitoring count; a body without them, of whatever namespace, asks for everything.

    Raises:  MessageError(invalid_soap | invalid_request).
    """
    asked = read_body_child(soap, METRICS)
    specs = asked.findall(f"{{{METRICS_NAMESPACE}}}outputSpec")
    if len(specs) > 1:
        raise refuse("outputSpec stands twice")
    return MetricsQuery(read_output_fields(specs[0] if specs else None))


def require_available(query: OperationalQuery, *, now_seconds: int) -> None:
    """Hold only while the first second that is asked for is over.

    Raises:  MessageError(invalid_request).
    """
    available = now_seconds - OFFSET_SECONDS
    if query.records_from >= available:
        raise refuse(f"recordsFrom is {query.records_from}; records are handed out up to {available - 1} now")


def read_body_child(soap: bytes, name: str) -> etree._Element:
    """The one child of the body; `name` is its whole name, or its local name where any namespace will do.

    Raises:  MessageError(invalid_soap | invalid_request).
    """
    if len(soap) > MAX_SOAP_BYTES:
        raise MessageError("invalid_soap", f"A SOAP message has at most {MAX_SOAP_BYTES} bytes, not {len(soap)}.")
    try:
        root = etree.fromstring(soap, strict_parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        raise MessageError("invalid_soap", f"The request is not XML: {error}.") from error
    if root.getroottree().docinfo.doctype:  # type: ignore[union-attr]
        raise MessageError("invalid_soap", "A SOAP message may not carry a DOCTYPE.")
    children = [child for child in root.iterfind(f"{SOAP}Body/*") if isinstance(child.tag, str)]
    if len(children) != 1:
        raise refuse(f"the body has {len(children)} children; expected one")
    found = children[0].tag if name.startswith("{") else etree.QName(children[0]).localname
    if found != name:
        raise refuse(f"the body holds {found[:200]}; expected {name}")
    return children[0]


def read_children(element: etree._Element, names: tuple[str, ...]) -> dict[str, etree._Element]:
    """The children by local name; each at most once, and none but these."""
    namespace = etree.QName(element).namespace
    found: dict[str, etree._Element] = {}
    for child in element:
        if not isinstance(child.tag, str):
            continue
        name = etree.QName(child)
        if name.localname not in names or name.namespace != namespace:
            raise refuse(f"{etree.QName(element).localname} holds {child.tag[:200]}; expected {', '.join(names)}")
        if name.localname in found:
            raise refuse(f"{name.localname} stands twice")
        found[name.localname] = child
    return found


def require_part(parts: dict[str, etree._Element], name: str) -> etree._Element:
    """The part of that name, which must be there."""
    if name not in parts:
        raise refuse(f"{name} is missing")
    return parts[name]


def read_seconds(parts: dict[str, etree._Element], name: str) -> int:
    """Seconds since 1970."""
    text = read_text(require_part(parts, name)).strip()
    if not SECONDS.fullmatch(text):
        raise refuse(f"{name} is {text[:40]!r}; expected seconds since 1970, as in 1480512828")
    return int(text)


def read_client(element: etree._Element | None) -> ClientId | None:
    """A member or subsystem, where one is named."""
    if element is None:
        return None
    client = parse_identifier_element(element)
    if not isinstance(client, MemberId | SubsystemId):
        raise refuse(f"client is a {client.object_type}; expected a MEMBER or a SUBSYSTEM")
    return client


def read_output_fields(element: etree._Element | None) -> frozenset[str]:
    """The names in an `outputSpec`."""
    if element is None:
        return frozenset()
    name = f"{{{etree.QName(element).namespace}}}outputField"
    children = [child for child in element if isinstance(child.tag, str)]
    if len(children) > MAX_OUTPUT_FIELDS or any(child.tag != name for child in children):
        raise refuse(f"outputSpec holds something else than at most {MAX_OUTPUT_FIELDS} outputField")
    return frozenset(read_text(child).strip() for child in children)


def refuse(why: str) -> MessageError:
    """The error for a request that cannot be answered."""
    return MessageError("invalid_request", f"The monitoring request cannot be answered: {why}.")
