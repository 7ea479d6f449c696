"""Which keys belong to which type of question, and whether their values make sense.

Law: a key that the type does not know is a fault, so that nobody believes a limit that is never looked at.
"""

import re
from collections.abc import Mapping
from dataclasses import fields
from decimal import Decimal
from typing import Any, Final

from ridgeway.office.documents.schema import Path
from ridgeway.services.assessments.definition import limits
from ridgeway.services.assessments.definition.checking import Checking
from ridgeway.services.assessments.definition.kinds import QuestionType as Q
from ridgeway.services.assessments.definition.lists import COUNTRIES
from ridgeway.services.assessments.definition.patterns import IDENTIFIERS, POSTAL_CODES, POSTAL_PREFIXES
from ridgeway.services.assessments.definition.shapes import Question
from ridgeway.services.assessments.definition.values import ValueFault, show, to_number

EVERYWHERE: Final = frozenset({"id", "type", "title", "hint", "body", "purpose", "list", "optional", "unknown"}) | {
    "personal"
}
KEYS: Final[Mapping[Q, frozenset[str]]] = {
    Q.YES_NO: frozenset(),
    Q.RADIOS: frozenset({"options"}),
    Q.CHECKBOXES: frozenset({"options", "none"}),
    Q.NUMBER: frozenset({"min", "max", "decimals", "unit", "prefix"}),
    Q.MONEY: frozenset({"min", "max", "decimals", "currency"}),
    Q.DATE: frozenset({"min", "max", "approximate"}),
    Q.MONTH: frozenset({"min", "max"}),
    Q.YEAR: frozenset({"min", "max"}),
    Q.DURATION: frozenset({"units", "min", "max"}),
    Q.SALARY: frozenset({"currency", "periods", "min", "max"}),
    Q.TEXT: frozenset({"max_length"}),
    Q.LONG_TEXT: frozenset({"max_length"}),
    Q.EMAIL: frozenset(),
    Q.PHONE: frozenset(),
    Q.POSTAL_CODE: frozenset({"country", "prefix_only"}),
    Q.IDENTIFIER: frozenset({"pattern"}),
    Q.LIST: frozenset(),
}
"""The keys of a type beside those that every question may have."""
REQUIRED: Final[Mapping[Q, tuple[str, ...]]] = {
    Q.RADIOS: ("options",),
    Q.CHECKBOXES: ("options",),
    Q.MONEY: ("currency",),
    Q.SALARY: ("currency",),
    Q.POSTAL_CODE: ("country",),
    Q.IDENTIFIER: ("pattern",),
    Q.LIST: ("list",),
}
NUMBERS: Final = frozenset({Q.NUMBER, Q.MONEY, Q.YEAR, Q.DURATION, Q.SALARY})
DAYS: Final = frozenset({Q.DATE, Q.MONTH})
LONGEST: Final = {Q.TEXT: limits.MAX_TEXT_ANSWER, Q.LONG_TEXT: limits.MAX_LONG_TEXT_ANSWER}
RESERVED_OPTIONS: Final = frozenset(
    {"empty", "false", "has", "has_any", "known", "none", "not", "null", "today", "true", "unknown"}
)
"""What a test in a table means something else by."""
CURRENCY: Final = re.compile(r"[A-Z]{3}")
FIRST_YEAR: Final = 1000
LAST_YEAR: Final = 9999
MONEY_DECIMALS: Final = 2


def check_question(checking: Checking, question: Question, path: Path) -> None:
    """Note every fault of one question."""
    check_keys(checking, question, path)
    check_options(checking, question, path)
    check_numbers(checking, question, path)
    check_names(checking, question, path)
    points = question.list if isinstance(question.list, tuple) else ()
    checking.check_count((*path, "list"), points, limits.MAX_BULLETS, "points")


def check_keys(checking: Checking, question: Question, path: Path) -> None:
    """The keys are those of the type."""
    kind = question.type
    for each in fields(question):
        given = getattr(question, each.name)
        is_given = given != each.default and given not in (None, (), False)
        if is_given and each.name not in EVERYWHERE | KEYS[kind]:
            known = ", ".join(sorted(KEYS[kind])) or "none of its own"
            checking.fail((*path, each.name), f"a question of type {kind} has no {each.name!r}; its keys are {known}")
    for name in REQUIRED.get(kind, ()):
        if not getattr(question, name):
            checking.fail(path, f"a question of type {kind} needs the key {name!r}")
    if isinstance(question.list, str) and kind is not Q.LIST:
        checking.fail((*path, "list"), "expected a list of points; only a question of type list names a list here")
    if isinstance(question.list, tuple) and kind is Q.LIST:
        checking.fail((*path, "list"), "expected the name of a list, such as countries; write points into the body")


