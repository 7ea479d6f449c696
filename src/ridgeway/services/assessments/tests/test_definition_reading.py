"""What authors are told: each fault with its file, its line, its path, and what to do."""

import pytest

from ridgeway.errors import SettingsError
from ridgeway.services.assessments.definition import PackageError, compile_package
from ridgeway.services.assessments.tests.written import SMALL, change, list_problems, read

ADVICE_RULE = '{id: A1, if: [true, -], then: outcome.stay, because: "You are ill."}'
URGENT_ROUTES = "routes: [{when: urgent, to: outcome.call}, {to: next}]"
DAYS = "{type: number, value: 5, min: 3, max: 14}"
CHECKBOXES = 'options: [{id: fever, label: "fever"}, {id: cough, label: "cough"}]'
AGE = '{type: number, title: "How old are you?", min: 0, max: 120}'


def test_a_sound_package_has_no_fault():
    assert list_problems(SMALL) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        # What YAML does elsewhere and not here
        ("version: 1.0.0", "version: 1.0", "service.yaml:3: version: this is 1.0; expected a text"),
        ("id: small-check", "id: &anchor small-check", "service.yaml:2: an anchor (&name) is not read"),
        ("id: small-check", "id: !!python/object:x small-check", "service.yaml:2: a tag ("),
        (
            "id: small-check",
            "id: small-check\nid: other",
            "service.yaml:3: the key 'id' is there twice, first at line 2",
        ),
        ("id: small-check", "id: *other", "service.yaml:2: an alias (*name) is not read"),
        ("id: small-check", "<<: {id: small-check}", "a merge key (<<) is not read"),
        ("facts:", "facts: {yes: 'true', no: 'false'}\nfacts:", "the key 'facts' is there twice"),
        # Keys and types
        ("publisher: {name", "publischer: {name", "service.yaml:5: publischer: unknown key; did you mean 'publisher'?"),
        ('start: {title: "Should you stay home?"}', "", "service.yaml:1: the document: the key 'start' is missing"),
        ("value: 5, min: 3", "value: yes, min: 3", "parameters.days.value: this is 'yes'; expected a number without"),
        ('value: "911"', "value: 911", "parameters.number.value: this is '911'; expected a text in quotes"),
        (
            'start: {title: "Should',
            'start: {minutes: two, title: "Should',
            "start.minutes: this is 'two'; expected a wh",
        ),
        # The head
        ("format: assessment/1", "format: assessment/2", "service.yaml:1: format: this is 'assessment/2'"),
        ("id: small-check", "id: Small", "service.yaml:2: id: 'Small' is no id"),
        ("id: small-check", "id: fr", "id: 'fr' is another address of the site"),
        ("id: small-check", "id: preview-x", "id: 'preview-x' is another address of the site"),
        ("jurisdiction: CA-ON", "jurisdiction: Ontario", "jurisdiction: 'Ontario' is no ISO 3166 code"),
        ("jurisdiction: CA-ON", "jurisdiction: CA-ON\nzone: Toronto", "zone: there is no time zone 'Toronto'"),
        ("source: en,", "source: english,", "languages.source: there is no language 'english'"),
        ("partial: [fr, uk]", "partial: [fr, fr]", "languages.partial[1]: the language fr is there twice"),
        (
            "start: {",
            "valid: {from: 2026-10-02, until: 2026-10-01}\nstart: {",
            "valid.until: 2026-10-01 is before the first day, 2026-10-02",
        ),
        ("start: {", "valid: {from: 2026-13-01}\nstart: {", "valid.from: this is '2026-13-01'; expected a day as"),
        ("start: {", "valid: {after: stay}\nstart: {", "there is no outcome of kind system 'stay'; there is none"),
        ("start: {", "theme: {colours: {brand: red}}\nstart: {", "theme.colours.brand: 'red' is no colour"),
        (
            "start: {",
            'theme: {colours: {brnd: "#000000"}}\nstart: {',
            "there is no colour 'brnd'; did you mean 'brand'?",
        ),
        # Parameters
        (DAYS, "{type: number, value: 2, min: 3, max: 14}", "parameters.days.value: this is 2; it must lie between"),
        (DAYS, "{type: number}", "parameters.days: write either value (one) or values (by date)"),
        (
            DAYS,
            "{type: number, values: [{from: 2026-02-01, value: 1}, {from: 2026-01-01, value: 2}]}",
            "parameters.days.values[1]: its first day must come after the one before it",
        ),
        (DAYS, "{type: number, value: 0.1234567}", "a number has at most 6 digits after the point"),
        (DAYS, "{type: number, value: 9999999999999}", "a number lies between"),
        (
            DAYS,
            "{type: number, value: 5, custom: required}",
            "parameters.days: an adopter must set it, so the key 'title'",
        ),
        ("  days: {", "  today: {", "the id 'today' means something else in expressions"),
        ("  days: {", "  age: {", "service.yaml:16: pages[1].question: the name 'age' is a parameter already"),
        # Pages and routes
        (
            "  - id: age",
            "  - id: urgent",
            "service.yaml:15: pages[1]: the page 'urgent' is there twice, first at line 12",
        ),
        ("  - id: age", "  - id: Age", "pages[1]: 'Age' is no id"),
        (URGENT_ROUTES, "routes: [{when: urgent, to: outcome.call}]", "routes[0]: the last route must hold always"),
        (
            URGENT_ROUTES,
            "routes: [{to: age}, {when: urgent, to: outcome.call}, {to: next}]",
            "so those after it never do",
        ),
        (URGENT_ROUTES, "routes: [{to: agee}]", "pages[0].routes[0].to: there is no page 'agee'; did you mean 'age'?"),
        (URGENT_ROUTES, "routes: [{to: outcome.cal}]", "there is no outcome 'cal'; did you mean 'call'?"),
        (URGENT_ROUTES, "routes: [{to: decision.x}]", "there is no decision 'x'; known are advice"),
        (URGENT_ROUTES, "routes: [{to: page.age}]", "'page.age' is no target"),
        ("    routes: [{to: decision.advice}]\n", "", "pages[2]: there is no page after this one"),
        (URGENT_ROUTES, "section: health", "pages[0].section: there is no section 'health'; there is none"),
        (
            "  - id: age\n",
            "  - id: age\n    title: 'Age'\n    kind: information\n",
            "a page of kind information asks nothing",
        ),
        (URGENT_ROUTES, "repeat: {max: 3, again: 'More?'}", "the question needs an id of its own; write id"),
        (URGENT_ROUTES, "repeat: {max: 300, again: 'More?'}", "expected 1 ≤ min ≤ max ≤ 50"),
        # Questions
        (AGE, '{type: number, title: "Age", options: []}', ""),
        (
            AGE,
            '{type: number, title: "Age", currency: CAD}',
            "a question of type number has no 'currency'; its keys are",
        ),
        (AGE, '{type: money, title: "Pay"}', "pages[1].question: a question of type money needs the key 'currency'"),
        (AGE, '{type: age, title: "Age"}', "pages[1].question.type: this is 'age'; expected one of yes_no"),
        (AGE, '{type: number, title: "Age", min: 5, max: 4}', "max is 4 and min 5, so no number will do"),
        (AGE, '{type: number, title: "Age", min: 0.5}', "this is 0.5, but only 0 digits after the point can be given"),
        (AGE, '{type: number, title: "Age", decimals: 9}', "decimals: this is 9; expected 0 to 6"),
        (AGE, '{type: year, title: "Year", min: 26}', "this is 26; a year has four digits"),
        (AGE, '{type: date, title: "Day", max: 2026}', "expected a day as 2026-10-01, today, or an expression"),
        (AGE, '{type: text, title: "Name", max_length: 999}', "max_length: this is 999; expected 1 to 200"),
        (AGE, '{type: list, title: "Where", list: contries}', "there is no list 'contries'; did you mean 'countries'?"),
        (AGE, '{type: postal_code, title: "P", country: XX}', "there is no pattern of postal codes of 'XX'"),
        (
            AGE,
            '{type: identifier, title: "I", pattern: ca_sinn}',
            "there is no pattern 'ca_sinn'; did you mean 'ca_sin'?",
        ),
        ('      none: "None"\n', "", "pages[2].question: checkboxes need the key 'none'"),
        (CHECKBOXES, "options: [{id: fever, label: a}, {id: fever, label: b}]", "the option 'fever' is there twice"),
        (
            CHECKBOXES,
            "options: [{id: none, label: a}, {id: cough, label: b}]",
            "the option 'none' means something else",
        ),
        # Facts
        ("weights: {fever: 1, cough", "weights: {fevr: 1, cough", "there is no option 'fevr'; did you mean 'fever'?"),
        ("{of: signs,", "{of: age,", "facts.points.of: there is no question with options 'age'"),
        (
            "  ill: 'size(signs) > 0'",
            "  ill: {of: signs}",
            "facts.ill: write an expression, or a score with of and weig",
        ),
        # Decisions
        (ADVICE_RULE, "{id: A1, if: [true], then: outcome.stay}", "rules[0].if: 1 tests for 2 inputs; write - for one"),
        (ADVICE_RULE, "{id: A2, if: [true, -], then: outcome.stay}", "the rule 'A2' is there twice, first at line 32"),
        (ADVICE_RULE, "{id: A1, if: [true, -], then: stay}", "rules[0].then: this is 'stay'; expected outcome.ID"),
        (ADVICE_RULE, "{id: A1, if: [true, -], then: outcome.sty}", "there is no outcome 'sty'; did you mean 'stay'?"),
        ("hit: unique", "hit: collect", "decisions.advice.hit: hit: collect and the key collect"),
        ("hit: unique", "hit: unique\n    output: {type: option}", "type: option and the key values go together"),
        # Outcomes
        ('{id: go, title: "Go out"}', '{id: stay, title: "Go out"}', "the outcome 'stay' is there twice"),
        (
            '{id: go, title: "Go out"}',
            '{id: go, title: "Go", collects: advice}',
            "there is no decision that collects a list",
        ),
        (
            '{id: go, title: "Go out"}',
            '{id: go, title: "Go", next_steps: [{href: "javascript:alert(1)", text: x}]}',
            "'javascript:alert(1)' is no address that a link may lead to",
        ),
    ],
)
def test_a_fault_is_told_with_its_line_and_what_to_do(old, new, expected):
    told = "\n".join(list_problems(change(old, new)))
    assert expected in told
    assert bool(told) == bool(expected)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("  ill: 'size(signs) > 0'", "  ill: 'size(sings) > 0'", "service.yaml:25: facts.ill: column 6: "),
        ("  ill: 'size(signs) > 0'", "  ill: 'size(signs) > '", "service.yaml:25: facts.ill: column "),
        (
            "when: urgent",
            "when: age",
            "pages[0].routes[0].when: 'age' does not give true or false, which is needed here",
        ),
        ("when: urgent", "when: 'urgent == 3'", "service.yaml:14: pages[0].routes[0].when: column "),
        ("inputs: [ill, age]", "inputs: [ill, agee]", "service.yaml:30: decisions.advice.inputs[1]: column 1: "),
        ('"< 65"', '"< fever"', "service.yaml:33: decisions.advice.rules[1].if[1]: column "),
        ('"< 65"', '""', "service.yaml:33: decisions.advice.rules[1].if[1]: "),
        ('"< 65"', "{a: b}", "decisions.advice.rules[1].if[1]: this cell is empty or too deep"),
        ('title: "Call {number}"', 'title: "Call {nmber}"', "service.yaml:36: outcomes[0].title: {nmber}: column 1"),
        ('title: "Call {number}"', 'title: "Call {number"', "a { without its }; write {{ for a brace"),
        ('title: "Call {number}"', 'title: "Call <b>now</b>"', "HTML is not read; write **bold**"),
        (
            'title: "Call {number}"',
            'title: "{number, plural, other {#}}"',
            "'number' is no number, so it has no plural",
        ),
    ],
)
def test_a_fault_of_an_expression_has_line_and_column(old, new, expected):
    assert expected in "\n".join(list_problems(change(old, new)))


