"""Faults as they look on the wire: a SOAP Fault between servers, JSON or XML for systems that speak REST.

Law: a fault that another server made is relayed as it came; what is made here has one form, byte for byte.
Source: PR-MESS §2.8; PR-REST §4.6; X-Road's fault template. Read next: `faultcodes.py`.
"""

import json
import re

from ridgeway.errors import MessageError
from ridgeway.protocol.messages.faultcodes import FAULT_CODES, Spelling, parse_code, render_code
from ridgeway.protocol.messages.soap import Fault, read_soap

__all__ = [
    "FAULT_CODES",
    "Fault",
    "Spelling",
    "find_soap_fault",
    "parse_code",
    "read_soap_fault",
    "render_code",
    "render_rest_error",
    "render_soap_fault",
    "rest_error_status",
]

MAX_FAULT_BYTES = 256 * 1024

XML_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
ENVELOPE_NAMESPACE = "http://schemas.xmlsoap.org/soap/envelope/"
ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;", "\r": "&#13;"})
"""A table, and not `xml.sax.saxutils`, which brings half of the library's HTTP client into every process."""
NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

XML_ACCEPTED = {"text/xml": "text/xml", "text/*": "text/xml", "application/xml": "application/xml"}


def render_soap_fault(code: str, detail: str, fault_id: str, *, actor: str = "") -> bytes:
    """A SOAP Fault as X-Road writes it: one line, unprefixed children, the mark under `detail/faultDetail`.

    `code` is written as given; `detail` is the sentence that becomes `faultstring`.
    """
    return (
        f'{XML_DECLARATION}<SOAP-ENV:Envelope xmlns:SOAP-ENV="{ENVELOPE_NAMESPACE}"><SOAP-ENV:Body><SOAP-ENV:Fault>'
        f"<faultcode>{escape_xml(code)}</faultcode><faultstring>{escape_xml(detail)}</faultstring>"
        f"<faultactor>{escape_xml(actor)}</faultactor>"
        f'<detail><faultDetail xmlns="">{escape_xml(fault_id)}</faultDetail></detail>'
        "</SOAP-ENV:Fault></SOAP-ENV:Body></SOAP-ENV:Envelope>"
    ).encode()


def escape_xml(text: str) -> str:
    """Text that may stand anywhere in XML; what XML cannot hold is replaced."""
    return NOT_IN_XML.sub("\ufffd", text).translate(ESCAPES)


def read_soap_fault(data: bytes) -> Fault:
    """Read a SOAP document that must be a fault.

    Raises:  MessageError(invalid_soap), or (invalid_message) when it is another SOAP message.
    """
    fault = find_soap_fault(data)
    if fault is None:
        raise MessageError("invalid_message", "Expected a SOAP Fault, but this is another SOAP message.")
    return fault


def find_soap_fault(data: bytes, *, content_type: str = "text/xml") -> Fault | None:
    """The fault in a SOAP document, None when the document is an ordinary message, good or bad.

    Raises:  MessageError(invalid_soap) when it is no SOAP document at all.
    """
    try:
        message = read_soap(data, content_type=content_type)
    except MessageError as error:
        if error.code == "invalid_soap":
            raise
        return None
    return message if isinstance(message, Fault) else None


def render_rest_error(code: str, message: str, fault_id: str, accept: str | None) -> tuple[str, bytes]:
    """Content-Type and body of an error for a system that speaks REST.

    `accept` is the request's Accept header; the first of text/xml, application/xml and text/* in it gives XML, even
    after application/json; anything else gives JSON.
    """
    media_type = find_xml_media_type(accept or "")
    if media_type is None:
        body = json.dumps({"type": code, "message": message, "detail": fault_id}, separators=(",", ":"))
        return "application/json", body.encode()
    body = (
        f"{XML_DECLARATION}<error><type>{escape_xml(code)}</type><message>{escape_xml(message)}</message>"
        f"<detail>{escape_xml(fault_id)}</detail></error>"
    )
    return f"{media_type};charset=utf-8", body.encode()


def find_xml_media_type(accept: str) -> str | None:
    """The first media type of XML that `accept` lists."""
    names = (item.partition(";")[0].strip().lower() for item in accept.split(","))
    return next((XML_ACCEPTED[name] for name in names if name in XML_ACCEPTED), None)


def rest_error_status(code: str) -> int:
    """The HTTP status of an error for a system that speaks REST: 500 when a server made it, 400 otherwise.

    The test is on lower case, as in X-Road: a code that an older server spelled `Server.` gives 400.
    """
    return 500 if code.startswith("server.") else 400
