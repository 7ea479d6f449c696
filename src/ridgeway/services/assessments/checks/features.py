"""What of an answer matters: the smallest questions that the rules ever ask about it.

Law: two answers of which every feature says the same lead to the same place, whatever else is answered. A condition
that reads one answer is a feature itself; a comparison with what another answer chooses among constants becomes one
feature a constant (`score >= limit`, limit one of 0.5, 0.75, 1). Where two answers are compared with one another
the answer itself is the feature, and `is_itself` says so: then only some of its values can be tried.
"""

import itertools
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from ridgeway.services.assessments.checks.program import COMPARISONS, Expression, Program, list_children, list_nodes

MAX_FEATURES: Final = 400
"""Features of one question that are looked at; with so many, classes are no longer called exact."""
MAX_PARTS: Final = 200
"""Into how many pairs a comparison is taken apart at most."""


Parts = tuple[list[Expression], list[Expression]]


@dataclass(frozen=True, slots=True)
class Feature:
    """An expression that reads one answer alone; `is_itself`: its value is kept as it is, not only whether it holds."""

    expression: Expression
    is_itself: bool


@dataclass(slots=True)
class Finder:
    """Finds the features of one question."""

    program: Program
    question: str
    done: set[str] = field(default_factory=set)
    apart: dict[str, Parts] = field(default_factory=dict)
    over_items: dict[str, bool] = field(default_factory=dict)

    def find(self, expression: Expression) -> Iterator[Feature]:
        """The features in one expression."""
        key = json.dumps(expression)
        if key in self.done or self.question not in self.program.read_questions(expression):
            return
        self.done.add(key)
        if self.is_alone(expression):
            yield Feature(expression, is_itself=not self.is_choice(expression))
            return
        match expression:
            case [str(name), left, right] if name in COMPARISONS:
                yield from self.compare(name, left, right)
            case ["fact", str(name)]:
                yield from self.find(self.program.facts[name])
            case ["output" | "decision", str(name), *_]:
                yield from self.find_all(list_atoms(self.program.decisions[name]))
            case _:
                yield from self.find_all(list_children(expression))

    def find_all(self, expressions: Iterable[Expression]) -> Iterator[Feature]:
        """The features in several expressions."""
        for each in expressions:
            yield from self.find(each)

    def compare(self, name: str, left: Expression, right: Expression) -> Iterator[Feature]:
        """The features in a comparison: each side is taken apart into what it can be."""
        lefts, conditions = self.take_apart(left)
        rights, others = self.take_apart(right)
        yield from self.find_all((*conditions, *others))
        pairs = [(one, other) for one in lefts for other in rights]
        if len(pairs) > MAX_PARTS:
            yield from self.find_all((*lefts, *rights))
            return
        for one, other in pairs:
            whole: Expression = [name, one, other]
            if self.is_alone(whole):
                yield from self.find(whole)
            else:
                yield from self.find_all((one, other))

    def take_apart(self, expression: Expression) -> Parts:
        """What a value can be, and the conditions that choose; a part reads this answer alone, or not at all."""
        key = json.dumps(expression)
        if key not in self.apart:
            self.apart[key] = self.find_parts(expression)
        return self.apart[key]

    def find_parts(self, expression: Expression) -> Parts:
        """The same, looked for."""
        if self.is_alone(expression) or not self.program.read_questions(expression):
            return [expression], []
        match expression:
            case ["if", condition, yes, no]:
                return self.gather([yes, no], [condition])
            case ["fact", str(name)]:
                return self.take_apart(self.program.facts[name])
            case ["call", "min" | "max", arguments]:
                return self.gather(arguments, [])
            case ["output" | "decision", str(name), *rest]:
                decision = self.program.decisions[name]
                if decision["hit"] != "collect":
                    return list_given(decision, rest[0] if rest else None), list_atoms(decision)
        return [expression], []

    def gather(self, parts: Iterable[Expression], conditions: list[Expression]) -> Parts:
        """The parts of each part, and all conditions."""
        found: list[Expression] = []
        for part in parts:
            values, more = self.take_apart(part)
            found += [each for each in values if each not in found]
            conditions = conditions + [each for each in more if each not in conditions]
        return found, conditions

    def is_alone(self, expression: Expression) -> bool:
        """Whether an expression reads this answer and no other, and not by going over several items."""
        if self.program.read_questions(expression) != {self.question}:
            return False
        return not any(self.goes_over_items(node) for node in list_nodes(expression))

    def goes_over_items(self, node: Expression) -> bool:
        """Whether a node, or a fact or table that it names, reads a page that is asked several times as a whole."""
        match node:
            case ["fact", str(name)]:
                inner = [self.program.facts[name]]
            case ["output" | "decision", str(name), *_]:
                inner = self.program.decisions[name]["inputs"]
            case _:
                return is_over_items(node, self.program)
        key = f"{node[0]}:{name}"
        if key not in self.over_items:
            self.over_items[key] = any(self.goes_over_items(each) for part in inner for each in list_nodes(part))
        return self.over_items[key]

    def is_choice(self, expression: Expression) -> bool:
        """Whether an expression has few values by its type."""
        kind = self.program.tell_type(expression)
        return kind == "bool" or (isinstance(kind, list) and kind[0] == "option")


