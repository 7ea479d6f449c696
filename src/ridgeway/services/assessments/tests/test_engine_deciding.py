"""Decision tables: hit policies, collections, dated rules, and what is not known."""

from datetime import date

from ridgeway.services.assessments.engine import decide
from ridgeway.services.assessments.expressions import UNKNOWN
from ridgeway.services.assessments.tests.running import everything, make, run

TABLE = """
decisions:
  advice:
    hit: {hit}
    inputs: [age, ill]
    rules:
{rules}
    {default}
"""
PAGES = """
- {id: age, question: {type: number, title: "Age?", unknown: true, max: 200}}
- {id: ill, question: {type: yes_no, title: "Ill?", unknown: true}, routes: [{to: decision.advice}]}
"""


def table(*rules: str, hit: str = "unique", default: str = ""):
    lines = "\n".join(f"      - {rule}" for rule in rules)
    return make(PAGES, more=TABLE.format(hit=hit, rules=lines, default=default))


def advise(assessment, age, ill, today=date(2026, 11, 24)):
    trail = run(assessment, {"age": age, "ill": ill}, today)
    return trail.decision.rule, trail.outcome


def test_the_one_rule_whose_tests_hold_decides():
    assessment = table(
        "{id: A, if: ['< 65', true], then: outcome.done}",
        "{id: B, if: ['>= 65', true], then: outcome.other}",
        "{id: C, if: [-, false], then: outcome.done}",
    )
    assert [advise(assessment, age, ill) for age, ill in (("64", True), ("65", True), ("70", False))] == [
        ("A", "done"), ("B", "other"), ("C", "done"),
    ]  # fmt: skip


def test_first_takes_the_first_of_several_that_hold():
    assessment = table(
        "{id: A, if: ['>= 18', -], then: outcome.done}", "{id: B, if: [-, -], then: outcome.other}", hit="first"
    )
    assert (advise(assessment, "18", True), advise(assessment, "17", True)) == (("A", "done"), ("B", "other"))


def test_a_rule_matches_only_what_is_known_unless_it_asks_for_the_unknown():
    assessment = table(
        "{id: A, if: ['>= 18', -], then: outcome.done}", "{id: B, if: [unknown, -], then: outcome.other}"
    )
    assert advise(assessment, None, True) == ("B", "other")


def test_not_of_an_unknown_value_does_not_hold():
    assessment = table("{id: A, if: ['not(>= 18)', -], then: outcome.other}", default="default: outcome.done")
    assert (advise(assessment, None, True), advise(assessment, "3", True)) == ((None, "done"), ("A", "other"))


def test_without_a_rule_the_default_counts_and_without_a_default_there_is_no_outcome():
    rule = "{id: A, if: ['>= 18', -], then: outcome.done}"
    assert advise(table(rule, default="default: outcome.other"), "3", True) == (None, "other")
    trail = run(table(rule), {"age": "3", "ill": True})
    assert (trail.is_over, trail.outcome) == (True, None)


def test_rules_count_from_their_first_day_to_their_last():
    assessment = table(
        "{id: OLD, if: [-, -], then: outcome.done, until: 2026-11-30}",
        "{id: NEW, if: [-, -], then: outcome.other, from: 2026-12-01}",
    )
    days = [date(2026, 11, 30), date(2026, 12, 1)]
    assert [advise(assessment, "1", True, day)[0] for day in days] == ["OLD", "NEW"]


GIVEN = {
    "on_behalf": False, "urgent": False, "needs": ["food"], "age": "30", "symptoms": ["cough"], "contact": "home",
    "contact_date": "2026-11-20",
    "children": [
        {"child_age": "3", "child_allergy": None, "again": True},
        {"child_age": "9", "child_allergy": True, "again": False},
    ],
}  # fmt: skip


def scope_of(**more):
    return run(everything().assessment, GIVEN | more, date(2026, 11, 24)).scope


def test_a_decision_with_a_value_is_a_fact():
    assert [scope_of(age=age).decisions["risk"] for age in ("30", "65", None)] == ["low", "high", "low"]
    assert scope_of(age=None, symptoms=["fever", "cough"]).decisions["risk"] == "high"


def test_collected_points_are_added_up():
    assert [scope_of(contact=each).decisions["points"] for each in ("home", "other", "nobody")] == [
        2_500_000,
        500_000,
        0,
    ]


def test_a_decision_may_have_several_outputs_and_use_another_decision():
    scope = scope_of()
    assert (scope.outputs["help.level"], scope.outputs["help.urgent_help"]) == (3_000_000, True)
    assert scope_of(contact="nobody").outputs["help.level"] == 1_000_000


def test_entitlements_of_all_rules_that_hold_are_joined_each_once():
    decided = decide(everything().assessment.decisions["finder"], scope_of())
    assert (decided.matched, decided.entitlements) == (("F2",), ("milk", "meals"))
    assert scope_of().hits["finder"] == 2


def collecting(how: str, *rules: str):
    lines = "\n".join(f"      - {rule}" for rule in rules)
    more = f"""
decisions:
  worth:
    hit: collect
    collect: {how}
    inputs: [age]
    rules:
{lines}
"""
    pages = """
- id: age
  question: {type: number, title: "Age?"}
  routes: [{when: 'worth > 0', to: outcome.other}, {to: outcome.done}]
"""
    return make(pages, more=more)


def test_the_least_the_greatest_the_sum_and_the_count_of_what_holds():
    rules = ["{id: A, if: ['> 1'], then: 2}", "{id: B, if: ['> 2'], then: -3.5}", "{id: C, if: ['> 9'], then: 7}"]
    found = {
        how: run(collecting(how, *rules), {"age": "5"}).scope.decisions["worth"]
        for how in ("min", "max", "sum", "count")
    }
    assert found == {"min": -3_500_000, "max": 2_000_000, "sum": -1_500_000, "count": 2_000_000}


def test_nothing_collected_is_0_for_a_sum_or_count_and_unknown_for_the_least():
    rule = "{id: A, if: ['> 9'], then: 7}"
    found = [run(collecting(how, rule), {"age": "5"}).scope.decisions["worth"] for how in ("sum", "count", "min")]
    assert found == [0, 0, UNKNOWN]


def test_what_grows_too_large_is_unknown():
    rules = [f"{{id: R{number}, if: [-], then: 900000000000}}" for number in range(3)]
    assert run(collecting("sum", *rules), {"age": "5"}).scope.decisions["worth"] is UNKNOWN
