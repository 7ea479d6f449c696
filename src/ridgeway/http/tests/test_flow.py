"""The body of a message as it waits: in pieces that are worth taking, in order, and none held back."""

from hypothesis import given
from hypothesis import strategies as st

from ridgeway.http.flow import SMALL_BYTES, BodyStream, ignore

PIECES = st.lists(st.integers(1, 3) | st.integers(SMALL_BYTES - 3, SMALL_BYTES + 3), max_size=30)


def make_stream():
    return BodyStream(1 << 30, on_pause=ignore, on_resume=ignore)


async def take(stream):
    return [chunk async for chunk in stream.iterate()]


async def test_bytes_that_came_one_by_one_are_taken_together():
    stream = make_stream()
    for number in range(100_000):
        stream.feed(b"%d" % (number % 10))
    stream.end()
    taken = await take(stream)
    assert b"".join(taken) == b"0123456789" * 10_000
    assert len(taken) == -(-100_000 // SMALL_BYTES)
    assert stream.buffered_bytes == 0


async def test_what_has_arrived_is_not_held_back():
    stream = make_stream()
    stream.feed(b"a")
    assert await stream.next_chunk() == b"a"


@given(PIECES)
async def test_every_byte_is_taken_once_and_in_order(sizes):
    stream = make_stream()
    sent = [bytes([number % 251]) * size for number, size in enumerate(sizes)]
    for piece in sent:
        stream.feed(piece)
    stream.end()
    taken = await take(stream)
    assert b"".join(taken) == b"".join(sent)
    assert stream.buffered_bytes == 0
    assert all(len(chunk) <= SMALL_BYTES or chunk in sent for chunk in taken)
