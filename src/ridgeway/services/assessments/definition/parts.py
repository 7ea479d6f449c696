"""The parts of the compiled document that hold expressions: facts, pages, decisions, outcomes.

Law: after a fault the part is left out and the next one read, so that every fault is told; nobody sees the rest.
"""

from decimal import Decimal
from typing import Any

from ridgeway.services.assessments.definition.asking import compile_question, describe_plain
from ridgeway.services.assessments.definition.elements import Spot, list_questions, spot_of_decision
from ridgeway.services.assessments.definition.kinds import PageKind, QuestionType
from ridgeway.services.assessments.definition.meanings import (
    ON_BEHALF,
    Meanings,
    explain,
    sort_meanings,
    spot_inside,
    spot_of_name,
    type_of_output,
)
from ridgeway.services.assessments.definition.names import SERVICE
from ridgeway.services.assessments.definition.shapes import Decision, Definition, Fact, Outcome, Page, Rule
from ridgeway.services.assessments.definition.tables import ONLY, list_outputs, to_result
from ridgeway.services.assessments.definition.values import to_value
from ridgeway.services.assessments.expressions import ExpressionError, parse_score, parse_test


def compile_parameters(definition: Definition) -> dict[str, Any]:
    """The parameters with their values by date."""
    found = {}
    for name, each in (definition.parameters or {}).items():
        dated = [(entry.from_, entry.value, entry.source) for entry in each.values] or [(None, each.value, None)]
        found[name] = {
            "type": str(each.type),
            "values": [[day.isoformat() if day else None, to_value(each.type, value)] for day, value, _ in dated],
            "source": each.source,
            "sources": [source or each.source for _, _, source in dated],
            "unit": each.unit,
        }
    return found


def compile_facts(meanings: Meanings) -> list[list[Any]]:
    """Facts, and decisions with values among them, in an order in which each uses earlier ones alone."""
    definition = meanings.package.definition
    facts, decisions = definition.facts or {}, definition.decisions or {}
    found: list[list[Any]] = []
    for name in sort_meanings(meanings):
        if name in facts:
            typed = None if name in meanings.broken else read_fact(meanings, name, facts[name])
            if typed is None:
                meanings.broken.add(name)
                continue
            meanings.environment.facts[name] = typed[1]  # type: ignore[index]
            found.append([name, typed[0]])
        elif decisions[name].outputs:
            found.extend([f"{name}.{output}", ["output", name, output]] for output in decisions[name].outputs or {})
        elif list_outputs(decisions[name]):
            found.append([name, ["decision", name]])
    return found


def read_fact(meanings: Meanings, name: str, fact: Fact) -> Any:
    """A fact's expression with its type; None after a fault."""
    spot = spot_of_name(name, {name: fact}, frozenset())
    if fact.expression is not None:
        return meanings.read(fact.expression, spot)
    weights = {option: f"{Decimal(weight):f}" for option, weight in (fact.weights or {}).items()}
    try:
        return parse_score(str(fact.of), weights, meanings.environment), "number"
    except ExpressionError as error:
        meanings.fail(spot, explain(error))
        return None


def compile_pages(meanings: Meanings) -> list[dict[str, Any]]:
    """The pages; before them, where one may answer for somebody else, the one that asks for whom."""
    definition = meanings.package.definition
    pages = [compile_page(meanings, page, Spot(SERVICE, ("pages", n))) for n, page in enumerate(definition.pages)]
    return [make_on_behalf(), *pages] if definition.start.on_behalf else pages


def make_on_behalf() -> dict[str, Any]:
    """The page that asks for whom one answers."""
    return {
        "id": ON_BEHALF,
        "kind": "question",
        "section": None,
        "only_if": None,
        "title": False,
        "body": False,
        "questions": [describe_plain(ON_BEHALF, QuestionType.YES_NO) | {"has": ["title"]}],
        "repeat": None,
        "routes": [{"when": None, "to": "next"}],
    }


def compile_page(meanings: Meanings, page: Page, spot: Spot) -> dict[str, Any]:
    """One page."""
    questions = [
        compile_question(meanings, each, Spot(SERVICE, path)) for each, path in list_questions(page, spot.path)
    ]
    routes = [
        {
            "when": None
            if route.when is None
            else meanings.read_as("bool", route.when, spot_inside(spot, "routes", number, "when")),
            "to": name_target(route.to),
        }
        for number, route in enumerate(page.routes)
    ]
    return {
        "id": page.id,
        "kind": str(kind_of_page(page)),
        "section": page.section,
        "only_if": None
        if page.only_if is None
        else meanings.read_as("bool", page.only_if, spot_inside(spot, "only_if")),
        "title": page.title is not None,
        "body": page.body is not None,
        "questions": questions,
        "repeat": None if page.repeat is None else {"min": page.repeat.min, "max": page.repeat.max},
        "routes": routes or [{"when": None, "to": "next"}],
    }


