"""From files to a `Package`: everything that is wrong with its parts is told at once, each fault with its line.

Law: a fault of an expression or of what a text holds is told by `compiling.py`; a package that was read has sound
parts, known names and bounded sizes. Read next: `soundness.py`, `compiling.py`.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from ridgeway.errors import SettingsError
from ridgeway.office.documents import Document, read_document
from ridgeway.services.assessments.definition import names
from ridgeway.services.assessments.definition.catalogues import Catalogue, read_catalogue
from ridgeway.services.assessments.definition.checking import Checking
from ridgeway.services.assessments.definition.elements import SourceText, Spot, list_elements, list_texts
from ridgeway.services.assessments.definition.faults import Faults, Problem
from ridgeway.services.assessments.definition.files import Files, read_archive, read_files
from ridgeway.services.assessments.definition.limits import MAX_DEFINITION_BYTES
from ridgeway.services.assessments.definition.lists import Listing, read_listing
from ridgeway.services.assessments.definition.package import Package
from ridgeway.services.assessments.definition.shapes import Cases, Changes, Decision, Definition, Page, Theme
from ridgeway.services.assessments.definition.soundness import check_definition

T = TypeVar("T")


def read_package(path: Path) -> Package:
    """The package at `path`: a folder, a zip, or one definition by itself.

    Raises:  PackageError with every fault as FILE:LINE: path: what is wrong; SettingsError(malformed_package) when the
             files themselves cannot be a package.
    """
    return read_package_files(read_files(Path(path)))


def read_packed(data: bytes, name: str) -> Package:
    """The package in the bytes of a zip, which never touch the disk; `name` stands in errors.

    Raises:  as `read_package`.
    """
    return read_package_files(read_archive(data, name))


def read_package_files(files: Files) -> Package:
    """The package in these files.

    Raises:  PackageError.
    """
    faults = Faults()
    documents = read_documents(files, faults)
    faults.raise_if_any()
    definition = join_documents(documents)
    tables = frozenset(match[1] for name in documents if (match := names.TABLE.fullmatch(name)))
    lists = read_lists(files, definition.languages.source, faults)
    catalogues = read_catalogues(files, definition, faults)
    checking = Checking(files, definition, documents, faults, tables, frozenset(lists))
    both = tables & set(documents[names.SERVICE].value.decisions or {})
    for name in sorted(both):
        checking.fail(("decisions", name), f"the decision {name!r} is in tables/{name}.yaml, too; keep one of them")
    check_definition(checking)
    faults.raise_if_any()
    texts = {text.key: text for text in list_texts(definition, tables)}
    return Package(
        files=files,
        definition=definition,
        documents=documents,
        tables=tables,
        catalogues=catalogues,
        lists=lists,
        changes=documents[names.CHANGES].value if names.CHANGES in documents else None,
        texts=texts,
        spots=list_spots(definition, documents, tables, texts),
    )


def read_documents(files: Files, faults: Faults) -> dict[str, Document[Any]]:
    """The YAML files by name; faults are noted."""
    kinds: dict[str, type] = {
        names.SERVICE: Definition,
        names.CASES: Cases,
        names.THEME: Theme,
        names.CHANGES: Changes,
    }
    kinds |= {name: Decision for name in files.content if names.TABLE.fullmatch(name)}
    total = sum(len(files.content.get(name, b"")) for name in kinds)
    if total > MAX_DEFINITION_BYTES:
        why = f"the definition and its tables have {total} bytes; {MAX_DEFINITION_BYTES} are the most"
        faults.add(Problem(files.show(names.SERVICE), 1, "", why))
        return {}
    found: dict[str, Document[Any]] = {}
    for name, kind in kinds.items():
        if name in files.content:
            document: Document[Any] | None = read_yaml(files.content[name], kind, files.show(name), faults)
            if document is not None:
                found[name] = document
    return found


def read_yaml(data: bytes, kind: type[T], name: str, faults: Faults) -> Document[T] | None:
    """One YAML file; None after a fault."""
    try:
        return read_document(data, kind, name=name)
    except SettingsError as error:
        for row in error.detail.split("\n"):
            line, _, why = row.removeprefix(f"{name}:").partition(": ")
            known = row.startswith(f"{name}:") and line.isdigit()
            faults.add(Problem(name, int(line), "", why) if known else Problem(name, error.line, "", row))
        return None


def join_documents(documents: Mapping[str, Document[Any]]) -> Definition:
    """The definition with its tables, cases and theme in it; each question has an id."""
    definition: Definition = documents[names.SERVICE].value
    decisions = dict(definition.decisions or {})
    for name, document in documents.items():
        if match := names.TABLE.fullmatch(name):
            decisions.setdefault(match[1], document.value)
    tests = definition.tests + (documents[names.CASES].value.tests if names.CASES in documents else ())
    theme = documents[names.THEME].value if names.THEME in documents else definition.theme
    pages = tuple(name_question(page) for page in definition.pages)
    return replace(definition, decisions=decisions, tests=tests, theme=theme, pages=pages)


def name_question(page: Page) -> Page:
    """The page with an id for its only question: its own."""
    if page.question is None or page.question.id is not None:
        return page
    return replace(page, question=replace(page.question, id=page.id))


def read_lists(files: Files, source: str, faults: Faults) -> dict[str, Listing]:
    """The lists by name."""
    return {
        match[1]: read_listing(data, name=files.show(name), source=source, faults=faults)
        for name, data in files.content.items()
        if (match := names.LIST.fullmatch(name))
    }


def read_catalogues(files: Files, definition: Definition, faults: Faults) -> dict[str, Catalogue]:
    """The catalogues by language; one of a language that is not declared is a fault."""
    languages = definition.languages
    found: dict[str, Catalogue] = {}
    for name, data in files.content.items():
        match = names.CATALOGUE.fullmatch(name)
        if match is None:
            continue
        if match[1] not in {*languages.complete, *languages.partial, languages.source}:
            why = f"the language {match[1]} is not declared; add it to languages.complete or languages.partial"
            faults.add(Problem(files.show(name), 1, "", why))
        found[match[1]] = read_catalogue(data, name=files.show(name), faults=faults)
    return found


def list_spots(
    definition: Definition,
    documents: Mapping[str, Document[Any]],
    tables: frozenset[str],
    texts: Mapping[str, SourceText],
) -> dict[str, Spot]:
    """Where every element, text and case stands, by key."""
    spots = dict(list_elements(definition, tables))
    spots |= {key: text.spot for key, text in texts.items()}
    own = len(documents[names.SERVICE].value.tests)
    for number in range(len(definition.tests)):
        file, index = (names.SERVICE, number) if number < own else (names.CASES, number - own)
        spots[f"test.{number}"] = Spot(file, ("tests", index))
    return spots
