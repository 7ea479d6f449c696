"""A Parliament goes into the archive: its petitions first, some at a time, then it itself.

Law: nothing is copied; what is archived is marked, keeps its number and its counts, and changes no more by a count. It
may be stopped at any moment and goes on where it was. The lines and the duration that held are frozen with it.
"""

from datetime import datetime, timedelta

from django.db import transaction

from ridgeway.office.people.actor import Actor
from ridgeway.services.petitions.actions.dissolving import (
    adopt_petitions,
    lock_parliament,
    require,
    subject_of_parliament,
)
from ridgeway.services.petitions.actions.opening import Doer
from ridgeway.services.petitions.models import Parliament, Petition
from ridgeway.services.petitions.operating.progress import SILENT, Progress
from ridgeway.services.petitions.queries.lines import find_lines
from ridgeway.services.petitions.queries.site import read_site
from ridgeway.services.petitions.states import UNPUBLISHED, State

WAIT = timedelta(days=2)
"""So long after the dissolution, links that confirm no longer work, and every count stands."""
CHUNK = 200


@transaction.atomic
def start_archiving(parliament_id: int, *, actor: Actor | None, now: datetime) -> Parliament:
    """The duty archives this Parliament from now on.

    Raises:  ParliamentError.
    """
    parliament = lock_parliament(parliament_id)
    require(parliament, parliament.archived_at is None, "it is in the archive.")
    require(parliament, parliament.dissolution_at, "it has not been dissolved.")
    is_time = parliament.dissolution_at is not None and parliament.dissolution_at + WAIT <= now
    require(parliament, is_time, "it can be archived two days after its dissolution.")
    adopt_petitions(parliament)
    running = Petition.objects.filter(parliament=parliament, state__in=[State.OPEN, *UNPUBLISHED]).count()
    require(parliament, not running, f"{running} of its petitions are still open or unpublished; close them first.")
    if parliament.archiving_started_at is None:
        parliament.archiving_started_at = now
        parliament.save(update_fields=["archiving_started_at"])
        Doer(actor, now).note("start_archiving", subject_of_parliament(parliament))
    return parliament


def archive_started(*, now: datetime, progress: Progress = SILENT) -> int:
    """Every Parliament whose archiving was started is in the archive, or as far as time was; how many petitions."""
    started = Parliament.objects.exclude(archiving_started_at=None).filter(archived_at=None).order_by("pk")
    return sum(archive_parliament(parliament, now=now, progress=progress) for parliament in started)


def archive_parliament(parliament: Parliament, *, now: datetime, progress: Progress = SILENT) -> int:
    """Its petitions are archived, some in each transaction, then it itself; how many petitions it took."""
    left = Petition.objects.filter(parliament=parliament, archived_at=None).order_by("pk")
    total, done = left.count(), 0
    while not progress.is_stopped and (ids := list(left.values_list("pk", flat=True)[:CHUNK])):
        with transaction.atomic():
            locked = Petition.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk", flat=True)
            done += Petition.objects.filter(pk__in=list(locked)).update(archived_at=now, locked_by=None, locked_at=None)
        progress.report(done, total)
    if not progress.is_stopped:
        close_archive(parliament.pk, now=now)
    return done


@transaction.atomic
def close_archive(parliament_id: int, *, now: datetime) -> None:
    """The Parliament is in the archive, with the lines that held for it."""
    parliament, site = lock_parliament(parliament_id), read_site()
    if parliament.archived_at is not None:
        return
    lines = find_lines(parliament, site)
    parliament.threshold_for_response, parliament.threshold_for_debate = lines.response, lines.debate
    parliament.petition_duration_months = parliament.petition_duration_months or site.petition_duration_months
    parliament.archived_at, parliament.shows_dissolution = now, False
    parliament.save()
    Doer(None, now).note("archive", subject_of_parliament(parliament))
