"""From the first parts of a message to a value, REST or SOAP: what is asked, and what answers it.

Law: whatever cannot be read, and whoever may not speak for the sender, is refused under `service_failed`, as X-Road
does for all that fails while a message of another server is being decoded.
Source: PR-MESSTRANSP §3.2 step 6, §3.3 steps 1–2.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from ridgeway.errors import MessageError, PeerError, RidgewayError
from ridgeway.protocol.exchange.commands import AnyRequest, AnyResponse, Incoming
from ridgeway.protocol.exchange.records import hash_request
from ridgeway.protocol.exchange.soap import SoapRequest, SoapResponse, verify_soap_response
from ridgeway.protocol.exchange.values import LoggedBody
from ridgeway.protocol.messages import (
    RestRequest,
    RestResponse,
    check_soap_action,
    read_rest_message,
    read_soap_message,
    verify_rest_response,
)

DECODING = "service_failed"
"""What X-Road puts in front of a code when a message of the other side cannot be decoded."""

KEPT_CODES = frozenset({"missing_soap", "missing_rest", "missing_signature", "http_error"})
"""What is found missing once all was decoded, or known before decoding begins, keeps its code."""


@contextmanager
def decoding() -> Iterator[None]:
    """Errors that are raised within say that a message of the other side could not be decoded."""
    try:
        yield
    except RidgewayError as error:
        if error.code in KEPT_CODES:
            raise
        raise error.prefixed(DECODING) from error


def read_request(incoming: Incoming) -> AnyRequest:
    """The request as a value; a REST one must be the same in its message part and in its HTTP head.

    Raises:  MessageError(missing_rest) when the part is a response, (invalid_request) when the request ids differ,
             and whatever a part that cannot be read raises.
    """
    if incoming.soap_part is not None:
        message = read_soap_message(incoming.message, content_type=incoming.soap_part.content_type)
        action = check_soap_action(incoming.soap_action)
        return SoapRequest(message, incoming.request_id, incoming.soap_part, action=action)
    request = read_rest_message(incoming.message)
    if not isinstance(request, RestRequest):
        raise MessageError("missing_rest", "The message part holds a response; expected a request.")
    if incoming.request_id and incoming.request_id != request.request_id:
        raise MessageError(
            "invalid_request",
            f"The head says x-road-request-id {incoming.request_id!r}, the signed message {request.request_id!r}.",
        )
    return request


def read_response(incoming: Incoming, request: AnyRequest) -> AnyResponse:
    """The answer as a value, of the same protocol as its request.

    Raises:  PeerError(missing_rest) when a REST part is a request, and whatever a part that cannot be read raises.
    """
    if isinstance(request, SoapRequest):
        assert incoming.soap_part is not None
        message = read_soap_message(incoming.message, content_type=incoming.soap_part.content_type)
        return SoapResponse(message, request.request_id, incoming.soap_part)
    response = read_rest_message(incoming.message)
    if not isinstance(response, RestResponse):
        raise PeerError("missing_rest", "The other security server answered with a request instead of a response.")
    return response


def verify_response(response: AnyResponse, *, request: AnyRequest, bodies: tuple[LoggedBody, ...]) -> None:
    """Prove that `response` answers this very request, which was sent with `bodies`.

    Raises:  PeerError(inconsistent_response).
    """
    if isinstance(request, SoapRequest):
        assert isinstance(response, SoapResponse)
        verify_soap_response(response, request=request)
    else:
        assert isinstance(response, RestResponse)
        verify_rest_response(response, request=request, expected_hash=hash_request(request, bodies))
