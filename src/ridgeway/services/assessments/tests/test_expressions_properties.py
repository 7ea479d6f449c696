"""Random expressions mean the same in both engines; nothing that is not an expression does harm."""

import json
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ridgeway.services.assessments.expressions import (
    ExpressionError,
    compile_expression,
    compile_test,
    list_names,
    parse_date,
    parse_expression,
    parse_number,
    parse_test,
    read_value,
    render_expression,
    render_number,
    render_test,
    render_value,
    scan_names,
    verify_expression,
    verify_test,
)
from ridgeway.services.assessments.expressions.values import EPOCH, FIRST_DAY, LAST_DAY
from ridgeway.services.assessments.tests.expression_strategies import DAYS, ENVIRONMENT, EXPRESSIONS, NUMBERS, TEXTS
from ridgeway.services.assessments.tests.expression_world import make_scope, open_twin, read_semantics

WORLD = read_semantics()["world"]
SCOPE = make_scope(WORLD)
WORDS = sorted(
    {"&&", "||", "!", "==", "<", ">=", "+", "-", "*", "/", "%", "?", ":", "(", ")", "[", "]", "{", "}", ",", ".", ".."}
    | {"in", "true", "today", "age", "people", "five", "day", "symptoms", "contact", "home", "advice", "level", "size"}
    | {"any", "not", "has", "unknown", "min", "date", "score", "1", "0.5", "2026-11-15", '"fever"', "'", '"', "\\", " "}
)
GARBAGE = st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join) | st.text(max_size=30)
KINDS = st.sampled_from(["number", "bool", "text", "date", ["option", "contact"], ["options", "symptoms"]])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=8,
)
many = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def twin():
    """The twin in V8."""
    with open_twin() as call:
        yield call


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(EXPRESSIONS, min_size=25, max_size=60))
def test_random_expressions_give_the_same_value_in_both(twin, expressions):
    found = [render_value(compile_expression(expr)(SCOPE)) for expr in expressions]
    assert twin("runExpressions", json.dumps(WORLD), json.dumps(expressions)) == found


@many
@given(EXPRESSIONS)
def test_an_expression_comes_back_from_its_text(expr):
    text = render_expression(expr)
    parsed, kind = parse_expression(text, ENVIRONMENT)
    assert parsed == expr
    assert verify_expression(expr, ENVIRONMENT) == kind
    assert list_names(expr).facts <= scan_names(text)


def read_or_place(text):
    """The expression and its type, or the column of the fault and None."""
    try:
        return parse_expression(text, ENVIRONMENT)
    except ExpressionError as error:
        return error.column, None


@settings(max_examples=400, deadline=None)
@given(GARBAGE)
def test_garbage_is_refused_or_reckoned_never_a_crash(text):
    expr, kind = read_or_place(text)
    if kind is None:
        assert 1 <= expr <= len(text) + 1
        return
    assert parse_expression(render_expression(expr), ENVIRONMENT) == (expr, kind)
    compile_expression(expr)(SCOPE)


@settings(max_examples=400, deadline=None)
@given(GARBAGE | st.sampled_from(WORDS), KINDS)
def test_a_garbled_cell_is_refused_or_reckoned_never_a_crash(text, kind):
    try:
        test = parse_test(text, kind, ENVIRONMENT)
    except ExpressionError:
        return
    assert parse_test(render_test(test), kind, ENVIRONMENT) == test
    compile_test(test)(read_value(kind, None), SCOPE)


def swap(expr, places, piece):
    """The expression with one part replaced."""
    if not places or not isinstance(expr, list) or not expr:
        return piece
    place = places[0] % len(expr)
    return [*expr[:place], swap(expr[place], places[1:], piece), *expr[place + 1 :]]


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(EXPRESSIONS, st.lists(st.integers(0, 3), min_size=1, max_size=4), JSON | EXPRESSIONS)
def test_changed_json_is_refused_or_reckoned_never_a_crash(expr, places, piece):
    changed = swap(expr, places, piece)
    try:
        verify_expression(changed, ENVIRONMENT)
    except ExpressionError:
        return
    compile_expression(changed)(SCOPE)


@settings(max_examples=200, deadline=None)
@given(JSON, KINDS)
def test_json_that_is_no_test_is_refused(test, kind):
    with pytest.raises(ExpressionError):
        verify_test(test, kind, ENVIRONMENT)


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(NUMBERS.map(int).map(render_number) | TEXTS, min_size=20, max_size=60),
    st.lists(DAYS.map(lambda day: date.fromordinal(day + EPOCH).isoformat()) | TEXTS, min_size=20, max_size=60),
    st.lists(DAYS | st.sampled_from([FIRST_DAY, LAST_DAY, -1, 0]), min_size=20, max_size=60),
)
def test_numbers_and_dates_are_read_and_written_the_same_in_both(twin, numbers, dates, days):
    read, written, spans, calendar_days = twin("runHelpers", *map(json.dumps, (numbers, dates, days)))
    found = [parse_number(text) for text in numbers]
    assert read == [None if each is None else str(each) for each in found]
    assert written == [None if each is None else render_number(each) for each in found]
    assert spans == [None if span is None else list(span) for span in map(parse_date, dates)]
    expected = [date.fromordinal(day + EPOCH) for day in days]
    assert calendar_days == [[day.year, day.month, day.day] for day in expected]
