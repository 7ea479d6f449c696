"""SOAP for those who ask and those who answer: an element in a body, with attachments beside it.

    reply = await client.call_soap("EX/GOV/5678/register/personData", b'<personData xmlns="urn:p">…</personData>')

    soap = app.soap("/soap", wsdl=Path("register.wsdl"))

    @soap.operation("personData")
    async def person_data(call: SoapCall) -> SoapAnswer:
        return SoapAnswer(b'<personDataResponse xmlns="urn:p">…</personDataResponse>')

Law: an operation sees one element and answers with one; headers, hashes and framing are not its matter. Messages are
held in memory, so they have a limit; what is large goes over REST. A fault on the way, or of the service, is raised.
Source: PR-MESS §2 and §3; W3C SOAP Messages with Attachments.
"""

import asyncio
import inspect
import secrets
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lxml import etree

from ridgeway.client.caller import Caller
from ridgeway.client.replies import FileReply, Reply
from ridgeway.client.service_call import ServiceCall
from ridgeway.client.target import Extras
from ridgeway.client.values import ServiceFault
from ridgeway.errors import MessageError, RequestError, RidgewayError
from ridgeway.protocol.identifiers import ClientId, ServiceId
from ridgeway.protocol.identifiers.xml import strict_parser
from ridgeway.protocol.messages import (
    Fault,
    SecurityToken,
    SoapHead,
    SoapMessage,
    read_soap,
    read_soap_message,
    render_soap_fault,
    write_soap_request,
    write_soap_response,
)
from ridgeway.protocol.transport import (
    AttachmentChunk,
    AttachmentStarted,
    Event,
    MessagePart,
    SoapDecoder,
    SoapEncoder,
)

XML = "text/xml; charset=UTF-8"
FAULT_STATUS = 500
BODY = "{http://schemas.xmlsoap.org/soap/envelope/}Body"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A MIME part beside the message. `content_id` (without brackets) is how the message may point at it."""

    content: bytes = field(repr=False)
    content_type: str = "application/octet-stream"
    content_id: str = ""


@dataclass(frozen=True, slots=True)
class SoapReply:
    """A service's answer: its message, the one element in its body, and its attachments."""

    message: SoapMessage
    element: etree._Element = field(repr=False)
    attachments: tuple[Attachment, ...] = ()

    @property
    def query_id(self) -> str:
        """The id of this query; the signed container of evidence is found by it."""
        return self.message.query_id


@dataclass(frozen=True, slots=True)
class SoapCall:
    """What an operation is asked: by whom, with which element and attachments."""

    caller: Caller
    message: SoapMessage
    element: etree._Element = field(repr=False)
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class SoapAnswer:
    """What an operation answers: one element, named as the operation with `Response` behind, and attachments."""

    body: bytes
    attachments: tuple[Attachment, ...] = ()


Operation = Callable[[SoapCall], Any]


class SoapService:
    """The operations at one address; its WSDL is what GET answers there."""

    def __init__(self, wsdl: Path | None = None) -> None:
        self.wsdl = wsdl
        self.operations: dict[str, Operation] = {}

    def operation(self, code: str) -> Callable[[Operation], Operation]:
        """The decorated function answers the service `code`; a plain function runs in a thread."""

        def register(function: Operation) -> Operation:
            self.operations[code] = function
            return function

        return register

    async def describe(self, _call: ServiceCall) -> object:
        """The WSDL."""
        if self.wsdl is None:
            return Reply(b"This service has no WSDL.", status=404)
        return FileReply(self.wsdl, content_type=XML)

    async def answer(self, call: ServiceCall) -> object:
        """The answer to one SOAP message, or a fault."""
        try:
            message, attachments = read_parts(call.headers.get("Content-Type"), await call.read())
            request = read_soap_message(message.bytes, content_type=message.content_type)
            operation = self.operations.get(request.service.service_code)
            if operation is None:
                known = ", ".join(sorted(self.operations)) or "none"
                raise RequestError("unknown_service", f"There is no {request.service}; known are {known}.")
            asked = SoapCall(caller_of(request), request, find_element(request.bytes), attachments)
            answered: SoapAnswer = await run_operation(operation, asked)
            content_type, body = write_parts(write_soap_response(request, answered.body), answered.attachments)
        except RidgewayError as error:
            fault = render_soap_fault(error.code, error.detail, str(uuid.uuid4()))
            return Reply(fault, FAULT_STATUS, (("Content-Type", XML),))
        return Reply(body, headers=(("Content-Type", content_type),))


