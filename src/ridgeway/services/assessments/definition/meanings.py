"""What each name in a package's expressions means, and in which order facts and decisions are reckoned.

Law: facts use one another without going in a circle; each is typed after those that it uses.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import Any

from ridgeway.office.documents.schema import Path, render_path
from ridgeway.services.assessments.definition.elements import Spot, spot_of_decision
from ridgeway.services.assessments.definition.faults import Faults, Problem
from ridgeway.services.assessments.definition.kinds import OutputType, QuestionType
from ridgeway.services.assessments.definition.lists import Listing
from ridgeway.services.assessments.definition.names import SERVICE
from ridgeway.services.assessments.definition.package import Package
from ridgeway.services.assessments.definition.patterns import PATTERNS
from ridgeway.services.assessments.definition.shapes import Decision, Fact, Output, Question
from ridgeway.services.assessments.definition.tables import ONLY, is_list_decision, list_outputs
from ridgeway.services.assessments.expressions import Environment, ExpressionError, parse_expression, scan_names

ON_BEHALF = "on_behalf"
LITERAL = re.compile(r":\s+\|[-+]?\s*(#.*)?$")
"""The end of a line below which a text stands, line by line."""
NUMBERS = frozenset(
    {QuestionType.NUMBER, QuestionType.MONEY, QuestionType.YEAR, QuestionType.DURATION, QuestionType.SALARY}
)
Typed = tuple[Any, Any]


def type_of_question(question: Question) -> Any:
    """The TYPE of a question's answer."""
    match question.type:
        case QuestionType.YES_NO:
            return "bool"
        case QuestionType.RADIOS | QuestionType.LIST:
            return ["option", question.id]
        case QuestionType.CHECKBOXES:
            return ["options", question.id]
        case QuestionType.DATE | QuestionType.MONTH:
            return "date"
        case kind:
            return "number" if kind in NUMBERS else "text"


def type_of_output(output: Output, name: str) -> Any:
    """The TYPE of one value of a decision; `name` is the decision's, or decision.output."""
    return ["option", name] if output.type is OutputType.OPTION else str(output.type)


@dataclass(slots=True)
class Meanings:
    """Reads the expressions of one package; `broken` are names whose own fault was told, so uses of them are not."""

    package: Package
    lists: Mapping[str, Listing]
    faults: Faults
    environment: Environment
    broken: set[str] = field(default_factory=set)

    def fail(self, spot: Spot, why: str) -> None:
        """Note a fault at a place."""
        place = self.package.place_of(spot)
        file = self.package.files.show(place.file)
        self.faults.add(Problem(file, place.line, render_path(spot.path), why))

    def fail_text(self, spot: Spot, why: str, *, row: int) -> None:
        """Note a fault on a row (from 0) of a text; of one that is written below a |, with the line of the file."""
        place = self.package.place_of(spot)
        lines = self.package.files.content[place.file].split(b"\n")
        if LITERAL.search(lines[place.line - 1].decode("utf-8", "replace")):
            problem = Problem(self.package.files.show(place.file), place.line + 1 + row, render_path(spot.path), why)
            self.faults.add(problem)
        else:
            self.fail(spot, f"{describe_row(row)}{why}")

    def read(self, text: str, spot: Spot) -> Typed | None:
        """An expression with its type; None after a fault."""
        try:
            return parse_expression(text, self.environment)
        except ExpressionError as error:
            if not self.is_told(text):
                self.fail(spot, explain(error))
            return None

    def read_as(self, kind: str, text: str, spot: Spot) -> Any:
        """An expression of this type; None after a fault."""
        found = self.read(text, spot)
        if found is None:
            return None
        if found[1] != kind:
            needed = {"bool": "true or false", "date": "a day"}[kind]
            self.fail(spot, f"{text!r} does not give {needed}, which is needed here")
            return None
        return found[0]

    def is_told(self, text: str) -> bool:
        """Whether an expression uses a name whose own fault was told."""
        return bool(self.broken & find_names(text))


def describe_row(row: int) -> str:
    """On which row (from 0) of a text of several it is."""
    return f"line {row + 1} of the text: " if row else ""