def test_all_faults_are_told_at_once():
    text = change("jurisdiction: CA-ON", "jurisdiction: Ontario")
    text = change("to: outcome.call}", "to: outcome.cal}", text)
    text = change("- {id: A3, if: [false,", "- {id: A3, if: [false, -,", text)
    assert [each.split(": ")[1] for each in list_problems(text)] == [
        "jurisdiction",
        "pages[0].routes[0].to",
        "decisions.advice.rules[2].if",
    ]


def test_a_fault_in_a_text_of_several_lines_has_the_line_of_the_file():
    text = change('{id: go, title: "Go out"}', "id: go\n    title: Go\n    body: |\n      one\n\n      {nmber}\n")
    (problem,) = list_problems(text)
    assert problem.startswith("p/service.yaml:43: outcomes[2].body: {nmber}: column 1: ")
    (problem,) = list_problems(change("body: |", "body: >", text))
    assert problem.startswith("p/service.yaml:40: outcomes[2].body: {nmber}: ")


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ("{name: x, given: {}, expect: sty}", "tests[0].expect: there is no outcome 'sty'; did you mean 'stay'?"),
        ("{name: x, given: {agee: 3}, expect: stay}", "tests[0].given.agee: there is no question 'agee'; did you mean"),
        ("{name: x, given: {}, expect: stay, entitlements: [a]}", "entitlements[0]: there is no entitlement 'a'"),
        ("{name: x, given: {}}", "tests[0]: the key 'expect' is missing"),
    ],
)
def test_examples_name_what_is_there(case, expected):
    (problem,) = list_problems(f"{SMALL}tests: [{case}]\n")
    assert problem.startswith("p/service.yaml:39: ")
    assert expected in problem
    (problem,) = list_problems(SMALL, {"cases.yaml": f"tests: [{case}]\n"})
    assert problem.startswith("p/cases.yaml:1: ")


