"""Assessments that are served straight from packages on disk, without a table.

Law: each is read, compiled and checked before anything is served; one with an error refuses the start.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

from ridgeway.errors import SettingsError
from ridgeway.services.assessments.engine.assessment import Assessment
from ridgeway.services.assessments.engine.loading import load
from ridgeway.services.assessments.operating.reading import read_checked


def load_folders(paths: Iterable[Path]) -> Mapping[str, Assessment]:
    """The assessments in these packages, by name.

    Raises:  SettingsError(malformed_settings) where two packages have one name; RequestError for a broken one.
    """
    found: dict[str, Assessment] = {}
    for path in paths:
        checked = read_checked(path)
        name = checked.compiled["id"]
        if name in found:
            raise SettingsError("malformed_settings", f"Two packages of services.assessments.packages are {name!r}.")
        found[name] = load(checked.compiled)
    return found
