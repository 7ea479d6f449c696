"""Questions in the compiled document. Read next: `parts.py`."""

import re
from typing import Any, Final

from ridgeway.services.assessments.definition import limits
from ridgeway.services.assessments.definition.elements import Spot
from ridgeway.services.assessments.definition.kinds import DurationUnit, QuestionType, SalaryPeriod
from ridgeway.services.assessments.definition.meanings import Meanings, spot_inside
from ridgeway.services.assessments.definition.patterns import (
    EMAIL,
    IDENTIFIERS,
    PHONE,
    POSTAL_CODES,
    POSTAL_PREFIXES,
)
from ridgeway.services.assessments.definition.questions import DAYS, LONGEST, NUMBERS, decimals_of
from ridgeway.services.assessments.definition.shapes import Question
from ridgeway.services.assessments.definition.values import ValueFault, to_day, to_number

DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
TEXTS: Final = ("title", "hint", "body", "purpose", "none", "unit")


def describe_plain(name: str, kind: QuestionType) -> dict[str, Any]:
    """A question without what its type adds."""
    return {
        "id": name,
        "type": str(kind),
        "optional": False,
        "unknown": False,
        "personal": False,
        "bullets": 0,
        "has": [],
    }


def compile_question(meanings: Meanings, question: Question, spot: Spot) -> dict[str, Any]:
    """One question."""
    found = describe_plain(str(question.id), question.type) | {
        "optional": question.optional,
        "unknown": question.unknown,
        "personal": question.personal,
        "bullets": len(question.list) if isinstance(question.list, tuple) else 0,
        "has": [name for name in TEXTS if getattr(question, name) is not None],
    }
    if question.options:
        found["options"] = [{"id": each.id, "exclusive": each.exclusive} for each in question.options]
    if question.type in NUMBERS:
        found |= describe_numbers(question)
    if question.type in DAYS:
        found |= {
            name: read_limit(meanings, getattr(question, name), spot_inside(spot, name)) for name in ("min", "max")
        }
        found["approximate"] = question.approximate
    if question.type in LONGEST:
        found["max_length"] = question.max_length or LONGEST[question.type]
    if isinstance(question.list, str):
        found["list"] = question.list
    return found | describe_codes(question)


def describe_numbers(question: Question) -> dict[str, Any]:
    """What a question for a number adds."""
    found: dict[str, Any] = {
        "min": None if question.min is None else to_number(question.min),
        "max": None if question.max is None else to_number(question.max),
        "decimals": decimals_of(question),
        "prefix": question.prefix,
        "currency": question.currency,
    }
    if question.type is QuestionType.DURATION:
        found["units"] = [str(each) for each in question.units or tuple(DurationUnit)]
    if question.type is QuestionType.SALARY:
        found["periods"] = [str(each) for each in question.periods or tuple(SalaryPeriod)]
    return found


def describe_codes(question: Question) -> dict[str, Any]:
    """The pattern of what is written in a code of some kind."""
    match question.type:
        case QuestionType.EMAIL:
            return {"pattern": EMAIL, "max_length": limits.MAX_TEXT_ANSWER}
        case QuestionType.PHONE:
            return {"pattern": PHONE, "max_length": limits.MAX_TEXT_ANSWER}
        case QuestionType.POSTAL_CODE:
            table = POSTAL_PREFIXES if question.prefix_only else POSTAL_CODES
            pattern = table[str(question.country)]
            return {"pattern": pattern, "country": question.country, "prefix_only": question.prefix_only}
        case QuestionType.IDENTIFIER:
            return {"pattern": IDENTIFIERS[str(question.pattern)], "identifier": question.pattern}
        case _:
            return {}


def read_limit(meanings: Meanings, bound: str | None, spot: Spot) -> Any:
    """The earliest or latest day of an answer: a day, `today` or an expression."""
    if bound is None:
        return None
    if not DAY.fullmatch(bound):
        return meanings.read_as("date", bound, spot)
    try:
        return ["lit", "date", to_day(bound)]
    except ValueFault as fault:
        meanings.fail(spot, str(fault))
        return None
