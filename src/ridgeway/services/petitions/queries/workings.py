"""How the machinery stands, for a page of staff: mail that waits and failed, tasks, duties.

Law: figures, names of kinds and sentences of ours; never an address, never what an error of another said. What was sent
is counted over the last day alone, so the look costs the same whatever was sent before.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count
from django_tasks_db.models import DBTaskResult

from ridgeway.office.jobs.models import DutyRun
from ridgeway.office.notices.models import QueuedNotice
from ridgeway.office.notices.schema import from_ms, to_ms
from ridgeway.office.notices.status import NoticeStatus, describe
from ridgeway.office.notices.tables import notices
from ridgeway.office.notices.values import State

DAY, WEEK = timedelta(days=1), timedelta(days=7)
MAX_FAILED = 50
OWN = "ridgeway.services.petitions."


@dataclass(frozen=True, slots=True)
class DutyState:
    """One duty: when it ran last, and what it said."""

    name: str
    finished_at: datetime | None
    result: str
    error: str
    failures: int


@dataclass(frozen=True, slots=True)
class TaskState:
    """A task that failed; one of this service may be tried again."""

    id: UUID
    is_own: bool
    name: str
    finished_at: datetime | None
    error: str


@dataclass(frozen=True, slots=True)
class Workings:
    """All of it. `mail` has for each kind how many wait, and what became of those of the last day."""

    mail: Mapping[str, Mapping[str, int]]
    failed: Sequence[NoticeStatus]
    tasks: Mapping[str, int]
    failed_tasks: Sequence[TaskState]
    duties: Sequence[DutyState]


def read_workings(*, now: datetime) -> Workings:
    """As it is now."""
    failed = notices().filter(state=State.FAILED, settled_at_ms__gte=to_ms(now - WEEK)).order_by("-settled_at_ms")
    tasks = DBTaskResult.objects.order_by().values_list("status").annotate(Count("id"))
    return Workings(
        mail=count_mail(now=now),
        failed=[describe(row) for row in failed[:MAX_FAILED]],
        tasks={str(status): number for status, number in tasks},
        failed_tasks=[
            describe_task(row) for row in DBTaskResult.objects.failed().order_by("-finished_at")[:MAX_FAILED]
        ],
        duties=[describe_duty(row) for row in DutyRun.objects.order_by("name")],
    )


def count_mail(*, now: datetime) -> dict[str, dict[str, int]]:
    """By kind and state."""
    counts: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(map(str, State), 0))
    waiting = QueuedNotice.objects.filter(state=State.QUEUED)
    settled = QueuedNotice.objects.filter(settled_at_ms__gte=to_ms(now - DAY)).exclude(state=State.QUEUED)
    for rows in (waiting, settled):
        for kind, state, number in rows.order_by().values_list("kind", "state").annotate(Count("id")):
            counts[kind][state] += number
    return dict(sorted(counts.items()))


def describe_task(row: "DBTaskResult[..., object]") -> TaskState:
    """A failed task, without what it was given."""
    error = str(row.exception_class_path or "").rpartition(".")[2]
    path = str(row.task_path)
    return TaskState(row.id, path.startswith(OWN), path.rpartition(".")[2], row.finished_at, error)


def describe_duty(row: DutyRun) -> DutyState:
    """A duty's last run."""
    finished = None if row.finished_at_ms is None else from_ms(row.finished_at_ms)
    return DutyState(row.name, finished, row.result, row.error, row.failures)
