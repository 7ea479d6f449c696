"""The expression language of assessments: a small, typed, three-valued part of CEL. Pure.

Text → tokens (`lexer`) → tree (`parser`) → typed JSON (`checker`; `unary` for the cells of tables) → closures
(`compile`, `cells`) that look things up in a `Scope`. The language: docs/reference/expressions.md
"""

from ridgeway.services.assessments.expressions.cells import Match, compile_test
from ridgeway.services.assessments.expressions.checker import parse_expression, parse_score
from ridgeway.services.assessments.expressions.compile import Closure, compile_expression
from ridgeway.services.assessments.expressions.errors import ExpressionError, nearest
from ridgeway.services.assessments.expressions.functions import FUNCTIONS
from ridgeway.services.assessments.expressions.parser import scan_names
from ridgeway.services.assessments.expressions.rendering import Names, list_names, render_expression, render_test
from ridgeway.services.assessments.expressions.scope import Memo, Scope
from ridgeway.services.assessments.expressions.types import RESERVED, Environment, Type, describe_type, kind_of
from ridgeway.services.assessments.expressions.unary import parse_test
from ridgeway.services.assessments.expressions.values import (
    MILLION,
    UNKNOWN,
    Span,
    Unknown,
    parse_date,
    parse_number,
    read_value,
    render_date,
    render_number,
    render_value,
    to_day,
)
from ridgeway.services.assessments.expressions.verifying import verify_expression, verify_test

__all__ = [
    "FUNCTIONS",
    "MILLION",
    "RESERVED",
    "UNKNOWN",
    "Closure",
    "Environment",
    "ExpressionError",
    "Match",
    "Memo",
    "Names",
    "Scope",
    "Span",
    "Type",
    "Unknown",
    "compile_expression",
    "compile_test",
    "describe_type",
    "kind_of",
    "list_names",
    "nearest",
    "parse_date",
    "parse_expression",
    "parse_number",
    "parse_score",
    "parse_test",
    "read_value",
    "render_date",
    "render_expression",
    "render_number",
    "render_test",
    "render_value",
    "scan_names",
    "to_day",
    "verify_expression",
    "verify_test",
]
