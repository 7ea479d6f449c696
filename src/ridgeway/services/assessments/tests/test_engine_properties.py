"""What holds for every valid definition and all answers: trails end, nothing stale counts, nothing fails."""

import json
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from ridgeway.services.assessments.engine import build_view, explain, load, replay, verify_answers, with_answers
from ridgeway.services.assessments.engine.limits import MAX_STEPS
from ridgeway.services.assessments.tests.answering import choose_answers, choose_page
from ridgeway.services.assessments.tests.random_definitions import LANGUAGES, TODAY, make_answered, make_definition
from ridgeway.services.assessments.tests.test_engine_verifying import JSON

SEEDS = st.integers(0, 2**32 - 1)


def tell(trail):
    """What a trail comes to, to be compared."""
    steps = [(step.page, step.item, step.route) for step in trail.steps]
    return steps, trail.is_over, trail.outcome, trail.decision, dict(trail.values)


def keep_counted(trail):
    """The answers without those that do not count."""
    kept: dict[str, object] = {}
    for step in trail.steps if trail.is_over else trail.steps[:-1]:
        page = trail.assessment.pages[step.page]
        names = [page.id] if step.item is not None else [each.id for each in page.questions]
        kept |= {name: trail.answers[name] for name in names}
    return kept


def complete(compiled, assessment, random):
    """Answers given page by page until the end, as a person would."""
    answers: dict[str, object] = {}
    pages = {page["id"]: page for page in compiled["pages"]}
    for _ in range(200):
        trail = replay(assessment, answers, today=TODAY)
        if trail.is_over:
            break
        step = trail.steps[-1]
        values = choose_page(compiled, pages[step.page], random, TODAY)
        again = {} if step.item is None else {"again": random.random() < 0.3}
        answers = with_answers(answers, step.page, step.item, values | again)
    return answers


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_every_trail_ends_within_its_limit(seed):
    compiled, answers = make_answered(seed)
    trail = replay(load(compiled), answers, today=TODAY)
    assert 1 <= len(trail.steps) <= MAX_STEPS
    assert len({(step.page, step.item) for step in trail.steps}) == len(trail.steps)
    assert all(step.route is not None for step in trail.steps[:-1] if step.item is None)


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_a_change_gives_the_same_as_a_fresh_run_with_the_answers_that_count(seed):
    random = Random(seed)
    compiled = make_definition(random)
    assessment = load(compiled)
    answers = complete(compiled, assessment, random)
    for _ in range(3):
        page = random.choice(compiled["pages"])
        item = 0 if page["repeat"] else None
        answers = with_answers(answers, page["id"], item, choose_page(compiled, page, random, TODAY))
        trail = replay(assessment, answers, today=TODAY)
        fresh = replay(assessment, keep_counted(trail), today=TODAY)
        if trail.is_over:
            assert tell(fresh) == tell(trail)
        else:
            assert tell(fresh)[0][: len(trail.steps) - 1] == tell(trail)[0][:-1] or trail.steps[-1].item


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_what_is_said_to_be_dropped_can_be_taken_out_without_any_change(seed):
    compiled, answers = make_answered(seed)
    assessment = load(compiled)
    trail = replay(assessment, answers, today=TODAY)
    counted = set(trail.values)
    for name in trail.dropped:
        if name not in counted:
            without = {key: raw for key, raw in answers.items() if key != name}
            assert tell(replay(assessment, without, today=TODAY)) == tell(trail)


@settings(max_examples=60, deadline=None)
@given(SEEDS, JSON)
def test_answers_that_nobody_could_give_change_nothing_before_them_and_never_fail(seed, odd):
    compiled, answers = make_answered(seed)
    assessment = load(compiled)
    trail = replay(assessment, answers, today=TODAY)
    for name in list(answers)[-2:]:
        other = replay(assessment, answers | {name: odd}, today=TODAY)
        place = next(
            (number for number, step in enumerate(trail.steps) if is_of(assessment, step, name)), len(trail.steps)
        )
        assert [step.page for step in other.steps[:place]] == [step.page for step in trail.steps[:place]]


def is_of(assessment, step, name):
    """Whether a step asks the question of that name, or is an item of that page."""
    return step.page == name or any(each.id == name for each in assessment.pages[step.page].questions)


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_every_page_can_be_shown_in_every_language_and_explained(seed):
    random = Random(seed)
    compiled = make_definition(random)
    assessment = load(compiled)
    answers = complete(compiled, assessment, random)
    trail = replay(assessment, answers, today=TODAY)
    for language in LANGUAGES:
        for step in range(1, trail.last_step + 1):
            view = json.loads(json.dumps(build_view(assessment, trail, step=step, language=language, answers=answers)))
            assert view["step"] == step
    explained = explain(assessment, trail)
    assert {name for name, _ in explained.mattered} <= set(trail.values)


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_verified_answers_lead_where_the_answers_led(seed):
    compiled, answers = make_answered(seed)
    assessment = load(compiled)
    verified = verify_answers(assessment, answers)
    trail, again = (replay(assessment, each, today=TODAY) for each in (answers, verified.answers))
    assert tell(again) == tell(trail)


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_an_answer_that_did_not_matter_may_be_any_other(seed):
    random = Random(seed)
    compiled = make_definition(random)
    assessment = load(compiled)
    answers = complete(compiled, assessment, random)
    trail = replay(assessment, answers, today=TODAY)
    mattered = {name for name, _ in explain(assessment, trail).mattered}
    others = choose_answers(compiled, random, TODAY)
    limited = json.dumps(
        [[each.get("min"), each.get("max")] for page in compiled["pages"] for each in page["questions"]]
    )
    for name in trail.values:
        if name in mattered or name not in others or name not in assessment.questions or f'"{name}"' in limited:
            continue
        changed = replay(assessment, answers | {name: others[name]}, today=TODAY)
        if name in changed.values:
            assert (changed.outcome, changed.is_over) == (trail.outcome, trail.is_over)
