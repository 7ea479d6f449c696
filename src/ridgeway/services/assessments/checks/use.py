"""Findings about what is asked, named or kept and then not used; and about days that are over."""

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from ridgeway.services.assessments.checks.classes import Splitter, read_limit
from ridgeway.services.assessments.checks.features import find_features
from ridgeway.services.assessments.checks.findings import Finding, Subject
from ridgeway.services.assessments.checks.probing import Prober
from ridgeway.services.assessments.checks.program import Program
from ridgeway.services.assessments.checks.walked import read_validity
from ridgeway.services.assessments.definition import Spot
from ridgeway.services.assessments.definition.names import SERVICE

BUILT_IN: Final = "on_behalf"


def check_use(subject: Subject) -> Iterator[Finding]:
    """Every finding of this group."""
    read = set(list_read(subject.program))
    yield from check_answers(subject, read)
    yield from check_names(subject, read)
    yield from check_entitlements(subject)
    yield from check_limits(subject)
    yield from check_parameters(subject)
    yield from check_days(subject)


def list_read(program: Program) -> Iterator[tuple[str, str]]:
    """All that anything reads: conditions, tables that are asked, limits, calendars and texts."""
    compiled = program.compiled
    asked = [edge.target for name in program.order for edge in program.list_edges(name)]
    for target in asked:
        if target.startswith("decision:"):
            yield from program.read_decision(target.removeprefix("decision:"))
    for page in program.pages.values():
        for expression in (page["only_if"], *(route["when"] for route in page["routes"])):
            yield from program.read_all(expression)
        for question in page["questions"]:
            for end in ("min", "max"):
                yield from program.read_all(question.get(end))
    for outcome in compiled["outcomes"].values():
        if outcome["collects"]:
            yield from program.read_decision(outcome["collects"])
        if outcome["calendar"]:
            yield from program.read_all(outcome["calendar"]["date"])
    yield from list_read_by_texts(program)


def list_read_by_texts(program: Program) -> Iterator[tuple[str, str]]:
    """What the texts of every language read."""
    for texts in program.compiled["texts"].values():
        for nodes in texts.values():
            for expression in list_expressions(nodes):
                yield from program.read_all(expression)


def list_expressions(nodes: Any) -> Iterator[Any]:
    """The expressions in a text."""
    waiting = [nodes]
    while waiting:
        match waiting.pop():
            case ["x", expression, _]:
                yield expression
            case ["when", expression, inner]:
                yield expression
                waiting.append(inner)
            case ["plural", expression, dict(forms)]:
                yield expression
                waiting.extend(forms.values())
            case list(several):
                waiting.extend(each for each in several if isinstance(each, list))


def check_answers(subject: Subject, read: set[tuple[str, str]]) -> Iterator[Finding]:
    """Questions that nothing reads, and options that make no difference."""
    in_texts = {name for kind, name in list_read_by_texts(subject.program) if kind == "question"}
    splitter, is_large = Splitter(Prober(subject.program, subject.today)), subject.program.is_too_large
    for name, question in subject.program.questions.items():
        if name == BUILT_IN:
            continue
        if ("question", name) not in read:
            if "purpose" not in question["has"]:
                message = f"Nothing reads the answer to {name}, and it does not say why it is asked."
                yield subject.find("answer-unused", f"question.{name}", message)
        elif not is_large and name not in in_texts and question["type"] in {"radios", "checkboxes"}:
            yield from check_options(subject, splitter, question)


def check_options(subject: Subject, splitter: Splitter, question: dict[str, Any]) -> Iterator[Finding]:
    """Options that always lead where another one, or none at all, leads."""
    name = question["id"]
    features = find_features(subject.program, name)
    if not features:
        return
    is_set = question["type"] == "checkboxes"
    alike: dict[Any, list[str]] = {}
    for option in question["options"]:
        value = (option["id"],) if is_set else option["id"]
        alike.setdefault(splitter.prober.sign(name, value, features), []).append(option["id"])
    if is_set:
        weightless = alike.get(splitter.prober.sign(name, (), features), [])
        groups = [weightless] if weightless else []
    else:
        groups = [each for each in alike.values() if len(each) == len(question["options"]) > 1]
    for group in groups:
        message = f"Of question {name} these options make no difference: {', '.join(group)}."
        yield subject.find("option-without-effect", f"question.{name}.option.{group[-1]}", message)


def check_names(subject: Subject, read: set[tuple[str, str]]) -> Iterator[Finding]:
    """Facts, parameters and tables that nothing reads."""
    program = subject.program
    asked = {edge.target for name in program.order for edge in program.list_edges(name)}
    for name in subject.package.definition.facts or {}:
        if ("fact", name) not in read:
            yield subject.find("fact-unused", f"fact.{name}", f"Nothing reads fact {name}.")
    for name in subject.compiled["parameters"]:
        if ("parameter", name) not in read:
            yield subject.find("parameter-unused", f"parameter.{name}", f"Nothing reads parameter {name}.")
    for name in program.decisions:
        if ("decision", name) not in read and f"decision:{name}" not in asked:
            yield subject.find("decision-unused", f"decision.{name}", f"Nothing asks table {name}.")


def check_entitlements(subject: Subject) -> Iterator[Finding]:
    """Entitlements that no rule gives."""
    given: set[str] = set()
    for decision in subject.program.decisions.values():
        for then in (*(rule["then"] for rule in decision["rules"]), decision["default"]):
            given.update(then if isinstance(then, list) else ())
    for name in subject.compiled["entitlements"]:
        if name not in given:
            yield subject.find("entitlement-unused", f"entitlement.{name}", f"No rule gives entitlement {name}.")


def check_limits(subject: Subject) -> Iterator[Finding]:
    """Questions that no answer fits."""
    prober = Prober(subject.program, subject.today)
    for name, question in subject.program.questions.items():
        low, high = (read_limit(prober, question, end) for end in ("min", "max"))
        if low is not None and high is not None and low > high:
            message = f"No answer to {name} is at least its `min` and at most its `max`."
            yield subject.find("limits-impossible", f"question.{name}", message)


def check_parameters(subject: Subject) -> Iterator[Finding]:
    """Parameters past their review, or without a value on the first days."""
    first, _ = read_validity(subject.compiled)
    for name, written in (subject.package.definition.parameters or {}).items():
        element = f"parameter.{name}"
        compiled = subject.compiled["parameters"][name]
        if written.review is not None and written.review < subject.today:
            message = f"Parameter {name} was due for review on {written.review}."
            yield subject.find("parameter-past-review", element, message)
        begins = compiled["values"][0][0] if compiled["values"] else None
        if begins is not None and date.fromisoformat(begins) > max(first, date(1970, 1, 1)):
            yield subject.find("parameter-hole", element, f"Parameter {name} has no value before {begins}.")


def check_days(subject: Subject) -> Iterator[Finding]:
    """The days of the whole assessment."""
    definition = subject.package.definition
    valid = definition.valid
    if valid is not None and valid.until is not None and valid.until < subject.today:
        yield subject.find("validity-over", "valid", f"Its last day was {valid.until}.")
    if definition.review is not None and definition.review < subject.today:
        place = subject.package.place_of(Spot(SERVICE, ("review",)))
        yield subject.find_at("review-passed", "review", place, f"It was due for review on {definition.review}.")
