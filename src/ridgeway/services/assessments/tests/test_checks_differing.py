"""Who gets another result by a new version, and what would have changed a result."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ridgeway.services.assessments.checks import compare, find_nearest
from ridgeway.services.assessments.definition import compile_package
from ridgeway.services.assessments.engine import load, replay
from ridgeway.services.assessments.tests.sampled import load_sample
from ridgeway.services.assessments.tests.sound import SOUND, TODAY
from ridgeway.services.assessments.tests.written import change, read

AGE = 'question: {type: number, title: "How old are you?", min: 0, max: 120}'
BASIS = change("complete: [fr]", "partial: [fr]", SOUND)


def compile_changed(*changes):
    """The sound package with some parts changed."""
    text = BASIS
    for old, new in changes:
        text = change(old, new, text)
    return compile_package(read(text, {"locale/fr.po": 'msgid ""\nmsgstr ""\n'}))


def tell(comparison):
    """The changes as plain tuples."""
    return {(each.before.outcome, each.after.outcome, each.raw) for each in comparison.changes}


def test_the_same_package_changes_nothing():
    found = compare(compile_changed(), compile_changed(), today=TODAY)

    assert (found.changes, found.words, found.changed_paths) == ((), (), 0)
    assert found.sentences() == ["Nobody gets another result: 6 paths by class were compared."]


def test_a_new_limit_changes_results_of_those_between_and_says_who():
    new = compile_changed(('"< 1", ">= 65"', '"< 1", ">= 70"'), ('"< 1", "< 65"', '"< 1", "< 70"'))

    found = compare(compile_changed(), new, today=TODAY)

    (changed,) = found.changes
    assert (str(changed.before), str(changed.after), changed.paths, changed.raw) == ("stay", "go", 1, 5)
    assert changed.answers == {"urgent": False, "signs": ["cough"], "age": "65"}
    assert changed.in_words[-1] == ("How old are you?", "65")
    assert found.is_exact


def test_a_question_less_and_an_option_more_are_compared_for_those_who_met_them():
    fewer = compile_changed(
        ("routes: [{when: urgent, to: outcome.call}, {to: next}]", "routes: [{to: next}]"),
        ("  - {name: urgent, today: 2026-11-20, given: {urgent: true}, expect: call}\n", ""),
    )
    more = compile_changed(('{id: cough, label: "cough"}]', '{id: cough, label: "cough"}, {id: rash, label: "rash"}]'))

    assert tell(compare(compile_changed(), fewer, today=TODAY)) == {
        ("call", "go", 1 + 2 * 65 - 65),
        ("call", "stay", 121 * 2 + 56),
    }
    assert {each.before.is_refused for each in compare(compile_changed(), more, today=TODAY).changes} == {True}


def test_changed_texts_and_values_are_told_in_words():
    new = compile_changed(('title: "Go out"', 'title: "Go for a walk"'), ("value: 5, min", "value: 6, min"))

    words = compare(compile_changed(), new, today=TODAY).words

    assert [(each.element, each.before, each.after) for each in words] == [
        ("outcome.go.title", "Go out", "Go for a walk"),
        ("parameter.days", "5", "6"),
    ]


def test_a_change_that_begins_later_is_told_with_its_day():
    later = ('["< 1", ">= 65"], then: outcome.stay', '["< 1", ">= 65"], until: 2026-12-31, then: outcome.stay')
    again = (
        "outcomes:\n",
        '      - {id: A4, if: ["< 1", ">= 65"], from: 2027-01-01, then: outcome.go, because: "B."}\noutcomes:\n',
    )

    (changed,) = compare(compile_changed(), compile_changed(later, again), today=TODAY).changes

    assert (changed.before.outcome, changed.after.outcome, changed.day) == ("stay", "go", date(2027, 1, 1))


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 120), st.integers(1, 120))
def test_counts_of_those_who_get_another_result_are_those_of_everybody_tried(one, other):
    old, new = (
        compile_changed(('"< 1", ">= 65"', f'"< 1", ">= {at}"'), ('"< 1", "< 65"', f'"< 1", "< {at}"'))
        for at in (one, other)
    )

    found = compare(old, new, today=TODAY)

    assert sum(each.raw for each in found.changes) == abs(one - other)


@pytest.mark.parametrize(
    ("answers", "changed", "outcome"),
    [
        ({"urgent": False, "signs": ["cough"], "age": "30"}, ("age", "65"), "stay"),
        ({"urgent": False, "signs": ["cough"], "age": "90"}, ("age", "64"), "go"),
        ({"urgent": False, "signs": ["fever"], "age": "30"}, ("signs", []), "go"),
        ({"urgent": False, "signs": []}, ("urgent", True), "call"),
    ],
)
def test_the_nearest_change_is_found_to_the_very_number(answers, changed, outcome):
    nearest = find_nearest(compile_changed(), answers, today=TODAY)

    assert nearest is not None
    if outcome != "call":
        assert (nearest.changes[0].question, nearest.changes[0].after) == changed
    assert nearest.outcome == outcome or nearest.added


def test_what_is_proposed_leads_there_for_every_example_of_a_sample():
    sample = load_sample("respiratory-check-2020")
    compiled, assessment = dict(sample.compiled), load(sample.compiled)
    for case in sample.package.definition.tests:
        assert case.today is not None
        nearest = find_nearest(compiled, case.given, today=case.today)
        if nearest is not None:
            trail = replay(assessment, nearest.answers, today=case.today)
            assert (trail.is_over, trail.outcome) == (True, nearest.outcome)
            assert nearest.outcome != case.expect


def test_answers_that_are_not_finished_have_no_nearest():
    assert find_nearest(compile_changed(), {"urgent": False}, today=TODAY) is None


def test_two_answers_are_changed_when_one_is_not_enough():
    two = ('- {id: A3, if: ["< 1", "< 65"]', '- {id: A3, if: ["< 1", "-"]'), ('"< 1", ">= 65"', '"< 0.1", "< 0"')
    gate = ("routes: [{when: size(signs) == 0, to: outcome.go}, {to: next}]", "routes: [{to: next}]")
    rule = ("inputs: [points, age]", "inputs: ['points >= 1 && age >= 65 ? 1 : 0', age]")
    compiled = compile_changed(
        *two, gate, rule, ("routes: [{when: urgent, to: outcome.call}, {to: next}]", "routes: [{to: next}]")
    )

    nearest = find_nearest(compiled, {"urgent": False, "signs": [], "age": "30"}, today=TODAY)

    assert nearest is not None
    assert sorted(each.question for each in nearest.changes) == ["age", "signs"]
    assert nearest.outcome == "stay"