def kind_of_page(page: Page) -> PageKind:
    """What a page is for, said or seen."""
    return page.kind or (PageKind.QUESTION if page.asked else PageKind.INFORMATION)


def name_target(target: str) -> str:
    """`page:ID`, `next`, `decision:ID` or `outcome:ID`."""
    if target == "next":
        return target
    return target.replace(".", ":", 1) if "." in target else f"page:{target}"


def compile_decisions(meanings: Meanings) -> dict[str, Any]:
    """The decision tables."""
    package = meanings.package
    decisions = package.definition.decisions or {}
    return {
        name: compile_decision(meanings, name, each, spot_of_decision(name, package.tables))
        for name, each in decisions.items()
    }


def compile_decision(meanings: Meanings, name: str, decision: Decision, spot: Spot) -> dict[str, Any]:
    """One table."""
    inputs = [meanings.read(text, spot_inside(spot, "inputs", n)) for n, text in enumerate(decision.inputs)]
    outputs = list_outputs(decision)
    types: dict[str, Any] | None = None
    if outputs is not None:
        types = {
            key: type_of_output(each, name if key == ONLY and not decision.outputs else f"{name}.{key}")
            for key, each in outputs.items()
        }
    definition = meanings.package.definition
    known = {
        "outcomes": [each.id for each in definition.outcomes],
        "entitlements": [each.id for each in definition.entitlements],
    }
    return {
        "hit": str(decision.hit),
        "collect": None if decision.collect is None else str(decision.collect),
        "inputs": [None if each is None else each[0] for each in inputs],
        "outputs": types,
        "rules": [
            compile_rule(meanings, rule, inputs, spot_inside(spot, "rules", n))
            | {"then": to_result(decision, rule.then, **known)}
            for n, rule in enumerate(decision.rules)
        ],
        "default": None if decision.default is None else to_result(decision, decision.default, **known),
        "source": decision.source,
    }


def compile_rule(meanings: Meanings, rule: Rule, inputs: list[Any], spot: Spot) -> dict[str, Any]:
    """One row but for what it gives."""
    tests = [
        None if typed is None else read_test(meanings, cell, typed[1], spot_inside(spot, "if", number))
        for number, (cell, typed) in enumerate(zip(rule.if_, inputs, strict=True))
    ]
    return {
        "id": rule.id,
        "tests": tests,
        "from": rule.from_.isoformat() if rule.from_ else None,
        "until": rule.until.isoformat() if rule.until else None,
        "source": rule.source,
    }


def read_test(meanings: Meanings, cell: Any, kind: Any, spot: Spot) -> Any:
    """The test of one cell; None after a fault."""
    plain = to_cell(cell)
    if plain is None:
        meanings.fail(spot, "this cell is empty or too deep; write - for an input that does not matter")
        return None
    try:
        return parse_test(plain, kind, meanings.environment)
    except ExpressionError as error:
        if not any(
            meanings.is_told(text) for text in (plain if isinstance(plain, list) else [plain]) if isinstance(text, str)
        ):
            meanings.fail(spot, explain(error))
        return None


def to_cell(cell: Any) -> Any:
    """A cell as tests are read: text, truth value, whole number or a list of them; None when it is none."""
    if isinstance(cell, tuple):
        inner = [to_cell(each) for each in cell]
        return None if any(each is None or isinstance(each, list) for each in inner) else inner
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    return cell if isinstance(cell, str | bool | int) else None


def compile_outcomes(meanings: Meanings) -> dict[str, Any]:
    """Where it may end."""
    return {
        each.id: compile_outcome(meanings, each, Spot(SERVICE, ("outcomes", number)))
        for number, each in enumerate(meanings.package.definition.outcomes)
    }


def compile_outcome(meanings: Meanings, outcome: Outcome, spot: Spot) -> dict[str, Any]:
    """One outcome."""
    calendar = None
    if outcome.calendar is not None:
        calendar = {"date": meanings.read_as("date", outcome.calendar.date, spot_inside(spot, "calendar", "date"))}
    return {
        "kind": str(outcome.kind),
        "severity": str(outcome.severity),
        "body": outcome.body is not None,
        "actions": [str(each) for each in outcome.actions],
        "collects": outcome.collects,
        "next_steps": [link.href for link in outcome.next_steps],
        "calendar": calendar,
        "source": outcome.source,
    }
