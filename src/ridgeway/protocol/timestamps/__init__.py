"""RFC 3161 time-stamps: ask for one, read the answer, prove it, make one."""

from ridgeway.protocol.timestamps.make import StampedTime, prepare_token
from ridgeway.protocol.timestamps.request import (
    MAX_RESPONSE_BYTES,
    TimestampRequest,
    read_timestamp_request,
    read_timestamp_response,
    write_timestamp_request,
    write_timestamp_response,
)
from ridgeway.protocol.timestamps.token import MAX_TOKEN_BYTES, Token, read_token
from ridgeway.protocol.timestamps.verify import (
    VerifiedTimestamp,
    add_authority_certificate,
    list_authority_certificates,
    verify_timestamp,
)

__all__ = [
    "MAX_RESPONSE_BYTES",
    "MAX_TOKEN_BYTES",
    "StampedTime",
    "TimestampRequest",
    "Token",
    "VerifiedTimestamp",
    "add_authority_certificate",
    "list_authority_certificates",
    "prepare_token",
    "read_timestamp_request",
    "read_timestamp_response",
    "read_token",
    "verify_timestamp",
    "write_timestamp_request",
    "write_timestamp_response",
]
