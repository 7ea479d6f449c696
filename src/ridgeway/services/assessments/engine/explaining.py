"""Why these answers led to this outcome, at three depths: a sentence, the answers that mattered, the row of the table.

Law: an answer mattered when something that steered the way read it, with what was known at that page: a route that was
looked at, an `only_if`, a test of the rule that matched (of `first`: also the first test that ruled out each rule
before; of a default: of each rule); all through facts and decisions. What was read is recorded while it is reckoned
again, so `true || x` does not name x.
"""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from ridgeway.services.assessments.engine.assessment import Assessment, Closure, DecisionReady, RuleReady, count_day
from ridgeway.services.assessments.engine.replay import Trail
from ridgeway.services.assessments.engine.scoping import forget, make_scope
from ridgeway.services.assessments.engine.speaking import Speaker
from ridgeway.services.assessments.expressions import Scope, render_value


class Recording(dict[str, Any]):
    """Answers that note which of them were looked at; what is not there is no answer."""

    def __init__(self) -> None:
        super().__init__()
        self.read: set[str] = set()

    def get(self, name: str, default: Any = None) -> Any:
        """The value, noted."""
        if super().__contains__(name):
            self.read.add(name)
        return super().get(name, default)

    def __contains__(self, name: object) -> bool:
        """Whether it is there, noted."""
        found = super().__contains__(name)
        if found:
            self.read.add(str(name))
        return found


@dataclass(frozen=True, slots=True)
class Tested:
    """A test of the rule: input and test as authors write them, the value of the input, as JSON and as it is."""

    input: str
    test: str
    value: Any
    expression: list[Any]
    found: Any
    holds: bool


