import pytest
from hypothesis import given
from hypothesis import strategies as st

from ridgeway.services.petitions.rules.spelling import USUAL_DOMAINS, find_likely_address


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ann@gmial.com", "ann@gmail.com"),
        ("ann@gmail.con", "ann@gmail.com"),
        ("ann@gail.com", "ann@gmail.com"),
        ("ann@hotmial.co.uk", "ann@hotmail.co.uk"),
        ("ann@hotmail.couk", "ann@hotmail.co.uk"),
        ("ann@OUTLOK.com", "ann@outlook.com"),
        ("ann@yahooo.com", "ann@yahoo.com"),
    ],
)
def test_a_slip_in_a_domain_that_many_have_is_seen(typed, meant):
    assert find_likely_address(typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "ann@example.org",
        "ann@yahoo.ca",
        "ann@yahoo.de",
        "ann@email.com",
        "ann@mail.net",
        "ann@sky.org",
        "ann@ymail.com",
    ],
)
def test_other_domains_are_other_peoples(typed):
    assert find_likely_address(typed) is None


@given(st.sampled_from(USUAL_DOMAINS))
def test_a_domain_that_is_right_is_never_asked_about(domain):
    assert find_likely_address(f"ann@{domain}") is None


@given(st.text(max_size=300))
def test_any_text_has_a_guess_or_none(text):
    likely = find_likely_address(text)
    assert likely is None or likely.rpartition("@")[2] in USUAL_DOMAINS