def test_plain_texts_are_bounded_and_can_be_seen():
    long = change("Ministry of Examples", "x" * 2_001)
    assert "publisher.name: this text has 2001 characters; 2000 are the most" in "\n".join(list_problems(long))
    hidden = change("Ministry of Examples", "Ministry\u202e of")
    assert "publisher.name: this text holds characters that cannot be seen" in "\n".join(list_problems(hidden))


def test_a_fault_of_a_fact_is_not_told_again_wherever_it_is_used():
    text = change("size(signs) > 0", "size(sings) > 0")
    text = change('{id: go, title: "Go out"}', '{id: go, title: "Go out", body: ":::when ill\\nx\\n:::"}', text)
    assert len(list_problems(text)) == 1


def test_facts_that_use_one_another_in_a_circle_are_told():
    text = change("  ill: 'size(signs) > 0'", "  ill: 'worse'\n  worse: 'bad'\n  bad: 'ill'")
    (problem,) = [each for each in list_problems(text) if "circle" in each]
    assert problem.startswith("p/service.yaml:")
    assert problem.count("→") == 3


def test_a_decision_in_a_file_of_its_own_has_its_own_lines():
    table = "hit: first\ninputs: [age]\nrules:\n  - {id: B1, if: ['> x'], then: outcome.go}\n"
    (problem,) = list_problems(SMALL, {"tables/later.yaml": table})
    assert problem.startswith("p/tables/later.yaml:4: rules[0].if[0]: column 3")
    assert "is in tables/advice.yaml, too" in "\n".join(list_problems(SMALL, {"tables/advice.yaml": table}))


