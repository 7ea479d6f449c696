"""The check of 2021 against the same logic written by hand, over every answer that matters.

The original asked about the vaccine before the emergency. Here the emergency is first, and no result changes by that.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import product
from typing import Any

from ridgeway.services.assessments.tests.sampled import load_sample

NAME = "respiratory-check-2021"
DAY = date(2021, 11, 30)
AGES = ("a18", "a30", "a40", "a50", "a60", "a70", "a80")
SYMPTOMS = ("fever", "cough", "breath", "taste", "aches", "tired")
ORDER = (
    "protected",
    "emergency",
    "age",
    "area",
    "symptoms",
    "close_contact",
    "phone_alert",
    "near_ill_person",
    "travel",
)


def follow(answers: dict[str, Any]) -> tuple[list[str], str]:
    """What release 5.5.0 asked and answered: the pages in order, and the result."""
    asked = ["protected", "emergency"]
    if answers["emergency"]:
        return asked, "call_for_help"
    asked += ["age", "area", "symptoms"]
    if answers["symptoms"]:
        return asked, "test_and_isolate"
    exposed = "test_only" if answers["protected"] else "test_and_isolate"
    for page in ("close_contact", "phone_alert"):
        asked.append(page)
        if answers[page]:
            return asked, exposed
    asked.append("near_ill_person")
    if answers["near_ill_person"]:
        return asked, "watch"
    asked.append("travel")
    if answers["travel"]:
        return asked, "carry_on" if answers["protected"] else "stay_home"
    return asked, "carry_on"


def list_answers(symptoms: list[list[str]], ages: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """Every combination of answers, also to questions that will not be asked."""
    yes_no = ("protected", "emergency", "close_contact", "phone_alert", "near_ill_person", "travel")
    for values in product([True, False], repeat=len(yes_no)):
        for chosen, age in product(symptoms, ages):
            yield dict(zip(yes_no, values, strict=True)) | {
                "symptoms": chosen,
                "age": age,
                "area": "K1A",
                "on_behalf": False,
            }


def test_every_answer_leads_where_the_original_led() -> None:
    sample = load_sample(NAME)
    for answers in list_answers([[], ["fever"], list(SYMPTOMS)], ("a18", "a80")):
        trail = sample.replay(answers, DAY)
        pages, outcome = follow(answers)
        ours = ["emergency"] if answers["emergency"] else ["emergency", "protected", *pages[2:]]
        assert ([step.page for step in trail.steps], trail.outcome) == (["on_behalf", *ours], outcome), answers
        assert set(trail.dropped) == set(ORDER) - set(ours)


def test_each_set_of_signs_means_the_same() -> None:
    sample = load_sample(NAME)
    base = {"on_behalf": False, "protected": True, "emergency": False, "age": "a30", "area": "K1A"}
    for mask in range(1, 64):
        chosen = [each for place, each in enumerate(SYMPTOMS) if mask >> place & 1]
        assert sample.replay(base | {"symptoms": chosen}, DAY).outcome == "test_and_isolate"


def test_the_original_had_954_ways_and_14_that_differ() -> None:
    """Ways with equal pages and results are one class; signs count as some or none, age and area not at all."""
    ways: Counter[tuple[Any, ...]] = Counter()
    seen = set()
    subsets = [[each for place, each in enumerate(SYMPTOMS) if mask >> place & 1] for mask in range(64)]
    for answers in list_answers(subsets, AGES):
        pages, outcome = follow(answers)
        taken = tuple(str(answers[page]) for page in pages)
        if taken not in seen:
            seen.add(taken)
            kind = tuple(bool(answers[page]) for page in pages if page not in {"age", "area"})
            ways[(*kind, outcome)] += 1
    assert (sum(ways.values()), len(ways)) == (954, 14)


def test_the_age_changes_a_text_and_never_the_result() -> None:
    sample = load_sample(NAME)
    for answers in list_answers([[], ["cough"]], AGES):
        assert follow(answers)[1] == sample.replay(answers | {"age": "a18"}, DAY).outcome