def check_options(checking: Checking, question: Question, path: Path) -> None:
    """Options have ids of their own; checkboxes say what none of them means."""
    checking.check_count((*path, "options"), question.options, limits.MAX_OPTIONS, "options")
    entries = [(option.id, (*path, "options", number)) for number, option in enumerate(question.options)]
    seen: set[str] = set()
    for name, where in entries:
        if name in RESERVED_OPTIONS:
            checking.fail(where, f"the option {name!r} means something else in tables; choose another id")
        elif not re.fullmatch(r"[a-z0-9][a-z0-9_]{0,63}", name):
            checking.fail(where, f"{name!r} is no id of an option; it holds a-z, 0-9 and _")
        if name in seen:
            checking.fail(where, f"the option {name!r} is there twice")
        seen.add(name)
    if question.type is Q.CHECKBOXES:
        if question.none is None and not question.optional:
            checking.fail(
                path, "checkboxes need the key 'none' (what choosing none of them is called) or optional: true"
            )
    elif any(option.exclusive for option in question.options):
        checking.fail((*path, "options"), "only an option of checkboxes can be exclusive; take it out")


def check_numbers(checking: Checking, question: Question, path: Path) -> None:
    """Limits are numbers, in order, within what can be given."""
    if question.decimals is not None and not 0 <= question.decimals <= limits.DECIMALS:
        checking.fail((*path, "decimals"), f"this is {question.decimals}; expected 0 to {limits.DECIMALS}")
    most = LONGEST.get(question.type)
    if most is not None and question.max_length is not None and not 1 <= question.max_length <= most:
        checking.fail((*path, "max_length"), f"this is {question.max_length}; expected 1 to {most}")
    if question.type in NUMBERS:
        low = check_bound(checking, question, "min", path)
        high = check_bound(checking, question, "max", path)
        if low is not None and high is not None and high < low:
            checking.fail((*path, "max"), f"max is {high} and min {low}, so no number will do")
    elif question.type in DAYS:
        for name in ("min", "max"):
            bound = getattr(question, name)
            if bound is not None and not isinstance(bound, str):
                why = f"this is {show(bound)}; expected a day as 2026-10-01, today, or an expression that gives a day"
                checking.fail((*path, name), why)


def check_bound(checking: Checking, question: Question, name: str, path: Path) -> Decimal | None:
    """A limit of a number; None when there is none or after a fault."""
    raw: Any = getattr(question, name)
    if raw is None:
        return None
    try:
        to_number(raw)
    except ValueFault as fault:
        checking.fail((*path, name), str(fault))
        return None
    number = Decimal(raw)
    decimals = decimals_of(question)
    if number != round(number, decimals):
        checking.fail((*path, name), f"this is {number}, but only {decimals} digits after the point can be given")
    if question.type is Q.YEAR and not FIRST_YEAR <= number <= LAST_YEAR:
        checking.fail((*path, name), f"this is {number}; a year has four digits")
    return number


def decimals_of(question: Question) -> int:
    """How many digits after the point an answer may have."""
    if question.decimals is not None:
        return question.decimals
    return MONEY_DECIMALS if question.type in {Q.MONEY, Q.SALARY} else 0


def check_names(checking: Checking, question: Question, path: Path) -> None:
    """Currencies, countries, patterns and lists are known."""
    if question.currency is not None and not CURRENCY.fullmatch(question.currency):
        checking.fail((*path, "currency"), f"{question.currency!r} is no currency; write three letters like CAD")
    codes = POSTAL_PREFIXES if question.prefix_only else POSTAL_CODES
    if question.country is not None and question.country not in codes:
        checking.fail_unknown((*path, "country"), "pattern of postal codes of", question.country, codes)
    if question.pattern is not None and question.pattern not in IDENTIFIERS:
        checking.fail_unknown((*path, "pattern"), "pattern", question.pattern, IDENTIFIERS)
    if isinstance(question.list, str) and question.list not in checking.lists | {COUNTRIES}:
        checking.fail_unknown((*path, "list"), "list", question.list, checking.lists | {COUNTRIES})
