"""Where the bodies of an outgoing message come from: an information system's request, or a service's answer.

Law: bodies pass in constant memory, hashed and counted on the way; what is kept for the log has a limit over all of
them. What the other end sent wrongly is said under its own prefix: `client` for an information system that asks.
Source: PR-MESSTRANSP §3.1; PR-MESS §3 (attachments).
"""

from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Protocol

from ridgeway.errors import MessageError, RidgewayError
from ridgeway.gateway.hands.names import draw_nested_boundary
from ridgeway.gateway.hands.spool import BodyCopies, SpoolLimits
from ridgeway.gateway.ports import SoapAttachment
from ridgeway.http import HttpRefusal
from ridgeway.protocol.exchange.values import LoggedBody
from ridgeway.protocol.transport import (
    AttachmentChunk,
    AttachmentEnded,
    AttachmentStarted,
    Ended,
    Event,
    MessagePart,
    SoapDecoder,
    TransportEncoder,
)

Write = Callable[[bytes], Awaitable[None]]


class Outgoing(Protocol):
    """Bodies that wait to be carried."""

    async def carry(self, write: Write, encoder: TransportEncoder, limits: SpoolLimits) -> tuple[LoggedBody, ...]:
        """All of them are with the other security server; as they are logged."""


class NoBodies:
    """An answer that has none."""

    async def carry(self, _write: Write, _encoder: TransportEncoder, _limits: SpoolLimits) -> tuple[LoggedBody, ...]:
        """There is nothing to carry."""
        return ()


class RestBody:
    """A REST body. Without a byte it is no part of a request, but one of an answer.

    Source:  PR-MESSTRANSP §3.1.
    """

    def __init__(self, chunks: AsyncIterator[bytes], *, is_part_when_empty: bool) -> None:
        self.chunks = chunks
        self.is_part_when_empty = is_part_when_empty

    async def carry(self, write: Write, encoder: TransportEncoder, limits: SpoolLimits) -> tuple[LoggedBody, ...]:
        """As `Outgoing`."""
        copies = BodyCopies(limits)
        is_open = self.is_part_when_empty
        if is_open:
            await write(encoder.open_body())
        try:
            async for chunk in self.chunks:
                if not chunk:
                    continue
                if not is_open:
                    is_open = True
                    await write(encoder.open_body())
                copies.feed(chunk)
                await write(chunk)
        except HttpRefusal as error:
            raise MessageError("io_error", f"The body broke off: {error.detail or error.reason}.") from error
        if is_open:
            copies.end()
        return copies.logged()


class SoapSource:
    """A SOAP message with its attachments as it is read; `prefix` says whose fault it is when it cannot be."""

    def __init__(self, decoder: SoapDecoder, chunks: AsyncIterator[bytes], *, prefix: str) -> None:
        self.decoder = decoder
        self.chunks = chunks
        self.prefix = prefix
        self.events: deque[Event] = deque()
        self.is_over = False

    async def read_message(self) -> MessagePart:
        """The SOAP message, the first part.

        Raises:  MessageError or TransportError of the decoder, under the prefix.
        """
        event = await self.next_event()
        assert isinstance(event, MessagePart)
        return event

    async def next_event(self) -> Event | None:
        """The next thing that arrived, None after the last."""
        while not self.events:
            if self.is_over:
                return None
            try:
                await self.read_more()
            except RidgewayError as error:
                raise error.prefixed(self.prefix) from error
            except HttpRefusal as error:
                broken = MessageError("io_error", f"The message broke off: {error.detail or error.reason}.")
                raise broken.prefixed(self.prefix) from error
        return self.events.popleft()

    async def read_more(self) -> None:
        """More of the message is decoded, or its end."""
        try:
            chunk = await anext(self.chunks)
        except StopAsyncIteration:
            self.is_over = True
            self.events.extend(self.decoder.close())
        else:
            self.events.extend(self.decoder.feed(chunk))

    async def carry(self, write: Write, encoder: TransportEncoder, limits: SpoolLimits) -> tuple[LoggedBody, ...]:
        """As `Outgoing`."""
        copies = BodyCopies(limits)
        while (event := await self.next_event()) is not None:
            match event:
                case AttachmentStarted(content_type=content_type, headers=headers):
                    opened = b"" if copies.bodies else encoder.open_attachments(draw_nested_boundary())
                    await write(opened + encoder.open_attachment(content_type, headers=headers))
                    copies.begin()
                case AttachmentChunk(data=data):
                    copies.feed(data)
                    await write(data)
                case AttachmentEnded():
                    copies.end()
                case Ended():
                    break
                case _:
                    continue
        if copies.bodies:
            await write(encoder.close_attachments())
        return copies.logged()


class MadeBodies:
    """Bodies that this server made itself, in memory: the body of a REST answer, or the attachments of a SOAP one."""

    def __init__(self, *, body: bytes | None = None, attachments: tuple[SoapAttachment, ...] = ()) -> None:
        self.body = body
        self.attachments = attachments

    async def carry(self, write: Write, encoder: TransportEncoder, limits: SpoolLimits) -> tuple[LoggedBody, ...]:
        """As `Outgoing`."""
        copies = BodyCopies(limits)
        if self.body is not None:
            copies.feed(self.body)
            await write(encoder.open_body() + self.body)
            copies.end()
            return copies.logged()
        for each in self.attachments:
            opened = b"" if copies.bodies else encoder.open_attachments(draw_nested_boundary())
            copies.begin()
            copies.feed(each.content)
            await write(opened + encoder.open_attachment(each.content_type, headers=each.headers) + each.content)
            copies.end()
        if copies.bodies:
            await write(encoder.close_attachments())
        return copies.logged()
