"""Tests of table cells in JSON → closures that take the value of the input and a `Scope`, and say true or false.

Law: a test is three-valued inside, so that `not(…)` of what cannot be decided does not hold; outside only true matches.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

from ridgeway.services.assessments.expressions.compile import Closure, compile_expression
from ridgeway.services.assessments.expressions.errors import ExpressionError, show
from ridgeway.services.assessments.expressions.limits import MAX_NODES
from ridgeway.services.assessments.expressions.operations import TWO
from ridgeway.services.assessments.expressions.scope import Scope
from ridgeway.services.assessments.expressions.values import UNKNOWN

Match: TypeAlias = Callable[[Any, Scope], bool]
Inner: TypeAlias = Callable[[Any, Scope], Any]

COMPARISONS = {"eq", "ne", "lt", "le", "gt", "ge"}
MAX_TEST_DEPTH = 20


def compile_test(test: Any) -> Match:
    """The closure of a cell: whether a value matches.

    Raises:  ExpressionError(malformed_expression, too_large) when the JSON is no test.
    """
    inner = compile_inner(test, 0)
    return lambda value, scope: inner(value, scope) is True


def compile_inner(test: Any, depth: int) -> Inner:
    """The closure of a test or a part of one: true, false or unknown."""
    if depth > MAX_TEST_DEPTH:
        raise ExpressionError("too_large", "The compiled test is too deep.")
    match test:
        case ["any"]:
            return lambda _value, _scope: True
        case ["unknown"]:
            return lambda value, _scope: value is UNKNOWN
        case ["known"]:
            return lambda value, _scope: value is not UNKNOWN
        case ["empty"]:
            return lambda value, _scope: UNKNOWN if value is UNKNOWN else len(value) == 0
        case ["has" | "has_any" as word, list(options)]:
            return compile_has(set(options), every=word == "has")
        case ["not", inner]:
            return compile_opposite(compile_inner(inner, depth + 1))
        case ["one", list(tests)] if 0 < len(tests) <= MAX_NODES:
            return compile_alternatives([compile_inner(each, depth + 1) for each in tests])
        case ["between", low, "[" | "(" as opening, high, "]" | ")" as closing]:
            above = None if low is None else compare(("ge" if opening == "[" else "gt"), compile_expression(low))
            below = None if high is None else compare(("le" if closing == "]" else "lt"), compile_expression(high))
            return compile_range(above, below)
        case [str(word), operand] if word in COMPARISONS:
            return compare(word, compile_expression(operand))
    raise ExpressionError("malformed_expression", f"{show(repr(test))} is no compiled test.")


def compare(word: str, operand: Closure) -> Inner:
    """A comparison of the value with an operand."""
    operation = TWO[word]

    def run(value: Any, scope: Scope) -> Any:
        if value is UNKNOWN:
            return UNKNOWN
        other = operand(scope)
        return UNKNOWN if other is UNKNOWN else operation(value, other)

    return run


def compile_range(above: Inner | None, below: Inner | None) -> Inner:
    """Both ends hold, where there are two."""
    if above is None or below is None:
        end = above or below
        return end if end is not None else compile_inner(["known"], 0)

    def run(value: Any, scope: Scope) -> Any:
        first = above(value, scope)
        if first is False:
            return False
        second = below(value, scope)
        if second is False:
            return False
        return UNKNOWN if first is UNKNOWN or second is UNKNOWN else True

    return run


def compile_has(options: set[str], *, every: bool) -> Inner:
    """All of the options, or one at least, are ticked."""

    def run(value: Any, _scope: Scope) -> Any:
        if value is UNKNOWN:
            return UNKNOWN
        return options.issubset(value) if every else not options.isdisjoint(value)

    return run


def compile_opposite(inner: Inner) -> Inner:
    """The opposite of a test; of an undecided one undecided."""

    def run(value: Any, scope: Scope) -> Any:
        held = inner(value, scope)
        return UNKNOWN if held is UNKNOWN else not held

    return run


def compile_alternatives(tests: list[Inner]) -> Inner:
    """One of the tests holds."""

    def run(value: Any, scope: Scope) -> Any:
        found: Any = False
        for test in tests:
            held = test(value, scope)
            if held is True:
                return True
            if held is UNKNOWN:
                found = UNKNOWN
        return found

    return run
