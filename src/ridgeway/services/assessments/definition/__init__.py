"""From the files that an author writes to the one document that both engines run.

Law: a package comes from a stranger. It is data alone, bounded in every size, and all that is wrong with it is told at
once, each with its file and line. Pure but for `files.py`, which alone reads.
Read next: `reading.py` (files → Package), `compiling.py` (Package → compiled document), `shapes.py` (the keys).
"""

from ridgeway.services.assessments.definition.catalogues import State, Translation
from ridgeway.services.assessments.definition.compiling import compile_package, render_canonical
from ridgeway.services.assessments.definition.elements import SourceText, Spot
from ridgeway.services.assessments.definition.faults import PackageError, Problem
from ridgeway.services.assessments.definition.files import Files
from ridgeway.services.assessments.definition.package import Package, Place, pack_package
from ridgeway.services.assessments.definition.reading import read_package, read_package_files, read_packed
from ridgeway.services.assessments.definition.schema import render_schema
from ridgeway.services.assessments.definition.translating import update_catalogue, write_catalogue

__all__ = [
    "Files",
    "Package",
    "PackageError",
    "Place",
    "Problem",
    "SourceText",
    "Spot",
    "State",
    "Translation",
    "compile_package",
    "pack_package",
    "read_package",
    "read_package_files",
    "read_packed",
    "render_canonical",
    "render_schema",
    "update_catalogue",
    "write_catalogue",
]
