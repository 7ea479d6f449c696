"""What a worker tells Prometheus: mail that waits, tasks that wait, and when each duty last succeeded."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import DatabaseError, connection
from django_tasks_db.models import DBTaskResult

from ridgeway.errors import WorldError
from ridgeway.office.jobs.models import DutyRun
from ridgeway.office.notices.sending import Sending
from ridgeway.office.notices.status import OutboxFigures, count_outbox
from ridgeway.telemetry import Kind, Measure, Sample, counter, gauge


@dataclass(frozen=True, slots=True)
class Figures:
    """What the database said."""

    outbox: OutboxFigures
    ready_tasks: int
    failed_tasks: int
    duties: tuple[DutyRun, ...]


@dataclass(slots=True)
class WorkerMeasures:
    """What this process did, and what waits for all."""

    senders: Sequence[Sending]
    clock: Callable[[], datetime]
    figures: Figures | None = field(default=None)

    async def prepare(self) -> None:
        """What waits is counted anew.

        Raises:  WorldError(database_unavailable).
        """
        self.figures = await asyncio.to_thread(self.count)

    def count(self) -> Figures:
        """Read from the database.

        Raises:  WorldError(database_unavailable).
        """
        try:
            tasks = DBTaskResult.objects
            return Figures(
                outbox=count_outbox(now=self.clock()),
                ready_tasks=tasks.ready().count(),
                failed_tasks=tasks.failed().count(),
                duties=tuple(DutyRun.objects.all()),
            )
        except DatabaseError as error:
            raise WorldError("database_unavailable", "The database does not answer.") from error
        finally:
            connection.close()

    def list_measures(self) -> Iterator[Measure]:
        """Everything. Times are seconds since 1970."""
        now = self.clock()
        for name, meaning in (
            ("sent", "Notices that this process sent."),
            ("dropped", "Notices that this process dropped."),
            ("failed", "Notices that this process gave up."),
            ("postponed", "Attempts of this process that will be repeated."),
        ):
            total = sum(getattr(sender.counts, name) for sender in self.senders)
            yield counter(f"ridgeway_notices_{name}", meaning, total)
        is_away = any(sender.unavailable_since for sender in self.senders)
        yield gauge("ridgeway_notices_unavailable", "1 while mail cannot be handed over, else 0.", int(is_away))
        if self.figures is None:
            return
        outbox = self.figures.outbox
        lag = 0.0 if outbox.oldest_due_at is None else max(0.0, (now - outbox.oldest_due_at).total_seconds())
        yield gauge("ridgeway_notices_queued", "Notices that wait.", outbox.queued)
        yield gauge("ridgeway_notices_given_up", "Notices that were given up and are kept.", outbox.failed)
        yield gauge("ridgeway_notices_lag_seconds", "For how long the oldest notice has been due.", lag)
        yield gauge("ridgeway_tasks_ready", "Tasks that wait.", self.figures.ready_tasks)
        yield gauge("ridgeway_tasks_failed", "Tasks that failed and are kept.", self.figures.failed_tasks)
        yield from list_duty_measures(self.figures.duties)


def list_duty_measures(rows: Sequence[DutyRun]) -> Iterator[Measure]:
    """For each duty when it last succeeded, and how often it failed since."""
    succeeded = tuple(
        Sample(row.succeeded_at_ms / 1000, (row.name,)) for row in rows if row.succeeded_at_ms is not None
    )
    failures = tuple(Sample(row.failures, (row.name,)) for row in rows)
    label = ("duty",)
    yield Measure("ridgeway_duty_success_timestamp_seconds", "When it last succeeded.", Kind.GAUGE, succeeded, label)
    yield Measure("ridgeway_duty_failures", "How often it failed in a row.", Kind.GAUGE, failures, label)
