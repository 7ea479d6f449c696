"""The shared cases, in Python and in V8: what one says, both say."""

import json

import pytest

from ridgeway.services.assessments.expressions import (
    ExpressionError,
    compile_expression,
    compile_test,
    parse_expression,
    parse_test,
    read_value,
    render_expression,
    render_test,
    render_value,
    scan_names,
    verify_expression,
    verify_test,
)
from ridgeway.services.assessments.tests.expression_world import make_environment, make_scope, open_twin, read_semantics

WORLD = read_semantics()["world"]
ENVIRONMENT = make_environment(WORLD)


def flatten(key, head):
    """(what stands above a group, *case) for each case."""
    return [(group[head], *case) for group in read_semantics()[key] for case in group["cases"]]


VALUES = flatten("values", "about")
CELLS = flatten("cells", "input")


def differences(found, expected):
    """What was found elsewhere than expected, one row each."""
    return [(*case, value) for case, value in zip(expected, found, strict=True) if value != case[-1]]


def test_there_are_enough_cases():
    assert len(VALUES) >= 200


def test_python_reckons_every_value():
    scope = make_scope(WORLD)
    found = [render_value(compile_expression(parse_expression(text, ENVIRONMENT)[0])(scope)) for _, text, _ in VALUES]
    assert differences(found, VALUES) == []


def test_the_browser_reckons_every_value():
    expressions = [parse_expression(text, ENVIRONMENT)[0] for _, text, _ in VALUES]
    with open_twin() as call:
        found = call("runExpressions", json.dumps(WORLD), json.dumps(expressions))
    assert differences(found, VALUES) == []


def test_every_cell_matches_what_it_should_in_both():
    scope = make_scope(WORLD)
    rows = [
        (parse_test(cell, kind, ENVIRONMENT), kind, value, cell, match)
        for kind, cell, matches in CELLS
        for value, match in matches
    ]
    found = [compile_test(test)(read_value(kind, value), scope) for test, kind, value, _, _ in rows]
    with open_twin() as call:
        twin = call(
            "runCells", json.dumps(WORLD), json.dumps([[test, kind, value] for test, kind, value, _, _ in rows])
        )
    assert differences(found, rows) == []
    assert differences(twin, rows) == []


@pytest.mark.parametrize(("code", "text", "column"), flatten("refused", "code"))
def test_what_cannot_be_reckoned_is_refused_with_its_place(code, text, column):
    with pytest.raises(ExpressionError) as caught:
        parse_expression(text, ENVIRONMENT)
    assert (caught.value.code, caught.value.column) == (code, column), caught.value.detail


@pytest.mark.parametrize(("kind", "cell", "code", "column"), flatten("cells_refused", "input"))
def test_what_cannot_be_matched_is_refused_with_its_place(kind, cell, code, column):
    with pytest.raises(ExpressionError) as caught:
        parse_test(cell, kind, ENVIRONMENT)
    assert (caught.value.code, caught.value.column) == (code, column), caught.value.detail


def test_every_text_comes_back_from_its_json_and_is_proven():
    for _, text, _ in VALUES:
        expr, kind = parse_expression(text, ENVIRONMENT)
        assert parse_expression(render_expression(expr), ENVIRONMENT) == (expr, kind), text
        assert verify_expression(expr, ENVIRONMENT) == kind
    for kind, cell, _ in CELLS:
        test = parse_test(cell, kind, ENVIRONMENT)
        assert parse_test(render_test(test), kind, ENVIRONMENT) == test, cell
        verify_test(test, kind, ENVIRONMENT)


def test_what_must_be_known_first_are_names_but_no_functions_outputs_or_texts():
    text = 'any(people, size(age) > limit) && advice.level == 1 || "x" in symptoms ? today : min(day, a)'
    assert scan_names(text) == {"people", "age", "limit", "advice", "in", "symptoms", "today", "day", "a"}
