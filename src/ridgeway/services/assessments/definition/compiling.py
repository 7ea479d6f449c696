"""From a `Package` to the compiled document: plain JSON, the one input of both engines.

Law: canonical (sorted keys, whole numbers and texts, no fractions), the same bytes for the same package on any
machine. Each expression is typed here, so that the engines never meet one that makes no sense; every fault is told at
once with the line of the file, those in translations too.
Read next: docs/reference/assessment-format.md, `meanings.py`, `parts.py`.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from ridgeway.services.assessments.definition.catalogues import SHOWN, list_own_words
from ridgeway.services.assessments.definition.elements import OTHER, SourceText
from ridgeway.services.assessments.definition.faults import Faults, Problem
from ridgeway.services.assessments.definition.formats import describe_formats, describe_language
from ridgeway.services.assessments.definition.inlines import TextFault
from ridgeway.services.assessments.definition.limits import MAX_COMPILED_BYTES
from ridgeway.services.assessments.definition.lists import COUNTRIES, Listing, list_countries
from ridgeway.services.assessments.definition.meanings import (
    ON_BEHALF,
    Meanings,
    Typed,
    describe_row,
    explain,
    make_meanings,
)
from ridgeway.services.assessments.definition.package import Package
from ridgeway.services.assessments.definition.parts import (
    compile_decisions,
    compile_facts,
    compile_outcomes,
    compile_pages,
    compile_parameters,
)
from ridgeway.services.assessments.definition.shapes import Definition
from ridgeway.services.assessments.definition.texts import parse_text
from ridgeway.services.assessments.definition.words import WORDS, list_words
from ridgeway.services.assessments.expressions import ExpressionError, parse_expression

COMPILED_FORMAT: Final = "assessment-compiled/1"
ON_BEHALF_WORD: Final = "on_behalf_title"


def compile_package(package: Package) -> dict[str, Any]:
    """The compiled document of a package.

    Raises:  PackageError with every fault of its expressions and texts, each with its file and line.
    """
    faults = Faults()
    lists = choose_lists(package)
    meanings = make_meanings(package, lists, faults)
    facts = compile_facts(meanings)
    words = compile_words(package)
    definition = package.definition
    document = describe_head(package) | {
        "facts": facts,
        "parameters": compile_parameters(definition),
        "pages": compile_pages(meanings),
        "decisions": compile_decisions(meanings),
        "outcomes": compile_outcomes(meanings),
        "texts": compile_texts(meanings, words),
        "words": words,
        "formats": {code: describe_formats(code, definition.jurisdiction) for code in package.languages},
        "lists": {name: each.to_content() for name, each in lists.items()},
    }
    faults.raise_if_any()
    data = render_canonical(document)
    if len(data) > MAX_COMPILED_BYTES:
        why = f"compiled it has {len(data)} bytes; {MAX_COMPILED_BYTES} are the most"
        faults.add(Problem(package.files.origin, 0, "", why))
        faults.raise_if_any()
    compiled: dict[str, Any] = json.loads(data)
    return compiled


def render_canonical(document: Mapping[str, Any]) -> bytes:
    """The one way to write a compiled document: sorted keys, no spaces, UTF-8."""
    return json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def choose_lists(package: Package) -> dict[str, Listing]:
    """The lists that questions use, the countries among them when they do."""
    wanted = {each.list for page in package.definition.pages for each in page.asked if isinstance(each.list, str)}
    found = {name: each for name, each in package.lists.items() if name in wanted}
    if COUNTRIES in wanted and COUNTRIES not in found:
        found[COUNTRIES] = list_countries(package.languages)
    return dict(sorted(found.items()))


def describe_head(package: Package) -> dict[str, Any]:
    """What the document says about the package as a whole."""
    definition = package.definition
    valid, theme = definition.valid, definition.theme
    return {
        "format": COMPILED_FORMAT,
        "id": definition.id,
        "version": definition.version,
        "digest": package.digest,
        "publisher": {"name": definition.publisher.name, "contact": definition.publisher.contact},
        "jurisdiction": definition.jurisdiction,
        "zone": definition.zone,
        "license": definition.license,
        "languages": [describe_language(code) for code in package.languages],
        "valid": {
            "from": valid.from_.isoformat() if valid and valid.from_ else None,
            "until": valid.until.isoformat() if valid and valid.until else None,
            "after": valid.after if valid else None,
        },
        "review": definition.review.isoformat() if definition.review else None,
        "privacy": {
            "answers": str(definition.privacy.answers),
            "statistics": sorted(str(each) for each in definition.privacy.statistics),
        },
        "theme": {"name": theme.name if theme else None, "colours": dict((theme.colours if theme else None) or {})},
        "start": {"minutes": definition.start.minutes, "on_behalf": definition.start.on_behalf},
        "sections": [each.id for each in definition.sections],
        "groups": [each.id for each in definition.groups],
        "entitlements": describe_entitlements(definition),
    }


def describe_entitlements(definition: Definition) -> dict[str, Any]:
    """What a collecting decision may find."""
    return {
        each.id: {
            "group": each.group,
            "order": each.order,
            "links": [link.href for link in each.links],
            "source": each.source,
        }
        for each in definition.entitlements
    }


def compile_words(package: Package) -> dict[str, dict[str, str]]:
    """The words of the engines in each language; what a package brings counts first."""
    return {code: list_words(code, list_own_words(package.catalogues.get(code, {}))) for code in package.languages}


def compile_texts(meanings: Meanings, words: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, Any]]:
    """The nodes of each text in each language; of what is not translated, none."""
    package = meanings.package
    found: dict[str, dict[str, Any]] = {}
    for number, code in enumerate(package.languages):
        nodes: dict[str, Any] = {}
        translations = package.translations(code) if number else {}
        for key, text in package.texts.items():
            if not number:
                parsed = parse_source(meanings, text)
            elif translations[key].state in SHOWN:
                parsed = parse_translation(meanings, text, code, translations[key].text)
            else:
                continue
            if parsed is not None:
                nodes[key] = parsed
        if package.definition.start.on_behalf and (not number or has_word(code, words[code][ON_BEHALF_WORD])):
            nodes[f"question.{ON_BEHALF}.title"] = [["p", [words[code][ON_BEHALF_WORD]]]]
        found[code] = nodes
    return {code: drop_halves(nodes, found[package.languages[0]]) for code, nodes in found.items()}


def has_word(code: str, word: str) -> bool:
    """Whether the question for whom one answers is there in a language, and not just in English."""
    return code.partition("-")[0] == "en" or word != WORDS[ON_BEHALF_WORD]


def drop_halves(nodes: Mapping[str, Any], source: Mapping[str, Any]) -> dict[str, Any]:
    """Without those forms for somebody else, or for oneself, whose other form is not there: one text, one language."""
    pairs = {key.removesuffix(OTHER) for key in source if key.endswith(OTHER)}
    halves = {key for key in pairs if (key in nodes) != (key + OTHER in nodes)}
    return {key: each for key, each in nodes.items() if key.removesuffix(OTHER) not in halves}


def parse_source(meanings: Meanings, text: SourceText) -> Any:
    """The nodes of a text in the source language; None after a fault."""
    try:
        return parse_text(text.source, text.form, lambda source: read_for_text(meanings, source))
    except TextFault as fault:
        if str(fault):
            meanings.fail_text(text.spot, str(fault), row=fault.line)
        return None


def parse_translation(meanings: Meanings, text: SourceText, code: str, translation: str) -> Any:
    """The nodes of a translation; None after a fault."""
    try:
        return parse_text(translation, text.form, lambda source: read_for_text(meanings, source))
    except TextFault as fault:
        if str(fault):
            place = meanings.package.locate_translation(code, text.key)
            file = meanings.package.files.show(place.file)
            meanings.faults.add(Problem(file, place.line, text.key, f"{describe_row(fault.line)}{fault}"))
        return None


def read_for_text(meanings: Meanings, source: str) -> Typed:
    """An expression in a text, with its type.

    Raises:  TextFault; with no words when its fault was told already.
    """
    try:
        return parse_expression(source, meanings.environment)
    except ExpressionError as error:
        raise TextFault("" if meanings.is_told(source) else f"{{{source}}}: {explain(error)}") from None
