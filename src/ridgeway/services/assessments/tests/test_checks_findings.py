"""Every finding: a package that has it, beside the sound one, which has none."""

# ruff: noqa: E501 - a row a package

from datetime import date

import pytest

from ridgeway.services.assessments.checks import CODES, Severity, check_package, report_on
from ridgeway.services.assessments.definition import compile_package
from ridgeway.services.assessments.tests.sound import SOUND, TODAY, check, list_codes, write_french
from ridgeway.services.assessments.tests.written import change, read

URGENT = "routes: [{when: urgent, to: outcome.call}, {to: next}]"
AGE = 'question: {type: number, title: "How old are you?", min: 0, max: 120}'
TO_ADVICE = "routes: [{to: decision.advice}]"
SIGNS = "routes: [{when: size(signs) == 0, to: outcome.go}, {to: next}]"
A3 = '- {id: A3, if: ["< 1", "< 65"], then: outcome.go, because: "You are young."}'
A2 = '- {id: A2, if: ["< 1", ">= 65"], then: outcome.stay, because: "You are old."}'
GO = '- {id: go, title: "Go out"}'
STAY = 'title: "Stay home for {days} days"'
MORE_OUTCOMES = (GO, GO + '\n  - {id: rest, title: "Rest"}')
AFTER_AGE = (
    TO_ADVICE,
    'routes: [{to: next}]\n  - id: more\n    question: {type: yes_no, title: "More?"}\n    ' + TO_ADVICE,
)
COLLECT = (
    "outcomes:",
    """  help:
    source: "Order 2"
    hit: collect
    collect: list
    inputs: [age]
    rules: [{id: H1, if: [">= 65"], then: [bus]}]
entitlements: [{id: bus, title: "Bus"}, {id: train, title: "Train"}]
outcomes:""",
)
CHANGED = [
    # Ways
    ("unreachable-page", [(URGENT, 'routes: [{when: urgent, to: outcome.call}, {to: age}]')]),
    ("unreachable-page", [(AGE, AGE + "\n    only_if: 'size(signs) > 2'")]),
    ("unreachable-outcome", [MORE_OUTCOMES]),
    ("unreachable-outcome", [(A3, A3.replace("outcome.go", "outcome.rest").replace('"< 65"', '"< 0"')), MORE_OUTCOMES]),
    ("dead-end", [(TO_ADVICE, TO_ADVICE + "\n    only_if: 'size(signs) > 1'")]),
    ("loop", [(TO_ADVICE, "routes: [{when: age == 5, to: signs}, {to: decision.advice}]")]),
    ("condition-always-true", [(TO_ADVICE, "routes: [{when: age >= 0, to: decision.advice}, {to: outcome.go}]")]),
    ("condition-always-false", [(TO_ADVICE, "routes: [{when: age > 130, to: outcome.go}, {to: decision.advice}]")]),
    ("condition-always-false", [(AGE, AGE + "\n    only_if: 'size(signs) > 2'")]),
    ("answer-too-early", [(SIGNS, "routes: [{when: age == 5, to: outcome.go}, {to: next}]")]),
    ("emergency-not-first", [(TO_ADVICE, "routes: [{when: age == 1, to: outcome.call}, {to: decision.advice}]")]),
    ("emergency-not-locked", [("    custom: locked\n", "")]),
    ("limits-impossible", [(AGE, AGE.replace("type: number", "type: date").replace("min: 0, max: 120", "min: today, max: 2020-01-01")),
                           ("inputs: [points, age]", "inputs: [points, 'age_on(age, today)']")]),
    # Tables
    ("table-gap", [(A3, A3.replace('"< 65"', '"< 64"'))]),
    ("table-overlap", [(A3, A3.replace('"< 65"', '"<= 65"'))]),
    ("table-contradiction", [(A3, A3.replace('"< 65"', '"<= 65"')), ("    inputs: [points", "    hit: any\n    inputs: [points")]),
    ("rule-masked", [(A3, A3.replace('"< 1", "< 65"', '"-", "-"') + "\n      " + A2.replace("A2", "A9")),
                     ("    inputs: [points", "    hit: first\n    inputs: [points")]),
    ("rule-never-hit", [(A3, A3 + '\n      - {id: A4, if: ["< 1", "> 120"], then: outcome.go, because: "Old."}')]),
    ("rule-never-current", [(A3, A3 + '\n      - {id: A4, if: ["> 9", "-"], then: outcome.go, because: "Old.", until: 2026-09-30}')]),
    ("validity-hole", [(A3, A3.replace("because", "until: 2026-12-31, because"))]),
    ("input-unused", [("inputs: [points, age]", "inputs: [points, age, urgent]"),
                      ('[">= 1", "-"]', '[">= 1", "-", "-"]'), ('["< 1", ">= 65"]', '["< 1", ">= 65", "-"]'),
                      ('["< 1", "< 65"]', '["< 1", "< 65", "-"]')]),
    ("because-missing", [(', because: "You are old."', "")]),
    ("source-missing", [('    source: "Order 1"\n', "")]),
    # Use and days
    ("answer-unused", [AFTER_AGE]),
    ("option-without-effect", [("{id: cough, label: \"cough\"}]", "{id: cough, label: \"cough\"}, {id: rash, label: \"rash\"}]"),
                               (SIGNS, "routes: [{when: points == 0, to: outcome.go}, {to: next}]")]),
    ("fact-unused", [("facts:", "facts:\n  old: 'age > 3'")]),
    ("parameter-unused", [("parameters:", "parameters:\n  spare: {type: number, value: 1}")]),
    ("decision-unused", [COLLECT]),
    ("entitlement-unused", [COLLECT]),
    ("parameter-past-review", [("review: 2027-01-01", "review: 2026-01-01")]),
    ("parameter-hole", [("value: 5, min", "values: [{from: 2026-11-01, value: 5}], min")]),
    ("review-passed", [("review: 2027-01-15", "review: 2026-01-15")]),
    # Words
    ("label-repeated", [('label: "cough"', 'label: "Fever"')]),
    ("heading-jump", [(GO, '- {id: go, title: "Go out", body: "### Later\\n\\nText."}')]),
    ("link-unclear", [(GO, '- {id: go, title: "Go out", body: "Read [here](https://a.example/)."}')]),
    ("all-capitals", [(GO, '- {id: go, title: "Please WASH YOUR HANDS OFTEN"}')]),
    ("contrast-low", [('button: "#175c85"', 'button: "#ffff00"')]),
    ("reading-hard", [(GO, '- {id: go, title: "Go out", body: "' + "Institutional considerations necessitate "
                       "comprehensive administrative determinations regarding participatory accessibility requirements. " * 2 + '"}')]),
    ("sentence-long", [(GO, '- {id: go, title: "Go out", body: "' + "We go and see " * 8 + 'it."}')]),
    ("double-negative", [('title: "Is it urgent?"', 'title: "Did you not say that it is not urgent?"')]),
    ("two-facts", [('title: "Is it urgent?"', 'title: "Do you cough or sneeze?"')]),
    # Promises
    ("personal-counted", [("statistics: [page]", "statistics: [outcome]"), ("min: 0, max: 120}", "min: 0, max: 120, personal: true, purpose: \"Advice.\"}")]),
    ("personal-unexplained", [("min: 0, max: 120}", "min: 0, max: 120, personal: true}")]),
    ("promise-contradicted", [('start: {title: "Stay home?"}', 'start: {title: "Stay home?", body: "Your answers are kept for a year."}')]),
    ("purpose-untrue", [("min: 0, max: 120}", 'min: 0, max: 120, hint: "We ask it for statistics."}')]),
    # Examples
    ("case-fails", [("signs: []}, expect: go", "signs: []}, expect: stay")]),
    ("case-answers-dropped", [("signs: []}, expect: go", 'signs: [], age: "5"}, expect: go')]),
    ("outcome-without-case", [("  - {name: nothing, today: 2026-11-20, given: {urgent: false, signs: []}, expect: go}\n", "")]),
]  # fmt: skip

