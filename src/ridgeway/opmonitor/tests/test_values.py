"""Bytes of the monitor's socket are read or refused by name."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ridgeway.errors import MessageError
from ridgeway.opmonitor.tests.cast import a_record
from ridgeway.opmonitor.values import encoder, query_decoder, read_frame, read_sent_records, statistics_decoder


@given(st.binary(max_size=100))
def test_any_bytes_are_read_or_refused_by_name(data):
    for read in (
        read_sent_records,
        lambda data: read_frame(query_decoder, data),
        lambda data: read_frame(statistics_decoder, data),
    ):
        with contextlib.suppress(MessageError):
            read(data)


def test_records_that_are_cut_short_anywhere_are_refused():
    whole = encoder.encode([a_record(1), a_record(2)])
    assert len(read_sent_records(whole)) == 2
    for end in range(len(whole)):
        with pytest.raises(MessageError):
            read_sent_records(whole[:end])


@pytest.mark.parametrize("changed", [{"message_id": "x" * 256}, {"request_size": -1}, {"request_size": 2**62}])
def test_what_does_not_fit_into_a_column_is_refused(changed):
    with pytest.raises(MessageError):
        read_sent_records(encoder.encode([a_record(**changed)]))
