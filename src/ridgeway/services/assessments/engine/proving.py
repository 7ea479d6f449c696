"""What a compiled document must hold before it may run: sizes, and references that lead to something.

Law: facts and decisions together must not need themselves, and what one evaluation piles up through them is bounded.
Expressions are proven one by one (`meanings.py`, `expressions.verify_expression`), texts by `wording.py`.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from ridgeway.services.assessments.engine import limits
from ridgeway.services.assessments.engine.assessment import count_day
from ridgeway.services.assessments.engine.document import Countries, Decision, Document, Formats, Page, Question
from ridgeway.services.assessments.engine.errors import DefinitionError
from ridgeway.services.assessments.engine.wording import FORMS, is_link
from ridgeway.services.assessments.expressions import list_names

ID = re.compile(r"[a-z][a-z0-9-]{0,63}")
LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
HIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
"""Characters that no text holds; one of them marks the holes in a page that is kept (`pages/frames.py`)."""
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
FACT, DECISION = "fact", "decision"
OPERANDS = frozenset("nivwft")


def require(condition: object, why: str, *, code: str = "invalid_document") -> None:
    """Go on only when it is true.

    Raises:  DefinitionError with this reason.
    """
    if not condition:
        raise DefinitionError(code, why)


def require_known(what: str, name: object, known: Iterable[str]) -> None:
    """Go on only when the name is known.

    Raises:  DefinitionError(unknown_reference).
    """
    require(name in set(known), f"There is no {what} {str(name)[:80]!r}.", code="unknown_reference")


def require_unique(what: str, names: Iterable[str]) -> None:
    """Go on only when no name is there twice."""
    seen: set[str] = set()
    for name in names:
        require(name not in seen, f"The {what} {name[:80]!r} is there twice.")
        seen.add(name)


def prove(document: Document) -> None:
    """Go on only when the parts of the document fit together; expressions are left to `loading.py`.

    Raises:  DefinitionError.
    """
    require(document.languages and document.pages, "There must be a language and a page.")
    require(ID.fullmatch(document.id), f"{document.id[:80]!r} is no id, which is a part of addresses.")
    for language in document.languages:
        require(LANGUAGE.fullmatch(language.code), f"{language.code[:80]!r} is no code of a language.")
    require(len(document.pages) <= limits.MAX_PAGES, f"More than {limits.MAX_PAGES} pages.", code="too_large")
    require(len(document.facts) <= limits.MAX_FACTS, f"More than {limits.MAX_FACTS} facts.", code="too_large")
    texts = sum(len(each) for each in document.texts.values())
    require(texts <= limits.MAX_TEXTS, f"More than {limits.MAX_TEXTS} texts.", code="too_large")
    require_known("texts of the language", document.languages[0].code, document.texts)
    require_unique("page", (page.id for page in document.pages))
    require_unique("question", (each.id for page in document.pages for each in page.questions))
    require_unique("fact", (name for name, _ in document.facts))
    for page in document.pages:
        prove_page(document, page)
    for name, decision in document.decisions.items():
        prove_decision(name, decision)
    prove_types(document)
    prove_outcomes(document)
    for formats in document.formats.values():
        prove_formats(formats)


def prove_seen(value: Any) -> None:
    """Go on only when no text in the document, key or value, holds a character that cannot be seen.

    Raises:  DefinitionError.
    """
    rest = [value]
    while rest:
        part = rest.pop()
        if isinstance(part, str):
            require(not HIDDEN.search(part), f"{part[:80]!r} holds a character that cannot be seen.")
        elif isinstance(part, Mapping):
            rest += [*part, *part.values()]
        elif isinstance(part, list | tuple):
            rest += part


def read_day(text: str) -> int:
    """Days since 1970-01-01 of 2026-10-01.

    Raises:  DefinitionError(invalid_document).
    """
    try:
        require(DAY.fullmatch(text), f"{text[:40]!r} is no day such as 2026-10-01.")
        return count_day(date.fromisoformat(text))
    except ValueError:
        raise DefinitionError("invalid_document", f"{text[:40]!r} is no day such as 2026-10-01.") from None


def prove_page(document: Document, page: Page) -> None:
    """A page: its questions and where it leads."""
    asks = page.kind == "question"
    require(asks == bool(page.questions), f"The page {page.id!r} asks nothing, or what its kind does not ask.")
    if page.repeat is not None:
        fits = asks and 1 <= page.repeat.min <= page.repeat.max <= limits.MAX_ITEMS
        require(fits, f"The page {page.id!r} is repeated in a way that cannot be.")
    for route in page.routes:
        kind, colon, name = route.to.partition(":")
        known: Mapping[str, Iterable[str]] = {
            "next": [""],
            "page": [each.id for each in document.pages],
            "outcome": document.outcomes,
            "decision": document.decisions,
        }
        require(kind in known and bool(colon) == (kind != "next"), f"{route.to[:80]!r} is no target.")
        require_known(kind, name, known[kind])
    for question in page.questions:
        prove_question(question, document.lists)


def prove_question(question: Question, lists: Mapping[str, Countries]) -> None:
    """A question: its options, its list, its limits."""
    require_unique("option", (option.id for option in question.options))
    require((question.type in {"radios", "checkboxes"}) == bool(question.options), f"Options of {question.id!r}.")
    require(0 <= question.decimals <= 6, f"The decimals of {question.id!r} are not 0 to 6.")
    if question.type == "list":
        require_known("list", question.list_name, lists)
    if question.type not in {"date", "month"}:
        for bound in (question.min, question.max):
            fits = bound is None or (isinstance(bound, str) and bound.removeprefix("-").isdecimal() and len(bound) < 24)
            require(fits, f"The limits of {question.id!r} are no millionths.")


def prove_decision(name: str, decision: Decision) -> None:
    """A table: each rule has a test for each input at most."""
    require(len(decision.rules) <= limits.MAX_RULES, f"More than {limits.MAX_RULES} rules.", code="too_large")
    require_unique("rule", (rule.id for rule in decision.rules))
    for rule in decision.rules:
        require(len(rule.tests) <= len(decision.inputs), f"The rule {rule.id!r} of {name!r} has too many tests.")
    require((decision.hit == "collect") == (decision.collect is not None), f"What does {name!r} collect?")


def prove_types(document: Document) -> None:
    """Each parameter and output is of a type that there is."""
    kinds = [each.type for each in document.parameters.values()]
    kinds += [kind for each in document.decisions.values() for kind in (each.outputs or {}).values()]
    for kind in kinds:
        option = isinstance(kind, list) and len(kind) == 2 and kind[0] == "option" and isinstance(kind[1], str)
        require(option or kind in ("bool", "number", "text", "date"), f"{str(kind)[:80]} is no type.")


def prove_outcomes(document: Document) -> None:
    """Outcomes, entitlements and lists."""
    lists = [name for name, each in document.decisions.items() if each.collect == "list"]
    for outcome in document.outcomes.values():
        if outcome.collects is not None:
            require_known("list decision", outcome.collects, lists)
    hrefs = [href for outcome in document.outcomes.values() for href in outcome.next_steps]
    hrefs += [href for each in document.entitlements.values() for href in each.links]
    for href in hrefs:
        require(is_link(href), f"{href[:80]!r} is no link that may stand here.")
    for each in document.entitlements.values():
        if each.group is not None:
            require_known("group", each.group, document.groups)
    for day in (document.valid.first, document.valid.last):
        if day is not None:
            read_day(day)
    if document.valid.after is not None:
        require_known("outcome", document.valid.after, document.outcomes)
    for name, listed in document.lists.items():
        fits = all(len(labels) == len(listed.ids) for labels in listed.labels.values())
        require(fits, f"The list {name!r} has not one name for each entry.")


def prove_formats(formats: Formats) -> None:
    """Plural rules in the form that `showing.py` reads."""
    try:
        for category, alternatives in formats.plural:
            require(category in FORMS, f"{category!r} is no plural form.")
            for relations in alternatives:
                for operand, modulus, inside, ranges in relations:
                    whole = [modulus, *(bound for low, high in ranges for bound in (low, high))]
                    fits = operand in OPERANDS and isinstance(inside, bool) and all(type(each) is int for each in whole)
                    require(fits, "A plural rule has another form.")
    except (TypeError, ValueError):
        raise DefinitionError("invalid_document", "A plural rule has another form.") from None


def prove_order(document: Document) -> None:
    """Go on only when no fact or decision needs itself, and none piles up too much.

    Raises:  DefinitionError(cycle, too_large).
    """
    needs = {(FACT, name): needs_of([expression]) for name, expression in document.facts}
    costs = {(FACT, name): depth_of(expression) for name, expression in document.facts}
    for name, decision in document.decisions.items():
        parts = [*decision.inputs, *(test for rule in decision.rules for test in rule.tests)]
        needs[DECISION, name] = needs_of(parts)
        costs[DECISION, name] = 4 + max((depth_of(part) for part in parts), default=0)
    depths: dict[tuple[str, str], int] = {}
    waiting = dict(needs)
    while waiting:
        ready = [key for key, used in waiting.items() if all(each in depths for each in used)]
        if not ready:
            names = ", ".join(sorted(name for _, name in waiting)[:10])
            raise DefinitionError("cycle", f"These facts and decisions need one another: {names}.")
        for key in ready:
            depths[key] = 3 + costs[key] + max((depths[each] for each in waiting.pop(key)), default=0)
            require(depths[key] <= limits.MAX_CHAIN_DEPTH, f"{key[1]!r} needs too much.", code="too_large")


def prove_work(document: Document) -> None:
    """Go on only when a replay cannot take long: each page may need every fact and decision anew.

    Raises:  DefinitionError(too_large).
    """
    once = sum(size_of(expression) for _, expression in document.facts)
    for decision in document.decisions.values():
        tests = (test for rule in decision.rules for test in rule.tests)
        once += sum(map(size_of, decision.inputs)) + sum(map(size_of, tests))
    routes = sum(size_of(route.when) for page in document.pages for route in page.routes)
    work = len(document.pages) * once + routes + sum(size_of(page.only_if) for page in document.pages)
    require(
        work <= limits.MAX_WORK, f"One replay could take {work} steps; {limits.MAX_WORK} is the most.", code="too_large"
    )


def size_of(expression: Any) -> int:
    """How many parts are reckoned at most: those of `each` once for every item."""
    if isinstance(expression, dict):
        return sum(map(size_of, expression.values()))
    if not isinstance(expression, list):
        return 0
    times = limits.MAX_ITEMS if expression[:1] == ["each"] else 1
    return 1 + times * sum(map(size_of, expression))


def needs_of(expressions: Iterable[Any]) -> set[tuple[str, str]]:
    """The facts and decisions that expressions name."""
    needs: set[tuple[str, str]] = set()
    for expression in expressions:
        names = list_names(expression)
        needs |= {(FACT, name) for name in names.facts} | {(DECISION, name) for name in names.decisions}
    return needs


def depth_of(expression: Any) -> int:
    """How many parts stand within one another."""
    if isinstance(expression, dict):
        return max((depth_of(each) for each in expression.values()), default=0)
    return 1 + max(map(depth_of, expression), default=0) if isinstance(expression, list) else 0