FRENCH = [
    ("translation-missing", write_french(outcome__go__title=None)),
    ("translation-stale", write_french(outcome__go__title=("Go away", "Sortez"))),
    ("translation-placeholders", write_french(outcome__stay__title=("Stay home for {days} days", "Restez"))),
    ("translation-identical", write_french(question__age__title=("How old are you?", "How old are you?"))),
    ("translation-unknown", write_french(outcome__gone__title=("Gone", "Parti"))),
]
ELSEWHERE = {"walk-cut-short", "cases-missing", "validity-over"}


def test_a_sound_package_has_no_finding():
    report = check()

    assert report.findings == ()
    assert (report.cases, report.cases_right) == (3, 3)


@pytest.mark.parametrize(("code", "changes"), CHANGED, ids=[f"{code}-{at}" for at, (code, _) in enumerate(CHANGED)])
def test_a_changed_package_has_the_finding(code, changes):
    report = check(*[each for each in changes if each[0] != each[1]])

    found = [each for each in report.findings if each.code == code]
    assert found, sorted(list_codes(report))
    assert found[0].severity is (Severity.ERROR if CODES[code].is_error else Severity.WARNING)
    assert (found[0].file, found[0].line > 1) == ("service.yaml", True), found[0]


@pytest.mark.parametrize(("code", "french"), FRENCH, ids=[code for code, _ in FRENCH])
def test_a_catalogue_has_the_finding(code, french):
    report = check(french=french)

    assert list_codes(report) == {code}
    assert {each.file for each in report.findings} == {"locale/fr.po"}


def test_every_code_has_a_package_that_shows_it():
    assert {code for code, _ in (*CHANGED, *FRENCH)} | ELSEWHERE == set(CODES)


def test_a_package_whose_days_are_over_says_so():
    assert "validity-over" in list_codes(check(today=date(2027, 5, 1)))


def test_a_package_without_examples_says_so():
    assert "cases-missing" in list_codes(check((SOUND[SOUND.index("tests:") :], "")))


def test_too_many_paths_are_said_to_be_too_many():
    letters = "abcdefghijklmn"
    questions = "\n".join(
        f'  - {{id: {each}, question: {{type: number, title: "{each}?", min: 0, max: 100000}}}}' for each in letters
    )
    total = " + ".join(f"{each} * {number + 1}" for number, each in enumerate(letters))
    report = check(
        ("pages:", f"pages:\n{questions}"),
        ("facts:", f"facts:\n  total: '{total}'"),
        ("[points, age]", "[points, total]"),
    )

    assert "walk-cut-short" in list_codes(report)
    assert not list_codes(report) & {"rule-never-hit", "unreachable-outcome"}, "what was not walked is not judged"


def test_findings_are_in_order_of_file_and_line_and_each_once():
    report = check(
        (', because: "You are old."', ""), ('    source: "Order 1"\n', ""), (STAY, 'title: "Stay HOME ALONE"')
    )

    places = [(each.file, each.line) for each in report.findings]
    assert places == sorted(places)
    assert len(set(report.findings)) == len(report.findings)


def test_the_check_of_a_package_is_the_same_each_time():
    package = read(change("complete: [fr]", "partial: [fr]", SOUND), {"locale/fr.po": 'msgid ""\nmsgstr ""\n'})
    compiled = compile_package(package)

    assert check_package(package, compiled, today=TODAY) == report_on(package, compiled, today=TODAY).findings
