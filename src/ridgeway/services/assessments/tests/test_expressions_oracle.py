"""Where our language is CEL, it says what an implementation of CEL that is not ours says.

An error there (a name without a value, a remainder of zero) is what we call unknown: CEL lets && and || decide in spite
of an error on one side, too. Left out is what differs by intent: fractions, and lists that hold something unknown.
"""

import cel
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ridgeway.services.assessments.expressions import (
    MILLION,
    UNKNOWN,
    Environment,
    Scope,
    Span,
    compile_expression,
    parse_expression,
    render_expression,
)
from ridgeway.services.assessments.tests.expression_strategies import pairs

VALUES = {"yes": True, "no": False, "five": 5, "minus": -7, "word": "héllo 😀", "ticked": ["fever", "cough"]}
ENVIRONMENT = Environment(
    answers={
        "yes": "bool", "no": "bool", "maybe": "bool", "five": "number", "minus": "number", "nothing": "number",
        "word": "text", "untold": "text", "ticked": ["options", "ticked"],
    },
    options={"ticked": ("fever", "cough", "breath")},
)  # fmt: skip
SCOPE = Scope(
    today=Span(0, 0),
    answers={
        **VALUES,
        "five": 5 * MILLION,
        "minus": -7 * MILLION,
        "ticked": ("fever", "cough"),
    },
)
WHOLE = st.integers(-9, 9).map(lambda number: ["lit", "number", str(number * MILLION)])


def name(kind):
    """The questions of this type."""
    return [["answer", name] for name, other in ENVIRONMENT.answers.items() if other == kind]


def make_numbers(depth):
    """Whole numbers; CEL's are 64 bits wide, so they stay small."""
    leaf = st.sampled_from(name("number")) | WHOLE
    if depth == 0:
        return leaf
    part = make_numbers(depth - 1)
    return st.one_of(
        leaf,
        pairs(["add", "sub", "mul", "mod"], part),
        part.filter(lambda expr: expr[0] != "lit").map(lambda expr: ["neg", expr]),
        st.builds(lambda *parts: ["if", *parts], make_bools(depth - 1), part, part),
        st.just(["call", "size", [["answer", "ticked"]]]),
    )


def make_bools(depth):
    """Truths."""
    leaf = st.sampled_from(name("bool")) | st.booleans().map(lambda value: ["lit", "bool", value])
    if depth == 0:
        return leaf
    part, number = make_bools(depth - 1), make_numbers(depth - 1)
    text = st.sampled_from(name("text")) | st.sampled_from(["héllo 😀", 'a"b\\c', "tab\tline\n"]).map(
        lambda value: ["lit", "text", value]
    )
    option = st.sampled_from(ENVIRONMENT.options["ticked"]).map(lambda value: ["lit", ["option", "ticked"], value])
    return st.one_of(
        leaf,
        pairs(["and", "or"], part),
        part.map(lambda expr: ["not", expr]),
        pairs(["eq", "ne"], part),
        pairs(["eq", "ne", "lt", "le", "gt", "ge"], number),
        pairs(["eq", "ne"], text),
        st.builds(lambda one, several: ["in", one, ["list", several]], number, st.lists(WHOLE, min_size=1, max_size=3)),
        option.map(lambda value: ["in", value, ["answer", "ticked"]]),
        st.builds(lambda *parts: ["if", *parts], part, part, part),
    )


def ask_oracle(text):
    """CEL's value of a text, or UNKNOWN for an error."""
    try:
        value = cel.evaluate(text, VALUES)
    except (RuntimeError, ValueError, TypeError, ArithmeticError):
        return UNKNOWN
    return value if isinstance(value, bool) else value * MILLION


@settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
@given(make_bools(3) | make_numbers(3))
def test_what_cel_can_say_means_the_same_in_ours(expr):
    text = render_expression(expr)
    assert parse_expression(text, ENVIRONMENT)[0] == expr
    assert compile_expression(expr)(SCOPE) == ask_oracle(text), text


@pytest.mark.parametrize("text", ["yes || maybe", "maybe && no", "no || maybe", "five % 0 == 1 || yes"])
def test_an_error_of_cel_is_our_unknown(text):
    assert compile_expression(parse_expression(text, ENVIRONMENT)[0])(SCOPE) == ask_oracle(text)
