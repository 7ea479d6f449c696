"""SOAP messages as they take part in an exchange: the message, the part it travels in, and what ties an answer to it.

Law: a request reaches the service byte for byte as the information system sent it. An answer is changed in one place
alone, the request hash in its header, before it is hashed and signed.
Source: PR-MESS §2; PR-MESSTRANSP §3. Read next: `reading.py`, which reads these and REST messages alike.
"""

import base64
import hashlib
from dataclasses import dataclass, field

from ridgeway.errors import MessageError, PeerError
from ridgeway.protocol.identifiers import ClientId, ServerId, ServiceId
from ridgeway.protocol.messages import SoapMessage, verify_consistent_headers

Octets = bytes
DEFAULT_CONTENT_TYPE = "text/xml; charset=UTF-8"


@dataclass(frozen=True, slots=True)
class SoapPart:
    """How a SOAP message travels: the type and the other headers of its part, and the type of the whole as it came."""

    content_type: str = DEFAULT_CONTENT_TYPE
    headers: tuple[tuple[str, str], ...] = ()
    original_content_type: str = DEFAULT_CONTENT_TYPE


@dataclass(frozen=True, slots=True)
class SoapExchanged:
    """A SOAP message on its way. `request_id` is X-Road's mark of one exchange, which SOAP itself does not carry."""

    message: SoapMessage
    request_id: str
    part: SoapPart = SoapPart()

    @property
    def bytes(self) -> Octets:
        """The message as it is signed."""
        return self.message.bytes

    @property
    def client(self) -> ClientId:
        """Who asks."""
        return self.message.client

    @property
    def service(self) -> ServiceId:
        """What is asked for."""
        return self.message.service

    @property
    def query_id(self) -> str:
        """The message's id, chosen by the information system."""
        return self.message.query_id

    @property
    def server(self) -> ServerId | None:
        """The one security server that may answer, when the client chose one."""
        return self.message.server


@dataclass(frozen=True, slots=True)
class SoapRequest(SoapExchanged):
    """A request; `action` is the value of SOAPAction, handed on as it came."""

    action: str = ""
    is_response: bool = field(default=False, init=False)


@dataclass(frozen=True, slots=True)
class SoapResponse(SoapExchanged):
    """An answer."""

    is_response: bool = field(default=True, init=False)


def hash_soap_request(request: SoapRequest) -> str:
    """The hash (base64) that ties an answer to `request`: of its SOAP message alone, attachments apart.

    Source:  PR-MESS §2.2 (requestHash).
    """
    return base64.b64encode(hashlib.sha512(request.bytes).digest()).decode()


def verify_soap_response(response: SoapResponse, *, request: SoapRequest) -> None:
    """Prove that `response` answers `request`: it repeats its header, and carries its hash.

    Raises:  PeerError(service_failed.inconsistent_response) when a header field differs,
             PeerError(inconsistent_response) when the hash is missing or another's.
    """
    try:
        verify_consistent_headers(request.message, response.message)
    except MessageError as error:
        raise PeerError("service_failed.inconsistent_response", error.detail) from error
    found, expected = response.message.request_hash, hash_soap_request(request)
    if found is None:
        raise PeerError("inconsistent_response", "The response does not say of which request it is: no requestHash.")
    if "".join(found.value.split()) != expected:
        raise PeerError(
            "inconsistent_response",
            f"The response's requestHash is {found.value[:100]!r}; the request's is {expected}.",
        )
