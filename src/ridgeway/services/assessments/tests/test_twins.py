"""Both engines on the same definitions and answers: equal trails, equal views, equal HTML."""

import itertools
import json
from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from ridgeway.services.assessments.checks import list_class_paths
from ridgeway.services.assessments.engine import Assessment, build_view, load, read_answers, read_given, replay
from ridgeway.services.assessments.tests.answering import choose_answers
from ridgeway.services.assessments.tests.filling import fill
from ridgeway.services.assessments.tests.markup import squeeze
from ridgeway.services.assessments.tests.sampled import NAMES, SERVICE, as_json, load_sample, make_sample
from ridgeway.services.assessments.tests.twins import (
    LINKS,
    Browser,
    count_days,
    draw,
    draw_start,
    draw_views,
    links_as_json,
    open_browser,
    tell,
    tell_read,
)

EVERYTHING = "everything"
ALL = (EVERYTHING, *NAMES)
TODAY = date(2026, 11, 20)
RUNS = 40
MOST_PATHS = 400
MOST_SHOWN = 50


def find_assessment(name: str) -> Assessment:
    """A sample, or the example that uses everything, as it comes from JSON."""
    sample = make_sample(SERVICE / "tests" / "examples" / name) if name == EVERYTHING else load_sample(name)
    return load(json.loads(json.dumps(sample.compiled)))


@pytest.fixture(scope="module")
def assessments() -> dict[str, Assessment]:
    return {name: find_assessment(name) for name in ALL}


@pytest.fixture(scope="module")
def browser(assessments: dict[str, Assessment]) -> Iterator[Browser]:
    with open_browser() as opened:
        opened.ask([["load", name, each.compiled] for name, each in assessments.items()])
        yield opened


def day_of(case: Any) -> date:
    """The day on which an author's case is set."""
    return case.today or TODAY


def assert_same_pages(mine: list[list[Any]], theirs: list[list[Any]]) -> None:
    """The server's pages and the browser's: view and HTML of each."""
    assert [view for view, _ in theirs] == json.loads(json.dumps([view for view, _ in mine]))
    assert [squeeze(html) for _, html in theirs] == [squeeze(html) for _, html in mine]


@pytest.mark.parametrize("name", ALL)
def test_the_same_answers_lead_over_the_same_pages_to_the_same_result(
    name: str, browser: Browser, assessments: dict[str, Assessment]
) -> None:
    assessment, random = assessments[name], Random(name)
    runs = [
        (choose_answers(assessment.compiled, random, TODAY), TODAY + timedelta(days=random.randint(-60, 90)))
        for _ in range(RUNS * 4)
    ]
    said = browser.ask([["trail", name, answers, count_days(today)] for answers, today in runs])
    expected = [json.loads(json.dumps(tell(replay(assessment, answers, today=today)))) for answers, today in runs]
    assert said == expected
    assert len({trail["outcome"] for trail in expected}) > 1


@pytest.mark.parametrize("name", ALL)
def test_every_page_of_a_way_is_the_same_in_every_language(
    name: str, browser: Browser, assessments: dict[str, Assessment]
) -> None:
    assessment, random = assessments[name], Random(f"{name} pages")
    codes = [each["code"] for each in assessment.compiled["languages"]]
    runs = [(choose_answers(assessment.compiled, random, TODAY), random.choice(codes)) for _ in range(RUNS)]
    links = links_as_json()
    said = browser.ask([["views", name, answers, count_days(TODAY), code, links] for answers, code in runs])
    for (answers, code), theirs in zip(runs, said, strict=True):
        assert_same_pages(draw_views(assessment, replay(assessment, answers, today=TODAY), answers, code), theirs)


@pytest.mark.parametrize("name", ALL)
def test_start_and_end_are_the_same_before_during_and_after_the_days_of_validity(
    name: str, browser: Browser, assessments: dict[str, Assessment]
) -> None:
    assessment = assessments[name]
    days = [date(2019, 1, 1), TODAY, date(2035, 1, 1)]
    runs = [(each["code"], day) for each in assessment.compiled["languages"] for day in days]
    said = browser.ask([["start", name, code, count_days(day), links_as_json()] for code, day in runs])
    assert_same_pages([draw_start(assessment, code, day) for code, day in runs], said)


