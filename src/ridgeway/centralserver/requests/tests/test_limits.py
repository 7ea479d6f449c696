"""An address that asks too often waits; others do not, and memory is bounded."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ridgeway.centralserver.requests.limits import MAX_ADDRESSES, WINDOW_SECONDS, RateLimit, normalise_address


def test_the_eleventh_request_of_a_minute_waits_for_the_first_to_be_a_minute_old():
    limit = RateLimit(10)
    assert [limit.find_wait("10.0.0.1", float(second)) for second in range(10)] == [0.0] * 10
    assert limit.find_wait("10.0.0.1", 10.0) == WINDOW_SECONDS - 10.0
    assert limit.find_wait("10.0.0.2", 10.0) == 0.0
    assert limit.find_wait("10.0.0.1", WINDOW_SECONDS) == 0.0
    assert limit.find_wait("10.0.0.1", WINDOW_SECONDS) > 0.0


def test_a_network_of_ipv6_is_one_address_and_a_mapped_one_is_ipv4():
    limit = RateLimit(1)
    assert limit.find_wait("2001:db8::1", 0.0) == 0.0
    assert limit.find_wait("2001:db8::2", 0.0) > 0.0
    assert normalise_address("::ffff:10.0.0.1") == normalise_address("10.0.0.1")


def test_a_limit_of_nothing_lets_nobody_in():
    assert RateLimit(0).find_wait("10.0.0.1", 0.0) > 0.0


def test_the_memory_is_bounded():
    limit = RateLimit(1)
    for number in range(MAX_ADDRESSES + 50):
        limit.find_wait(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}", 0.0)
    assert len(limit.times) == MAX_ADDRESSES


@given(st.lists(st.tuples(st.floats(min_value=0, max_value=300), st.sampled_from("ab")), max_size=60))
def test_no_window_holds_more_than_the_limit(asked):
    limit = RateLimit(3)
    let_in: dict[str, list[float]] = {"a": [], "b": []}
    for now, address in sorted(asked):
        if not limit.find_wait(address, now):
            let_in[address].append(now)
    for times in let_in.values():
        for first in times:
            assert sum(first <= each < first + WINDOW_SECONDS for each in times) <= 3


@pytest.mark.parametrize("text", ["", "localhost", "fe80::1%eth0", "1.2.3"])
def test_any_text_counts_as_some_address(text):
    assert normalise_address(text) == normalise_address(normalise_address(text)) or "/" in normalise_address(text)
