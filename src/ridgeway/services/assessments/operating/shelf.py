"""The shelf: from here a public process takes the assessment that people get now.

Law: the tables are asked once a second at most, whatever the crowd; a document is loaded once and kept by its digest.
What is withdrawn is gone within that second in every process. What cannot be loaded never goes live: the version
before it stays. While the database is away the shelf gives what it had. Next: `choosing.py`.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import DatabaseError

from ridgeway.services.assessments.deployment import list_package_paths
from ridgeway.services.assessments.engine.assessment import Assessment
from ridgeway.services.assessments.models import Version
from ridgeway.services.assessments.operating.choosing import Standing, may_finish, rank_versions
from ridgeway.services.assessments.operating.folders import load_folders
from ridgeway.services.assessments.operating.loading import BrokenVersionError, load_version
from ridgeway.services.assessments.operating.previewing import PREVIEW, find_previewed
from ridgeway.services.assessments.operating.today import find_zone
from ridgeway.services.assessments.states import SHOWN, State

log = logging.getLogger(__name__)
MAX_LOADED = 64
"""Most documents that a process keeps loaded."""


@dataclass(frozen=True, slots=True)
class Shelved:
    """What people get of one package now."""

    standing: Standing
    assessment: Assessment


@dataclass(slots=True)
class Shelf:
    """What this process gives out. `live` is replaced as a whole, so that readers need no lock."""

    live: Mapping[str, Shelved] = field(default_factory=dict)
    known: Mapping[tuple[str, str], Standing] = field(default_factory=dict)
    """Standings by package and digest, those included that somebody may only finish."""
    loaded: dict[str, Assessment] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    looked_at: float = -1.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def refresh(self, now: datetime, *, pause_seconds: float) -> None:
        """The shelf is what the tables said within the last `pause_seconds`."""
        if 0 <= time.monotonic() - self.looked_at < pause_seconds:
            return
        if not self.lock.acquire(blocking=self.looked_at < 0 or pause_seconds == 0):
            return  # somebody is looking already; what was there serves this once more
        try:
            if not 0 <= time.monotonic() - self.looked_at < pause_seconds:
                self.look(now)
        finally:
            self.lock.release()

    def look(self, now: datetime) -> None:
        """The shelf is what the tables say now."""
        try:
            standings = list_standings()
        except DatabaseError:
            if self.looked_at < 0:
                raise
            log.exception("the tables do not answer; what was live stays")
            self.looked_at = time.monotonic()
            return
        by_package: dict[str, list[Standing]] = {}
        for each in standings:
            by_package.setdefault(each.package, []).append(each)
        chosen = ((package, self.choose(each, now)) for package, each in sorted(by_package.items()))
        self.live = {package: found for package, found in chosen if found is not None}
        self.known = {(each.package, each.digest): each for each in standings}
        self.looked_at = time.monotonic()

    def choose(self, standings: list[Standing], now: datetime) -> Shelved | None:
        """The version that people get: the first that can be loaded."""
        for each in rank_versions(standings, now):
            assessment = self.get_ready(each)
            if assessment is not None:
                return Shelved(each, assessment)
        return None

    def get_ready(self, standing: Standing) -> Assessment | None:
        """The version, ready to be asked; None where its document is broken."""
        key = f"{standing.digest}:{standing.ends_at if standing.state is State.ENDED else ''}"
        if key in self.broken:
            return None
        if key not in self.loaded:
            try:
                assessment = load_version(standing.pk, change=partial(mark_end, standing=standing))
            except BrokenVersionError:
                log.exception("%s %s is broken and stays off the shelf", standing.package, standing.version)
                self.broken.add(key)
                return None
            while len(self.loaded) >= MAX_LOADED:
                self.loaded.pop(next(iter(self.loaded)))
            self.loaded[key] = assessment
        return self.loaded[key]


def list_standings() -> list[Standing]:
    """Every version that a public process has to know of: one query, and small rows."""
    names = ("pk", "package", "version", "digest", "state", "activates_at", "ends_at")
    rows = Version.objects.filter(state__in=SHOWN).values_list(*names)
    return [
        Standing(pk, package, version, digest, State(state), *at) for pk, package, version, digest, state, *at in rows
    ]


def mark_end(compiled: dict[str, Any], *, standing: Standing) -> dict[str, Any]:
    """The document; one that was ended by hand says so by its own period of validity."""
    if standing.state is State.ENDED and standing.ends_at is not None:
        until = compiled["valid"]["until"]
        ended = standing.ends_at.astimezone(find_zone(compiled["zone"])).date()
        last = (ended - timedelta(days=1)).isoformat()
        compiled["valid"]["until"] = min(until, last) if until else last
    return compiled


SHELF = Shelf()
"""Of this process."""
FROM_DISK: list[Mapping[str, Assessment]] = []
"""What a deployment without tables serves: read once."""


def find_assessment(package: str, now: datetime, *, digest: str = "") -> Assessment | None:
    """What people get of `package` at `now`; None where nothing of it is live.

    With `digest` it is the version that somebody has begun, where they may finish it, else the one that is live.
    A package named by a preview link is the version of that link, whatever its state.
    """
    if list_package_paths():
        return list_from_disk().get(package)
    if package.startswith(PREVIEW):
        return find_previewed(package, now=now)
    SHELF.refresh(now, pause_seconds=settings.RIDGEWAY_PAGE_SECONDS)
    live = SHELF.live.get(package)
    if digest and (live is None or live.standing.digest != digest):
        begun = SHELF.known.get((package, digest))
        if begun is not None and may_finish(begun, now):
            return SHELF.get_ready(begun) or (live.assessment if live else None)
    return live.assessment if live else None


def list_assessments(now: datetime) -> tuple[Assessment, ...]:
    """Everything that is live, by the name of its package."""
    if list_package_paths():
        return tuple(list_from_disk().values())
    SHELF.refresh(now, pause_seconds=settings.RIDGEWAY_PAGE_SECONDS)
    return tuple(each.assessment for each in SHELF.live.values() if not each.standing.is_over(now))


def find_instead(package: str) -> str:
    """Where people are sent whose assessment is withdrawn; empty: nowhere."""
    if list_package_paths():
        return ""
    rows = Version.objects.filter(package=package, state=State.WITHDRAWN).exclude(instead="")
    return rows.order_by("-withdrawn_at").values_list("instead", flat=True).first() or ""


def is_withdrawn(package: str) -> bool:
    """Whether a version of `package` was withdrawn."""
    return not list_package_paths() and Version.objects.filter(package=package, state=State.WITHDRAWN).exists()


def list_from_disk() -> Mapping[str, Assessment]:
    """What the folders of the settings hold, by package."""
    if not FROM_DISK:
        FROM_DISK.append(load_folders(list_package_paths()))
    return FROM_DISK[0]


def put_from_disk(found: Mapping[str, Assessment]) -> None:
    """What the folders hold now is served from here on."""
    FROM_DISK[:] = [found]


def clear_shelf(make: Callable[[], Shelf] = Shelf) -> None:
    """This process begins anew: for tests, and after a fork."""
    fresh = make()
    for name in ("live", "known", "loaded", "broken", "looked_at"):
        setattr(SHELF, name, getattr(fresh, name))
    FROM_DISK.clear()
