"""Expressions in JSON → closures that take a `Scope` and give a value.

Law: a closure never raises for answers of the declared types, and does no more work than its expression has parts times
the items that were given. Read next: `operations.py`; `cells.py` for the cells of tables.
"""

import operator
import re
from collections.abc import Callable
from typing import Any, TypeAlias

from ridgeway.services.assessments.expressions.errors import ExpressionError, show
from ridgeway.services.assessments.expressions.limits import MAX_DEPTH, MAX_NODES
from ridgeway.services.assessments.expressions.operations import ONE, TWO, add, weigh
from ridgeway.services.assessments.expressions.scope import Scope
from ridgeway.services.assessments.expressions.values import MILLION, UNKNOWN, read_value

Closure: TypeAlias = Callable[[Scope], Any]
Operation: TypeAlias = Callable[[Any, Any], Any]


def compile_expression(expr: Any) -> Closure:
    """The closure of an expression.

    Raises:  ExpressionError(malformed_expression, too_large, too_deep) when the JSON is no expression.
    """
    return Compiler().compile(expr)


class Compiler:
    """Counts what is compiled, and how deep it is."""

    def __init__(self) -> None:
        self.nodes = 0
        self.depth = 0

    def compile(self, expr: Any) -> Closure:
        """The closure of one part."""
        self.nodes += 1
        self.depth += 1
        if self.nodes > 2 * MAX_NODES or self.depth > 2 * MAX_DEPTH:
            raise ExpressionError("too_large", "The compiled expression is too large.")
        closure = self.compile_leaf(expr) or self.compile_inner(expr)
        self.depth -= 1
        if closure is None:
            raise ExpressionError("malformed_expression", f"{show(repr(expr))} is no compiled expression.")
        return closure

    def compile_leaf(self, expr: Any) -> Closure | None:
        """The closure of what stands alone: a literal or a name."""
        match expr:
            case ["lit", kind, value]:
                return constant(read_literal(kind, value))
            case ["answer", str(name)]:
                return lambda scope: scope.answers.get(name, UNKNOWN)
            case ["item", str(name)]:
                return lambda scope: UNKNOWN if scope.item is None else scope.item.get(name, UNKNOWN)
            case ["param", str(name)]:
                return lambda scope: scope.parameters.get(name, UNKNOWN)
            case ["fact", str(name)]:
                return lambda scope: scope.facts[name]
            case ["decision", str(name)]:
                return lambda scope: scope.decisions[name]
            case ["output", str(decision), str(name)]:
                key = f"{decision}.{name}"
                return lambda scope: scope.outputs[key]
            case ["today"]:
                return operator.attrgetter("today")
            case ["score", str(name), dict(weights)]:
                return compile_score(name, {option: read_literal("number", each) for option, each in weights.items()})
        return None

    def compile_inner(self, expr: Any) -> Closure | None:
        """The closure of what has parts."""
        match expr:
            case ["not", inner]:
                return compile_not(self.compile(inner))
            case ["neg", inner]:
                return apply_one(ONE["neg"], self.compile(inner))
            case ["and" | "or" as word, left, right]:
                return compile_logic(self.compile(left), self.compile(right), decisive=word == "or")
            case ["if", condition, then, other]:
                return compile_if(self.compile(condition), self.compile(then), self.compile(other))
            case ["in", one, ["list", list(several)]]:
                return compile_choice(self.compile(one), [self.compile(each) for each in several])
            case ["in", one, several]:
                return apply_two(lambda option, options: option in options, self.compile(one), self.compile(several))
            case ["each", str(word), str(page), inner] if word in EACH:
                return EACH[word](page, self.compile(inner))
            case ["call", str(name), list(arguments)]:
                return self.compile_call(name, arguments)
            case [str(word), left, right] if word in TWO and word not in CALLED:
                return compile_two(word, self.compile(left), self.compile(right), right)
        return None

    def compile_call(self, name: str, arguments: list[Any]) -> Closure | None:
        """The closure of a function."""
        match name, arguments:
            case "answered", [["answer", str(question)]]:
                return lambda scope: question in scope.answers
            case "answered", [["item", str(question)]]:
                return lambda scope: scope.item is not None and question in scope.item
            case "hits", [["decision", str(decision)]]:
                return lambda scope: count_hits(scope.hits[decision])
            case "known", [inner]:
                return compile_known(self.compile(inner))
            case "matches_pattern", [inner, ["lit", "text", str()], ["lit", "text", str(source)]]:
                return apply_one(compile_pattern(source), self.compile(inner))
            case "min" | "max", [_, _, *_]:
                return compile_extreme(TWO[name], [self.compile(each) for each in arguments])
            case _, [inner] if name in ONE and name != "neg":
                return apply_one(ONE[name], self.compile(inner))
            case _, [left, right] if name in CALLED:
                return apply_two(TWO[name], self.compile(left), self.compile(right))
        return None


CALLED = {"days_between", "add_days", "add_months", "age_on", "min", "max"}
PLAIN = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
}


def read_literal(kind: Any, value: Any) -> Any:
    """The value of a literal.

    Raises:  ExpressionError(malformed_expression).
    """
    try:
        return read_value(kind, value)
    except (ValueError, TypeError, IndexError) as error:
        raise ExpressionError("malformed_expression", f"{show(repr(value))} is no {show(repr(kind))}.") from error


def constant(value: Any) -> Closure:
    """A closure that gives this value."""
    return lambda _scope: value


def compile_two(word: str, left: Closure, right: Closure, written: Any) -> Closure:
    """Arithmetic or a comparison; one with a literal that is no date is worth a way of its own."""
    if word in PLAIN and written[0] == "lit" and written[1] != "date":
        return compare_with(PLAIN[word], left, read_literal(written[1], written[2]))
    return apply_two(TWO[word], left, right)


