"""Reckons expressions for one answer by itself, before anybody walks anywhere."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ridgeway.services.assessments.checks.features import Feature
from ridgeway.services.assessments.checks.program import Expression, Program
from ridgeway.services.assessments.engine.scoping import make_scope
from ridgeway.services.assessments.expressions import (
    Closure,
    Match,
    Scope,
    Span,
    compile_expression,
    compile_test,
    to_day,
)

Signature = tuple[Hashable, ...]


@dataclass(slots=True)
class Prober:
    """Reckons with the facts, tables and parameters of one day."""

    program: Program
    day: date
    today: Span = field(init=False)
    compiled: dict[str, Closure] = field(init=False, default_factory=dict)
    tests: dict[str, Match] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Know the day as expressions do."""
        self.today = to_day(self.day)

    def make_scope(self, answers: dict[str, Any]) -> Scope:
        """What expressions see when exactly these questions are answered."""
        scope = make_scope(self.program.assessment, self.today.lo, answers)
        scope.item = answers
        return scope

    def compile(self, expression: Expression) -> Closure:
        """An expression ready to be reckoned, made once."""
        key = repr(expression)
        if key not in self.compiled:
            self.compiled[key] = compile_expression(expression)
        return self.compiled[key]

    def evaluate(self, expression: Expression, answers: dict[str, Any]) -> Any:
        """What an expression comes to."""
        return self.compile(expression)(self.make_scope(answers))

    def find_matches(self, scope: Scope, name: str) -> list[dict[str, Any]]:
        """All rules of a table that hold, whatever its policy takes of them."""
        decision = self.program.decisions[name]
        values = [self.compile(each)(scope) for each in decision["inputs"]]
        return [rule for rule in decision["rules"] if self.is_current(rule) and self.holds(scope, rule, values)]

    def holds(self, scope: Scope, rule: dict[str, Any], values: list[Any]) -> bool:
        """Whether every test of a rule is true."""
        return all(self.test(test)(value, scope) for test, value in zip(rule["tests"], values, strict=True))

    def test(self, test: list[Any]) -> Match:
        """A test ready to be asked, made once."""
        key = repr(test)
        if key not in self.tests:
            self.tests[key] = compile_test(test)
        return self.tests[key]

    def is_current(self, rule: dict[str, Any]) -> bool:
        """Whether a rule counts on this day."""
        day = self.day.isoformat()
        return bool((rule["from"] or day) <= day <= (rule["until"] or day))

    def sign(self, question: str, value: Any, features: tuple[Feature, ...]) -> Signature:
        """What all features say of one answer; answers that sign alike go the same ways."""
        scope = self.make_scope({question: value})
        return tuple(show(self.compile(each.expression)(scope)) for each in features)


def show(value: Any) -> Hashable:
    """A value that can be compared and be a key; true and 1 stay apart."""
    return (type(value).__name__, value)
