"""Gaps, overlaps and masked rules against trying every value."""

import itertools
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from ridgeway.services.assessments.checks.probing import Prober
from ridgeway.services.assessments.checks.program import Program
from ridgeway.services.assessments.checks.tables import survey_table
from ridgeway.services.assessments.definition import compile_package
from ridgeway.services.assessments.expressions import MILLION
from ridgeway.services.assessments.tests.written import read

HEAD = """\
format: assessment/1
id: table-check
version: 1.0.0
jurisdiction: CA
publisher: {name: "Ministry of Examples"}
languages: {source: en}
start: {title: "Which?"}
pages:
  - id: ill
    question: {type: yes_no, title: "Ill?"}
  - id: age
    question: {type: number, title: "Age?", min: 0, max: 6}
  - id: place
    question: {type: radios, title: "Where?", options: [{id: a, label: A}, {id: b, label: B}, {id: c, label: C}]}
  - id: signs
    question:
      type: checkboxes
      title: "Signs?"
      none: "None"
      options: [{id: x, label: X}, {id: y, label: Y}, {id: z, label: Z}]
    routes: [{to: decision.advice}]
decisions:
  advice:
    hit: first
    inputs: [ill, age, place, signs]
    rules:
"""
FOOT = """
outcomes:
  - {id: go, title: "Go"}
"""
BOOLS = st.sampled_from(["-", "true", "false"])
NUMBERS = st.one_of(
    st.just("-"),
    st.builds(lambda word, at: f"{word} {at}", st.sampled_from(["<", "<=", ">", ">=", "!="]), st.integers(0, 6)),
    st.builds(lambda low, more: f"[{low}..{low + more}]", st.integers(0, 6), st.integers(0, 3)),
    st.builds(lambda low, more: f"({low}..{low + more + 1})", st.integers(0, 5), st.integers(0, 3)),
    st.integers(0, 6).map(str),
    st.builds(lambda one, other: f"{one}, {other}", st.integers(0, 6), st.integers(0, 6)),
)
PLACES = st.sampled_from(["-", "a", "b", "a, b", "not(c)", "not(a)"])
SIGNS = st.sampled_from(["-", "empty", "has(x)", "has(x, y)", "has_any(x, y)", "not(empty)", "not(has(z))"])
ROWS = st.lists(st.tuples(BOOLS, NUMBERS, PLACES, SIGNS), min_size=1, max_size=6)
SETS = [each for size in range(4) for each in itertools.combinations("xyz", size)]
VALUES = list(itertools.product([True, False], [at * MILLION for at in range(7)], "abc", SETS))


def make_prober(rows):
    """The prober of a package with these rows."""
    rules = "".join(
        f"      - {{id: R{at}, if: [{', '.join(f'{chr(34)}{cell}{chr(34)}' for cell in row)}], then: outcome.go}}\n"
        for at, row in enumerate(rows)
    )
    return Prober(Program(compile_package(read(HEAD + rules + FOOT))), date(2026, 11, 20))


@settings(max_examples=50, deadline=None)
@given(ROWS)
def test_what_the_sweep_finds_is_what_trying_every_value_finds(rows):
    prober = make_prober(rows)

    survey = survey_table(prober, "advice")

    matches = [
        [
            int(rule["id"][1:])
            for rule in prober.find_matches(
                prober.make_scope(dict(zip(("ill", "age", "place", "signs"), values, strict=True))), "advice"
            )
        ]
        for values in VALUES
    ]
    pairs = {pair for rules in matches for pair in itertools.combinations(rules, 2)}
    assert bool(survey.gaps) == any(not rules for rules in matches)
    assert set(survey.overlaps) == pairs
    assert survey.met == {rule for rules in matches for rule in rules}
    assert survey.first == {rules[0] for rules in matches if rules}
    assert survey.is_whole


def test_a_gap_is_told_in_words():
    survey = survey_table(
        make_prober([("true", "-", "-", "-"), ("false", "< 3", "-", "-"), ("false", "> 4", "-", "-")]), "advice"
    )

    assert survey.gaps == [("false", "3")]


def test_days_between_two_periods_are_a_gap_of_that_day_alone():
    rows = '      - {id: A, if: ["-", "-", "-", "-"], then: outcome.go, until: 2026-12-31}\n'
    program = Program(compile_package(read(HEAD + rows + FOOT)))

    assert survey_table(Prober(program, date(2026, 12, 31)), "advice").gaps == []
    assert survey_table(Prober(program, date(2027, 1, 1)), "advice").gaps == [()]
