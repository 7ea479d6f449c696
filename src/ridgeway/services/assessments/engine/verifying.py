"""Answers from outside: what a cookie, a QR code, a file or a test case holds is proven against the definition.

Law: nothing of it is trusted. What is no RAW of its question is left out and named, and so is what the definition does
not ask (any more); the rest may go on. Whether it counts, the limits of dates included, is for `replay` to say.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from ridgeway.services.assessments.engine.assessment import Assessment, PageReady
from ridgeway.services.assessments.engine.limits import MAX_ITEMS
from ridgeway.services.assessments.engine.questions import NUMBER_KINDS, REFUSED, Asked
from ridgeway.services.assessments.engine.replay import AGAIN
from ridgeway.services.assessments.expressions import render_number

MAX_NAMED: Final = 100
"""Names of what was left out that are told; the rest is left out in silence."""
MAX_NAME: Final = 80


@dataclass(frozen=True, slots=True)
class Verified:
    """Answers that fit the definition, and the names of what was left out (`page.0.question` within items)."""

    answers: dict[str, Any]
    left_out: tuple[str, ...]


def verify_answers(assessment: Assessment, data: object) -> Verified:
    """The answers in JSON from outside that fit the definition.

    Shapes:  `data` may be whatever JSON can be; when it is no mapping, nothing is taken.
    """
    if not isinstance(data, Mapping):
        return Verified({}, ("answers",))
    answers: dict[str, Any] = {}
    left_out: list[str] = []
    known = 0
    for page in assessment.order:
        if page.spec.repeat is not None:
            known += page.id in data
            if page.id in data:
                answers[page.id] = verify_items(page, data[page.id], left_out)
            continue
        for asked in page.questions:
            known += asked.id in data
            if asked.id in data:
                take(asked, data[asked.id], answers, asked.id, left_out)
    if known != len(data):
        expected = {*answers, *left_out}
        left_out += [str(name)[:MAX_NAME] for name in data if name not in expected]
    return Verified(answers, tuple(left_out[:MAX_NAMED]))


def take(asked: Asked, raw: Any, answers: dict[str, Any], name: str, left_out: list[str]) -> None:
    """Put one RAW into the answers, or its name to what is left out."""
    if is_raw(asked, raw):
        answers[asked.id] = raw
    else:
        left_out.append(name)


def is_raw(asked: Asked, raw: Any) -> bool:
    """Whether it is a RAW of the question, whatever the limits of dates."""
    if raw is None:
        return asked.spec.unknown
    if raw == "":
        return asked.spec.optional
    return asked.read(raw) is not REFUSED


def verify_items(page: PageReady, raw: Any, left_out: list[str]) -> list[dict[str, Any]]:
    """The items of a repeated page, in their places."""
    if not isinstance(raw, list):
        left_out.append(page.id)
        return []
    most = min(page.spec.repeat.max if page.spec.repeat else 0, MAX_ITEMS)
    if len(raw) > most:
        left_out.append(f"{page.id}.{most}")
    return [verify_item(page, given, f"{page.id}.{number}", left_out) for number, given in enumerate(raw[:most])]


def verify_item(page: PageReady, given: Any, place: str, left_out: list[str]) -> dict[str, Any]:
    """One item of a repeated page; empty when it is none."""
    item: dict[str, Any] = {}
    if not isinstance(given, Mapping):
        left_out.append(place)
        return item
    known = page.by_id
    for name, value in given.items():
        if name in known:
            take(known[name], value, item, f"{place}.{name}", left_out)
        elif name == AGAIN and isinstance(value, bool):
            item[AGAIN] = value
        else:
            left_out.append(f"{place}.{str(name)[:MAX_NAME]}")
    return item


def read_given(assessment: Assessment, given: Mapping[str, Any]) -> dict[str, Any]:
    """The answers of an example case, written as authors write them: numbers as numbers, days as days.

    Shapes:  a list of items for a repeated page; `again` of an item may be left out: there is another when one follows.
             What is already RAW stays as it is, and so does what is neither: `verify_answers` tells of it.
    """
    answers: dict[str, Any] = {}
    for name, value in given.items():
        page = assessment.pages.get(name)
        if page is not None and page.spec.repeat is not None and isinstance(value, list | tuple):
            answers[name] = [
                {AGAIN: number + 1 < len(value), **read_given(assessment, item)} if isinstance(item, Mapping) else item
                for number, item in enumerate(value)
            ]
        else:
            asked = assessment.questions.get(name)
            answers[name] = value if asked is None else to_raw(asked, value)
    return answers


def to_raw(asked: Asked, value: Any) -> Any:
    """A value of YAML as the RAW of a question."""
    kind = asked.spec.type
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        exact = Decimal(value) * 1_000_000
        return render_number(int(exact)) if kind in NUMBER_KINDS and exact == int(exact) else str(value)
    if kind == "checkboxes" and isinstance(value, list | tuple):
        chosen = set(map(str, value))
        known = [option.id for option in asked.spec.options]
        return [each for each in known if each in chosen] if chosen.issubset(known) else list(value)
    if kind in {"duration", "salary"} and isinstance(value, list | tuple) and len(value) == 2:
        return [str(value[0]), str(value[1])]
    return value