def test_faults_of_every_file_are_told_together():
    others = {"cases.yaml": "tests: 3\n", "tables/x.yaml": "inputs: []\n", "theme.yaml": "nme: x\n"}
    told = "\n".join(list_problems(change("version: 1.0.0", "version: 1"), others))
    for file in ("p/cases.yaml:1: tests", "p/tables/x.yaml:1", "p/theme.yaml:1: nme: unknown key"):
        assert file in told


def test_an_element_is_found_by_its_key():
    package = read()
    assert str(package.locate("page.urgent")) == "service.yaml:12"
    assert str(package.locate("page.urgent.route.0")) == "service.yaml:14"
    assert str(package.locate("question.signs.option.cough.label")) == "service.yaml:22"
    assert str(package.locate("decision.advice.rule.A3")) == "service.yaml:34"
    assert str(package.locate("decision.advice.rule.A1.because")) == "service.yaml:32"
    assert str(package.locate("parameter.days")) == "service.yaml:8"
    assert str(package.locate("outcome.go.of.nothing")) == "service.yaml:38"
    assert str(package.locate("unheard")) == "service.yaml:1"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"- a list",
        b"\xff\xfe",
        b"a: &a [*a]",
        b"a: " + b"[" * 400 + b"]" * 400,
        b"a: \x00",
        b"--- {}\n--- {}",
        b"%YAML 1.1\n--- {}",
        "a: \ud800".encode("utf-8", "surrogatepass"),
    ],
)
def test_hostile_yaml_is_refused_with_a_line(data):
    with pytest.raises(PackageError) as caught:
        read(data.decode("latin-1"), None)
    assert caught.value.problems[0].line >= 1


def test_no_is_a_text_and_numbers_keep_their_form():
    text = change('{id: fever, label: "fever"}', "{id: fever, label: no}")
    assert compile_package(read(text))["texts"]["en"]["question.signs.option.fever.label"] == [["p", ["no"]]]


def test_more_faults_than_fit_are_counted():
    pages = "".join(f"  - {{id: page{number}, title: x, section: y}}\n" for number in range(150))
    with pytest.raises(SettingsError) as caught:
        read(change("pages:\n", f"pages:\n{pages}"))
    assert caught.value.detail.endswith("… and 50 more")


def test_a_bound_holds_for_every_count():
    many = "".join(f"  - {{id: page{number}, title: x}}\n" for number in range(201))
    assert "there are 204 pages; 200 are the most" in "\n".join(list_problems(change("pages:\n", f"pages:\n{many}")))
