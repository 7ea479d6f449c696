from hypothesis import given
from hypothesis import strategies as st

from ridgeway.services.petitions.rules.duplicates import MAX_SIGNATURES_AN_ADDRESS, Signer, find_duplicate

SUZIE, BOB, TIM = Signer("Suzie", "AL11AA"), Signer("Bob", "AL1 1AA"), Signer("Tim", "AL11AA")
SIGNERS = st.builds(
    Signer, st.sampled_from(["Suzie", "SUZIE", "Bob", "Tim"]), st.sampled_from(["AL11AA", "BA11AA", ""])
)


def test_the_first_of_an_address_is_new():
    assert find_duplicate(SUZIE, []) is None


def test_the_same_name_in_any_spelling_is_the_same_person():
    assert find_duplicate(Signer("  SUZIE ", "elsewhere"), [BOB, SUZIE]) == 1


def test_another_of_the_household_may_sign_and_a_third_may_not():
    assert find_duplicate(BOB, [SUZIE]) is None
    assert find_duplicate(TIM, [SUZIE, BOB]) == 0


def test_another_name_from_another_postcode_is_no_household():
    assert find_duplicate(Signer("Bob", "BA11AA"), [SUZIE]) == 0


@given(st.lists(SIGNERS, max_size=12))
def test_however_many_try_an_address_signs_twice_at_most_from_one_postcode(tries: list[Signer]):
    kept: list[Signer] = []
    for each in tries:
        at = find_duplicate(each, kept)
        if at is None:
            kept.append(each)
        else:
            assert 0 <= at < len(kept)
    assert len(kept) <= MAX_SIGNATURES_AN_ADDRESS
    assert len({each.postcode for each in kept}) <= 1
    assert len({each.name.casefold() for each in kept}) == len(kept)