def is_over_items(node: Expression, program: Program) -> bool:
    """Whether a node reads a page that is asked several times as a whole."""
    match node:
        case ["each", *_]:
            return True
        case ["answer", str(name)]:
            return name not in program.questions
        case ["lit", ["list", _], _]:
            return True
    return False


def find_features(program: Program, question: str) -> tuple[Feature, ...]:
    """The features of a question, in everything that says where people go."""
    finder = Finder(program, question)
    for name in program.facts:  # from the first on, so that a fact looks no further than those before it
        finder.goes_over_items(["fact", name])
    return tuple(itertools.islice(finder.find_all(list_roots(program)), MAX_FEATURES))


def list_roots(program: Program) -> Iterator[Expression]:
    """Everything that says where people go: conditions of pages and routes, tables that give outcomes or lists."""
    for page in program.pages.values():
        if page["only_if"] is not None:
            yield page["only_if"]
        yield from (route["when"] for route in page["routes"] if route["when"] is not None)
    for decision in program.decisions.values():
        if not decision["outputs"]:
            yield from list_atoms(decision)


def list_atoms(decision: dict[str, Any]) -> list[Expression]:
    """The tests of a table as expressions over its inputs, each once."""
    found: dict[str, Expression] = {}
    for rule in decision["rules"]:
        for value, test in zip(decision["inputs"], rule["tests"], strict=True):
            for atom in express_test(value, test):
                found.setdefault(json.dumps(atom), atom)
    return list(found.values())


def express_test(value: Expression, test: list[Any]) -> list[Expression]:
    """A test of a table as the comparisons of which it is made."""
    match test:
        case [str(name), other] if name in COMPARISONS:
            return [[name, value, other]]
        case ["between", low, opening, high, closing]:
            lower = [["ge" if opening == "[" else "gt", value, low]] if low is not None else []
            upper = [["le" if closing == "]" else "lt", value, high]] if high is not None else []
            return lower + upper
        case ["one", tests]:
            return [atom for each in tests for atom in express_test(value, each)]
        case ["not", inner]:
            return express_test(value, inner)
        case ["has" | "has_any", options]:
            return [["in", ["lit", ["option", name_options(value)], each], value] for each in options]
        case ["empty"]:
            return [["eq", ["call", "size", [value]], ["lit", "number", "0"]]]
        case ["known" | "unknown"]:
            return [["call", "known", [value]]]
    return []


def name_options(value: Expression) -> str:
    """The question whose options a value holds."""
    return value[1] if value[0] in {"answer", "item"} else ""


def list_given(decision: dict[str, Any], output: str | None) -> list[Expression]:
    """The values that a table can give, as literals."""
    outputs = decision["outputs"] or {}
    name = output or next(iter(outputs), "")
    found: list[Expression] = []
    for given in (*(rule["then"] for rule in decision["rules"]), decision["default"]):
        value = given.get(name) if isinstance(given, dict) else given
        literal = ["lit", outputs.get(name, "number"), value]
        if given is not None and literal not in found:
            found.append(literal)
    return found
