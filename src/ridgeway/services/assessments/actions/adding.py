"""Adding a version: read, checked, compiled, and kept as a draft.

Law: an error refuses it; a version once added never changes, so the same number with other content is refused. Adding
what is there already changes nothing and is no fault.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from ridgeway.services.assessments.actions.doing import Doer, RefusedError
from ridgeway.services.assessments.engine.loading import load
from ridgeway.services.assessments.models import Version
from ridgeway.services.assessments.operating.reading import Checked
from ridgeway.services.assessments.statistics.labels import plain

MAX_TITLE_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class Added:
    """The version, and whether it is new."""

    version: Version
    is_new: bool


@transaction.atomic
def add_version(checked: Checked, *, by: Doer, writers: Iterable[int] = ()) -> Added:
    """The version is in the tables, as a draft where it is new; `writers` are the accounts that wrote it.

    Raises:  RefusedError(changed_version) where another content has this number; what the engine says of a document
             that it cannot load.
    """
    compiled = checked.compiled
    load(compiled)
    known = Version.objects.defer("archive", "compiled").filter(package=compiled["id"], version=compiled["version"])
    found = known.first()
    if found is not None:
        require_same(found, compiled["digest"])
        return Added(found, is_new=False)
    version = Version.objects.create(
        package=compiled["id"],
        version=compiled["version"],
        digest=compiled["digest"],
        title=find_title(compiled),
        archive=checked.archive,
        compiled=json.dumps(compiled, ensure_ascii=False, sort_keys=True, separators=(",", ":")),
        report=checked.report,
        ends_at=find_end(compiled),
        added_at=by.now,
        added_by=by.shown_name,
        added_by_account_id=by.account_id,
        writers=sorted(writers),
    )
    by.note("add", version, details={"warnings": len(checked.warnings)})
    return Added(version, is_new=True)


def require_same(version: Version, digest: str) -> None:
    """Hold only where the version has this content.

    Raises:  RefusedError(changed_version).
    """
    if version.digest != digest:
        raise RefusedError(
            "changed_version",
            f"{version.package} {version.version} is there with another content.",
            action="Give the package a new version, since a version never changes.",
        )


def find_title(compiled: dict[str, Any]) -> str:
    """The title in the source language, without its mark-up; the name of the package where it has none."""
    labels = compiled["texts"][compiled["languages"][0]["code"]]
    return plain(labels.get("start.title"))[:MAX_TITLE_CHARACTERS] or str(compiled["id"])


def find_end(compiled: dict[str, Any]) -> datetime | None:
    """The first moment after the last day of validity, where the package lives."""
    until = compiled["valid"]["until"]
    if not until:
        return None
    day = date.fromisoformat(until) + timedelta(days=1)
    return datetime.combine(day, time(), ZoneInfo(str(compiled["zone"]))).astimezone(UTC)
