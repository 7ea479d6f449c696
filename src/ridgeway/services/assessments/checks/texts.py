"""Findings about words: translations, labels, headings, links, and how hard it all is to read."""

import re
from collections.abc import Iterator
from typing import Any, Final

from ridgeway.services.assessments.checks.findings import Finding, Subject
from ridgeway.services.assessments.checks.phrases import UNCLEAR_LINKS, count_noes, joins_by_or
from ridgeway.services.assessments.checks.plain import Passage, list_passages, split_sentences
from ridgeway.services.assessments.checks.reading import MAX_SENTENCE_WORDS, Grade, grade_text, list_words
from ridgeway.services.assessments.definition import Place, State
from ridgeway.services.assessments.definition.catalogues import list_unknown

OTHER: Final = "@other"
MIN_CAPITALS: Final = 2
"""Words in a row, of four letters or more, that are written in capitals; one may be an abbreviation."""
ADDRESS: Final = re.compile(r"(https?://|www\.)\S+")
MIN_IDENTICAL: Final = 3
"""Words from which on a translation that is the same as its source looks forgotten."""
ASKING: Final = re.compile(r"\.(title|label|none)(@other)?$")
"""Texts that people answer; an explanation may say no as often as it must."""
PAGE_OF: Final = re.compile(r"(question|page|outcome|start|entitlement)\.?([a-z0-9_]*)")


def check_texts(subject: Subject) -> Iterator[Finding]:
    """Every finding of this group."""
    for language in subject.package.languages[1:]:
        yield from check_translations(subject, language)
    for language, texts in subject.compiled["texts"].items():
        yield from check_labels(subject, language, texts)
        for key, nodes in texts.items():
            passages = list(list_passages(nodes))
            yield from check_passages(subject, language, key, passages)
        yield from check_grades(subject, language, texts)


def locate(subject: Subject, language: str, key: str) -> Place:
    """Where a text stands in a language."""
    is_source = language == subject.package.languages[0]
    return subject.package.locate(key) if is_source else subject.package.locate_translation(language, key)


def check_translations(subject: Subject, language: str) -> Iterator[Finding]:
    """How the texts stand in a language."""
    package = subject.package
    is_partial = language in package.definition.languages.partial
    codes = {
        State.MISSING: ("translation-missing", "is not translated"),
        State.FUZZY: ("translation-stale", "is marked as unsure"),
        State.STALE: ("translation-stale", "was translated from other words"),
        State.PLACEHOLDERS: ("translation-placeholders", "has other placeholders than its source"),
        State.IDENTICAL: ("translation-identical", "is the same as its source"),
    }
    for key, translation in package.translations(language).items():
        code, what = codes.get(translation.state, ("", ""))
        if not code or (translation.state is State.MISSING and is_partial):
            continue
        if translation.state is State.IDENTICAL and not is_worth_translating(translation.source):
            continue
        place = package.locate_translation(language, key)
        is_mild = is_partial and translation.state is not State.PLACEHOLDERS
        yield subject.find_at(code, key, place, f"{key} {what} ({language}).", is_mild=is_mild)
    for entry in list_unknown(package.texts.values(), package.catalogues.get(language, {})):
        place = package.locate_translation(language, entry.key)
        yield subject.find_at("translation-unknown", entry.key, place, f"There is no text {entry.key} ({language}).")


def is_worth_translating(source: str) -> bool:
    """Whether a text has words that hardly are the same in two languages."""
    bare = re.sub(r"\{[^}]*\}|https?://\S+", " ", source)
    return len(list_words(bare)) >= MIN_IDENTICAL


def check_labels(subject: Subject, language: str, texts: dict[str, Any]) -> Iterator[Finding]:
    """Options of one question that read the same."""
    for name, question in subject.program.questions.items():
        seen: dict[str, str] = {}
        keys = [(each["id"], f"question.{name}.option.{each['id']}.label") for each in question.get("options") or ()]
        keys += [("none", f"question.{name}.none")] if "none" in question["has"] else []
        for option, key in keys:
            if key not in texts:
                continue
            label = " ".join(each.text for each in list_passages(texts[key])).casefold()
            if label in seen:
                message = f"Options {seen[label]} and {option} of {name} read the same ({language})."
                yield subject.find_at("label-repeated", key, locate(subject, language, key), message)
            seen.setdefault(label, option)


