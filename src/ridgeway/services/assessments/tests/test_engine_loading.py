"""Documents from strangers: whatever is wrong with one is found before it runs, by name."""

import json
from copy import deepcopy
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ridgeway.errors import SettingsError
from ridgeway.services.assessments.engine import DefinitionError, build_start_view, build_view, explain, load, replay
from ridgeway.services.assessments.engine.patterns import compile_pattern
from ridgeway.services.assessments.tests.answering import choose_answers
from ridgeway.services.assessments.tests.random_definitions import TODAY, make_answered
from ridgeway.services.assessments.tests.running import everything


def changed(*path, value):
    """The compiled example with one part of it changed."""
    compiled = deepcopy(json.loads(json.dumps(everything().compiled)))
    place = compiled
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return compiled


def place_of(name):
    return next(place for place, page in enumerate(everything().compiled["pages"]) if page["id"] == name)


def refused(*path, value):
    with pytest.raises(SettingsError) as caught:
        load(changed(*path, value=value))
    return caught.value.code


@pytest.mark.parametrize("document", [None, [], "x", {}, {"format": "assessment-compiled/2"}, {"format": 1}])
def test_what_is_no_document_is_refused(document):
    with pytest.raises(DefinitionError, match="invalid_document"):
        load(document)


def test_keys_of_another_shape_are_refused_with_their_place():
    with pytest.raises(DefinitionError, match=r"\$\.pages\[0\]\.id"):
        load(changed("pages", 0, "id", value=7))


def test_references_that_lead_nowhere_are_refused():
    pages = everything().compiled["pages"]
    assert refused("pages", 0, "routes", 0, "to", value="page:nowhere") == "unknown_reference"
    assert refused("pages", 0, "routes", 0, "to", value="file:/etc/passwd") == "invalid_document"
    assert refused("pages", 1, "routes", 0, "to", value="outcome:gone") == "unknown_reference"
    assert refused("decisions", "advice", "rules", 0, "then", value="outcome:gone") == "unknown_reference"
    assert refused("decisions", "finder", "rules", 0, "then", value=["gone"]) == "unknown_reference"
    assert refused("outcomes", "get_help", "collects", value="advice") == "unknown_reference"
    assert refused("entitlements", "milk", "group", value="gone") == "unknown_reference"
    assert refused("valid", "after", value="gone") == "unknown_reference"
    assert (
        refused("pages", len(pages) - 1, "routes", value=[{"when": None, "to": "decision:gone"}]) == "unknown_reference"
    )


@pytest.mark.parametrize(
    "expression",
    [["answer", "gone"], ["fact", "gone"], ["add", ["lit", "text", "a"], ["lit", "number", "1"]], ["and"], [], [[]],
     ["lit", "number", "1"], ["item", "child_age"], ["call", "__import__", [["lit", "text", "os"]]],
     ["lit", "bool", "yes"]],
)  # fmt: skip
def test_names_and_types_of_expressions_are_proven(expression):
    refused("pages", 1, "routes", 0, "when", value=expression)


def test_expressions_without_end_are_refused():
    deep: list[object] = ["lit", "bool", True]
    for _ in range(5000):
        deep = ["not", deep]
    assert refused("pages", 1, "routes", 0, "when", value=deep) == "too_large"
    wide: list[object] = ["lit", "bool", True]
    for _ in range(12):
        wide = ["and", wide, wide]
    assert refused("pages", 1, "routes", 0, "when", value=wide) == "too_large"


def test_facts_and_decisions_that_need_themselves_are_refused():
    poor = ["and", ["fact", "poor"], ["lit", "bool", True]]
    facts = [[name, poor if name == "poor" else expression] for name, expression in everything().compiled["facts"]]
    with pytest.raises(SettingsError):
        load(changed("facts", value=facts))
    inputs = [["answer", "needs"], ["output", "help", "level"]]
    assert refused("decisions", "help", "inputs", value=inputs) == "cycle"


def test_facts_that_pile_up_too_much_are_refused():
    chain = [["f0", ["answer", "urgent"]]] + [[f"f{n}", ["not", ["fact", f"f{n - 1}"]]] for n in range(1, 400)]
    facts = [*everything().compiled["facts"], *chain]
    assert refused("facts", value=facts) == "too_large"


@pytest.mark.parametrize(
    "href", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "https://a b", "/path", ""]
)
def test_links_lead_only_where_links_may(href):
    assert refused("outcomes", "stay_home", "next_steps", 0, value=href) == "invalid_document"
    text = [["p", [["a", href, ["here"]]]]]
    assert refused("texts", "en", "start.body", value=text) == "invalid_text"


@pytest.mark.parametrize(
    "nodes",
    [None, "text", [["script", ["x"]]], [["p", "x"]], [["p", [["html", "<b>"]]]], [["h", 1, ["x"]]], [["p", [3]]], [[]],
     [["p", [["plural", ["lit", "number", "1000000"], {"one": ["x"]}]]]], [["p", [["x", ["fact", "gone"], "bool"]]]]],
)  # fmt: skip
def test_texts_hold_only_what_texts_may(nodes):
    with pytest.raises(SettingsError):
        load(changed("texts", "en", "start.body", value=nodes))


