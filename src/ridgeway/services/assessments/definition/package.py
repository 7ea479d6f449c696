"""A package that was read: what it says, and where each thing stands in its files.

Law: everything here is data. Whoever tells an author about an element says where it is: `locate`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ridgeway.office.documents.schema import Document
from ridgeway.services.assessments.definition.catalogues import Catalogue, Translation, assess_translations
from ridgeway.services.assessments.definition.elements import SourceText, Spot
from ridgeway.services.assessments.definition.files import Files, pack_files
from ridgeway.services.assessments.definition.lists import Listing
from ridgeway.services.assessments.definition.names import SERVICE
from ridgeway.services.assessments.definition.shapes import Changes, Definition


@dataclass(frozen=True, slots=True)
class Place:
    """A line (from 1) of a file of a package."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Package:
    """A package: its files, its definition with all its tables and cases in it, texts, translations and lists.

    Shapes:  `texts` and `spots` by the keys of `elements.py`, `catalogues` by language, `lists` by name;
             `tables` are the decisions that have a file of their own.
    """

    files: Files
    definition: Definition
    documents: Mapping[str, Document[Any]]
    tables: frozenset[str]
    catalogues: Mapping[str, Catalogue]
    lists: Mapping[str, Listing]
    changes: Changes | None
    texts: Mapping[str, SourceText]
    spots: Mapping[str, Spot]

    @property
    def digest(self) -> str:
        """What tells this content from any other."""
        return self.files.digest

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages, the source language first."""
        languages = self.definition.languages
        return (languages.source, *languages.complete, *languages.partial)

    def locate(self, key: str) -> Place:
        """Where an element or a text stands; of an unknown key, where its longest known beginning does."""
        while key and key not in self.spots:
            key = key.rpartition(".")[0]
        return self.place_of(self.spots[key]) if key else Place(SERVICE, 1)

    def place_of(self, spot: Spot) -> Place:
        """The line of a place."""
        document = self.documents.get(spot.file)
        return Place(spot.file, 1 if document is None else document.line_of(spot.path))

    def locate_translation(self, language: str, key: str) -> Place:
        """Where the translation of a text stands; of one that is missing, the catalogue's first line."""
        entry = self.catalogues.get(language, {}).get(key)
        return Place(f"locale/{language}.po", entry.line if entry else 1)

    def translations(self, language: str) -> Mapping[str, Translation]:
        """How each text stands in a language, by key."""
        return assess_translations(self.texts.values(), self.catalogues.get(language, {}))


def pack_package(package: Package) -> bytes:
    """The package as a zip, the same bytes for the same content."""
    return pack_files(package.files)