async def run_operation(operation: Operation, call: SoapCall) -> SoapAnswer:
    """What the operation returns."""
    answer = (
        await operation(call) if inspect.iscoroutinefunction(operation) else await asyncio.to_thread(operation, call)
    )
    assert isinstance(answer, SoapAnswer), f"{operation} returned {answer!r}; expected a SoapAnswer"
    return answer


def caller_of(message: SoapMessage) -> Caller:
    """Who asks, as the header says; only the client is proven by the exchange."""
    return Caller(
        client=message.client,
        query_id=message.query_id,
        service=message.service,
        represented_party=message.represented_party,
        user_id=message.user_id or "",
        issue=message.issue or "",
    )


def find_element(data: bytes) -> etree._Element:
    """The one element in the body of a message that was read."""
    body = etree.fromstring(data, strict_parser()).find(BODY)
    assert body is not None
    return next(each for each in body if isinstance(each.tag, str))


def write_request(
    client: ClientId,
    service: ServiceId,
    body: bytes,
    *,
    attachments: Iterable[Attachment] = (),
    extras: Extras,
    security_token: SecurityToken | None = None,
) -> tuple[str, bytes]:
    """The Content-Type and the bytes of a request."""
    head = SoapHead(
        client,
        service,
        extras.query_id or f"{client.instance}-{uuid.uuid4()}",
        user_id=extras.user_id or None,
        issue=extras.issue or None,
        server=extras.security_server,
        represented_party=extras.represented_party,
        security_token=security_token,
    )
    return write_parts(write_soap_request(head, body), attachments)


def read_reply(content_type: str, data: bytes) -> SoapReply:
    """The answer in an HTTP answer of the consumer door.

    Raises:  ServiceFault when it is a fault, of a security server or of the service.
    """
    message, attachments = read_parts(content_type, data)
    found = read_soap(message.bytes, content_type=message.content_type)
    if isinstance(found, Fault):
        raise ServiceFault(found.code, found.string, fault_id=found.detail or "")
    return SoapReply(found, find_element(found.bytes), attachments)


def write_parts(message: bytes, attachments: Iterable[Attachment]) -> tuple[str, bytes]:
    """A message with its attachments, or alone."""
    parts = tuple(attachments)
    if not parts:
        return XML, message
    boundary = secrets.token_hex(16)
    encoder = SoapEncoder(f'multipart/related; type="text/xml"; boundary="{boundary}"', has_attachments=True)
    pieces = [encoder.message_part(XML, message)]
    for part in parts:
        headers = [("Content-ID", f"<{part.content_id}>")] if part.content_id else []
        pieces += [encoder.open_attachment(part.content_type, headers=headers), part.content]
    return encoder.content_type, b"".join([*pieces, encoder.end()])


def read_parts(content_type: str, data: bytes) -> tuple[MessagePart, tuple[Attachment, ...]]:
    """The SOAP message and its attachments.

    Raises:  MessageError, TransportError.
    """
    decoder = SoapDecoder(content_type)
    events = [*decoder.feed(data), *decoder.close()]
    message = next((event for event in events if isinstance(event, MessagePart)), None)
    if message is None:
        raise MessageError("missing_soap", "There is no SOAP message.")
    return message, tuple(gather_attachments(events))


def gather_attachments(events: Iterable[Event]) -> list[Attachment]:
    """The attachments among these events."""
    heads: list[AttachmentStarted] = []
    contents: list[bytearray] = []
    for event in events:
        match event:
            case AttachmentStarted():
                heads.append(event)
                contents.append(bytearray())
            case AttachmentChunk(data=data):
                contents[-1] += data
    return [
        Attachment(bytes(content), head.content_type or "", find_content_id(head))
        for head, content in zip(heads, contents, strict=True)
    ]


def find_content_id(head: AttachmentStarted) -> str:
    """The Content-ID of a part, without its brackets; empty when it has none."""
    values = [value for name, value in head.headers if name.lower() == "content-id"]
    return values[0].removeprefix("<").removesuffix(">") if values else ""
