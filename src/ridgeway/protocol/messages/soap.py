"""SOAP messages of protocol 4.0: who asks whom, for what, and whether this is the answer.

Law: the message is the bytes as received; reading only looks at them and keeps nothing of the body but the name of
its one child. Faults found while reading win over those found at the end, as in X-Road's own parser: first what is
repeated or malformed, then a Fault ends the reading, then what is missing.
Source: PR-MESS §2; X-Road's order of checks. Read next: `soapreading.py`, the reader itself.
"""

import re
from dataclasses import dataclass, field

from ridgeway.errors import MessageError
from ridgeway.protocol.identifiers import ClientId, RepresentedParty, ServerId, ServiceId
from ridgeway.protocol.messages.charset import find_charset, find_declared
from ridgeway.protocol.messages.media import find_media_type
from ridgeway.protocol.messages.soapreading import CLIENT, SERVER, SERVICE, SoapReader, feed_reader

MAX_SOAP_BYTES = 10 * 1024 * 1024
MAX_FAULT_CODE_CHARACTERS = 1000
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
SOAP_MEDIA_TYPES = ("text/xml", "application/xop+xml")

Octets = bytes


@dataclass(frozen=True, slots=True)
class Fault:
    """A SOAP Fault.

    `code` is as written, but on one line, for it may go into a header; `detail` is X-Road's mark where it has one.
    """

    code: str
    string: str
    actor: str | None
    detail: str | None
    bytes: Octets = field(repr=False)


@dataclass(frozen=True, slots=True)
class RequestHash:
    """The hash of the request in a response; the algorithm is not to be relied upon."""

    algorithm: str | None
    value: str


@dataclass(frozen=True, slots=True)
class SoapMessage:
    """A request or response. `body_name` is the local name of the body's child; `bytes` is the message as received."""

    client: ClientId
    service: ServiceId
    query_id: str
    protocol_version: str
    user_id: str | None
    issue: str | None
    server: ServerId | None
    represented_party: RepresentedParty | None
    request_hash: RequestHash | None
    body_name: str
    is_rpc: bool
    bytes: Octets = field(repr=False)

    @property
    def is_response(self) -> bool:
        """Whether this is an answer, which its body's name says."""
        return self.body_name.endswith("Response")

    @property
    def sender(self) -> ClientId:
        """Whoever signs it."""
        return self.service.provider if self.is_response else self.client


def read_soap(data: Octets, *, content_type: str = "text/xml") -> SoapMessage | Fault:
    """Read a SOAP document, an X-Road message or a fault.

    Raises:  MessageError with X-Road's code for the first thing that is wrong.
    """
    media_type = find_media_type(content_type)
    if media_type is None or media_type.name not in SOAP_MEDIA_TYPES:
        raise MessageError("invalid_content_type", f"{content_type[:200]!r} is no SOAP; expected text/xml.")
    if not data or len(data) > MAX_SOAP_BYTES:
        raise MessageError("invalid_soap", f"A SOAP message has 1 to {MAX_SOAP_BYTES} bytes, not {len(data)}.")
    reader = SoapReader()
    feed_reader(reader, data, encoding=find_charset(content_type) or find_declared(data))
    if reader.fault is not None:
        return build_fault(reader.fault, data)
    reader.check_complete()
    return build_message(reader, data)


def read_soap_message(data: Octets, *, content_type: str = "text/xml") -> SoapMessage:
    """Read a SOAP message that must not be a fault.

    Raises:  MessageError; the fault's own code, in lower case, when it is one.
    """
    message = read_soap(data, content_type=content_type)
    if isinstance(message, Fault):
        raise MessageError(message.code.lower(), message.string)
    return message


def build_fault(found: dict[str, str], data: Octets) -> Fault:
    """The fault of the texts that were found in it."""
    return Fault(
        code=CONTROL.sub(" ", found.get("faultcode", "").strip())[:MAX_FAULT_CODE_CHARACTERS],
        string=found.get("faultstring", ""),
        actor=found.get("faultactor"),
        detail=found.get("faultDetail") or found.get("first in detail") or found.get("detail", "").strip() or None,
        bytes=data,
    )


def build_message(reader: SoapReader, data: Octets) -> SoapMessage:
    """The message of what a reader found, which is known to be complete."""
    texts = reader.texts
    client, service, server = (reader.identifiers.get(name) for name in (CLIENT, SERVICE, SERVER))
    assert not isinstance(client, ServiceId | ServerId)
    assert client is not None
    assert isinstance(service, ServiceId)
    assert server is None or isinstance(server, ServerId)
    hash_value = texts.get("requestHash")
    return SoapMessage(
        client=client,
        service=service,
        query_id=texts["id"],
        protocol_version=texts["protocolVersion"],
        user_id=texts.get("userId"),
        issue=texts.get("issue"),
        server=server,
        represented_party=reader.represented_party,
        request_hash=None if hash_value is None else RequestHash(reader.hash_algorithm, hash_value),
        body_name=reader.body_name,
        is_rpc=reader.is_rpc,
        bytes=data,
    )


def verify_consistent_headers(request: SoapMessage, response: SoapMessage) -> None:
    """Prove that the header fields which a response repeats are those of its request.

    Raises:  MessageError(inconsistent_headers) that names the field.
    """
    for name in ("client", "service", "user_id", "represented_party", "issue", "query_id"):
        sent, returned = getattr(request, name), getattr(response, name)
        if sent != returned:
            raise MessageError(
                "inconsistent_headers", f"The header {name} of the response is {returned}; the request has {sent}."
            )
