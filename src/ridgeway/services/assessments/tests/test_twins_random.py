"""Both engines on definitions that nobody wrote: equal trails, views, HTML and readings of forms."""

import json
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ridgeway.services.assessments.engine import build_view, load, read_answers, replay, with_answers
from ridgeway.services.assessments.tests.answering import choose_answers
from ridgeway.services.assessments.tests.filling import fill
from ridgeway.services.assessments.tests.markup import squeeze
from ridgeway.services.assessments.tests.random_definitions import LANGUAGES, TODAY, make_definition
from ridgeway.services.assessments.tests.twins import (
    Browser,
    count_days,
    draw,
    draw_views,
    links_as_json,
    open_browser,
    tell,
    tell_read,
)

DAY = count_days(TODAY)
seeds = st.integers(min_value=0, max_value=2**32)
few = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], print_blob=True
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as opened:
        yield opened


def through_json(value: Any) -> Any:
    """The value as JSON gives it back."""
    return json.loads(json.dumps(value))


@few
@given(seed=seeds)
def test_both_engines_agree_on_every_page_of_a_definition_that_nobody_wrote(browser: Browser, seed: int) -> None:
    random = Random(seed)
    compiled = through_json(make_definition(random))
    assessment = load(compiled)
    runs = [(choose_answers(compiled, random, TODAY), random.choice(LANGUAGES)) for _ in range(4)]
    trails = [replay(assessment, answers, today=TODAY) for answers, _ in runs]
    asked: list[list[Any]] = [["load", "random", compiled]]
    asked += [["trail", "random", answers, DAY] for answers, _ in runs]
    asked += [["views", "random", answers, DAY, code, links_as_json()] for answers, code in runs]
    said = browser.ask(asked)[1:]
    assert said[:4] == [through_json(tell(trail)) for trail in trails]
    for (answers, code), trail, theirs in zip(runs, trails, said[4:], strict=True):
        mine = draw_views(assessment, trail, answers, code)
        assert [view for view, _ in theirs] == through_json([view for view, _ in mine])
        assert [squeeze(html) for _, html in theirs] == [squeeze(html) for _, html in mine]


@few
@given(seed=seeds)
def test_both_engines_read_the_forms_of_a_whole_walk_alike(browser: Browser, seed: int) -> None:
    random = Random(seed)
    compiled = through_json(make_definition(random))
    assessment = load(compiled)
    code = random.choice(LANGUAGES)
    browser.ask([["load", "random", compiled]])
    answers: dict[str, Any] = {}
    asked, expected = [], []
    for _ in range(12):
        trail = replay(assessment, answers, today=TODAY)
        step = random.randint(1, len(trail.steps)) if trail.is_over else len(trail.steps)
        place = trail.steps[step - 1]
        view = build_view(assessment, trail, step=step, language=code, answers=answers)
        form = fill(view["fields"], random)
        read = read_answers(assessment, place.page, form, today=TODAY, trail=trail, item=place.item, language=code)
        shown = build_view(assessment, trail, step=step, language=code, answers=answers, form=form, errors=read.errors)
        asked.append(["read", "random", answers, DAY, code, step, form, links_as_json()])
        expected.append([*through_json([*tell_read(read), shown]), squeeze(draw(assessment, shown))])
        answers = with_answers(answers, place.page, place.item, through_json(read.values))
    said = browser.ask(asked)
    assert [[*each[:3], squeeze(each[3])] for each in said] == expected
