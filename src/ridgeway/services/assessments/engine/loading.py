"""From a compiled document to an assessment that can run; nothing else makes one.

Law: the document may come from a stranger's file. Its shape, its sizes, every reference in it, its patterns and links
are proven (`document.py`, `proving.py`), and that no fact or decision needs itself or piles up too much; what comes out
can be replayed with whatever answers. Read next: `replay.py`.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ridgeway.services.assessments.engine.assessment import (
    Assessment,
    Closure,
    DecisionReady,
    Languages,
    PageReady,
    Parameters,
    RouteReady,
    RuleReady,
    Step,
    Test,
)
from ridgeway.services.assessments.engine.document import Decision, Document, Page, Question, Rule, read_document
from ridgeway.services.assessments.engine.errors import DefinitionError
from ridgeway.services.assessments.engine.meanings import describe_names
from ridgeway.services.assessments.engine.proving import (
    prove,
    prove_order,
    prove_seen,
    prove_work,
    read_day,
    require,
    require_known,
)
from ridgeway.services.assessments.engine.questions import Asked, make_reader
from ridgeway.services.assessments.engine.wording import compile_text
from ridgeway.services.assessments.expressions import (
    UNKNOWN,
    compile_expression,
    compile_test,
    list_names,
    read_value,
    render_expression,
    render_test,
    verify_expression,
    verify_test,
)

DATE_KINDS = frozenset({"date", "month"})
ANY = ["any"]
BOOL, DATE = "bool", "date"


def load(compiled: Mapping[str, Any]) -> Assessment:
    """The assessment of a compiled document.

    Raises:  DefinitionError, or ExpressionError, naming what cannot be run.
    """
    try:
        document = read_document(compiled)
        prove(document)
        prove_seen(compiled)
        return Loader(document).load(compiled)
    except RecursionError:
        raise DefinitionError("too_large", "The document has too many parts within one another.") from None


class Loader:
    """A document, what its expressions may name, and the closures of those that were proven already."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.environment = describe_names(document)
        self.closures: dict[str, tuple[Closure, Any]] = {}

    def load(self, compiled: Mapping[str, Any]) -> Assessment:
        """The whole."""
        document = self.document
        facts = self.load_facts()
        pages = [self.load_page(page, place) for place, page in enumerate(document.pages)]
        dates = {name: each.calendar.date for name, each in document.outcomes.items() if each.calendar is not None}
        assessment = Assessment(
            compiled=compiled,
            document=document,
            pages={page.id: page for page in pages},
            order=tuple(pages),
            facts=facts,
            decisions={name: self.load_decision(name, each) for name, each in document.decisions.items()},
            calendars={name: self.compile(expression, DATE) for name, expression in dates.items()},
            languages=self.load_languages(),
            parameters=load_parameters(document),
            questions={asked.id: asked for page in pages for asked in page.questions},
        )
        prove_order(document)
        prove_work(document)
        return assessment

    def prove(self, expression: Any) -> tuple[Closure, Any]:
        """The closure and the TYPE of an expression that is proven to be one."""
        key = json.dumps(expression)
        found = self.closures.get(key)
        if found is None:
            kind = verify_expression(expression, self.environment)
            found = self.closures[key] = (compile_expression(expression), kind)
        return found

    def compile(self, expression: Any, kind: Any = None) -> Closure:
        """The closure of an expression, of this TYPE when one is named.

        Raises:  DefinitionError(invalid_document) when it is of another; ExpressionError when it is none.
        """
        closure, found = self.prove(expression)
        require(kind is None or found == kind, f"{json.dumps(expression)[:80]} gives {found}, not {kind}.")
        return closure

    def load_facts(self) -> dict[str, Closure]:
        """The facts; each knows those before it alone."""
        closures = {}
        for name, expression in self.document.facts:
            closures[name], kind = self.prove(expression)
            if name in self.document.decisions:  # it stands there to show when it can be reckoned
                continue
            self.environment = replace(self.environment, facts={**self.environment.facts, name: kind})
        return closures

    def load_page(self, page: Page, place: int) -> PageReady:
        """A page with its questions and routes."""
        routes = tuple(
            RouteReady(None if each.when is None else self.compile(each.when, BOOL), *split_target(each.to))
            for each in page.routes
        ) or (RouteReady(None, "next", ""),)
        return PageReady(
            id=page.id,
            place=place,
            spec=page,
            questions=tuple(self.load_question(question) for question in page.questions),
            only_if=None if page.only_if is None else self.compile(page.only_if, BOOL),
            routes=routes,
            taken=tuple(Step(page.id, route=number) for number in range(len(routes))),
        )

    def load_question(self, question: Question) -> Asked:
        """A question with what reads its answers."""
        dated = question.type in DATE_KINDS
        is_limited = dated and (question.min is not None or question.max is not None)
        return Asked(
            spec=question,
            id=question.id,
            read=make_reader(question, self.document.lists),
            earliest=self.compile(question.min, DATE) if dated and question.min is not None else None,
            latest=self.compile(question.max, DATE) if dated and question.max is not None else None,
            is_limited=is_limited,
        )

    def load_decision(self, name: str, decision: Decision) -> DecisionReady:
        """A decision with its rules."""
        default = decision.default
        inputs = [self.prove(expression) for expression in decision.inputs]
        kinds = [kind for _, kind in inputs]
        return DecisionReady(
            id=name,
            spec=decision,
            inputs=tuple(closure for closure, _ in inputs),
            rules=tuple(self.load_rule(decision, rule, kinds) for rule in decision.rules),
            otherwise=None if default is None else self.load_rule(decision, Rule(id="", tests=(), then=default), kinds),
        )

    def load_rule(self, decision: Decision, rule: Rule, kinds: list[Any]) -> RuleReady:
        """A rule: tests that are always true left out, and what follows from it as a value."""
        then = rule.then
        tested = [(place, test) for place, test in enumerate(rule.tests) if test != ANY]
        looked = [decision.inputs[place] for place, _ in tested] + [test for _, test in tested]
        outcome = then.removeprefix("outcome:") if isinstance(then, str) else None
        entitlements = tuple(then) if isinstance(then, list) else ()
        if outcome is not None:
            require_known("outcome", outcome, self.document.outcomes)
        for each in entitlements:
            require_known("entitlement", each if isinstance(each, str) else None, self.document.entitlements)
        return RuleReady(
            id=rule.id,
            spec=rule,
            tests=tuple((place, self.compile_test(test, kinds[place])) for place, test in tested),
            written=tuple((render_expression(decision.inputs[place]), render_test(test)) for place, test in tested),
            parameters=self.find_parameters(looked),
            first=None if rule.first is None else read_day(rule.first),
            last=None if rule.last is None else read_day(rule.last),
            outcome=outcome,
            entitlements=entitlements,
            values=read_outputs(decision, then) if isinstance(then, dict) else {},
        )

    def find_parameters(self, expressions: list[Any]) -> tuple[str, ...]:
        """The names of the parameters that expressions look at, through facts."""
        facts = dict(self.document.facts)
        waiting, seen, found = list(expressions), set[str](), set[str]()
        while waiting:
            names = list_names(waiting.pop())
            found |= names.parameters
            waiting += [facts[name] for name in names.facts - seen]
            seen |= names.facts
        return tuple(sorted(found))

    def compile_test(self, test: Any, kind: Any) -> Test:
        """The closure of a test of an input of this type."""
        verify_test(test, kind, self.environment)
        if test[0] == "eq" and test[1][0] == "lit" and kind != DATE:  # most tests are this: worth a shorter way
            expected = read_value(test[1][1], test[1][2])
            return lambda value, _: bool(value == expected)
        return compile_test(test)

    def load_languages(self) -> Languages:
        """Texts ready to be said, and the entries of lists by name in each language."""
        document = self.document
        return Languages(
            source=document.languages[0].code,
            texts={
                code: {key: compile_text(nodes, closures=self.compile) for key, nodes in texts.items()}
                for code, texts in document.texts.items()
            },
            entries={
                f"{name}@{code}": dict(zip(map(fold, labels), listed.ids, strict=True))
                for name, listed in document.lists.items()
                for code, labels in listed.labels.items()
            },
        )