def compare_with(compare: Operation, left: Closure, value: Any) -> Closure:
    """A comparison with a number, text, option or truth that is always the same."""

    def run(scope: Scope) -> Any:
        found = left(scope)
        return UNKNOWN if found is UNKNOWN else compare(found, value)

    return run


def apply_one(operation: Callable[[Any], Any], inner: Closure) -> Closure:
    """An operation on one value, unknown of the unknown."""

    def run(scope: Scope) -> Any:
        value = inner(scope)
        return UNKNOWN if value is UNKNOWN else operation(value)

    return run


def apply_two(operation: Operation, left: Closure, right: Closure) -> Closure:
    """An operation on two values, unknown when one is."""

    def run(scope: Scope) -> Any:
        first = left(scope)
        if first is UNKNOWN:
            return UNKNOWN
        second = right(scope)
        return UNKNOWN if second is UNKNOWN else operation(first, second)

    return run


def compile_not(inner: Closure) -> Closure:
    """The opposite."""

    def run(scope: Scope) -> Any:
        value = inner(scope)
        return UNKNOWN if value is UNKNOWN else not value

    return run


def compile_logic(left: Closure, right: Closure, *, decisive: bool) -> Closure:
    """And (false decides) or or (true decides): one side that decides is enough, whatever the other is."""

    def run(scope: Scope) -> Any:
        first = left(scope)
        if first is decisive:
            return decisive
        second = right(scope)
        if second is decisive:
            return decisive
        return UNKNOWN if first is UNKNOWN or second is UNKNOWN else not decisive

    return run


def compile_if(condition: Closure, then: Closure, other: Closure) -> Closure:
    """One of two values; unknown when the condition is."""

    def run(scope: Scope) -> Any:
        held = condition(scope)
        if held is UNKNOWN:
            return UNKNOWN
        return then(scope) if held else other(scope)

    return run


def compile_known(inner: Closure) -> Closure:
    """Whether there is a value."""
    return lambda scope: inner(scope) is not UNKNOWN


def compile_choice(one: Closure, several: list[Closure]) -> Closure:
    """Whether a value is among others: true as soon as one is equal, else unknown when one is unknown."""
    equal = TWO["eq"]

    def run(scope: Scope) -> Any:
        value = one(scope)
        if value is UNKNOWN:
            return UNKNOWN
        found: Any = False
        for each in several:
            other = each(scope)
            same = UNKNOWN if other is UNKNOWN else equal(value, other)
            if same is True:
                return True
            if same is UNKNOWN:
                found = UNKNOWN
        return found

    return run


def compile_extreme(better: Operation, several: list[Closure]) -> Closure:
    """The best of several values; unknown when one is."""
    first, *others = several

    def run(scope: Scope) -> Any:
        best = first(scope)
        for each in others:
            if best is UNKNOWN:
                return UNKNOWN
            value = each(scope)
            best = UNKNOWN if value is UNKNOWN else better(best, value)
        return best

    return run


def compile_score(question: str, weights: dict[str, int]) -> Closure:
    """The sum of the weights of what was chosen."""

    def run(scope: Scope) -> Any:
        chosen = scope.answers.get(question, UNKNOWN)
        return UNKNOWN if chosen is UNKNOWN else weigh(chosen, weights)

    return run


def compile_pattern(source: str) -> Callable[[str], bool]:
    """Whether a whole text has this form.

    Raises:  ExpressionError(malformed_expression) when the form is none.
    """
    try:
        form = re.compile(source, re.ASCII)
    except re.error as error:
        raise ExpressionError("malformed_expression", f"{show(source)} is no pattern.") from error
    return lambda text: form.fullmatch(text) is not None


def count_hits(hits: Any) -> Any:
    """The count as a number."""
    return UNKNOWN if hits is UNKNOWN else hits * MILLION


def look_at_items(page: str, inner: Closure, scope: Scope) -> Any:
    """The value of every item of a page, or unknown when the page is."""
    items = scope.answers.get(page, UNKNOWN)
    return UNKNOWN if items is UNKNOWN else [inner(scope.with_item(item)) for item in items]


def compile_quantifier(page: str, inner: Closure, *, decisive: bool) -> Closure:
    """Any (true decides) or all (false decides): one item that decides is enough."""

    def run(scope: Scope) -> Any:
        values = look_at_items(page, inner, scope)
        if values is UNKNOWN:
            return UNKNOWN
        if decisive in values:
            return decisive
        return UNKNOWN if UNKNOWN in values else not decisive

    return run


def compile_count(page: str, inner: Closure) -> Closure:
    """Of how many items something is true; unknown when it is unknown of one."""

    def run(scope: Scope) -> Any:
        values = look_at_items(page, inner, scope)
        return UNKNOWN if values is UNKNOWN or UNKNOWN in values else values.count(True) * MILLION

    return run


def compile_sum(page: str, inner: Closure) -> Closure:
    """The sum over the items; unknown when one is, or when it grows too large on the way."""

    def run(scope: Scope) -> Any:
        values = look_at_items(page, inner, scope)
        if values is UNKNOWN:
            return UNKNOWN
        total: Any = 0
        for value in values:
            if value is UNKNOWN or total is UNKNOWN:
                return UNKNOWN
            total = add(total, value)
        return total

    return run


EACH: dict[str, Callable[[str, Closure], Closure]] = {
    "any": lambda page, inner: compile_quantifier(page, inner, decisive=True),
    "all": lambda page, inner: compile_quantifier(page, inner, decisive=False),
    "count": compile_count,
    "sum": compile_sum,
}