def explain(error: ExpressionError) -> str:
    """What is wrong with an expression, with its column."""
    return f"column {error.column}: {error.explain() if error.action else error.detail}"


def find_names(text: str) -> set[str]:
    """The names in an expression, without what stands behind a point; none when it cannot be read."""
    try:
        return {name.partition(".")[0] for name in scan_names(text)}
    except ExpressionError:
        return set()


def make_meanings(package: Package, lists: Mapping[str, Listing], faults: Faults) -> Meanings:
    """What the names mean before any fact is known."""
    definition = package.definition
    answers: dict[str, Any] = {ON_BEHALF: "bool"} if definition.start.on_behalf else {}
    items: dict[str, dict[str, Any]] = {}
    options: dict[str, tuple[str, ...]] = {}
    for page in definition.pages:
        types = {str(each.id): type_of_question(each) for each in page.asked}
        options |= {str(each.id): list_options(each, lists) for each in page.asked}
        if page.repeat is None:
            answers |= types
        else:
            answers[page.id] = ["list", page.id]
            items[page.id] = types
    one: dict[str, Any] = {}
    several: dict[str, dict[str, Any]] = {}
    decisions = definition.decisions or {}
    for name, decision in decisions.items():
        outputs = list_outputs(decision) or {}
        if decision.outputs:
            several[name] = {key: type_of_output(each, f"{name}.{key}") for key, each in outputs.items()}
            options |= {f"{name}.{key}": each.values for key, each in outputs.items()}
        elif outputs:
            one[name] = type_of_output(outputs[ONLY], name)
            options[name] = outputs[ONLY].values
    environment = Environment(
        answers=answers,
        parameters={name: str(each.type) for name, each in (definition.parameters or {}).items()},
        facts={},
        decisions=one,
        outputs=several,
        items=items,
        options={name: each for name, each in options.items() if each},
        collects=frozenset(name for name, each in decisions.items() if is_list_decision(each)),
        patterns=dict(PATTERNS),
    )
    return Meanings(package, lists, faults, environment)


def list_options(question: Question, lists: Mapping[str, Listing]) -> tuple[str, ...]:
    """The ids of which an answer is made."""
    if isinstance(question.list, str):
        return lists[question.list].ids
    return tuple(option.id for option in question.options)


def sort_meanings(meanings: Meanings) -> tuple[str, ...]:
    """Facts and decisions in an order in which each uses earlier ones alone; a circle is a fault."""
    definition = meanings.package.definition
    facts, decisions = definition.facts or {}, definition.decisions or {}
    known = {*facts, *decisions}
    uses = {name: uses_of_fact(fact) & known for name, fact in facts.items()}
    uses |= {name: uses_of_decision(decision) & known for name, decision in decisions.items()}
    ordered = {name: sorted(each) for name, each in uses.items()}
    while True:
        try:
            return tuple(TopologicalSorter(ordered).static_order())
        except CycleError as error:
            circle = error.args[1]
            spot = spot_of_name(circle[0], facts, meanings.package.tables)
            meanings.fail(spot, f"these use one another in a circle: {' → '.join(reversed(circle))}; break it")
            meanings.broken |= set(circle)
            for name in circle:
                ordered[name] = []


def spot_of_name(name: str, facts: Mapping[str, Fact], tables: frozenset[str]) -> Spot:
    """Where a fact or a decision stands."""
    return Spot(SERVICE, ("facts", name)) if name in facts else spot_of_decision(name, tables)


def uses_of_fact(fact: Fact) -> set[str]:
    """The names that a fact uses."""
    return find_names(fact.expression) if fact.expression is not None else set()


def uses_of_decision(decision: Decision) -> set[str]:
    """The names that a decision uses: those of its inputs, since tests know parameters alone."""
    return set().union(*(find_names(each) for each in decision.inputs))


def spot_inside(spot: Spot, *path: str | int) -> Spot:
    """A place further in."""
    inside: Path = (*spot.path, *path)
    return Spot(spot.file, inside)
