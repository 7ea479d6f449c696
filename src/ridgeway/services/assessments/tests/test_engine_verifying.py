"""Answers from outside, and answers of example cases."""

import json
from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from ridgeway.services.assessments.engine import read_given, replay, verify_answers
from ridgeway.services.assessments.tests.running import TODAY, everything
from ridgeway.services.assessments.tests.test_engine_deciding import GIVEN

ASSESSMENT = everything().assessment
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)
QUESTIONS = [*ASSESSMENT.questions, *ASSESSMENT.pages]


def test_answers_that_fit_are_taken_as_they_are():
    verified = verify_answers(ASSESSMENT, GIVEN)
    assert (verified.answers, verified.left_out) == (GIVEN, ())


def test_what_does_not_fit_is_left_out_and_named():
    data = GIVEN | {"age": "030", "needs": ["food", "anything"], "gone_since": "x", "urgent": 0}
    verified = verify_answers(ASSESSMENT, data)
    assert set(verified.left_out) == {"age", "needs", "gone_since", "urgent"}
    assert set(GIVEN) - set(verified.answers) == {"age", "needs", "urgent"}


def test_items_keep_their_places_when_a_part_of_them_does_not_fit():
    items = [{"child_age": 3, "child_allergy": True, "again": True}, "x", {"child_age": "4", "again": "yes", "odd": 1}]
    verified = verify_answers(ASSESSMENT, {"children": items})
    assert verified.answers == {"children": [{"child_allergy": True, "again": True}, {}, {"child_age": "4"}]}
    assert verified.left_out == ("children.0.child_age", "children.1", "children.2.again", "children.2.odd")


def test_more_items_than_may_be_are_cut():
    verified = verify_answers(ASSESSMENT, {"children": [{"child_age": "1"}] * 500})
    assert (len(verified.answers["children"]), verified.left_out) == (10, ("children.10",))


def test_what_is_no_mapping_gives_no_answers():
    for data in (None, [], "x", 3, [["age", "3"]]):
        assert verify_answers(ASSESSMENT, data).left_out == ("answers",)


def test_the_names_of_strangers_are_cut_and_counted():
    left_out = verify_answers(ASSESSMENT, {str(number) * 100: 1 for number in range(1000)}).left_out
    assert len(left_out) == 100
    assert all(len(name) == 80 for name in left_out)


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.sampled_from(QUESTIONS), JSON, max_size=8) | JSON)
def test_whatever_json_comes_what_is_taken_can_be_replayed_and_taken_again(data):
    verified = verify_answers(ASSESSMENT, data)
    json.dumps(verified.answers)
    assert verify_answers(ASSESSMENT, verified.answers).answers == verified.answers
    replay(ASSESSMENT, verified.answers, today=TODAY)
    if isinstance(data, dict):
        replay(ASSESSMENT, data, today=TODAY)


def test_a_case_is_given_as_authors_write():
    given_in_yaml = {
        "urgent": False, "age": 70, "needs": ["food", "housing"], "contact_date": date(2026, 11, 15),
        "rent": Decimal("1200.50"), "notice_period": [3, "weeks"], "built": 1990,
        "children": ({"child_age": 3}, {"child_age": 9}),
    }  # fmt: skip
    assert read_given(ASSESSMENT, given_in_yaml) == {
        "urgent": False, "age": "70", "needs": ["housing", "food"], "contact_date": "2026-11-15", "rent": "1200.5",
        "notice_period": ["3", "weeks"], "built": "1990",
        "children": [{"again": True, "child_age": "3"}, {"again": False, "child_age": "9"}],
    }  # fmt: skip


def test_every_case_of_the_example_comes_out_as_it_says():
    for case in everything().package.definition.tests:
        verified = verify_answers(ASSESSMENT, read_given(ASSESSMENT, case.given))
        assert verified.left_out == (), case.name
        assert replay(ASSESSMENT, verified.answers, today=case.today or TODAY).outcome == case.expect, case.name
