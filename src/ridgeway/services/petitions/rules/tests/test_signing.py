from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ridgeway.services.petitions.rules.signing import (
    Answer,
    Signable,
    decide_confirming,
    decide_taking,
    is_stale,
)
from ridgeway.services.petitions.states import SignatureRole, State

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SIGNER, SPONSOR = SignatureRole.SIGNER, SignatureRole.SPONSOR
PAST, FUTURE = NOW - timedelta(hours=1), NOW + timedelta(hours=1)


def a_petition(state: State, **values: Any) -> Signable:
    usual: dict[str, Any] = {"deadline": FUTURE, "closed_at": None, "accepts_signatures": True}
    return Signable(state, **(usual | values))


@pytest.mark.parametrize("state", list(State))
def test_only_an_open_petition_is_signed(state: State):
    answer = decide_taking(a_petition(state), SIGNER, now=NOW)
    assert answer is (Answer.ACCEPTED if state is State.OPEN else Answer.NOT_OPEN)


@pytest.mark.parametrize("state", list(State))
def test_a_petition_is_supported_until_it_is_decided(state: State):
    answer = decide_taking(a_petition(state, deadline=None), SPONSOR, now=NOW)
    is_waiting = state in {State.PENDING, State.VALIDATED, State.SPONSORED, State.FLAGGED}
    assert answer is (Answer.ACCEPTED if is_waiting else Answer.NOT_OPEN)


def test_the_form_is_over_at_the_deadline_and_the_link_a_day_later():
    over = a_petition(State.OPEN, deadline=NOW)
    assert decide_taking(over, SIGNER, now=NOW) is Answer.NOT_OPEN
    assert decide_confirming(over, SIGNER, now=NOW + timedelta(hours=23)) is Answer.ACCEPTED
    assert decide_confirming(over, SIGNER, now=NOW + timedelta(hours=24)) is Answer.NOT_OPEN


def test_after_an_early_close_a_day_is_counted_from_the_close():
    closed = a_petition(State.CLOSED, deadline=NOW + timedelta(days=90), closed_at=NOW)
    assert decide_confirming(closed, SIGNER, now=NOW + timedelta(hours=23)) is Answer.ACCEPTED
    assert decide_confirming(closed, SIGNER, now=NOW + timedelta(hours=24)) is Answer.NOT_OPEN


def test_a_sponsor_whose_petition_was_opened_meanwhile_still_counts():
    assert decide_confirming(a_petition(State.OPEN, sponsors=20), SPONSOR, now=NOW) is Answer.ACCEPTED


def test_twenty_sponsors_are_enough():
    full = a_petition(State.SPONSORED, sponsors=20)
    assert decide_taking(full, SPONSOR, now=NOW) is Answer.FULL
    assert decide_confirming(full, SPONSOR, now=NOW) is Answer.FULL


@given(st.sampled_from(list(State)), st.sampled_from([SIGNER, SPONSOR]), st.sampled_from([PAST, FUTURE, None]))
def test_a_pause_stops_everybody_alike(state: State, role: SignatureRole, deadline: datetime | None):
    paused = a_petition(state, deadline=deadline, accepts_signatures=False)
    assert decide_taking(paused, role, now=NOW) is Answer.PAUSED
    assert decide_confirming(paused, role, now=NOW) is Answer.PAUSED


@given(st.sampled_from(list(State)), st.sampled_from([SIGNER, SPONSOR]), st.integers(0, 25))
def test_whoever_could_sign_a_moment_ago_can_confirm_now(state: State, role: SignatureRole, sponsors: int):
    petition = a_petition(state, sponsors=sponsors)
    if decide_taking(petition, role, now=NOW) is Answer.ACCEPTED:
        assert decide_confirming(petition, role, now=NOW + timedelta(minutes=5)) is Answer.ACCEPTED


def test_a_sponsors_link_used_a_while_ago_is_stale_and_a_signers_never():
    assert not is_stale(SPONSOR, NOW - timedelta(minutes=15), now=NOW)
    assert is_stale(SPONSOR, NOW - timedelta(minutes=16), now=NOW)
    assert not is_stale(SPONSOR, None, now=NOW)
    assert not is_stale(SIGNER, NOW - timedelta(days=9), now=NOW)
