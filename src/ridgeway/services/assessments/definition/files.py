"""The files of an assessment: the only place of this service's pure parts that reads.

Law: which files there may be is said in `names.py`, how strangers' files are read in `office/documents/packages.py`.
"""

from pathlib import Path
from typing import Final

from ridgeway.office.documents import packages
from ridgeway.office.documents.packages import Files, Shape, pack_files, write_file
from ridgeway.services.assessments.definition.names import KNOWN, SERVICE, is_known

__all__ = ["SHAPE", "Files", "pack_files", "read_archive", "read_files", "read_own_catalogue", "write_file"]

SHAPE: Final = Shape(SERVICE, is_known, KNOWN)
OWN_LOCALE: Final = Path(__file__).parents[1] / "locale"


def read_files(path: Path) -> Files:
    """The files at `path`: a folder, a zip, or one definition by itself.

    Raises:  SettingsError(malformed_package), naming each file that cannot be part of a package.
    """
    return packages.read_files(path, SHAPE)


def read_archive(data: bytes, origin: str) -> Files:
    """The files in a zip; `origin` stands in errors.

    Raises:  SettingsError(malformed_package).
    """
    return packages.read_archive(data, origin, SHAPE)


def read_own_catalogue(language: str) -> bytes | None:
    """This service's own compiled texts in a language; None when there are none."""
    file = OWN_LOCALE / language.replace("-", "_") / "LC_MESSAGES" / "django.mo"
    return file.read_bytes() if language.replace("-", "").isalnum() and file.is_file() else None
