"""The scorecard of 2020 against the same logic written by hand: sums of weights, thresholds by who one is."""

from collections import Counter
from datetime import date
from fractions import Fraction
from itertools import product
from typing import Any

from ridgeway.services.assessments.tests.sampled import load_sample

NAME = "respiratory-check-2020"
DAY = date(2020, 5, 20)
ONE = ("fever", "cough", "bark", "breath", "falls", "sluggish")
HALF = ("chills", "taste", "belly", "tired")
QUARTER = ("throat", "swallow", "hoarse", "runny", "stuffy", "headache")
SYMPTOMS = (*ONE, *HALF, *QUARTER)
CLASSES = {Fraction(0): 1, Fraction(1, 4): 6, Fraction(1, 2): 19, Fraction(3, 4): 44, Fraction(1): 65466}

# What is asked about who one is, in order; the first yes decides. Then the threshold of this group.
GROUPS: tuple[tuple[str, tuple[Any, ...], Any, Fraction], ...] = (
    ("health_worker", (True,), False, Fraction(1, 2)),
    ("shared_home", (True,), False, Fraction(1, 2)),
    ("risk", ("age", "immune", "illness"), "nothing", Fraction(1, 2)),
    ("border", (True,), False, Fraction(1, 2)),
    ("essential", (True,), False, Fraction(3, 4)),
    ("close_contact", (True,), False, Fraction(3, 4)),
    ("remote", ("rural", "indigenous"), "near", Fraction(3, 4)),
    ("ill_contact", (True,), False, Fraction(1)),
    ("travel", (True,), False, Fraction(1)),
)
EXPOSED_BY_LIFE = {"health_worker", "shared_home", "border", "essential", "ill_contact"}


def weigh(chosen: list[str]) -> Fraction:
    """The sum of the weights."""
    quarters = sum(4 * (each in ONE) + 2 * (each in HALF) + (each in QUARTER) for each in chosen)
    return Fraction(quarters, 4)


def decide_by_hand(chosen: list[str], group: str, threshold: Fraction) -> str:
    """The result for these signs and the group to which somebody belongs."""
    if chosen and group != "nobody" and weigh(chosen) >= threshold:
        return "call_nurse"
    if group in {"close_contact", "travel"}:
        return "isolate_contact" if group == "close_contact" else "isolate_traveller"
    if chosen:
        return "stay_until_well"
    return "watch" if group in EXPOSED_BY_LIFE else "unlikely"


def list_leaves() -> list[tuple[dict[str, Any], str, Fraction]]:
    """Answers up to the first yes, with the group and its threshold; the last is that of nobody."""
    leaves: list[tuple[dict[str, Any], str, Fraction]] = []
    before: dict[str, Any] = {}
    for question, yes, no, threshold in GROUPS:
        more = {"returned": "2020-05-12"} if question == "travel" else {}
        leaves += [(before | {question: value} | more, question, threshold) for value in yes]
        before = before | {question: no}
    return [*leaves, (before, "nobody", Fraction(1))]


def choose(mask: int) -> list[str]:
    """The signs of a set, given as the bits of a number."""
    return [each for place, each in enumerate(SYMPTOMS) if mask >> place & 1]


def test_all_sets_of_signs_fall_into_five_classes() -> None:
    facts = load_sample(NAME).package.definition.facts or {}
    weights = {name: Fraction(weight) for name, weight in (facts["points"].weights or {}).items()}
    assert weights == {each: weigh([each]) for each in SYMPTOMS}
    sums = Counter(min(weigh(choose(mask)), Fraction(1)) for mask in range(1 << len(SYMPTOMS)))
    assert dict(sums) == CLASSES


def test_the_engine_adds_up_what_the_hand_adds_up() -> None:
    """Every set of one, two, three and all signs: each weight and each sum near a threshold is met."""
    sample = load_sample(NAME)
    masks = [mask for mask in range(1 << len(SYMPTOMS)) if mask.bit_count() <= 3 or mask.bit_count() == len(SYMPTOMS)]
    for mask in masks:
        chosen = choose(mask)
        given = {"emergency": False, "symptoms": chosen, "onset": "2020-05-18", "course": "same"}
        trail = sample.replay(given, DAY)
        assert trail.scope.facts["points"] == int(weigh(chosen) * 1_000_000), chosen


def test_every_class_and_group_leads_where_the_hand_leads() -> None:
    sample = load_sample(NAME)
    signs = [[], ["throat"], ["tired"], ["throat", "runny"], ["throat", "runny", "headache"], ["chills", "hoarse"]]
    signs += [["fever"], ["chills", "taste"], list(QUARTER), list(SYMPTOMS)]
    for chosen, (given, group, threshold), household in product(signs, list_leaves(), (True, False)):
        ordered = [each for each in SYMPTOMS if each in chosen]
        answers = given | {"emergency": False, "symptoms": ordered, "household": household}
        if chosen:
            answers |= {"onset": "2020-05", "course": "worse"}
        trail = sample.replay(answers, DAY)
        assert trail.outcome == decide_by_hand(chosen, group, threshold), answers
        assert trail.dropped == ()


def test_there_are_ten_million_ways_through_it() -> None:
    """With days counted as one answer: 26 ways without a sign, 6 times that with each set, one emergency."""
    leaves = 2 * len(list_leaves())
    courses = 6
    assert 1 + leaves + (2 ** len(SYMPTOMS) - 1) * courses * leaves == 10_223_487
