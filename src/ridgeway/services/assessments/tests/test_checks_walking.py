"""The walk by classes against walks by brute force, and its figures on the samples."""

import itertools
from datetime import date
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ridgeway.services.assessments.checks import count_paths, list_class_paths
from ridgeway.services.assessments.checks.classes import make_splitter
from ridgeway.services.assessments.checks.exemplars import find_of_form
from ridgeway.services.assessments.checks.flow import is_sound
from ridgeway.services.assessments.checks.machine import make_machine
from ridgeway.services.assessments.checks.program import Program
from ridgeway.services.assessments.checks.walking import Walker, gather_answers, walk_paths
from ridgeway.services.assessments.definition import compile_package
from ridgeway.services.assessments.definition.patterns import PATTERNS, POSTAL_PREFIXES
from ridgeway.services.assessments.engine import replay, with_answers
from ridgeway.services.assessments.tests.answering import choose_answers
from ridgeway.services.assessments.tests.random_definitions import TODAY, make_definition
from ridgeway.services.assessments.tests.sampled import load_sample
from ridgeway.services.assessments.tests.sound import SOUND
from ridgeway.services.assessments.tests.written import change, read

SMALL_KINDS = {"yes_no", "radios", "checkboxes"}
MOST_WAYS = 3_000


def compile_sample(name):
    """The compiled document of a sample package."""
    return dict(load_sample(name).compiled)


def list_raw(question):
    """Every answer to a question with few."""
    options = [each["id"] for each in question.get("options") or ()]
    if question["type"] == "yes_no":
        answers: list[Any] = [True, False]
    elif question["type"] == "radios":
        answers = list(options)
    else:
        exclusive = [each["id"] for each in question["options"] if each["exclusive"]]
        plain = [each for each in options if each not in exclusive]
        sets = [list(each) for size in range(len(plain) + 1) for each in itertools.combinations(plain, size)]
        answers = [each for each in sets if each or "none" in question["has"]] + [[each] for each in exclusive]
    return answers + [None] * question["unknown"] + [""] * question["optional"]


def count_by_force(program, assessment, today):
    """How many ways to answer end in each outcome, each of them replayed; None when they are too many."""
    counts: dict[str | None, int] = {}
    waiting: list[dict[str, Any]] = [{}]
    done = 0
    while waiting:
        answers = waiting.pop()
        done += 1
        if done > MOST_WAYS:
            return None
        trail = replay(assessment, answers, today=today)
        if trail.is_over:
            counts[trail.outcome] = counts.get(trail.outcome, 0) + 1
            continue
        questions = program.pages[trail.steps[-1].page]["questions"]
        names = [each["id"] for each in questions]
        ways = itertools.product(*map(list_raw, questions))
        waiting.extend(answers | dict(zip(names, values, strict=True)) for values in ways)
    return counts


def is_small(compiled):
    """Whether every question has few answers and is asked once."""
    questions = [each for page in compiled["pages"] for each in page["questions"]]
    return questions and all(
        each["type"] in SMALL_KINDS and page["repeat"] is None
        for page in compiled["pages"]
        for each in page["questions"]
    )


def test_counts_are_those_of_every_single_way_to_answer():
    compared = 0
    for seed in range(300):
        compiled = make_definition(Random(seed))
        if not is_small(compiled) or not is_sound(Program(compiled)):
            continue
        machine = make_machine(compiled, TODAY)
        forced = count_by_force(machine.program, machine.program.assessment, TODAY)
        if forced is None:
            continue
        walk = walk_paths(machine)
        walked: dict[str | None, int] = {}
        for (ending,), tally in walk.endings.items():
            walked[ending.outcome] = walked.get(ending.outcome, 0) + tally.raw
        assert walked == forced, seed
        assert walk.paths <= sum(forced.values())
        compared += 1
    assert compared > 5


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_whoever_answers_anything_ends_where_the_walk_ended(seed):
    random = Random(seed)
    compiled = make_definition(random)
    if not is_sound(Program(compiled)):
        return
    machine = make_machine(compiled, TODAY)
    walk = walk_paths(machine, max_steps=1_500)
    for endings, tally in walk.endings.items():
        assert endings[0].is_refused is False
        position = machine.place(gather_answers(tally.example))
        assert position.ending == endings[0], "the example of an ending ends there"
    if walk.is_complete and walk.is_exact:
        for _ in range(5):
            position = machine.place(choose_answers(compiled, random, TODAY))
            assert position.ending is None or position.ending.is_refused or (position.ending,) in walk.endings


def test_2020_is_walked_by_51_paths_that_stand_for_ten_million_ways():
    compiled = compile_sample("respiratory-check-2020")
    tally = count_paths(compiled, today=date(2026, 11, 20))

    assert (tally.paths, tally.longest, tally.is_complete, tally.is_exact) == (51, 15, True, True)
    assert tally.choices == 10_223_487
    assert not tally.rules.missing
    assert not tally.routes.missing