@pytest.mark.parametrize("name", ALL)
def test_a_form_is_read_alike_and_its_errors_are_shown_alike(
    name: str, browser: Browser, assessments: dict[str, Assessment]
) -> None:
    assessment, random = assessments[name], Random(f"{name} forms")
    codes = [each["code"] for each in assessment.compiled["languages"]]
    asked, expected, mine = [], [], []
    for _ in range(RUNS * 2):
        answers, code = choose_answers(assessment.compiled, random, TODAY), random.choice(codes)
        trail = replay(assessment, answers, today=TODAY)
        step = random.randint(1, len(trail.steps))
        place = trail.steps[step - 1]
        fields = build_view(assessment, trail, step=step, language=code, answers=answers)["fields"]
        form = fill(fields, random)
        read = read_answers(assessment, place.page, form, today=TODAY, trail=trail, item=place.item, language=code)
        view = build_view(assessment, trail, step=step, language=code, answers=answers, form=form, errors=read.errors)
        asked.append(["read", name, answers, count_days(TODAY), code, step, form, links_as_json()])
        expected.append(json.loads(json.dumps(tell_read(read))))
        mine.append([view, draw(assessment, view)])
    said = browser.ask(asked)
    assert [each[:2] for each in said] == expected
    assert_same_pages(mine, [each[2:] for each in said])
    assert any(errors for _, errors in expected)


@pytest.mark.parametrize("name", NAMES)
def test_the_author_s_own_cases_come_out_alike_and_as_expected(
    name: str, browser: Browser, assessments: dict[str, Assessment]
) -> None:
    cases = load_sample(name).package.definition.tests
    given = [read_given(assessments[name], as_json(case.given)) for case in cases]
    said = browser.ask(
        [["trail", name, answers, count_days(day_of(case))] for answers, case in zip(given, cases, strict=True)]
    )
    assert [trail["outcome"] for trail in said] == [case.expect for case in cases]
    trails = [
        replay(assessments[name], answers, today=day_of(case)) for answers, case in zip(given, cases, strict=True)
    ]
    assert said == [json.loads(json.dumps(tell(trail))) for trail in trails]


@pytest.mark.parametrize("name", NAMES)
def test_every_class_path_is_the_same_in_both(name: str, browser: Browser, assessments: dict[str, Assessment]) -> None:
    assessment = assessments[name]
    today = day_of(load_sample(name).package.definition.tests[0])
    paths = list_class_paths(dict(assessment.compiled), today=today, limit=MOST_PATHS)
    assert len(paths) > 10
    day, links = count_days(today), links_as_json()
    said = browser.ask([["trail", name, path.answers, day] for path in paths])
    trails = [replay(assessment, path.answers, today=today) for path in paths]
    assert said == [json.loads(json.dumps(tell(trail))) for trail in trails]
    assert [trail["outcome"] for trail in said] == [path.endings[0].outcome for path in paths]
    codes = [each["code"] for each in assessment.compiled["languages"]]
    shown = list(zip(paths, trails, itertools.cycle(codes), strict=False))[:: max(1, len(paths) // MOST_SHOWN)]
    drawn = browser.ask([["views", name, path.answers, day, code, links] for path, _, code in shown])
    for (path, trail, code), theirs in zip(shown, drawn, strict=True):
        assert_same_pages(draw_views(assessment, trail, path.answers, code), theirs)


def test_links_that_need_the_answers_are_buttons_where_no_cookie_carries_them(
    browser: Browser, assessments: dict[str, Assessment]
) -> None:
    name = "respiratory-check-2021"
    assessment, links = assessments[name], {**LINKS, "carried": "carried"}
    answers = as_json(load_sample(name).package.definition.tests[0].given)
    trail = replay(assessment, answers, today=TODAY)
    said = browser.ask([["views", name, answers, count_days(TODAY), "en", links_as_json(links)]])[0]
    view = build_view(assessment, trail, step=trail.last_step, language="en", answers=answers)
    assert squeeze(said[-1][1]) == squeeze(draw(assessment, view, links))
    assert 'formaction="/f"' in said[-1][1]
