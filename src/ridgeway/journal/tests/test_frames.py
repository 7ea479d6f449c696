import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ridgeway.errors import MessageLogError, NetworkError
from ridgeway.journal.frames import FrameReader, Request, error_of, read_answer, read_request, refusal, write_frame

requests = st.builds(
    Request, st.integers(0, 2**63), st.text(max_size=20), st.binary(max_size=200), st.text(max_size=20)
)


@given(st.lists(requests, max_size=5), st.integers(1, 50))
def test_requests_arrive_whole_however_they_are_cut(sent: list[Request], size: int):
    data = b"".join(write_frame(each) for each in sent)
    reader = FrameReader(10_000)
    received = [
        read_request(content) for at in range(0, len(data), size) for content in reader.feed(data[at : at + size])
    ]
    assert received == sent
    assert not reader.pending


@given(st.binary(max_size=300))
def test_garbage_is_refused_as_the_networks_fault(garbage: bytes):
    for read in (read_request, read_answer):
        with contextlib.suppress(NetworkError):
            read(garbage)


def test_a_frame_longer_than_the_limit_is_refused_at_its_first_bytes():
    with pytest.raises(NetworkError, match="at most 100"):
        list(FrameReader(100).feed(b"\x00\x00\x00\x65"))


def test_an_error_arrives_with_its_class_and_all_it_says():
    sent = MessageLogError("logging_failed", "The disk is full.", action="Make room.")
    received = error_of(refusal(3, sent))
    assert (type(received), received.code, received.detail, received.action) == (
        MessageLogError,
        "logging_failed",
        "The disk is full.",
        "Make room.",
    )
