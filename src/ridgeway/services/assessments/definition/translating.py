"""Catalogues of a package made and brought up to date, so that translators find each new and each changed text."""

from pathlib import Path

from ridgeway.services.assessments.definition.catalogues import render_catalogue
from ridgeway.services.assessments.definition.faults import PackageError, Problem
from ridgeway.services.assessments.definition.files import write_file
from ridgeway.services.assessments.definition.formats import is_language
from ridgeway.services.assessments.definition.package import Package


def update_catalogue(package: Package, language: str) -> bytes:
    """The PO file of a language, brought up to date: new texts are empty, changed ones fuzzy, nothing is lost.

    Raises:  PackageError for a language that does not exist.
    """
    if not is_language(language):
        why = f"there is no language {language!r}; write its code like fr or zh-Hant"
        raise PackageError([Problem(package.files.origin, 0, "", why)])
    definition = package.definition
    name = f"{definition.id} {definition.version}"
    old = package.catalogues.get(language, {})
    return render_catalogue(package.texts.values(), old, language=language, package=name)


def write_catalogue(package: Package, language: str) -> Path:
    """The PO file of a language lies in the package's folder, brought up to date.

    Raises:  PackageError for a language that does not exist; SettingsError(malformed_package) when it is no folder.
    """
    return write_file(package.files, f"locale/{language}.po", update_catalogue(package, language))
