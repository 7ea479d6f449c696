"""A SOAP message with its attachments on its way to whom it is for, an information system or a service.

Law: the message and the attachments leave byte for byte as they were proven; only the framing between them is made
anew, with the boundary that the sender chose, because its Content-Type is handed on as it came.
Source: PR-MESS §3; X-Road hands `text/xml; charset=UTF-8` on where there was no multipart.
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from ridgeway.gateway.hands.spool import BodySpool, HeldBody
from ridgeway.protocol.exchange.soap import SoapPart
from ridgeway.protocol.transport import FramingCheck, SoapEncoder

Piece = bytes | HeldBody


@dataclass(frozen=True, slots=True)
class SoapDelivery:
    """The Content-Type and the size of the whole, the pieces that it is made of, and what reads along."""

    content_type: str
    size: int
    pieces: list[Piece]
    check: FramingCheck


def prepare_delivery(message: bytes, part: SoapPart, bodies: Iterable[HeldBody]) -> SoapDelivery:
    """The message with its attachments, ready to be written."""
    attachments = list(bodies)
    encoder = SoapEncoder(part.original_content_type, has_attachments=bool(attachments))
    pieces: list[Piece] = [encoder.message_part(part.content_type, message, headers=part.headers)]
    for body in attachments:
        pieces += [encoder.open_attachment(body.content_type, headers=body.headers), body]
    pieces.append(encoder.end())
    content_bytes = len(message) + sum(body.size for body in attachments)
    size = sum(len(piece) if isinstance(piece, bytes) else piece.size for piece in pieces)
    check = FramingCheck(encoder.content_type, parts=1 + len(attachments), content_bytes=content_bytes, all_bytes=size)
    return SoapDelivery(encoder.content_type, size, pieces, check)


async def write_pieces(
    write: Callable[[bytes], Awaitable[None]],
    pieces: Iterable[Piece],
    spool: BodySpool | None,
    *,
    check: FramingCheck | None = None,
) -> None:
    """Every piece is written; those that are held come from `spool`.

    Raises:  TransportError(invalid_message), before the end is written, when `check` finds other parts than it should.
    """
    pass_on = bytes if check is None else check.pass_on
    for piece in pieces:
        if isinstance(piece, bytes):
            await write(pass_on(piece))
        else:
            assert spool is not None
            for chunk in spool.chunks(piece):
                await write(pass_on(chunk))
