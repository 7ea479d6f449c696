import contextlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ridgeway.errors import MessageError
from ridgeway.messagelog.downloads import parse_container_query
from ridgeway.messagelog.tests.cast import PARTY, a_record
from ridgeway.messagelog.values import (
    ContainerQuery,
    Direction,
    from_milliseconds,
    read_query,
    read_record,
    to_milliseconds,
    write_record,
)
from ridgeway.protocol.identifiers import MemberId

ASIC = "queryId=q%2F1&xRoadInstance=RW&memberClass=GOV&memberCode=1001"


@given(st.binary(max_size=300))
def test_garbage_is_no_record_and_no_query(data: bytes):
    for read in (read_record, read_query):
        with contextlib.suppress(MessageError):
            read(data)


def test_a_record_cut_short_anywhere_is_refused():
    data = write_record(a_record("q-1", body=b"x"))
    assert read_record(data).query_id == "q-1"
    for size in range(0, len(data), 29):
        with pytest.raises(MessageError):
            read_record(data[:size])


@given(st.datetimes(datetime(1970, 1, 1), datetime(9000, 1, 1)))  # noqa: DTZ001
def test_times_are_kept_to_the_millisecond(at: datetime):
    aware = at.replace(tzinfo=UTC, microsecond=at.microsecond // 1000 * 1000)
    assert from_milliseconds(to_milliseconds(aware)) == aware


def test_a_query_string_is_read_as_x_road_reads_it():
    member = MemberId("RW", "GOV", "1001")
    assert parse_container_query(ASIC) == ContainerQuery("q/1", member)
    assert parse_container_query(ASIC + "&subsystemCode=desk&unique&responseOnly&force=true") == ContainerQuery(
        "q/1", PARTY, Direction.RESPONSE, is_unique=True, waits_for_stamp=True
    )
    assert parse_container_query(ASIC + "&force=false&requestOnly=").direction is Direction.REQUEST


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("", "queryId"),
        ("queryId=q&xRoadInstance=RW&memberClass=GOV", "memberCode"),
        (ASIC + "&memberCode=2", "twice"),
        (ASIC + "&requestOnly&responseOnly", "not both"),
        (ASIC + "&unique", "two messages"),
        (ASIC + "&subsystemCode=", "subsystemCode"),
        (ASIC + "&x=%00", "zero"),
        (ASIC + "&x=%ff", "cannot be read"),
        (ASIC + "&a=1" * 30, "cannot be read"),
    ],
)
def test_a_query_string_that_is_wrong_is_refused_with_what_is_wrong(query: str, word: str):
    with pytest.raises(MessageError) as refused:
        parse_container_query(query)
    assert word in refused.value.detail


@given(st.text(max_size=200))
def test_any_query_string_is_read_or_refused(query: str):
    with contextlib.suppress(MessageError):
        parse_container_query(query)
