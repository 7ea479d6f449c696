"""The order of parts, as a table: what may come where, and what it is called when something else comes.

| stage      | OCSP | message | body, attachments | chain result | chain | signature, fault | else |
|------------|------|---------|-------------------|--------------|-------|------------------|------|
| OCSP       | OCSP | PAYLOAD | –                 | –            | –     | –                | invalid_content_type |
| PAYLOAD    | –    | –       | CHAIN_RESULT      | CHAIN        | SIGNATURE | OVER         | invalid_content_type |
| CHAIN_RESULT | –  | –       | –                 | CHAIN        | SIGNATURE | OVER         | invalid_content_type |
| CHAIN      | –    | –       | –                 | –            | SIGNATURE | OVER         | invalid_content_type |
| SIGNATURE  | –    | –       | –                 | –            | –     | OVER             | invalid_content_type |
| OVER       | invalid_message for any part |||||||

Law: parts may be missing but never change places; after a signature or a fault nothing may come.
Source: PR-MESSTRANSP §3.2; X-Road's reader falls through the same stages.
"""

from enum import Enum, IntEnum, auto

from ridgeway.errors import MessageError, TransportError
from ridgeway.protocol.transport.encoder import (
    HASH_CHAIN,
    HASH_CHAIN_RESULT,
    OCSP_RESPONSE,
    REST_BODY,
    REST_REQUEST,
    REST_RESPONSE,
    SIGNATURE,
)

SOAP_TYPES = ("text/xml", "application/xop+xml")
MULTIPART = "multipart/mixed"


class Stage(IntEnum):
    """What is awaited next."""

    OCSP = auto()
    PAYLOAD = auto()
    CHAIN_RESULT = auto()
    CHAIN = auto()
    SIGNATURE = auto()
    OVER = auto()


class Part(Enum):
    """What a part is."""

    OCSP = auto()
    MESSAGE = auto()
    BODY = auto()
    ATTACHMENTS = auto()
    CHAIN_RESULT = auto()
    CHAIN = auto()
    SIGNATURE = auto()
    FAULT = auto()


AFTER = {
    Part.OCSP: Stage.OCSP,
    Part.MESSAGE: Stage.PAYLOAD,
    Part.BODY: Stage.CHAIN_RESULT,
    Part.ATTACHMENTS: Stage.CHAIN_RESULT,
    Part.CHAIN_RESULT: Stage.CHAIN,
    Part.CHAIN: Stage.SIGNATURE,
    Part.SIGNATURE: Stage.OVER,
    Part.FAULT: Stage.OVER,
}
"""Part → what is awaited after it."""


AWAITED = (
    (Stage.CHAIN_RESULT, HASH_CHAIN_RESULT, Part.CHAIN_RESULT),
    (Stage.CHAIN, HASH_CHAIN, Part.CHAIN),
    (Stage.SIGNATURE, SIGNATURE, Part.SIGNATURE),
    (Stage.SIGNATURE, "text/xml", Part.FAULT),
)
AWAITED_IN_REST = ((Stage.PAYLOAD, REST_BODY, Part.BODY), *AWAITED)
AWAITED_IN_SOAP = ((Stage.PAYLOAD, MULTIPART, Part.ATTACHMENTS), *AWAITED)
"""The last stage at which a part may come, the name of its type, and what it is."""


def decide_part(name: str, *, stage: Stage, is_rest: bool, is_response: bool) -> Part:
    """What a part with the media type `name` is at this stage; a text/xml message may turn out to be a fault.

    Raises:  TransportError(invalid_message | invalid_content_type), MessageError(missing_rest | missing_soap).
    """
    if stage is Stage.OVER:
        raise TransportError("invalid_message", f"A part of type {name[:80]!r} follows where nothing may.")
    if stage is Stage.OCSP:
        return Part.OCSP if name == OCSP_RESPONSE else decide_message(name, is_rest=is_rest, is_response=is_response)
    for latest, awaited_name, part in AWAITED_IN_REST if is_rest else AWAITED_IN_SOAP:
        if stage <= latest and name == awaited_name:
            return part
    raise TransportError(
        "invalid_content_type", f"A part of type {name[:80]!r} came instead of the signature ({SIGNATURE})."
    )


def decide_message(name: str, *, is_rest: bool, is_response: bool) -> Part:
    """The part that must be the message, or a fault in its place.

    Raises:  as `decide_part`.
    """
    if name == (REST_RESPONSE if is_response else REST_REQUEST) and is_rest:
        return Part.MESSAGE
    if name in SOAP_TYPES:
        return Part.FAULT if is_rest else Part.MESSAGE
    if name in (REST_REQUEST, REST_RESPONSE):
        raise missing(is_rest=is_rest)
    raise TransportError("invalid_content_type", f"A part of type {name[:80]!r} came instead of the message.")


def missing(*, is_rest: bool) -> MessageError:
    """The error for a message that does not hold the message it should."""
    code, what = ("missing_rest", "REST") if is_rest else ("missing_soap", "SOAP")
    return MessageError(code, f"The message between the servers holds no {what} message of the right kind.")
