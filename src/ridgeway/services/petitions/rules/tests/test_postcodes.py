import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ridgeway.services.petitions.rules.faults import Wrong
from ridgeway.services.petitions.rules.postcodes import (
    find_postcode_fault,
    find_sector,
    is_uk_postcode,
    render_postcode,
    tidy_postcode,
    tidy_postcode_of,
)


@pytest.mark.parametrize(
    "postcode",
    [
        *("M1 1AE", "B33 8TH", "CR2 6XH", "DN55 1PT", "W1A 0AX", "EC1A 1BB", "BF1 0AX", "GIR 0AA"),
        *("sw1a1aa", "s.w.1.a-1/aa", "BFPO 57", "BFPO c/o 5", "ＳＷ１Ａ １ＡＡ"),
    ],
)
def test_every_shape_of_the_uk_is_taken_however_it_is_typed(postcode: str):
    assert find_postcode_fault(postcode, country_code="GB") is None


@pytest.mark.parametrize("postcode", ["SW1A", "12345", "QA1 1AA", "SW1A 1AC", "BFPO", "BFPO 12345", "SW1A 1AAA", "١٢"])
def test_other_shapes_are_refused(postcode: str):
    fault = find_postcode_fault(postcode, country_code="GB")
    assert fault is not None
    assert fault.wrong in {Wrong.SHAPE, Wrong.MISSING, Wrong.TOO_LONG}


def test_at_home_one_is_asked_for_and_abroad_none():
    missing = find_postcode_fault("  ", country_code="GB")
    assert missing is not None
    assert missing.wrong is Wrong.MISSING
    assert find_postcode_fault("", country_code="FR") is None
    assert find_postcode_fault("75 001 Paris", country_code="FR") is None
    assert tidy_postcode_of(" 75  001 ", country_code="FR", home_code="GB") == "75 001"
    assert tidy_postcode_of("sw1a 1aa", country_code="GB", home_code="GB") == "SW1A1AA"


@pytest.mark.parametrize(
    ("postcode", "wrong"), [("=1+1", Wrong.FORMULA), ("a\x00b", Wrong.CONTROL), ("9" * 51, Wrong.TOO_LONG)]
)
def test_abroad_too_nothing_harmful_is_taken(postcode: str, wrong: Wrong):
    fault = find_postcode_fault(postcode, country_code="FR")
    assert fault is not None
    assert fault.wrong is wrong


def test_another_home_country_takes_letters_and_digits():
    assert find_postcode_fault("1000-205", country_code="PT", home_code="PT") is None
    assert find_postcode_fault("!", country_code="PT", home_code="PT") is not None


def test_a_postcode_is_shown_and_searched_as_people_know_it():
    assert render_postcode("SW1A1AA") == "SW1A 1AA"
    assert find_sector("RG12AB") == "RG1 2"
    assert (render_postcode("BFPO57"), find_sector("BFPO57")) == ("BFPO57", None)


@given(st.text(max_size=60))
def test_any_text_is_judged_and_what_is_taken_is_letters_and_digits(text: str):
    key = tidy_postcode(text)
    assert tidy_postcode(key) == key
    assert set(key) <= set(string.ascii_uppercase + string.digits)
    if find_postcode_fault(text, country_code="GB") is None:
        assert is_uk_postcode(key)
        assert tidy_postcode(render_postcode(key)) == key
