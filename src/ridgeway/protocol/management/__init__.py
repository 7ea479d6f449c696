"""Management requests: what a security server asks of the central server, as bytes, as values, and proven."""

from ridgeway.protocol.management.algorithms import find_algorithm, render_algorithm
from ridgeway.protocol.management.parts import MAX_REQUEST_BYTES, Parts, SignaturePart, read_parts, write_parts
from ridgeway.protocol.management.requests import (
    ManagementRequest,
    RequestKind,
    Signer,
    read_request,
    read_response,
    write_request,
    write_response,
)
from ridgeway.protocol.management.verify import (
    VerifiedManagementRequest,
    is_valid_address,
    render_host,
    verify_management_request,
)
from ridgeway.protocol.management.wsdl import write_management_wsdl

__all__ = [
    "MAX_REQUEST_BYTES",
    "ManagementRequest",
    "Parts",
    "RequestKind",
    "SignaturePart",
    "Signer",
    "VerifiedManagementRequest",
    "find_algorithm",
    "is_valid_address",
    "read_parts",
    "read_request",
    "read_response",
    "render_algorithm",
    "render_host",
    "verify_management_request",
    "write_management_wsdl",
    "write_parts",
    "write_request",
    "write_response",
]
