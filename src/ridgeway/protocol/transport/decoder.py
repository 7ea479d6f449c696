"""The multipart message between security servers, read as its bytes arrive.

Law: a message counts only when its last part was a signature (or a fault) and the multipart was closed; whoever stops
feeding earlier calls `close()` and gets an error. Bodies and attachments pass in constant memory; every other part
has a named limit. Nothing here verifies anything: that is for `signatures`, with the digests of what passed.
Source: PR-MESSTRANSP §3.1 to §3.3. Read next: `order.py`, the stages; `multipart.py`, the framing.
"""

from typing import Literal

from ridgeway.errors import MessageError, TransportError
from ridgeway.protocol.messages import find_soap_fault, read_soap_fault
from ridgeway.protocol.messages.media import find_media_type
from ridgeway.protocol.transport.events import (
    AttachmentChunk,
    AttachmentEnded,
    AttachmentStarted,
    BodyChunk,
    BodyEnded,
    BodyStarted,
    Ended,
    Event,
    FaultPart,
    HashChainPart,
    HashChainResultPart,
    MessagePart,
    OcspPart,
    SignaturePart,
)
from ridgeway.protocol.transport.limits import DEFAULT_LIMITS, MAX_BOUNDARY_CHARACTERS, TransportLimits
from ridgeway.protocol.transport.multipart import (
    AllEnds,
    MultipartEvent,
    MultipartReader,
    PartBegins,
    PartData,
    PartEnds,
    malformed,
)
from ridgeway.protocol.transport.order import AFTER, MULTIPART, Part, Stage, decide_part, missing

FAULT_ALONE = "text/xml"