def check_passages(subject: Subject, language: str, key: str, passages: list[Passage]) -> Iterator[Finding]:
    """What is weak in one text."""
    place = locate(subject, language, key)
    level = 1
    for passage in passages:
        if passage.level > level + 1:
            message = f"Heading “{shorten(passage.text)}” of {key} is too deep ({language})."
            yield subject.find_at("heading-jump", key, place, message)
        level = passage.level or level
        for link in passage.links:
            if link.casefold().strip(" .…!→>»") in UNCLEAR_LINKS or ADDRESS.fullmatch(link):
                message = f"A link of {key} reads “{shorten(link)}” ({language})."
                yield subject.find_at("link-unclear", key, place, message)
        if is_shouted(passage.text):
            message = f"{key} is written in capitals: “{shorten(passage.text)}” ({language})."
            yield subject.find_at("all-capitals", key, place, message)
        yield from check_sentences(subject, language, key, passage)
    if is_yes_no_title(subject, key) and passages and joins_by_or(passages[0].text, language):
        message = f"{key} joins two facts: “{shorten(passages[0].text)}” ({language})."
        yield subject.find_at("two-facts", key, place, message)


def is_shouted(text: str) -> bool:
    """Whether several words in a row are written in capitals."""
    in_row = 0
    for word in list_words(text):
        in_row = in_row + 1 if len(word) >= 4 and word.isupper() else 0
        if in_row >= MIN_CAPITALS:
            return True
    return False


def check_sentences(subject: Subject, language: str, key: str, passage: Passage) -> Iterator[Finding]:
    """Long sentences, and questions that say no twice."""
    place = locate(subject, language, key)
    for sentence in split_sentences(passage.text):
        words = len(list_words(sentence))
        if words > MAX_SENTENCE_WORDS:
            message = f"A sentence of {key} has {words} words: “{shorten(sentence)}” ({language})."
            yield subject.find_at("sentence-long", key, place, message)
        if key.startswith("question.") and ASKING.search(key) and count_noes(sentence, language) > 1:
            message = f"{key} says no twice: “{shorten(sentence)}” ({language})."
            yield subject.find_at("double-negative", key, place, message)


def is_yes_no_title(subject: Subject, key: str) -> bool:
    """Whether a text is the title of a question that is answered by yes or no."""
    parts = key.removesuffix(OTHER).split(".")
    if len(parts) != 3 or parts[0] != "question" or parts[2] != "title":
        return False
    return bool(subject.program.questions.get(parts[1], {}).get("type") == "yes_no")


def check_grades(subject: Subject, language: str, texts: dict[str, Any]) -> Iterator[Finding]:
    """Texts, and pages as a whole, that are hard to read."""
    pages: dict[str, list[str]] = {}
    hard: set[str] = set()
    for key, nodes in texts.items():
        words = [each.text for each in list_passages(nodes)]
        page = find_page(subject, key)
        if page:
            pages.setdefault(page, []).extend(words)
        grade = grade_text(words, language)
        if grade is not None and grade.is_hard:
            hard.add(page)
            yield find_hard(subject, language, key, grade)
    for page, words in pages.items():
        grade = grade_text(words, language)
        if grade is not None and grade.is_hard and page not in hard:
            yield find_hard(subject, language, page, grade)


def find_hard(subject: Subject, language: str, key: str, grade: Grade) -> Finding:
    """The finding about a text that is hard to read."""
    message = f"{key} has {grade.value} by {grade.formula}, the budget is {grade.budget:g} ({language})."
    return subject.find_at("reading-hard", key, locate(subject, language, key), message)


def find_page(subject: Subject, key: str) -> str:
    """The element on whose page a text is read: `page.ID`, `outcome.ID`, `start`; empty for the form for others."""
    found = PAGE_OF.match(key)
    if found is None or key.endswith(OTHER):
        return ""
    kind, name = found.groups()
    if kind == "question":
        return f"page.{subject.program.page_of.get(name, name)}"
    return f"{kind}.{name}" if name and kind != "start" else kind


def list_grades(subject: Subject) -> dict[str, dict[str, Grade]]:
    """The grade of each page by language, where there is enough text."""
    found: dict[str, dict[str, Grade]] = {}
    for language, texts in subject.compiled["texts"].items():
        pages: dict[str, list[str]] = {}
        for key, nodes in texts.items():
            pages.setdefault(find_page(subject, key), []).extend(each.text for each in list_passages(nodes))
        for page, words in pages.items():
            grade = grade_text(words, language)
            if page and grade is not None:
                found.setdefault(language, {})[page] = grade
    return found


def shorten(text: str, length: int = 60) -> str:
    """The beginning of a text, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"
