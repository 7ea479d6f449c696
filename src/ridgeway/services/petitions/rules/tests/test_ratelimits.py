import pytest
from hypothesis import given
from hypothesis import strategies as st

from ridgeway.services.petitions.rules.addresses import USUAL_RULES, DomainTable
from ridgeway.services.petitions.rules.lists import ListError
from ridgeway.services.petitions.rules.ratelimits import (
    Admission,
    ListTexts,
    Origin,
    Rates,
    Recent,
    decide_feedback,
    decide_listing,
    decide_rate,
    find_rates_fault,
    origin_of,
    parse_lists,
    read_lists,
)
from ridgeway.services.petitions.states import SignatureRole

TABLE = DomainTable(USUAL_RULES)
EVERYWHERE = ListTexts("192.0.2.1", "example.org", "suzie@example.org", "192.0.2.1", "example.org")
SUZIE = origin_of(ip="192.0.2.1", email="Suzie@example.org", table=TABLE)
SIGNER, SPONSOR, CREATOR = SignatureRole.SIGNER, SignatureRole.SPONSOR, SignatureRole.CREATOR


def say(**texts: str) -> Admission | None:
    return decide_listing(SUZIE, parse_lists(ListTexts(**texts), TABLE))


def test_the_lists_are_asked_in_their_order():
    order = (
        ("blocked_ips", Admission.BLOCKED_IP),
        ("blocked_domains", Admission.BLOCKED_DOMAIN),
        ("blocked_emails", Admission.BLOCKED_EMAIL),
        ("allowed_ips", Admission.ALLOWED),
        ("allowed_domains", Admission.ALLOWED),
    )
    left = {name: getattr(EVERYWHERE, name) for name, _ in order}
    for name, answer in order:
        assert say(**left) is answer
        del left[name]
    assert say() is None


def test_a_blocked_person_is_known_by_any_spelling():
    lists = parse_lists(ListTexts(blocked_emails="su.zie@gmail.com"), TABLE)
    other = origin_of(ip="192.0.2.9", email="SUZIE+2@googlemail.com", table=TABLE)
    assert decide_listing(other, lists) is Admission.BLOCKED_EMAIL


def test_a_form_refuses_a_bad_list_and_signing_goes_on_with_its_good_lines():
    texts = ListTexts(blocked_ips="nonsense\n192.0.2.1")
    with pytest.raises(ListError):
        parse_lists(texts, TABLE)
    assert decide_listing(SUZIE, read_lists(texts, TABLE)) is Admission.BLOCKED_IP


def test_a_signer_signs_once_a_minute_and_five_times_in_five():
    rates = Rates()
    assert decide_rate(SIGNER, Recent(0, 0), rates) is Admission.PASSED
    assert decide_rate(SIGNER, Recent(1, 1), rates) is Admission.OVER_BURST
    assert decide_rate(SIGNER, Recent(0, 4), rates) is Admission.PASSED
    assert decide_rate(SIGNER, Recent(0, 5), rates) is Admission.OVER_SUSTAINED


def test_sponsors_and_creators_have_rates_of_their_own_and_no_burst():
    rates = Rates()
    assert decide_rate(SPONSOR, Recent(4, 4), rates) is Admission.PASSED
    assert decide_rate(SPONSOR, Recent(5, 5), rates) is Admission.OVER_SUSTAINED
    assert decide_rate(CREATOR, Recent(1, 1), rates) is Admission.PASSED
    assert decide_rate(CREATOR, Recent(2, 2), rates) is Admission.OVER_SUSTAINED
    assert decide_feedback(Recent(1, 1), is_blocked=False, rates=rates)
    assert not decide_feedback(Recent(2, 2), is_blocked=False, rates=rates)
    assert not decide_feedback(Recent(), is_blocked=True, rates=rates)


def test_the_sustained_rate_must_exceed_the_burst():
    assert find_rates_fault(Rates()) is None
    assert find_rates_fault(Rates(sustained_period_seconds=60)) == "sustained_period_seconds"
    assert find_rates_fault(Rates(sustained_rate=1)) == "sustained_rate"


@given(st.integers(0, 10), st.integers(0, 10), st.sampled_from(list(SignatureRole)))
def test_who_is_refused_stays_refused_with_more_signatures(burst: int, sustained: int, role: SignatureRole):
    rates = Rates()
    if decide_rate(role, Recent(burst, sustained), rates) is not Admission.PASSED:
        assert decide_rate(role, Recent(burst + 1, sustained + 1), rates) is not Admission.PASSED


@given(st.text(max_size=100), st.text(max_size=40), st.text(max_size=40))
def test_whatever_a_list_and_an_origin_hold_there_is_an_answer(text: str, ip: str, domain: str):
    lists = read_lists(ListTexts(text, text, text, text, text), TABLE)
    decide_listing(Origin(ip, f"a@{domain}", domain), lists)