class TransportDecoder:
    """Reads one message; `content_type` is that of the HTTP request or response.

    A response may be a bare fault instead. `is_rest` is what the request's x-road-message-type says of both.
    """

    def __init__(
        self,
        content_type: str,
        *,
        role: Literal["request", "response"],
        is_rest: bool = True,
        limits: TransportLimits = DEFAULT_LIMITS,
    ) -> None:
        self.limits = limits
        self.is_rest = is_rest
        self.is_response = role == "response"
        self.stage = Stage.OCSP
        self.part: Part | None = None
        self.headers: tuple[tuple[str, str], ...] = ()
        self.content_type = ""
        self.collected = bytearray()
        self.most_bytes = 0
        self.events: list[Event] = []
        self.ocsp_parts = 0
        self.attachments = 0
        self.nested: MultipartReader | None = None
        self.nested_is_over = False
        self.is_ended = False
        self.is_broken = False
        self.reader = self.open_reader(content_type)

    def open_reader(self, content_type: str) -> MultipartReader | None:
        """The reader of the outer multipart, None for a bare fault.

        Raises:  TransportError(invalid_content_type).
        """
        media_type = find_media_type(content_type)
        if media_type is not None and media_type.name == FAULT_ALONE and self.is_response:
            self.part, self.most_bytes = Part.FAULT, self.find_limit(Part.FAULT)
            return None
        if media_type is None or media_type.name != MULTIPART:
            raise TransportError("invalid_content_type", f"{content_type[:200]!r} came; expected {MULTIPART}.")
        return MultipartReader(get_boundary(content_type), limits=self.limits)

    def feed(self, data: bytes) -> list[Event]:
        """What the next bytes bring.

        Raises:  TransportError, MessageError; after that the decoder is of no use.
        """
        if self.is_broken:
            raise malformed("it was refused already")
        self.is_broken = True
        events = self.events = []
        if self.reader is None:
            self.collect(data)
        else:
            for event in self.reader.feed(data):
                self.handle(event)
        self.is_broken = False
        return events

    def close(self) -> list[Event]:
        """Say that no more bytes will come.

        Raises:  TransportError(missing_signature | mime_parsing_failed | invalid_message) or
                 MessageError(missing_rest | missing_soap) when that is too early.
        """
        if self.is_broken:
            raise malformed("it was refused already")
        if self.reader is None and not self.is_ended:
            self.is_ended = True
            return [self.build_fault(bytes(self.collected)), Ended()]
        if not self.is_ended:
            self.check_stage()
            raise malformed("it ends without its last delimiter")
        return []

    def handle(self, event: MultipartEvent) -> None:
        """Note the events that one event of the framing makes."""
        match event:
            case PartData(data):
                self.pass_data(data)
            case PartBegins(headers):
                self.begin_part(headers)
            case PartEnds():
                self.end_part()
            case AllEnds():
                self.check_stage()
                self.is_ended = True
                self.events.append(Ended())

    def check_stage(self) -> None:
        """See that the message may end here.

        Raises:  as `close`.
        """
        if self.stage is Stage.OCSP:
            raise missing(is_rest=self.is_rest)
        if self.stage is not Stage.OVER:
            raise TransportError(
                "missing_signature", "The message between the servers ends before its signature, so it proves nothing."
            )

    def begin_part(self, headers: tuple[tuple[str, str], ...]) -> None:
        """A part begins: find out what it is."""
        self.content_type, self.headers = split_content_type(headers)
        media_type = find_media_type(self.content_type)
        name = "" if media_type is None else media_type.name
        self.part = decide_part(name, stage=self.stage, is_rest=self.is_rest, is_response=self.is_response)
        self.collected = bytearray()
        if self.part is Part.BODY:
            self.events.append(BodyStarted())
            return
        if self.part is Part.ATTACHMENTS:
            self.nested = MultipartReader(get_boundary(self.content_type), limits=self.limits)
            return
        self.most_bytes = self.find_limit(self.part)
        if self.part is Part.OCSP:
            self.ocsp_parts += 1
            if self.ocsp_parts > self.limits.max_ocsp_parts:
                raise too_big("OCSP responses", self.limits.max_ocsp_parts, unit="parts")

    def pass_data(self, data: bytes) -> None:
        """Bytes of the part that is open."""
        if self.part is Part.BODY:
            self.events.append(BodyChunk(data))
        elif self.nested is not None:
            for event in self.nested.feed(data):
                self.handle_nested(event)
        else:
            self.collect(data)

    def collect(self, data: bytes) -> None:
        """Keep bytes of a part that is taken whole.

        Raises:  TransportError(invalid_message) when it has too many.
        """
        if len(self.collected) + len(data) > self.most_bytes:
            assert self.part is not None
            raise too_big(f"the part {self.part.name.lower()}", self.most_bytes, unit="bytes")
        self.collected += data

    def find_limit(self, part: Part) -> int:
        """The most bytes that a part may have which is taken whole."""
        limits = self.limits
        match part:
            case Part.OCSP:
                return limits.max_ocsp_bytes
            case Part.MESSAGE:
                return limits.max_rest_message_bytes if self.is_rest else limits.max_soap_message_bytes
            case Part.CHAIN_RESULT:
                return limits.max_hash_chain_result_bytes
            case Part.CHAIN:
                return limits.max_hash_chain_bytes
            case Part.SIGNATURE:
                return limits.max_signature_bytes
            case Part.FAULT:
                return limits.max_fault_bytes
            case Part.BODY | Part.ATTACHMENTS:
                raise AssertionError(f"a part {part.name} is not taken whole")

    def end_part(self) -> None:
        """The open part is complete."""
        assert self.part is not None
        part, self.part = self.part, None
        data = bytes(self.collected)
        self.collected = bytearray()
        match part:
            case Part.OCSP:
                self.events.append(OcspPart(data))
            case Part.MESSAGE:
                part = self.end_message(data)
            case Part.BODY:
                self.events.append(BodyEnded())
            case Part.ATTACHMENTS:
                self.end_attachments()
            case Part.CHAIN_RESULT:
                self.events.append(HashChainResultPart(data))
            case Part.CHAIN:
                self.events.append(HashChainPart(data))
            case Part.SIGNATURE:
                self.events.append(SignaturePart(data))
            case Part.FAULT:
                self.events.append(self.build_fault(data))
        self.stage = AFTER[part]

    def end_message(self, data: bytes) -> Part:
        """The message is complete; a SOAP message may be a fault, which ends everything."""
        fault = None if self.is_rest else find_soap_fault(data, content_type=self.content_type)
        if fault is not None:
            self.events.append(FaultPart(data, fault))
            return Part.FAULT
        self.events.append(MessagePart(data, self.content_type, self.headers))
        return Part.MESSAGE

    def build_fault(self, data: bytes) -> FaultPart:
        """The event for a part or a message that must be a fault.

        Raises:  MessageError(invalid_message | invalid_soap | missing_rest), TransportError(invalid_content_type).
        """
        try:
            return FaultPart(data, read_soap_fault(data))
        except MessageError as error:
            if self.stage is Stage.OCSP:
                if self.reader is not None and error.code == "invalid_message":
                    raise missing(is_rest=self.is_rest) from error
                raise
            raise TransportError("invalid_content_type", f"No signature came, and no fault: {error.detail}") from error

    def handle_nested(self, event: MultipartEvent) -> None:
        """Note the events of the attachments."""
        match event:
            case PartBegins(headers):
                self.attachments += 1
                if self.attachments > self.limits.max_attachments:
                    raise too_big("attachments", self.limits.max_attachments, unit="parts")
                content_type, others = split_content_type(headers)
                self.events.append(AttachmentStarted(self.attachments, content_type or None, others))
            case PartData(data):
                self.events.append(AttachmentChunk(data))
            case PartEnds():
                self.events.append(AttachmentEnded())
            case AllEnds():
                self.nested_is_over = True

    def end_attachments(self) -> None:
        """The part with the attachments is complete.

        Raises:  TransportError(mime_parsing_failed) when they were not closed.
        """
        self.nested = None
        if not self.nested_is_over:
            raise malformed("its attachments end without their last delimiter")


def get_boundary(content_type: str) -> str:
    """The boundary that a multipart's Content-Type names.

    Raises:  TransportError(invalid_content_type).
    """
    media_type = find_media_type(content_type)
    boundary = "" if media_type is None else media_type.parameters.get("boundary", "")
    if not boundary or len(boundary) > MAX_BOUNDARY_CHARACTERS or not boundary.isascii() or not boundary.isprintable():
        raise TransportError("invalid_content_type", f"{content_type[:200]!r} names no boundary that can be used.")
    return boundary


def split_content_type(headers: tuple[tuple[str, str], ...]) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The content type of a part and its other headers.

    Raises:  TransportError(mime_parsing_failed) when it has two.
    """
    if len(headers) == 1 and headers[0][0].lower() == "content-type":
        return headers[0][1], ()
    types = [value for name, value in headers if name.lower() == "content-type"]
    if len(types) > 1:
        raise malformed("a part has two content types")
    return types[0] if types else "", tuple(each for each in headers if each[0].lower() != "content-type")


def too_big(what: str, limit: int, *, unit: str) -> TransportError:
    """The error for more of something than there may be."""
    return TransportError(
        "invalid_message", f"The message between the servers has too much: {what}, over {limit} {unit}."
    )
