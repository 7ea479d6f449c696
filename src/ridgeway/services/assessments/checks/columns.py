"""The values of one column of a table, cut into cells within which every test of the column says the same.

Law: a cell is a value that stands for all of its kind; cells cover everything the column's type, step and limits allow.
"""

import itertools
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from ridgeway.services.assessments.checks.features import list_given
from ridgeway.services.assessments.checks.probing import Prober
from ridgeway.services.assessments.checks.program import COMPARISONS, Expression, Program, list_compared
from ridgeway.services.assessments.expressions import UNKNOWN, Span, read_value
from ridgeway.services.assessments.expressions.values import (
    FIRST_DAY,
    LAST_DAY,
    MAX_NUMBER,
    MILLION,
    render_date,
    render_number,
)

MAX_NAMED_OPTIONS: Final = 10
"""Options that tests of one column name; of more, only sets of one or two are tried."""
MAX_DEPTH: Final = 8
"""Expressions within one another that are looked at for the numbers that they can give."""
WHOLE_CALLS: Final = frozenset({"size", "hits", "age_on", "year", "floor", "ceil", "round", "count", "days_between"})
NOT_NEGATIVE: Final = frozenset({"size", "hits", "age_on", "year", "count"})


@dataclass(frozen=True, slots=True)
class Cell:
    """Values of a column that all tests treat alike: one of them, and all of them in words."""

    value: Any
    words: str


@dataclass(frozen=True, slots=True)
class Lattice:
    """The numbers that an expression can give, in millionths: steps from `low` to `high`."""

    low: int = -MAX_NUMBER
    high: int = MAX_NUMBER
    step: int = 1


def list_cells(prober: Prober, expression: Expression, tests: list[list[Any]]) -> list[Cell]:
    """The cells of a column; what is unknown is one only when a test asks for it."""
    cells = list(list_known_cells(prober, expression, tests))
    if any(asks_for_unknown(test) for test in tests):
        cells.append(Cell(UNKNOWN, "unknown"))
    return cells


def list_known_cells(prober: Prober, expression: Expression, tests: list[list[Any]]) -> Iterable[Cell]:
    """The cells of values that are known."""
    kind = prober.program.tell_type(expression)
    name = kind if isinstance(kind, str) else kind[0]
    constants = [prober.evaluate(each, {}) for test in tests for each in list_compared(test)]
    match name:
        case "bool":
            return [Cell(True, "true"), Cell(False, "false")]
        case "option":
            return [Cell(each, each) for each in list_options(prober.program, kind[1], constants)]
        case "options":
            return list_set_cells(prober.program, kind[1], tests)
        case "date":
            days = sorted({end for each in constants if isinstance(each, Span) for end in each})
            return list_day_cells(days)
        case "number":
            numbers = sorted({each for each in constants if isinstance(each, int)})
            return list_number_cells(numbers, measure(prober, expression))
    texts = sorted({each for each in constants if isinstance(each, str)})
    return [*(Cell(each, each) for each in texts), Cell("", "any other text")]


def asks_for_unknown(test: list[Any]) -> bool:
    """Whether a test tells known from unknown."""
    match test:
        case ["unknown" | "known"]:
            return True
        case ["one", tests]:
            return any(asks_for_unknown(each) for each in tests)
        case ["not", inner]:
            return asks_for_unknown(inner)
    return False


def list_options(program: Program, owner: str, constants: list[Any]) -> list[str]:
    """The options that a question or a table can give."""
    if owner in program.questions:
        question = program.questions[owner]
        if question.get("options"):
            return [each["id"] for each in question["options"]]
        ids = program.compiled["lists"].get(question.get("list"), {}).get("ids", [])
        named = sorted({each for each in constants if each in ids})
        return named + next(([each] for each in ids if each not in named), [])
    name, _, output = owner.partition(".")
    if name in program.decisions:
        return sorted({each[2] for each in list_given(program.decisions[name], output or None)})
    return sorted({each for each in constants if isinstance(each, str)})


def list_set_cells(program: Program, owner: str, tests: list[list[Any]]) -> Iterator[Cell]:
    """Sets of ticked options: every way to tick those that tests name, without and with another one."""
    question = program.questions[owner]
    named = list(dict.fromkeys(itertools.chain(*map(list_named, tests))))
    exclusive = [each["id"] for each in question["options"] if each["exclusive"]]
    plain = [each for each in named if each not in exclusive]
    others = [each["id"] for each in question["options"] if each["id"] not in named and each["id"] not in exclusive]
    sizes = range(len(plain) + 1) if len(plain) <= MAX_NAMED_OPTIONS else range(3)
    can_be_empty = "none" in question["has"]
    for size in sizes:
        for chosen in itertools.combinations(plain, size):
            if chosen or can_be_empty:
                yield Cell(chosen, " and ".join(chosen) or "none")
            if others:
                yield Cell((*chosen, others[0]), " and ".join((*chosen, "others")))
    yield from (Cell((each,), each) for each in exclusive)


