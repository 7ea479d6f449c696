"""Why a result came out: the sentence, the answers that mattered, the row of the table with its parameters."""

from datetime import date

from ridgeway.services.assessments.engine import explain
from ridgeway.services.assessments.engine.explaining import ParameterUsed
from ridgeway.services.assessments.tests.running import everything, make, run
from ridgeway.services.assessments.tests.test_engine_viewing import end

PAGES = """
- {id: name, question: {type: text, title: "Name?"}}
- {id: age, question: {type: number, title: "Age?"}}
- {id: ill, question: {type: yes_no, title: "Ill?"}}
- {id: trip, question: {type: yes_no, title: "Trip?"}, routes: [{to: decision.advice}]}
"""
MORE = """
parameters:
  old: {type: number, source: "Order 7", values: [{from: 2026-01-01, value: 65}, {from: 2027-01-01, value: 60}]}
facts:
  at_risk: 'ill || (age >= old && trip)'
decisions:
  advice:
    hit: HIT
    inputs: [at_risk, trip]
    rules:
      - {id: A, if: [true, -], then: outcome.other, because: "You are at risk.", source: "Order 3"}
      - {id: B, if: [false, false], then: outcome.done}
    default: outcome.done
"""


def why(hit="unique", **answers):
    assessment = make(PAGES, more=MORE.replace("HIT", hit))
    given = {"name": "Ana", "age": "70", "ill": False, "trip": False} | answers
    return explain(assessment, run(assessment, given))


def test_the_sentence_and_the_row_are_those_of_the_rule_that_matched():
    found = why(ill=True)
    assert (found.outcome, found.because) == ("other", "decision.advice.rule.A.because")
    assert (found.decision, found.rule, found.source) == ("advice", "A", "Order 3")
    assert [(each.input, each.test, each.value, each.holds) for each in found.tests] == [
        ("at_risk", "true", True, True)
    ]


def test_only_answers_that_were_looked_at_mattered_and_they_come_with_their_steps():
    assert why(ill=True).mattered == (("ill", 3),)
    assert why(trip=True).mattered == (("age", 2), ("ill", 3), ("trip", 4))


def test_a_default_depends_on_every_input_that_ruled_a_row_out():
    assert why(age="3", trip=True).rule is None
    assert why(age="3", trip=True).mattered == (("age", 2), ("ill", 3), ("trip", 4))


def test_of_a_table_where_the_first_counts_the_rows_before_mattered_too():
    assert why("first", trip=False).mattered == (("age", 2), ("ill", 3), ("trip", 4))


def test_parameters_are_named_with_the_day_from_which_they_count():
    assert why(trip=True).parameters == (ParameterUsed("old", "65000000", "2026-01-01", "Order 7"),)


def test_routes_that_were_looked_at_mattered_even_without_a_table():
    pages = """
- {id: a, question: {type: yes_no, title: "A?"}, routes: [{when: a, to: outcome.other}, {to: next}]}
- {id: b, question: {type: yes_no, title: "B?"}}
- {id: c, question: {type: yes_no, title: "C?"}, routes: [{when: c, to: outcome.other}, {to: outcome.done}]}
"""
    assessment = make(pages)
    found = explain(assessment, run(assessment, {"a": False, "b": True, "c": False}))
    assert (found.because, found.mattered, found.rule) == (None, (("a", 1), ("c", 3)), None)


def test_a_person_reads_why_in_words():
    shown = end({"on_behalf": False, "urgent": True})["why"]
    assert shown == {
        "because": None,
        "mattered": [{"question": "Is one of these happening to you right now?", "answer": "Yes", "step": 2}],
        "rule": None,
    }


def test_an_explanation_names_version_and_digest():
    trail = run(everything().assessment, {"on_behalf": False}, date(2026, 11, 24))
    found = explain(everything().assessment, trail)
    assert (found.version, found.digest, found.outcome) == ("2.1.0", everything().compiled["digest"], None)
