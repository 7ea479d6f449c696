"""Petitions close when their deadline has come, or the dissolution that comes first; each at that very moment.

Law: when it closed is the deadline, however late the duty runs; a petition is closed once, and one that was already is
left. Next: `rules/closing.py`.
"""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from ridgeway.services.petitions.actions.opening import Doer
from ridgeway.services.petitions.models import Parliament, Petition
from ridgeway.services.petitions.operating.progress import SILENT, Progress
from ridgeway.services.petitions.queries.parliaments import find_parliament
from ridgeway.services.petitions.rules.closing import clip_deadline, is_over
from ridgeway.services.petitions.states import DebateState, Event, State, decide_state

CHUNK = 200


def close_due(*, now: datetime, progress: Progress = SILENT) -> int:
    """Every petition whose deadline has come is closed; how many were. In small transactions: it may be interrupted."""
    closed = 0
    while not progress.is_stopped:
        ids = list(find_due(now).order_by("closes_at", "pk").values_list("pk", flat=True)[:CHUNK])
        if not ids:
            break
        closed += close_some(ids, now=now)
        progress.report(closed)
    return closed


def find_due(now: datetime) -> "QuerySet[Petition]":
    """Open petitions whose deadline, or whose Parliament's dissolution, has come."""
    due = Q(closes_at__lte=now)
    parliament = find_parliament()
    if parliament is not None and parliament.dissolution_at is not None and parliament.dissolution_at <= now:
        due |= Q(closes_at__isnull=False)
    return Petition.objects.filter(due, state=State.OPEN, archived_at=None)


@transaction.atomic
def close_some(ids: list[int], *, now: datetime) -> int:
    """These petitions are closed at their deadlines, if they are still open; how many."""
    parliament, closed = find_parliament(), 0
    for petition in Petition.objects.select_for_update().filter(pk__in=ids, state=State.OPEN).order_by("pk"):
        deadline = find_deadline(petition, parliament)
        if deadline is None or not is_over(deadline, now=now):
            continue
        close_petition(petition, at=deadline, now=now)
        closed += 1
    return closed


def find_deadline(petition: Petition, parliament: Parliament | None) -> datetime | None:
    """When the petition closes, as far as is known."""
    if petition.closes_at is None:
        return None
    closes_at: datetime = petition.closes_at
    return clip_deadline(closes_at, parliament.dissolution_at if parliament else None)


def close_petition(petition: Petition, *, at: datetime, now: datetime) -> None:
    """The petition is closed, which it has been since `at`; in the caller's transaction."""
    petition.state = decide_state(State(petition.state), Event.CLOSE)
    petition.closed_at, petition.updated_at = at, now
    petition.save(update_fields=["state", "closed_at", "updated_at"])
    Doer(None, now).note("close", petition, details={"closed_at": at.isoformat()})


@transaction.atomic
def note_debated(*, today: date, now: datetime) -> int:
    """Petitions whose day of debate is over count as debated; how many."""
    held = Petition.objects.select_for_update().filter(
        debate_state=DebateState.SCHEDULED, scheduled_debate_date__lt=today
    )
    number = 0
    for petition in held.order_by("pk"):
        petition.debate_state, petition.updated_at = DebateState.DEBATED, now
        petition.save(update_fields=["debate_state", "updated_at"])
        Doer(None, now).note("note_debated", petition)
        number += 1
    return number
