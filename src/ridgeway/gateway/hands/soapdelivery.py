"""A SOAP message with its attachments on its way to whom it is for, an information system or a service.

Law: the message and the attachments leave byte for byte as they were proven; only the framing between them is made
anew, with the boundary that the sender chose, because its Content-Type is handed on as it came.
Source: PR-MESS §3; X-Road hands `text/xml; charset=UTF-8` on where there was no multipart.
"""

from collections.abc import Awaitable, Callable, Iterable

from ridgeway.gateway.hands.spool import BodySpool, HeldBody
from ridgeway.protocol.exchange.soap import SoapPart
from ridgeway.protocol.transport import SoapEncoder

Piece = bytes | HeldBody


def list_pieces(message: bytes, part: SoapPart, bodies: Iterable[HeldBody]) -> tuple[str, list[Piece]]:
    """The Content-Type of the whole, and the pieces that it is made of."""
    attachments = list(bodies)
    encoder = SoapEncoder(part.original_content_type, has_attachments=bool(attachments))
    pieces: list[Piece] = [encoder.message_part(part.content_type, message, headers=part.headers)]
    for body in attachments:
        pieces += [encoder.open_attachment(body.content_type, headers=body.headers), body]
    pieces.append(encoder.end())
    return encoder.content_type, pieces


async def write_pieces(
    write: Callable[[bytes], Awaitable[None]], pieces: Iterable[Piece], spool: BodySpool | None
) -> None:
    """Every piece is written; those that are held come from `spool`."""
    for piece in pieces:
        if isinstance(piece, bytes):
            await write(piece)
        else:
            assert spool is not None
            for chunk in spool.chunks(piece):
                await write(chunk)