def test_a_text_within_a_text_without_end_is_refused():
    line: list[object] = ["x"]
    for _ in range(100):
        line = [["b", line]]
    assert refused("texts", "en", "start.title", value=[["p", line]]) == "invalid_text"


@pytest.mark.parametrize("source", ["^(a+)+$", "^[a-z]*$", "a", "^(?=a)a$", r"^(a)\1$", "^(?:a{1,9}){1,9}$", "^.{0,9}$",
                                    "^" + "a?" * 20 + "$", "^[$", "^a{5,1}$", "^" + "a" * 600 + "$"])  # fmt: skip
def test_patterns_that_could_take_for_ever_are_refused(source):
    with pytest.raises(DefinitionError, match="invalid_pattern"):
        compile_pattern(source)


def test_a_replay_that_could_take_long_is_refused():
    wide: list[object] = ["lit", "bool", True]
    for _ in range(6):
        wide = ["and", wide, wide]
    facts = [[f"f{number}", wide] for number in range(480)]
    compiled = changed("facts", value=[*everything().compiled["facts"], *facts])
    load(compiled)
    page = {"id": "p", "kind": "information", "title": True, "routes": [{"when": None, "to": "next"}]}
    compiled["pages"] += [page | {"id": f"extra{number}"} for number in range(200)]
    with pytest.raises(DefinitionError, match="too_large"):
        load(compiled)


def test_limits_and_sizes_are_proven():
    age = ("pages", place_of("age"), "questions", 0)
    assert refused(*age, "min", value="lots") == "invalid_document"
    assert refused(*age, "decimals", value=99) == "invalid_document"
    assert refused("pages", place_of("children"), "repeat", value={"min": 1, "max": 10**9}) == "invalid_document"
    assert refused("pages", value=[everything().compiled["pages"][0]] * 1000) == "too_large"
    assert refused("valid", "from", value="2026-W01-1") == "invalid_document"
    assert refused("formats", "en", "plural", value=[["one", [[["z", 0, True, [[1, 1]]]]]]]) == "invalid_document"
    assert refused("parameters", "allowance", "values", value=[[None, 12]]) == "invalid_document"
    assert refused("parameters", "allowance", "values", value=[["soon", "12"]]) == "invalid_document"


ODD: tuple[object, ...] = (
    None,
    "",
    0,
    -1,
    10**30,
    True,
    [],
    {},
    "outcome:done",
    "next",
    [["p", ["x"]]],
    ["lit", "bool", True],
    "2026-99-99",
)


def mutate(value, random, depth=0):
    """The document with a few parts put, taken out or exchanged."""
    if isinstance(value, dict) and value and random.random() < 0.9:
        key = random.choice(list(value))
        if random.random() < 0.1:
            return {name: each for name, each in value.items() if name != key}
        return value | {key: mutate(value[key], random, depth + 1)}
    if isinstance(value, list) and value and random.random() < 0.9:
        place = random.randrange(len(value))
        if random.random() < 0.1:
            return value[:place] + value[place + 1 :] if random.random() < 0.5 else value[: place + 1] + value[place:]
        return [*value[:place], mutate(value[place], random, depth + 1), *value[place + 1 :]]
    return random.choice(ODD)


def try_out(compiled, seed):
    """Whether the document loads; then it must run, whatever the answers."""
    try:
        assessment = load(compiled)
    except SettingsError:
        return False
    whole, first = make_answered(seed)
    random = Random(seed)
    for answers in (first, *(choose_answers(whole, random, TODAY) for _ in range(2))):
        trail = replay(assessment, answers, today=TODAY)
        explain(assessment, trail)
        build_start_view(assessment, "ar", TODAY)
        for step in range(1, trail.last_step + 1):
            json.dumps(build_view(assessment, trail, step=step, language="fr", answers=answers))
    return True


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_a_document_that_was_tampered_with_is_refused_or_runs(seed):
    random = Random(seed)
    compiled, _ = make_answered(seed % 50)
    for _ in range(random.randint(1, 3)):
        compiled = mutate(compiled, random)
    try_out(compiled, seed % 50)


def test_the_tampering_of_these_tests_leaves_some_documents_whole():
    found = {try_out(mutate(make_answered(seed % 10)[0], Random(seed)), seed % 10) for seed in range(40)}
    assert found == {True, False}


def test_a_document_that_could_write_into_addresses_or_into_the_holes_of_a_page_is_refused():
    assert refused("id", value="a\r\nSet-Cookie: x") == "invalid_document"
    assert refused("languages", 0, "code", value='"><script>') == "invalid_document"
    assert refused("publisher", "name", value="\x02fields\x02") == "invalid_document"
    assert refused("words", "en", "continue", value="\x02main\x02") == "invalid_document"


def test_a_pattern_with_many_repeats_of_many_lengths_is_refused():
    assert compile_pattern("^[a-z]{0,40}[0-9]?[a-z]{1,9}[0-9]{2,3}!$")("aa12!")
    with pytest.raises(DefinitionError, match="invalid_pattern"):
        compile_pattern("^" + "[a-z]{0,30}" * 5 + "!$")
