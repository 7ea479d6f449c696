"""A version made ready to be asked: from the document that was compiled when it was added, or anew from its package.

Law: a document that an earlier release of this service compiled, and that this one does not load, is compiled again
from the package that is kept beside it, so that an upgrade takes nothing off the shelf.
"""

import json
import logging
from collections.abc import Callable
from typing import Any

from ridgeway.errors import RequestError, RidgewayError
from ridgeway.services.assessments.definition import compile_package, read_packed
from ridgeway.services.assessments.engine.assessment import Assessment
from ridgeway.services.assessments.engine.loading import load
from ridgeway.services.assessments.models import Version

log = logging.getLogger(__name__)
UNREADABLE = (RidgewayError, ValueError, KeyError, TypeError)
Change = Callable[[dict[str, Any]], dict[str, Any]]


class BrokenVersionError(RequestError):
    """A version that neither its document nor its package brings back."""

    who = "the operator of this service"
    status = 409


def keep_as_it_is(compiled: dict[str, Any]) -> dict[str, Any]:
    """The document unchanged."""
    return compiled


def load_version(version_id: int, *, change: Change = keep_as_it_is) -> Assessment:
    """The version, ready; `change` is done to its document before it is loaded.

    Raises:  BrokenVersionError.
    """
    version = Version.objects.defer("archive").filter(pk=version_id).first()
    if version is None:
        raise BrokenVersionError("broken_version", f"There is no version {version_id}.")
    try:
        return load(change(json.loads(version.compiled)))
    except UNREADABLE:
        log.warning("%s does not load as it was compiled; it is compiled again", version)
    try:
        return load(change(compile_package(read_packed(bytes(version.archive), str(version)))))
    except UNREADABLE as error:
        raise BrokenVersionError(
            "broken_version", f"{version} cannot be loaded: {error}.", action="Add it again as a new version."
        ) from error
