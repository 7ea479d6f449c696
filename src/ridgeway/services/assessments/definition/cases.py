"""Whether examples name what is there, and whether plain texts are such as people can read.

Law: whether an example comes out as it says is found by running it (the checks do).
"""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from ridgeway.office.documents.schema import Path
from ridgeway.services.assessments.definition import limits
from ridgeway.services.assessments.definition.checking import Checking
from ridgeway.services.assessments.definition.meanings import ON_BEHALF
from ridgeway.services.assessments.definition.names import CASES, SERVICE
from ridgeway.services.assessments.definition.shapes import Case, Text


def check_cases(checking: Checking) -> None:
    """Note a fault for each example that names what is not there."""
    definition = checking.definition
    checking.check_count(("tests",), definition.tests, limits.MAX_CASES, "examples")
    answers = {str(each.id) for page in definition.pages for each in page.asked if page.repeat is None}
    answers |= {page.id for page in definition.pages if page.repeat is not None}
    answers |= {ON_BEHALF} if definition.start.on_behalf else set()
    own = len(checking.documents[SERVICE].value.tests)
    for number, case in enumerate(definition.tests):
        file, index = (SERVICE, number) if number < own else (CASES, number - own)
        check_case(checking, case, ("tests", index), file=file, answers=answers)


def check_case(checking: Checking, case: Case, path: Path, *, file: str, answers: set[str]) -> None:
    """One example."""
    outcomes = [each.id for each in checking.definition.outcomes]
    if case.expect not in outcomes:
        checking.fail_unknown((*path, "expect"), "outcome", case.expect, outcomes, file=file)
    for name in case.given:
        if name not in answers:
            checking.fail_unknown((*path, "given", name), "question", name, answers, file=file)
    entitlements = [each.id for each in checking.definition.entitlements]
    for number, name in enumerate(case.entitlements or ()):
        if name not in entitlements:
            checking.fail_unknown((*path, "entitlements", number), "entitlement", name, entitlements, file=file)


def check_plain_texts(checking: Checking) -> None:
    """Note a fault for each plain text that is too long, or holds what nobody sees."""
    for file, document in checking.documents.items():
        for path, text in list_plain(document.value, ()):
            if len(text) > limits.MAX_PLAIN_CHARACTERS:
                why = f"this text has {len(text)} characters; {limits.MAX_PLAIN_CHARACTERS} are the most"
                checking.fail(path, why, file=file)
            elif any(not (each.isprintable() or each.isspace()) for each in text):
                checking.fail(path, "this text holds characters that cannot be seen; take them out", file=file)


def list_plain(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """Every text that is not one of those that are read as Markdown, with its path."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, tuple):
        for number, each in enumerate(value):
            yield from list_plain(each, (*path, number))
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from list_plain(each, (*path, key))
    elif is_dataclass(value) and not isinstance(value, Text):
        for each in fields(value):
            yield from list_plain(getattr(value, each.name), (*path, each.name.removesuffix("_")))