@dataclass(frozen=True, slots=True)
class ParameterUsed:
    """A parameter that the rule named: its value on the day, and from which day it has it."""

    name: str
    value: Any
    since: str | None
    source: str | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a trail ended as it did; `because` is the key of the sentence."""

    outcome: str | None
    because: str | None
    mattered: tuple[tuple[str, int], ...]
    decision: str | None
    rule: str | None
    source: str | None
    tests: tuple[Tested, ...]
    parameters: tuple[ParameterUsed, ...]
    version: str
    digest: str


def explain(assessment: Assessment, trail: Trail) -> Explanation:
    """Why the trail ended as it did.

    Shapes:  `mattered` are pairs of a question (or the page of items) and its first step, in the order of the trail.
    """
    decision = None if trail.decision is None else assessment.decisions[trail.decision.decision]
    rule = None if trail.decision is None or decision is None else find_rule(decision, trail.decision.rule)
    tested = () if decision is None or rule is None else tuple(test_again(decision, rule, trail.scope))
    because = None if decision is None or rule is None else f"decision.{decision.id}.rule.{rule.id}.because"
    return Explanation(
        outcome=trail.outcome,
        because=because,
        mattered=tuple(find_mattered(trail, decision)),
        decision=None if decision is None else decision.id,
        rule=None if rule is None else rule.id,
        source=None if rule is None else rule.spec.source,
        tests=tested,
        parameters=tuple(find_parameters(trail, rule)),
        version=assessment.version,
        digest=assessment.digest,
    )


def find_rule(decision: DecisionReady, name: str | None) -> RuleReady | None:
    """A rule by its id."""
    return next((rule for rule in decision.rules if rule.id == name), None)


def test_again(decision: DecisionReady, rule: RuleReady, scope: Scope) -> Iterator[Tested]:
    """The tests of a rule with what they looked at."""
    for (place, holds), (read, test) in zip(rule.tests, rule.written, strict=True):
        value = decision.inputs[place](scope)
        expression = decision.spec.inputs[place]
        yield Tested(read, test, as_json(value), expression, value, holds(value, scope))


def as_json(value: Any) -> Any:
    """A value as JSON; of items, how many there are."""
    is_items = isinstance(value, tuple) and bool(value) and isinstance(value[0], dict)
    return len(value) if is_items else render_value(value)


def find_mattered(trail: Trail, decision: DecisionReady | None) -> Iterator[tuple[str, int]]:
    """The questions whose answers steered the way, each with its step."""
    recording = Recording()
    scope = make_scope(trail.assessment, count_day(trail.today), recording)
    look_at_pages(trail, scope, recording)
    if decision is not None and trail.decision is not None:
        look_at_rules(decision, trail.decision.rule, scope)
    yielded = set()
    for number, step in enumerate(trail.steps, 1):
        page = trail.assessment.pages[step.page]
        names = [page.id] if page.spec.repeat is not None else [each.id for each in page.questions]
        for name in names:
            if name in recording.read and name not in yielded:
                yielded.add(name)
                yield name, number


def look_at_pages(trail: Trail, scope: Scope, known: Recording) -> None:
    """Reckon again what chose the pages, each with what was known then: `only_if`, and routes up to the one taken."""
    items = list(trail.scope.answers.items())
    order, pages = trail.assessment.order, trail.assessment.pages
    arrived = 0
    for number, step in enumerate(trail.steps):
        page = pages[step.page]
        if not step.item:
            look_at(scope, [each.only_if for each in order[arrived : page.place + 1]])
        if step.route is None:
            continue
        known.update(items[: trail.counted[number + 1]] if number + 1 < len(trail.counted) else items)
        look_at(scope, [route.when for route in page.routes[: step.route + 1]])
        route = page.routes[step.route]
        arrived = page.place + 1 if route.kind == "next" else pages[route.target].place if route.kind == "page" else 0
    if trail.is_over and trail.outcome is None and trail.decision is None:  # it fell off the end, or went in a loop
        met = {step.page for step in trail.steps}
        passed = itertools.takewhile(lambda page: page.id not in met, order[arrived:])
        look_at(scope, [each.only_if for each in passed])


def look_at(scope: Scope, closures: Iterable[Closure | None]) -> None:
    """Reckon closures again, each from the answers."""
    for closure in closures:
        if closure is not None:
            forget(scope)
            closure(scope)


def look_at_rules(decision: DecisionReady, matched: str | None, scope: Scope) -> None:
    """Reckon again what chose the rule."""
    for rule in decision.rules:
        is_matched = rule.id == matched
        if not is_matched and decision.spec.hit == "unique" and matched is not None:
            continue
        for place, holds in rule.tests:
            forget(scope)
            if not holds(decision.inputs[place](scope), scope):
                break
        if is_matched:
            return


def find_parameters(trail: Trail, rule: RuleReady | None) -> Iterator[ParameterUsed]:
    """The parameters that the tests of the rule looked at, through facts."""
    today = trail.today.isoformat()
    for name in () if rule is None else rule.parameters:
        parameter = trail.assessment.document.parameters[name]
        days = [first for first, _ in parameter.values if first is None or first <= today]
        sources = parameter.sources[: len(days)][-1:] if len(parameter.sources) == len(parameter.values) else ()
        value = render_value(trail.scope.parameters[name])
        source = sources[0] if sources else parameter.source
        yield ParameterUsed(name, value, days[-1] if days else None, source)


def build_why(speaker: Speaker, trail: Trail, listed: list[dict[str, Any]]) -> dict[str, Any]:
    """The explanation as a part of a view; `listed` are the answers of the view."""
    explained = explain(trail.assessment, trail)
    mattered = {name for name, _ in explained.mattered}
    chosen = [
        {"question": each["question"], "answer": each["answer"], "step": each["step"]}
        for each in listed
        if each["id"] in mattered or (each["item"] is not None and trail.steps[each["step"] - 1].page in mattered)
    ]
    rule = None
    if explained.decision is not None and explained.rule is not None:
        rule = {
            "decision": explained.decision,
            "id": explained.rule,
            "source": explained.source,
            "tests": [
                {"input": each.input, "test": each.test, "value": show_found(speaker, each.expression, each.found)}
                for each in explained.tests
            ],
        }
    because = [] if explained.because is None else speaker.line(explained.because)
    return {"because": because or None, "mattered": chosen, "rule": rule}


def show_found(speaker: Speaker, expression: list[Any], value: Any) -> str:
    """A value that a rule looked at, as people read it: options by their labels where the input is an answer."""
    question = speaker.find_question(expression)
    kinds = {"radios": "option", "checkboxes": "options"}
    kind = kinds.get(question.type) if question is not None and expression[0] == "answer" else None
    if kind is None and isinstance(value, tuple) and value and isinstance(value[0], str):
        return ", ".join(value)
    return speaker.show(expression, None if kind is None else [kind, expression[1]], value)