def list_named(test: list[Any]) -> Iterator[str]:
    """The options that a test names."""
    match test:
        case ["has" | "has_any", options]:
            yield from options
        case ["one", tests]:
            for each in tests:
                yield from list_named(each)
        case ["not", inner]:
            yield from list_named(inner)


def list_number_cells(constants: list[int], lattice: Lattice) -> Iterator[Cell]:
    """Each constant, and what lies between two of them."""
    for low, high in itertools.pairwise((None, *constants, None)):
        first = lattice.low if low is None else (low // lattice.step + 1) * lattice.step
        last = lattice.high if high is None else -(-high // lattice.step) * lattice.step - lattice.step
        first, last = max(first, lattice.low), min(last, lattice.high)
        if first <= last:
            yield Cell(first, say_between(low, high, first, last, render_number))
        if high is not None and lattice.low <= high <= lattice.high and high % lattice.step == 0:
            yield Cell(high, render_number(high))


def list_day_cells(constants: list[int]) -> Iterator[Cell]:
    """Each day that is named, and those between two of them."""

    def show(day: int) -> str:
        return render_date(Span(day, day))

    for low, high in itertools.pairwise((None, *constants, None)):
        first = FIRST_DAY if low is None else low + 1
        last = LAST_DAY if high is None else high - 1
        if first <= last:
            yield Cell(Span(first, first), say_between(low, high, first, last, show))
        if high is not None:
            yield Cell(Span(high, high), show(high))


def say_between(low: int | None, high: int | None, first: int, last: int, show: Any) -> str:
    """What lies between two constants, in words."""
    if first == last:
        return str(show(first))
    if low is not None and high is not None:
        return f"between {show(low)} and {show(high)}"
    if low is not None:
        return f"more than {show(low)}"
    return f"less than {show(high)}" if high is not None else "any"


def measure(prober: Prober, expression: Expression, depth: int = 0) -> Lattice:
    """The numbers that an expression can give, as far as its form says so, not too far into other facts."""
    program = prober.program
    if depth > MAX_DEPTH:
        return Lattice()
    match expression:
        case ["fact", str(name)]:
            return measure(prober, program.facts[name], depth + 1)
        case ["answer" | "item", str(name)] if name in program.questions:
            return measure_question(program.questions[name])
        case ["score", _, weights]:
            return measure_weights([int(each) for each in weights.values()])
        case ["call", "size", [["answer", str(name)]]] if name in program.questions:
            options = program.questions[name].get("options")
            return Lattice(0, len(options) * MILLION if options else MAX_NUMBER, MILLION)
        case ["call", str(name), _] if name in WHOLE_CALLS:
            return Lattice(0 if name in NOT_NEGATIVE else -MAX_NUMBER, MAX_NUMBER, MILLION)
        case ["each", "count", *_]:
            return Lattice(0, MAX_NUMBER, MILLION)
        case ["decision" | "output", str(name), *rest]:
            return measure_table(program.decisions[name], rest[0] if rest else None)
        case ["if", _, yes, no]:
            one, other = measure(prober, yes, depth + 1), measure(prober, no, depth + 1)
            return Lattice(min(one.low, other.low), max(one.high, other.high), math.gcd(one.step, other.step))
        case ["lit", "number", str(value)]:
            return Lattice(int(value), int(value), max(1, abs(int(value))))
        case ["add", left, right]:
            one, other = measure(prober, left, depth + 1), measure(prober, right, depth + 1)
            return Lattice(one.low + other.low, one.high + other.high, math.gcd(one.step, other.step))
    return Lattice()


def measure_question(question: dict[str, Any]) -> Lattice:
    """The numbers that can be answered."""
    low, high = (question.get(end) for end in ("min", "max"))
    step = MILLION // 10 ** (question.get("decimals") or 0)
    if question["type"] in {"duration", "salary"}:
        step = MILLION if question["type"] == "duration" else MILLION // 100
        return Lattice(0, MAX_NUMBER, step)
    return Lattice(
        int(low) if isinstance(low, str) else -MAX_NUMBER, int(high) if isinstance(high, str) else MAX_NUMBER, step
    )


def measure_weights(weights: list[int]) -> Lattice:
    """The sums that weights can give."""
    low, high = sum(each for each in weights if each < 0), sum(each for each in weights if each > 0)
    return Lattice(low, high, math.gcd(*weights) or 1)


def measure_table(decision: dict[str, Any], output: str | None) -> Lattice:
    """The numbers that a table can give."""
    if decision["hit"] == "collect" and decision["collect"] == "count":
        return Lattice(0, len(decision["rules"]) * MILLION, MILLION)
    given = [read_value("number", each[2]) for each in list_given(decision, output) if each[1] == "number"]
    if decision["hit"] == "collect" and decision["collect"] == "sum":
        return measure_weights(given)
    return Lattice(min(given), max(given), math.gcd(*given) or 1) if given else Lattice()


def is_comparison(test: list[Any]) -> bool:
    """Whether a test compares with one constant."""
    return test[0] in COMPARISONS
