"""Every sample package is whole: it reads, compiles and loads, its cases pass, its languages are complete."""

from collections.abc import Iterator
from typing import Any

import pytest

from ridgeway.services.assessments.definition.catalogues import State
from ridgeway.services.assessments.definition.kinds import QuestionType
from ridgeway.services.assessments.engine.deciding import decide
from ridgeway.services.assessments.tests.sampled import NAMES, PACKAGES, load_sample

HISTORY = ("respiratory-check-2020", "respiratory-check-2021")
CASES = [(name, case) for name in NAMES for case in load_sample(name).package.definition.tests]


def list_words(compiled: Any) -> Iterator[Any]:
    """Every key and every plain value in a document."""
    if isinstance(compiled, dict):
        yield from compiled
        for each in compiled.values():
            yield from list_words(each)
    elif isinstance(compiled, list | tuple):
        for each in compiled:
            yield from list_words(each)
    else:
        yield compiled


def test_the_five_packages_are_there() -> None:
    assert NAMES == (
        "energy-rebate-check",
        "help-with-living-costs",
        "respiratory-check-2020",
        "respiratory-check-2021",
        "spending-triage",
    )


@pytest.mark.parametrize(("name", "case"), CASES, ids=[f"{name}: {case.name}" for name, case in CASES])
def test_each_case_comes_out_as_it_says(name: str, case: Any) -> None:
    sample = load_sample(name)
    trail = sample.run_case(case)
    assert (trail.is_over, trail.outcome, trail.dropped) == (True, case.expect, ())
    if case.entitlements is not None:
        collects = sample.package.definition.outcomes
        decision = next(each.collects for each in collects if each.id == trail.outcome)
        assert decide(sample.assessment.decisions[str(decision)], trail.scope).entitlements == case.entitlements


@pytest.mark.parametrize("name", NAMES)
def test_cases_reach_every_outcome(name: str) -> None:
    definition = load_sample(name).package.definition
    reached = {case.expect for case in definition.tests}
    assert reached == {outcome.id for outcome in definition.outcomes if outcome.kind != "system"}


@pytest.mark.parametrize("name", NAMES)
def test_every_language_is_complete_and_french_is_among_them(name: str) -> None:
    package = load_sample(name).package
    languages = package.definition.languages
    assert "fr" in languages.complete
    assert not languages.partial
    for language in languages.complete:
        states = {key: each.state for key, each in package.translations(language).items()}
        assert {key: state for key, state in states.items() if state not in {State.DONE, State.IDENTICAL}} == {}
        assert sum(state is State.IDENTICAL for state in states.values()) <= len(states) // 20


def test_two_of_them_are_read_from_right_to_left_too() -> None:
    arabic = [name for name in NAMES if "ar" in load_sample(name).package.definition.languages.complete]
    assert arabic == ["help-with-living-costs", "respiratory-check-2021"]


@pytest.mark.parametrize("name", NAMES)
def test_every_rule_says_why_and_where_it_comes_from(name: str) -> None:
    definition = load_sample(name).package.definition
    for decision_id, decision in (definition.decisions or {}).items():
        gives_outcomes = decision.output is None and decision.outputs is None
        for rule in decision.rules:
            assert rule.source, (decision_id, rule.id)
            assert rule.because or not gives_outcomes, (decision_id, rule.id)
    assert all(outcome.source for outcome in definition.outcomes if outcome.kind != "system")
    assert all(entitlement.source for entitlement in definition.entitlements)
    for parameter in (definition.parameters or {}).values():
        assert parameter.source or all(each.source for each in parameter.values)


@pytest.mark.parametrize("name", HISTORY)
def test_history_is_marked_as_history_in_each_language(name: str) -> None:
    sample = load_sample(name)
    for language in sample.package.languages:
        notice = list(list_words(sample.compiled["texts"][language]["notice"]))
        assert any(word in str(notice) for word in ("history, not advice", "pas un conseil", "تاريخ وليس نصيحة"))


def test_together_they_ask_every_type_of_question() -> None:
    asked = {
        question.type
        for name in NAMES
        for page in load_sample(name).package.definition.pages
        for question in page.asked
    }
    assert asked == set(QuestionType)


def test_together_they_use_every_function_and_hit_policy() -> None:
    words = {word for name in NAMES for word in list_words(load_sample(name).compiled) if isinstance(word, str)}
    functions = "size answered known min max days_between add_days add_months age_on year matches_pattern hits score"
    forms = "each any all count sum in if not neg and or eq ne lt le gt ge add sub mul plural when warning inset"
    hits = "unique first collect list min max"
    missing = {each for each in f"{functions} {forms} {hits}".split() if each not in words}
    assert missing == set()


def test_the_table_of_what_shows_what_names_packages_that_do() -> None:
    """Each row of packages/README.md: a feature, how it looks in a package, and the packages in which it is found."""
    table = (PACKAGES / "README.md").read_text("utf-8").partition("## Which package shows what")[2]
    rows = [line for line in table.splitlines() if line.startswith("| ")][1:]
    assert len(rows) >= 30
    for row in rows:
        _, _, written, packages, _ = (cell.strip() for cell in row.split("|"))
        for name in packages.split(", "):
            texts = "".join(file.read_text("utf-8") for file in (PACKAGES / name).rglob("*.yaml"))
            assert written.strip("`") in texts, (name, written)
