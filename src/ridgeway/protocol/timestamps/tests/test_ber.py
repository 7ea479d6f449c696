"""From BER to DER: the same content, one form, and a refusal for what is neither."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ridgeway.protocol.timestamps.ber import MAX_DEPTH, normalise_ber, write_element
from ridgeway.protocol.timestamps.tests.loosen import loosen


def elements():
    """Trees of elements in DER."""
    leaves = st.builds(write_element, st.sampled_from([0x02, 0x04, 0x05, 0x0C, 0x80]), st.binary(max_size=300))

    def nest(children):
        return st.builds(
            lambda tag, inner: write_element(tag, b"".join(inner)),
            st.sampled_from([0x30, 0x31, 0xA0]),
            st.lists(children, max_size=4),
        )

    return st.recursive(leaves, nest, max_leaves=12)


@settings(deadline=None)
@given(elements())
def test_der_stays_as_it_is_and_loose_forms_become_it(data):
    assert normalise_ber(data) == data
    assert normalise_ber(loosen(data)) == data


@settings(deadline=None)
@given(elements(), st.binary(max_size=8))
def test_what_stands_after_the_element_is_left_out(data, rest):
    assert normalise_ber(data + rest) == data


def test_long_forms_of_short_lengths_become_short():
    assert normalise_ber(bytes.fromhex("308400000004 0281010a")) == bytes.fromhex("3003 02010a")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x30",
        b"\x30\x01",
        b"\x30\x80",
        b"\x04\x80\x00\x00",
        b"\x30\x85\x00\x00\x00\x00\x00",
        b"\x3f\x21\x00",
        b"\x30\x02\x04\x01",
        b"\x24\x80\x02\x01\x00\x00\x00",
        b"\x30\x80" * (MAX_DEPTH + 2),
        b"\x30\x80\x04\x01",
    ],
    ids=bytes.hex,
)
def test_what_is_cut_short_too_deep_or_no_ber_is_refused(data):
    with pytest.raises(ValueError, match=r"^(it|a|an) "):
        normalise_ber(data)


@settings(deadline=None)
@given(
    st.binary(max_size=200)
    | st.lists(st.sampled_from([b"\x30\x80", b"\x24\x80", b"\x00\x00", b"\x04\x01a"])).map(b"".join)
)
def test_garbage_gives_an_element_or_a_refusal(data):
    try:
        tight = normalise_ber(data)
    except ValueError:
        return
    assert normalise_ber(tight) == tight
