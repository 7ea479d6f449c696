"""A recall reaches what runs: the duty that looks into the places of the settings and tells the services.

Law: whoever may write into a place of `web.notices` may stop what it names, signed or not: to stop is the safe side.
A place that cannot be read, or a file that is no statement, keeps no other recall from being heard.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from django.conf import settings as django_settings

from ridgeway.catalogue.adopters.notices import Warned, find_places, read_warnings
from ridgeway.catalogue.adoption.keeping import LOCK, PACKAGE, Lock, read_adopted
from ridgeway.catalogue.packages.reading import read_incoming
from ridgeway.errors import RidgewayError
from ridgeway.services.stopping import Recall, list_stopping
from ridgeway.settings import Settings


def keep_recalls(now: datetime) -> str:
    """What was recalled runs no more; what was done, in a line."""
    settings: Settings = django_settings.RIDGEWAY_SETTINGS
    named = [each.strip() for each in settings.web.notices.split(",")]
    return stop_recalled([settings.path(Path(each)) for each in named if each], now=now)


def stop_recalled(places: Iterable[Path], *, now: datetime) -> str:
    """Every version that a recall in these places covers is out of use; what was done, in a line."""
    places = tuple(places)
    folders: list[Path] = []
    unreadable = 0
    for place in places:
        try:
            folders.extend(find_places(place))
        except (RidgewayError, OSError):
            unreadable += 1
    warnings = read_warnings(folders)
    recalls = [each for each in warnings.found if each.is_recall]
    stopped: list[str] = []
    for recall in dict.fromkeys((*(each.recall for each in recalls), *list_renamed(places, recalls))):
        for stopping in list_stopping().values():
            stopped.extend(stopping.stop(recall, now=now))
    unreadable += len(warnings.broken)
    said = f"{len(recalls)} recalls, stopped: {', '.join(stopped) or 'nothing new'}"
    return f"{said}; {unreadable} unreadable" if unreadable else said


def list_renamed(places: Iterable[Path], recalls: Iterable[Warned]) -> Iterator[Recall]:
    """The recalls of what adopters serve under a name or version of their own, as their folders say it."""
    for place in places:
        try:
            if not (place / LOCK).is_file():
                continue
            lock = read_adopted(place).lock
            facts = read_incoming(place / PACKAGE).facts
        except (RidgewayError, OSError):
            continue
        yield from (rename(each, facts.package, facts.version) for each in recalls if covers(each, lock))


def covers(warned: Warned, lock: Lock) -> bool:
    """Whether the adopted release is the recalled one."""
    return warned.covers(lock.package, lock.version)


def rename(warned: Warned, package: str, version: str) -> Recall:
    """The recall, of what is served."""
    return replace(warned.recall, package=package, version=version)
