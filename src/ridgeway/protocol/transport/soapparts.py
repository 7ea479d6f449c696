"""A SOAP message with its attachments, as an information system or a service sends and receives it.

Law: the SOAP message comes first and is taken whole; attachments pass in constant memory, their transfer encoding
untouched. What is written again has the boundary that the sender chose, for its Content-Type is handed on.
Source: PR-MESS §3; W3C SOAP Messages with Attachments; W3C XOP. Read next: `multipart.py`, the framing.
"""

from collections.abc import Iterable, Iterator

from ridgeway.errors import MessageError, TransportError
from ridgeway.protocol.messages.media import find_media_type
from ridgeway.protocol.transport.decoder import get_boundary, split_content_type, too_big
from ridgeway.protocol.transport.encoder import render_part_headers
from ridgeway.protocol.transport.events import (
    AttachmentChunk,
    AttachmentEnded,
    AttachmentStarted,
    Ended,
    Event,
    MessagePart,
)
from ridgeway.protocol.transport.limits import DEFAULT_LIMITS, TransportLimits
from ridgeway.protocol.transport.multipart import (
    AllEnds,
    MultipartEvent,
    MultipartReader,
    PartBegins,
    PartData,
    PartEnds,
    State,
    malformed,
)
from ridgeway.protocol.transport.order import SOAP_TYPES

RELATED = "multipart/related"
BARE = "text/xml; charset=UTF-8"
"""What X-Road says of a SOAP message that comes alone, whatever was said of it before."""


def is_multipart(content_type: str) -> bool:
    """Whether a SOAP message of this type comes in parts."""
    media_type = find_media_type(content_type)
    return media_type is not None and media_type.name == RELATED


class SoapDecoder:
    """Reads one SOAP message; `content_type` is that of the HTTP request or response."""

    def __init__(self, content_type: str, *, limits: TransportLimits = DEFAULT_LIMITS) -> None:
        self.content_type = content_type
        self.limits = limits
        self.reader: MultipartReader | None = None
        self.headers: tuple[tuple[str, str], ...] = ()
        self.part_type = content_type
        self.parts = 0
        self.collected = bytearray()
        self.is_ended = False
        if is_multipart(content_type):
            self.reader = MultipartReader(get_boundary(content_type), limits=limits)
        else:
            require_soap(content_type)

    def feed(self, data: bytes) -> list[Event]:
        """What the next bytes bring.

        Raises:  MessageError(invalid_content_type | invalid_soap), TransportError(mime_parsing_failed).
        """
        if self.reader is None:
            self.collect(data)
            return []
        return [event for each in self.reader.feed(data) for event in self.handle(each)]

    def close(self) -> list[Event]:
        """Say that no more bytes will come.

        Raises:  MessageError(missing_soap), TransportError(mime_parsing_failed) when that is too early.
        """
        if self.reader is None:
            return [MessagePart(bytes(self.collected), self.content_type), Ended()]
        if not self.is_ended:
            if not self.parts:
                raise missing_soap()
            raise malformed("it ends without its last delimiter")
        return []

    def handle(self, event: MultipartEvent) -> Iterator[Event]:
        """The events that one event of the framing makes."""
        match event:
            case PartBegins(headers):
                yield from self.begin_part(headers)
            case PartData(data):
                if self.parts > 1:
                    yield AttachmentChunk(data)
                else:
                    self.collect(data)
            case PartEnds():
                if self.parts > 1:
                    yield AttachmentEnded()
                else:
                    yield MessagePart(bytes(self.collected), self.part_type, self.headers)
                    self.collected = bytearray()
            case AllEnds():
                if not self.parts:
                    raise missing_soap()
                self.is_ended = True
                yield Ended()

    def begin_part(self, headers: tuple[tuple[str, str], ...]) -> Iterator[Event]:
        """The message begins, or an attachment."""
        self.parts += 1
        content_type, others = split_content_type(headers)
        if self.parts == 1:
            require_soap(content_type)
            self.part_type, self.headers = content_type, others
            return
        if not content_type:
            raise MessageError("invalid_content_type", f"Attachment {self.parts - 1} has no Content-Type.")
        if self.parts - 1 > self.limits.max_attachments:
            raise too_big("attachments", self.limits.max_attachments, unit="parts")
        yield AttachmentStarted(self.parts - 1, content_type, others)

    def collect(self, data: bytes) -> None:
        """Keep bytes of the SOAP message."""
        if len(self.collected) + len(data) > self.limits.max_soap_message_bytes:
            raise MessageError(
                "invalid_soap", f"The SOAP message has more than {self.limits.max_soap_message_bytes} bytes."
            )
        self.collected += data


