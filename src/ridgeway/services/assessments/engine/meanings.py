"""What the names in a compiled document's expressions mean, so that each expression can be proven and typed again."""

from typing import Any

from ridgeway.services.assessments.definition.patterns import PATTERNS
from ridgeway.services.assessments.engine.document import Decision, Document, Question
from ridgeway.services.assessments.expressions import Environment

NUMBERS = frozenset({"number", "money", "year", "duration", "salary"})
ONLY = "value"
"""The output of a decision that has one."""


def describe_names(document: Document) -> Environment:
    """The names of a document; its facts are added as they are typed, each of which may use those before it."""
    asked = [(page, each) for page in document.pages for each in page.questions]
    tables = {name: each for name, each in document.decisions.items() if each.outputs}
    repeated = [page.id for page in document.pages if page.repeat is not None]
    return Environment(
        answers={each.id: type_of(each) for page, each in asked if page.repeat is None}
        | {page: ["list", page] for page in repeated},
        items={page: {each.id: type_of(each) for owner, each in asked if owner.id == page} for page in repeated},
        parameters={name: each.type for name, each in document.parameters.items()},
        facts={},
        decisions={name: each.outputs[ONLY] for name, each in tables.items() if each.outputs and has_one(each)},
        outputs={name: dict(each.outputs or {}) for name, each in tables.items() if not has_one(each)},
        options={each.id: options for _, each in asked if (options := list_options(document, each))},
        collects=frozenset(name for name, each in document.decisions.items() if each.collect == "list"),
        patterns=PATTERNS,
    )


def has_one(decision: Decision) -> bool:
    """Whether the decision has the one output without a name of its own."""
    return list(decision.outputs or ()) == [ONLY]


def type_of(question: Question) -> Any:
    """The TYPE of a question's answer."""
    match question.type:
        case "yes_no":
            return "bool"
        case "radios" | "list":
            return ["option", question.id]
        case "checkboxes":
            return ["options", question.id]
        case "date" | "month":
            return "date"
    return "number" if question.type in NUMBERS else "text"


def list_options(document: Document, question: Question) -> tuple[str, ...]:
    """The ids of which an answer is made."""
    if question.type == "list":
        return document.lists[str(question.list_name)].ids
    return tuple(option.id for option in question.options)
