"""What is asked of metadata services, and what repeats it in an answer: which description.

Source: PR-META §2.3 (getWsdl); PR-MREST §4 (getOpenAPI).
"""

from dataclasses import dataclass
from urllib.parse import parse_qsl

from lxml import etree

from ridgeway.errors import MessageError
from ridgeway.protocol.identifiers.xml import strict_parser
from ridgeway.protocol.metadata.identifiers import XROAD

BODY = "{http://schemas.xmlsoap.org/soap/envelope/}Body"
MAX_PAIRS = 100


@dataclass(frozen=True, slots=True)
class WsdlQuery:
    """The service whose WSDL is asked for."""

    service_code: str
    version: str | None


def read_wsdl_query(soap: bytes) -> WsdlQuery:
    """The service that a getWsdl request names; `soap` was read as a message before.

    Raises:  MessageError(invalid_request) when it names none.
    """
    body = etree.fromstring(soap, strict_parser()).find(BODY)
    element = None if body is None else next((each for each in body if isinstance(each.tag, str)), None)
    code = None if element is None else element.findtext(f"{{{XROAD}}}serviceCode")
    if element is None or not code or not code.strip():
        raise MessageError("invalid_request", "The body names no serviceCode; say which service's WSDL is asked for.")
    version = element.findtext(f"{{{XROAD}}}serviceVersion") or ""
    return WsdlQuery(code.strip(), version.strip() or None)


def render_wsdl_reply(query: WsdlQuery) -> bytes:
    """The body of the answer, which says again what was asked; the WSDL itself is an attachment."""
    root = etree.Element(f"{{{XROAD}}}getWsdlResponse", nsmap={"xroad": XROAD})
    for name, text in (("serviceCode", query.service_code), ("serviceVersion", query.version)):
        if text is not None:
            etree.SubElement(root, f"{{{XROAD}}}{name}").text = text
    return etree.tostring(root)


def read_openapi_query(query: str | None) -> str:
    """The code of the service whose description is asked for; the parameter's name is read whatever its case.

    Raises:  MessageError(invalid_request) when it names none.
    """
    codes = [value for name, value in read_pairs(query or "", code="invalid_request") if name.lower() == "servicecode"]
    if not codes:
        raise MessageError("invalid_request", "The query names no serviceCode; ask with ?serviceCode=CODE.")
    return codes[-1]


def read_list_query(query: str) -> str:
    """The instance whose clients are asked for; empty where none is named.

    Raises:  MessageError(bad_request) when the query cannot be read.
    """
    named = [value for name, value in read_pairs(query, code="bad_request") if name == "xRoadInstance"]
    return named[-1].strip() if named else ""


def read_pairs(query: str, *, code: str) -> list[tuple[str, str]]:
    """The names and values of a query.

    Raises:  MessageError(code).
    """
    try:
        return parse_qsl(query, max_num_fields=MAX_PAIRS)
    except ValueError as error:
        raise MessageError(code, f"The query cannot be read: {error}.") from error
