"""Compiled expressions that come from elsewhere: proven to be what the parser could have made, or refused.

Law: an expression is good when its text, parsed in the same environment, gives it again to the letter. So no second
checker can drift from the first, and nothing that compiles can fail while it is reckoned.
"""

import json
from collections.abc import Callable
from typing import Any

from ridgeway.services.assessments.expressions.checker import Checker
from ridgeway.services.assessments.expressions.errors import ExpressionError, show
from ridgeway.services.assessments.expressions.limits import MAX_COMPILED_DEPTH, MAX_COMPILED_PARTS
from ridgeway.services.assessments.expressions.parser import GENEROUS, parse_tree
from ridgeway.services.assessments.expressions.rendering import render_expression, render_test
from ridgeway.services.assessments.expressions.types import Environment, Type
from ridgeway.services.assessments.expressions.unary import parse_cell


def verify_expression(expr: Any, environment: Environment) -> Type:
    """The type of an expression in JSON, which is what the parser makes of its text.

    Raises:  ExpressionError; malformed_expression when the parser would have made another.
    """
    text = render_safely(render_expression, expr)
    parsed, kind = Checker(environment).check(parse_tree(text, GENEROUS))
    require_same(parsed, expr)
    return kind


def verify_test(test: Any, kind: Type, environment: Environment) -> None:
    """Hold only when a test in JSON, for an input of this type, is what the parser makes of its text.

    Raises:  ExpressionError; malformed_expression when the parser would have made another.
    """
    text = render_safely(render_test, test)
    require_same(parse_cell(text, kind, environment, GENEROUS), test)


def render_safely(render: Callable[[Any], str], expr: Any) -> str:
    """The text of JSON of which nothing is known.

    Raises:  ExpressionError(malformed_expression, too_large).
    """
    require_bounded(expr)
    try:
        return render(expr)
    except (TypeError, ValueError, KeyError, IndexError, AttributeError, OverflowError) as error:
        raise refuse(expr) from error


def require_bounded(expr: Any) -> None:
    """Hold only when the JSON is small and flat enough to be looked at.

    Raises:  ExpressionError(too_large).
    """
    waiting, seen = [(expr, 0)], 0
    while waiting:
        part, depth = waiting.pop()
        seen += 1
        if seen > MAX_COMPILED_PARTS or depth > MAX_COMPILED_DEPTH:
            raise ExpressionError("too_large", "The compiled expression is too large.")
        inner = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
        waiting.extend((each, depth + 1) for each in inner)


def require_same(parsed: Any, expr: Any) -> None:
    """Hold only when both are the same JSON.

    Raises:  ExpressionError(malformed_expression).
    """
    if json.dumps(parsed) != json.dumps(expr):
        raise refuse(expr)


def refuse(expr: Any) -> ExpressionError:
    """The error for JSON that is no expression."""
    return ExpressionError("malformed_expression", f"{show(repr(expr))} is no compiled expression.")
