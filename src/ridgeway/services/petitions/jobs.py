"""The duties that the plate names: each fetches what is due, calls one verb, and says in one line what was done.

Law: no duty has a law of its own; what it does may be done again, late, and after it was cut off.
"""

import socket
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from ridgeway.services.petitions.actions.anonymising import anonymise_due
from ridgeway.services.petitions.actions.archiving import archive_started
from ridgeway.services.petitions.actions.closing import close_due as close_petitions
from ridgeway.services.petitions.actions.closing import note_debated
from ridgeway.services.petitions.actions.counting import check_counts as prove_counts
from ridgeway.services.petitions.actions.counting import warn_team
from ridgeway.services.petitions.actions.dissolving import dissolve_due
from ridgeway.services.petitions.actions.forgetting import forget_addresses as forget_old_addresses
from ridgeway.services.petitions.actions.forgetting import forget_drafts as forget_old_drafts
from ridgeway.services.petitions.actions.forgetting import forget_feedback as forget_old_feedback
from ridgeway.services.petitions.actions.forgetting import forget_pending as forget_old_pending
from ridgeway.services.petitions.actions.pausing import extend_for_today
from ridgeway.services.petitions.actions.reminding import remind_of_debates
from ridgeway.services.petitions.actions.sources import note_sources
from ridgeway.services.petitions.deployment import read_own_settings
from ridgeway.services.petitions.queries.site import read_site

CONNECT_SECONDS = 2.0


def today_of(now: datetime) -> datetime:
    """The time on the wall of the Parliament."""
    return now.astimezone(ZoneInfo(settings.TIME_ZONE))


def close_due(now: datetime) -> str:
    """Petitions whose deadline has come are closed."""
    return f"{close_petitions(now=now)} closed"


def dissolve(now: datetime) -> str:
    """A closure that was scheduled for a dissolution is carried out at its instant."""
    return f"{dissolve_due(now=now)} closed or stopped"


def note_debates(now: datetime) -> str:
    """Debates whose day is over count as held."""
    return f"{note_debated(today=today_of(now).date(), now=now)} debated"


def remind(now: datetime) -> str:
    """The team is reminded of petitions that wait for a debate."""
    return f"{remind_of_debates(now=now)} wait for a debate"


def extend_deadlines(now: datetime) -> str:
    """While signing is paused, deadlines move a day each day."""
    return f"{extend_for_today(today=today_of(now).date(), now=now)} extended"


def check_counts(now: datetime) -> str:
    """The counts of petitions that were signed lately are proven, and repaired where they were wrong."""
    if not read_site().checks_counts:
        return "switched off"
    return f"{len(prove_counts(now=now))} repaired"


def watch_writer(now: datetime) -> str:
    """The writer of signatures answers, or the team is told; without one nobody can sign."""
    path = settings.RIDGEWAY_SETTINGS.path(read_own_settings().socket)
    if not path.parent.is_dir():
        return "no writer on this machine"
    with socket.socket(socket.AF_UNIX) as tried:
        tried.settimeout(CONNECT_SECONDS)
        try:
            tried.connect(str(path))
        except OSError as error:
            why = error.strerror or "no answer in time"
            warn_team("The writer of signatures does not answer", why, key="writer", now=now)
            return "the writer does not answer"
    return "the writer answers"


def note_trending_sources(now: datetime) -> str:
    """Addresses and domains from which much was signed in the last hour are noted."""
    return f"{note_sources(now=now)} noted"


def forget_drafts(now: datetime) -> str:
    """Drafts of yesterday are gone."""
    return f"{forget_old_drafts(now=now)} forgotten"


def forget_feedback(now: datetime) -> str:
    """Feedback of a year ago is gone."""
    return f"{forget_old_feedback(now=now)} forgotten"


def forget_addresses(now: datetime) -> str:
    """From where people signed half a year ago is gone."""
    return f"{forget_old_addresses(now=now)} forgotten"


def forget_pending(now: datetime) -> str:
    """Signatures that nobody confirmed in half a year are gone."""
    return f"{forget_old_pending(now=now)} forgotten"


def archive(now: datetime) -> str:
    """A Parliament whose archiving was started goes into the archive."""
    return f"{archive_started(now=now)} archived"


def anonymise(now: datetime) -> str:
    """Signers of a Parliament that ended half a year ago are nobody any more."""
    return f"{anonymise_due(now=now)} anonymous"
