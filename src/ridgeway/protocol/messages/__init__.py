"""REST and SOAP messages as values, the paths they call, and faults as they look on the wire."""

from ridgeway.protocol.messages.faults import (
    FAULT_CODES,
    Fault,
    Spelling,
    find_soap_fault,
    parse_code,
    read_soap_fault,
    render_code,
    render_rest_error,
    render_soap_fault,
    rest_error_status,
)
from ridgeway.protocol.messages.paths import PathPattern, matches_path, normalise_service_path, parse_path_pattern
from ridgeway.protocol.messages.rest import (
    RestRequest,
    RestResponse,
    read_rest_message,
    request_hash,
    verify_rest_response,
    write_metadata_only,
)
from ridgeway.protocol.messages.restmaking import (
    build_rest_request,
    build_rest_response,
    render_http_headers,
    render_http_text,
    render_service_url,
    write_rest_request,
    write_rest_response,
)
from ridgeway.protocol.messages.soap import SoapMessage, read_soap, read_soap_message, verify_consistent_headers
from ridgeway.protocol.messages.soapaction import check_soap_action
from ridgeway.protocol.messages.soaphash import add_request_hash
from ridgeway.protocol.messages.soapwriting import SecurityToken, SoapHead, write_soap_request, write_soap_response

__all__ = [
    "FAULT_CODES",
    "Fault",
    "PathPattern",
    "RestRequest",
    "RestResponse",
    "SecurityToken",
    "SoapHead",
    "SoapMessage",
    "Spelling",
    "add_request_hash",
    "build_rest_request",
    "build_rest_response",
    "check_soap_action",
    "find_soap_fault",
    "matches_path",
    "normalise_service_path",
    "parse_code",
    "parse_path_pattern",
    "read_rest_message",
    "read_soap",
    "read_soap_fault",
    "read_soap_message",
    "render_code",
    "render_http_headers",
    "render_http_text",
    "render_rest_error",
    "render_service_url",
    "render_soap_fault",
    "request_hash",
    "rest_error_status",
    "verify_consistent_headers",
    "verify_rest_response",
    "write_metadata_only",
    "write_rest_request",
    "write_rest_response",
    "write_soap_request",
    "write_soap_response",
]