class SoapEncoder:
    """Writes one SOAP message; `original_content_type` is what its sender said of the whole."""

    def __init__(self, original_content_type: str, *, has_attachments: bool = False) -> None:
        self.boundary = b""
        self.content_type = BARE
        self.has_parts = False
        if has_attachments and not is_multipart(original_content_type):
            raise TransportError(
                "invalid_content_type",
                f"A SOAP message with attachments is said to be {original_content_type[:200]!r}; expected {RELATED}.",
            )
        if is_multipart(original_content_type):
            self.content_type = original_content_type
            self.boundary = get_boundary(original_content_type).encode("latin-1")

    def message_part(self, content_type: str, content: bytes, *, headers: Iterable[tuple[str, str]] = ()) -> bytes:
        """The SOAP message; alone it is all there is."""
        return self.open_part(content_type, headers) + content if self.boundary else content

    def open_attachment(self, content_type: str | None, *, headers: Iterable[tuple[str, str]] = ()) -> bytes:
        """The beginning of an attachment; its bytes follow as they are."""
        assert self.boundary
        return self.open_part(content_type, headers)

    def open_part(self, content_type: str | None, headers: Iterable[tuple[str, str]]) -> bytes:
        """The delimiter and headers of the next part."""
        line_end = b"\r\n" if self.has_parts else b""
        self.has_parts = True
        return line_end + b"--" + self.boundary + b"\r\n" + render_part_headers(content_type, headers)

    def end(self) -> bytes:
        """The last delimiter, where there are parts."""
        return b"\r\n--" + self.boundary + b"--\r\n" if self.boundary else b""


class FramingCheck:
    """Reads along what is written, so that nothing leaves whose content ends a part by itself.

    Between security servers a message has another boundary, so a hostile one could put this boundary into what it
    signed; the receiver would then see other parts than those that were proven.
    """

    def __init__(self, content_type: str, *, parts: int, content_bytes: int, all_bytes: int) -> None:
        self.reader = MultipartReader(get_boundary(content_type)) if is_multipart(content_type) else None
        self.expected = (parts, content_bytes)
        self.parts = self.content_bytes = 0
        self.bytes_left = all_bytes

    def pass_on(self, data: bytes) -> bytes:
        """The same bytes, which are to be written next.

        Raises:  TransportError(invalid_message) where a receiver would read other parts than those expected.
        """
        if self.reader is None:
            return data
        for event in self.reader.feed(data):
            match event:
                case PartBegins():
                    self.parts += 1
                case PartData(content):
                    self.content_bytes += len(content)
                case AllEnds() if (self.parts, self.content_bytes) != self.expected:
                    raise boundary_inside()
            if self.parts > self.expected[0]:
                raise boundary_inside()
        self.bytes_left -= len(data)
        if self.bytes_left <= 0 and self.reader.state is not State.OVER:
            raise boundary_inside()
        return data


def boundary_inside() -> TransportError:
    """The error for content that would end its own part."""
    return TransportError("invalid_message", "The boundary of the SOAP message stands inside of one of its parts.")


def require_soap(content_type: str) -> None:
    """Hold only for the type of a SOAP message.

    Raises:  MessageError(invalid_content_type).
    """
    media_type = find_media_type(content_type)
    if media_type is None or media_type.name not in SOAP_TYPES:
        raise MessageError(
            "invalid_content_type",
            f"{content_type[:200]!r} is no SOAP; expected text/xml, application/xop+xml or {RELATED}.",
        )


def missing_soap() -> MessageError:
    """The error for a multipart without a message in it."""
    return MessageError("missing_soap", "The multipart request holds no SOAP message.")
