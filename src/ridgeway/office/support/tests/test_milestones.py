from hypothesis import given
from hypothesis import strategies as st

from ridgeway.office.support import Line, Milestone, decide_milestones

LINES = st.lists(st.builds(Line, st.sampled_from("abc"), st.integers(1, 50), st.booleans()), max_size=5)


def test_a_line_is_reached_at_its_count_and_not_before():
    line = Line("answer", 10_000, is_reached=False)
    assert decide_milestones(9_999, [line]) == ()
    assert decide_milestones(10_000, [line]) == (Milestone("answer", is_reached=True),)


def test_a_line_that_was_reached_is_taken_back_below_it():
    line = Line("answer", 10_000, is_reached=True)
    assert decide_milestones(10_000, [line]) == ()
    assert decide_milestones(9_999, [line]) == (Milestone("answer", is_reached=False),)


@given(st.integers(0, 60), LINES)
def test_afterwards_every_line_stands_as_the_count_says_and_nothing_more_changes(count: int, lines: list[Line]):
    changed = decide_milestones(count, lines)
    assert len(changed) == sum(line.is_reached != (count >= line.count) for line in lines)
    settled = [Line(line.code, line.count, count >= line.count) for line in lines]
    assert decide_milestones(count, settled) == ()
