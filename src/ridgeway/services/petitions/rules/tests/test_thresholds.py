from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ridgeway.services.petitions.rules.thresholds import Standing, Thresholds, decide_standing
from ridgeway.services.petitions.states import DebateState, ResponseState, State

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
LINES = Thresholds(5, 10, 20)
OPEN = Standing(State.OPEN)


def at(standing: Standing, count: int, now: datetime = NOW) -> Standing:
    return decide_standing(standing, count, thresholds=LINES, now=now)


def test_the_fifth_supporter_beside_the_creator_brings_it_to_the_moderators_and_one_less_takes_it_back():
    gathering = Standing(State.VALIDATED)
    assert at(gathering, 5) == gathering
    sponsored = at(gathering, 6)
    assert sponsored == Standing(State.SPONSORED, moderation_threshold_reached_at=NOW)
    assert at(sponsored, 5, LATER) == gathering


def test_an_answer_is_awaited_from_its_line_on_and_a_debate_from_its():
    answered = at(OPEN, 10)
    assert (answered.response_state, answered.response_threshold_reached_at) == (ResponseState.AWAITING, NOW)
    both = at(answered, 20, LATER)
    assert (both.response_threshold_reached_at, both.debate_threshold_reached_at) == (NOW, LATER)
    assert both.debate_state is DebateState.AWAITING
    assert at(both, 9, LATER) == OPEN


def test_what_somebody_has_done_is_not_undone_by_a_count():
    done = replace(at(OPEN, 20), response_state=ResponseState.RESPONDED, debate_state=DebateState.SCHEDULED)
    fallen = at(done, 3, LATER)
    assert (fallen.response_state, fallen.debate_state) == (ResponseState.RESPONDED, DebateState.SCHEDULED)
    assert (fallen.response_threshold_reached_at, fallen.debate_threshold_reached_at) == (None, None)


def test_a_line_that_staff_raise_takes_back_no_promise_and_one_that_they_lower_is_reached():
    answered = at(OPEN, 10)
    raised = Thresholds(5, 50, 60)
    one_more = decide_standing(answered, 11, thresholds=raised, now=LATER, has_fallen=False)
    assert one_more == answered
    assert decide_standing(answered, 9, thresholds=raised, now=LATER, has_fallen=True) == OPEN
    lowered = decide_standing(OPEN, 4, thresholds=Thresholds(5, 3, 60), now=LATER, has_fallen=False)
    assert lowered.response_state is ResponseState.AWAITING


def test_an_answer_given_before_its_line_stays_one():
    early = replace(OPEN, response_state=ResponseState.RESPONDED)
    assert at(early, 10).response_state is ResponseState.RESPONDED


@given(st.sampled_from(list(State)), st.lists(st.integers(0, 30), min_size=1, max_size=8))
def test_only_the_last_count_matters_for_what_is_owed(state: State, counts: list[int]):
    start = Standing(state, moderation_threshold_reached_at=NOW if state is State.SPONSORED else None)
    standing = start
    for count in counts:
        standing = at(standing, count)
    assert standing == at(start, counts[-1])
    assert at(standing, counts[-1], LATER) == standing


@given(st.sampled_from(list(State)), st.integers(0, 30))
def test_a_petition_that_is_neither_gathering_nor_published_is_left_alone(state: State, count: int):
    standing = Standing(state)
    if state not in {State.VALIDATED, State.SPONSORED, State.OPEN, State.CLOSED}:
        assert at(standing, count) == standing