def test_the_65536_sets_of_symptoms_of_2020_fall_into_five_classes():
    program = Program(compile_sample("respiratory-check-2020"))

    split = make_splitter(program, date(2026, 11, 20), (), 12).split("symptoms")

    assert sorted(each.count for each in split.classes) == [1, 6, 19, 44, 65_466]
    assert split.is_exact


def test_listed_paths_are_as_many_as_were_counted_and_end_where_they_say():
    compiled = compile_sample("respiratory-check-2021")
    machine = make_machine(compiled, TODAY)

    paths = list_class_paths(compiled, today=TODAY)

    tally = count_paths(compiled, today=TODAY)
    assert (len(paths), sum(each.raw for each in paths)) == (tally.paths, tally.raw)
    assert all(machine.place(each.answers).ending == each.endings[0] for each in paths)


def compile_changed(*changes):
    text = SOUND
    for old, new in changes:
        text = change(old, new, text)
    text = text.replace("complete: [fr]", "partial: [fr]")
    return compile_package(read(text, {"locale/fr.po": 'msgid ""\nmsgstr ""\n'}))


def count_classes(compiled, question):
    """The sizes of the classes of a question."""
    split = make_splitter(Program(compiled), date(2026, 11, 20), (), 12).split(question)
    return sorted(each.count for each in split.classes)


NUMBER = 'question: {type: number, title: "How old are you?", min: 0, max: 120}'
INPUT = ("inputs: [points, age]", "inputs: [points, 'age_on(age, today)']")


@pytest.mark.parametrize(
    ("changes", "sizes"),
    [
        ([], [56, 65]),
        ([(NUMBER, NUMBER.replace("max: 120", "max: 10000000"))], [65, 9_999_936]),
        ([(NUMBER, NUMBER.replace("type: number", "type: money, currency: EUR"))], [5_501, 6_500]),
        ([(NUMBER, NUMBER.replace("max: 120", "max: 120, unknown: true"))], [1, 56, 65]),
        ([(NUMBER, NUMBER.replace("max: 120", "max: 120, optional: true, unknown: true"))], [2, 56, 65]),
        ([(NUMBER, NUMBER.replace("number", "date").replace("min: 0, max: 120", "min: 1951-11-20, max: 2021-11-20")),
          INPUT], [21_915, 3_654]),
        ([(NUMBER, NUMBER.replace("number", "duration").replace("min: 0, max: 120", "units: [days, weeks], max: 700"))],
         [75, 727]),
        ([("inputs: [points, age]", "inputs: [points, 'age * age / 65']")], [56, 65]),
    ],
)  # fmt: skip
def test_answers_fall_into_the_classes_that_the_rules_make(changes, sizes):
    assert count_classes(compile_changed(*changes), "age") == sorted(sizes)


def test_approximate_dates_are_a_class_of_their_own_where_they_leave_it_open():
    born = NUMBER.replace("number", "date").replace(
        "min: 0, max: 120", "min: 1961-01-01, max: 1962-12-31, approximate: true"
    )
    compiled = compile_changed((NUMBER, born), INPUT)

    split = make_splitter(Program(compiled), date(2026, 11, 20), (), 12).split("age")

    assert {"1961", "1961-11"} <= {each.raw for each in split.classes} | {b for e in split.classes for b in e.borders}
    assert sum(each.count for each in split.classes) == 730 + 24 + 2


def test_answers_that_are_compared_with_one_another_are_tried_and_not_called_exact():
    pages = 'pages:\n  - {id: spent, question: {type: number, title: "Spent?", min: 0, max: 100000}}'
    compiled = compile_changed(
        ("pages:", pages), (NUMBER, NUMBER.replace("120", "100000")), ("[points, age]", "[points, 'age - spent']")
    )

    tally = count_paths(compiled, today=TODAY)

    assert tally.is_complete
    assert not tally.is_exact
    assert tally.raw == 100_001 * (2 + 3 * 100_001) - 0


def test_a_walk_that_is_too_long_says_so_and_still_ends_somewhere():
    compiled = compile_sample("help-with-living-costs")

    tally = count_paths(compiled, today=TODAY, max_steps=300)

    assert not tally.is_complete
    assert tally.paths > 0
    assert tally.outcomes


def test_items_of_a_page_are_walked_up_to_two():
    compiled = compile_sample("energy-rebate-check")
    walker = Walker((make_machine(compiled, TODAY),))

    lengths = {len(gather_answers(tally.example).get("household", ())) for tally in walker.walk().endings.values()}

    assert lengths <= {0, 1, 2}
    assert not walker.is_exact


def test_the_order_of_with_answers_is_that_of_the_pages():
    assert with_answers({}, "people", 0, {"age": "5"}) == {"people": [{"age": "5"}]}


@pytest.mark.parametrize("name", sorted({**PATTERNS, **POSTAL_PREFIXES}))
def test_there_is_an_example_of_every_form_that_a_question_can_ask_for(name):
    assert find_of_form({**PATTERNS, **POSTAL_PREFIXES}[name])