def split_target(to: str) -> tuple[str, str]:
    """The kind and the name of a target."""
    kind, _, name = to.partition(":")
    return kind, name


def read_outputs(decision: Decision, then: Mapping[str, Any]) -> Mapping[str, Any]:
    """The values of a rule by output.

    Raises:  DefinitionError(invalid_document).
    """
    kinds = decision.outputs or {}
    try:
        return {name: read_value(kinds[name], value) for name, value in then.items()}
    except (KeyError, ValueError, TypeError, IndexError):
        raise DefinitionError("invalid_document", f"{str(then)[:80]} does not fit the outputs {list(kinds)}.") from None


def load_parameters(document: Document) -> Parameters:
    """The parameters with the days from which their values count.

    Raises:  DefinitionError(invalid_document).
    """
    read = {}
    for name, parameter in document.parameters.items():
        try:
            read[name] = tuple(
                (None if first is None else read_day(first), read_value(parameter.type, value))
                for first, value in parameter.values
            )
        except (ValueError, TypeError, IndexError):
            why = f"The parameter {name!r} has a value that does not fit its type."
            raise DefinitionError("invalid_document", why) from None
    return Parameters(read, UNKNOWN)


def fold(label: str) -> str:
    """A name as it is looked for: small letters, single spaces."""
    return " ".join(label.lower().split())
