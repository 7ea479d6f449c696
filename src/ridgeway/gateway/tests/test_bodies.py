"""What is kept in memory of the bodies of one message, going out and coming in."""

import hashlib
import tracemalloc
from collections.abc import AsyncIterator

import pytest

from ridgeway.errors import MessageError
from ridgeway.gateway.hands.outgoing import MadeBodies, RestBody, SoapSource
from ridgeway.gateway.hands.spool import BodyCopies, BodySpool, SpoolLimits
from ridgeway.gateway.ports import SoapAttachment
from ridgeway.protocol.exchange.values import LoggedBody
from ridgeway.protocol.transport import SoapDecoder, TransportEncoder

KIB = 1024
TYPE = 'multipart/related; boundary="b"'


def limits(folder, *, loggable=10, passing=1000):
    return SpoolLimits(folder=folder, max_body_bytes=passing, max_in_memory_bytes=64, max_loggable_bytes=loggable)


def as_logged(content, *, is_kept=True):
    return LoggedBody(hashlib.sha512(content).digest(), len(content), content if is_kept else None)


def split(content, size):
    return (content[at : at + size] for at in range(0, len(content), size))


async def stream(pieces) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


async def drop(_: bytes) -> None:
    pass


def soap_pieces(attachments):
    """A SOAP message with attachments, piece by piece; each attachment is an iterable of pieces."""
    yield b"--b\r\nContent-Type: text/xml\r\n\r\n<x/>"
    for attachment in attachments:
        yield b"\r\n--b\r\nContent-Type: application/octet-stream\r\n\r\n"
        yield from attachment
    yield b"\r\n--b--\r\n"


def soap_source(pieces):
    return SoapSource(SoapDecoder(TYPE), stream(pieces), prefix="client")


FOUR = (b"a" * 6, b"b" * 6, b"", b"c" * 4)
KEPT = (True, False, True, True)
WANTED = tuple(as_logged(body, is_kept=kept) for body, kept in zip(FOUR, KEPT, strict=True))


@pytest.mark.parametrize("size", [1, 2, 5, 100])
def test_both_directions_keep_the_same_bodies_within_one_limit_for_all(tmp_path, size):
    copies, spool = BodyCopies(limits(tmp_path)), BodySpool(limits(tmp_path))
    for each in (copies, spool):
        for body in FOUR:
            each.begin()
            for piece in split(body, size):
                each.feed(piece)
            each.end()
    assert copies.logged() == spool.logged() == WANTED
    spool.close()


async def test_attachments_on_their_way_out_share_the_limit(tmp_path):
    source = soap_source(soap_pieces([split(body, 3) for body in FOUR]))
    await source.read_message()
    assert await source.carry(drop, TransportEncoder("t"), limits(tmp_path)) == WANTED


async def test_attachments_that_this_server_made_share_the_limit(tmp_path):
    made = MadeBodies(attachments=tuple(SoapAttachment("text/plain", (), body) for body in FOUR))
    assert await made.carry(drop, TransportEncoder("t"), limits(tmp_path)) == WANTED


async def test_all_attachments_together_may_not_be_longer_than_what_passes(tmp_path):
    source = soap_source(soap_pieces([[body] for body in FOUR]))
    await source.read_message()
    with pytest.raises(MessageError, match="longer than the 15 bytes") as caught:
        await source.carry(drop, TransportEncoder("t"), limits(tmp_path, passing=15))
    assert caught.value.code == "invalid_request"


async def test_a_rest_body_is_kept_whole_up_to_the_limit_and_an_empty_one_only_where_it_is_a_part(tmp_path):
    for content, is_kept in ((b"x" * 10, True), (b"x" * 11, False)):
        body = RestBody(stream(split(content, 3)), is_part_when_empty=False)
        assert await body.carry(drop, TransportEncoder("t"), limits(tmp_path)) == (as_logged(content, is_kept=is_kept),)
    nothing = RestBody(stream([b""]), is_part_when_empty=False)
    assert await nothing.carry(drop, TransportEncoder("t"), limits(tmp_path)) == ()
    empty = RestBody(stream([]), is_part_when_empty=True)
    assert await empty.carry(drop, TransportEncoder("t"), limits(tmp_path)) == (as_logged(b""),)


async def test_many_attachments_each_just_within_the_limit_are_not_held_at_once(tmp_path):
    loggable, count = 256 * KIB, 40
    attachment = loggable - 1
    source = soap_source(soap_pieces([split(bytes(attachment), 16 * KIB) for _ in range(count)]))
    await source.read_message()
    tracemalloc.start()
    try:
        logged = await source.carry(
            drop, TransportEncoder("t"), limits(tmp_path, loggable=loggable, passing=count * loggable)
        )
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert [body.size for body in logged] == [attachment] * count
    assert sum(len(body.content or b"") for body in logged) == attachment
    assert peak < 6 * loggable


def test_a_body_in_tiny_chunks_costs_no_more_than_its_bytes(tmp_path):
    copies = BodyCopies(limits(tmp_path, loggable=256 * KIB, passing=256 * KIB))
    tracemalloc.start()
    try:
        for number in range(128 * KIB):
            copies.feed(number.to_bytes(3, "big")[1:])
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 2 * 256 * KIB
