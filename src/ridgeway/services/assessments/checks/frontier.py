"""What the future of a half-answered assessment depends on: the values already fixed that are still read.

Law: two states at one page whose fixed values are equal have the same future. A value is fixed when no question that it
reads can be asked from that page on; of what is not fixed yet only the fixed parts count.
"""

import json
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from typing import Any

from ridgeway.services.assessments.checks.features import list_atoms
from ridgeway.services.assessments.checks.program import Expression, Program, list_children
from ridgeway.services.assessments.expressions import Scope, compile_expression


@dataclass(slots=True)
class Border:
    """For one page: the questions that can be asked from it on, and what is fixed before it and read later."""

    askable: frozenset[str]
    fixed: tuple[Callable[[Scope], Any], ...]

    def read(self, scope: Scope) -> tuple[Hashable, ...]:
        """The fixed values of a state."""
        return tuple(freeze(each(scope)) for each in self.fixed)


@dataclass(slots=True)
class Frontier:
    """The borders of an assessment, each found once."""

    program: Program
    borders: dict[str, Border] = field(default_factory=dict)

    def find(self, page: str) -> Border:
        """The border before a page."""
        if page not in self.borders:
            reachable = self.program.list_reachable(page)
            askable = frozenset(name for name, place in self.program.page_of.items() if f"page:{place}" in reachable)
            cutter = Cutter(self.program, askable)
            roots = [root for target in sorted(reachable) for root in list_roots_of(self.program, target)]
            fixed = [each for root in roots for each in cutter.cut(root)]
            self.borders[page] = Border(askable, tuple(compile_expression(each) for each in fixed))
        return self.borders[page]


@dataclass(slots=True)
class Cutter:
    """Takes expressions apart into what is fixed and what is not."""

    program: Program
    askable: frozenset[str]
    done: set[str] = field(default_factory=set)

    def cut(self, expression: Expression) -> Iterator[Expression]:
        """The largest parts that are fixed; what reads no answer does not count."""
        key = json.dumps(expression)
        if key in self.done:
            return
        self.done.add(key)
        read = self.program.read_questions(expression)
        if not read:
            return
        if not read & self.askable and not holds_item(expression):
            yield expression
            return
        match expression:
            case ["each", _, str(page), body]:
                if not {each["id"] for each in self.program.pages[page]["questions"]} & self.askable:
                    yield from self.cut(["answer", page])
                yield from self.cut(body)
            case ["item", *_]:
                return
            case ["fact", str(name)]:
                yield from self.cut(self.program.facts[name])
            case ["output" | "decision", str(name), *_]:
                for atom in list_atoms(self.program.decisions[name]):
                    yield from self.cut(atom)
            case _:
                for child in list_children(expression):
                    yield from self.cut(child)


def holds_item(expression: Expression) -> bool:
    """Whether an expression says something about one item, outside of what goes over all of them."""
    if expression[0] == "each":
        return False
    return expression[0] == "item" or any(holds_item(each) for each in list_children(expression))


def list_roots_of(program: Program, target: str) -> Iterator[Expression]:
    """What is read at one target."""
    kind, _, name = target.partition(":")
    if kind == "page" and name in program.pages:
        page = program.pages[name]
        for expression in (page["only_if"], *(route["when"] for route in page["routes"])):
            if expression is not None:
                yield expression
    elif kind == "decision" and name in program.decisions:
        yield from list_atoms(program.decisions[name])
    elif kind == "outcome":
        outcome = program.compiled["outcomes"].get(name)
        if outcome and outcome["collects"]:
            yield from list_atoms(program.decisions[outcome["collects"]])


def freeze(value: Any) -> Hashable:
    """A value that can be compared and be a key; true and 1 stay apart."""
    if isinstance(value, tuple) and not isinstance(value, str):
        return tuple(freeze(each) for each in value)
    if isinstance(value, dict):
        return tuple((name, freeze(each)) for name, each in sorted(value.items()))
    return (type(value).__name__, value)
