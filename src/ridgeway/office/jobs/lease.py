"""Who may run a duty now, and what became of the last run.

Law: the row of a duty is its lock. Who takes it writes its name and the end of a lease that it renews while the duty
runs; another takes it only when that worker is dead, or the lease is over and the worker is not known to live.
Next: `duties.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q

from ridgeway.office.jobs.clock import correct_due, find_next, find_retry
from ridgeway.office.jobs.duty import Duty
from ridgeway.office.jobs.life import list_living
from ridgeway.office.jobs.models import DutyRun
from ridgeway.office.notices.schema import from_ms, to_ms

LEASE = timedelta(minutes=2)
RENEW_SECONDS = 20.0
MAX_TEXT_LENGTH = 500


@dataclass(frozen=True, slots=True)
class Leases:
    """What one worker knows of duties: its name, the files of those that live, the time zone of the site.

    `running` names what its threads do just now. What else its rows claim (a run whose end could not be noted) is free.
    """

    holder: str
    lives: Path
    zone: ZoneInfo
    running: set[str] = field(default_factory=set)
    said: dict[str, str] = field(default_factory=dict)
    """What each duty that comes again and again said last."""
    taking: Lock = field(default_factory=Lock, repr=False)

    def take_due(self, duty: Duty, *, now: datetime) -> bool:
        """Whether the duty is due and this worker's to run."""
        found = self.list_due((duty,), now=now)
        return bool(found) and self.take(duty, now=now, due_at_ms=found[duty])

    def list_due(self, duties: Sequence[Duty], *, now: datetime) -> dict[Duty, int]:
        """The duties that are due and not run here already, each with the time at which it was due."""
        rows, found = {row.name: row for row in DutyRun.objects.all()}, {}
        for duty in duties:
            row = rows.get(duty.name) or self.find_row(duty, now)
            due = correct_due(duty, due=from_ms(row.due_at_ms), failures=row.failures, now=now, zone=self.zone)
            if to_ms(due) != row.due_at_ms:
                DutyRun.objects.filter(name=duty.name, due_at_ms=row.due_at_ms).update(due_at_ms=to_ms(due))
            if due <= now and duty.name not in self.running:
                found[duty] = row.due_at_ms
        return found

    def take(self, duty: Duty, *, now: datetime, due_at_ms: int | None = None) -> bool:
        """Whether the duty is this worker's to run, due or not; `due_at_ms` must still be so where it is given."""
        if duty.name in self.running:
            return False
        self.find_row(duty, now)
        now_ms, living = to_ms(now), list_living(self.lives)
        is_over = Q(leased_until_ms__lt=now_ms) & ~Q(holder__in=living)
        rows = DutyRun.objects.filter(Q(holder="") | Q(holder=self.holder) | is_over, name=duty.name)
        if due_at_ms is not None:
            rows = rows.filter(due_at_ms=due_at_ms)
        with self.taking:
            if duty.name in self.running:
                return False
            taken = rows.update(holder=self.holder, leased_until_ms=to_ms(now + LEASE), started_at_ms=now_ms)
            if taken:
                self.running.add(duty.name)
        return bool(taken)

    def find_row(self, duty: Duty, now: datetime) -> DutyRun:
        """The row of a duty. One that is new is due at its next time; a repeated one at once."""
        due = now if duty.every_seconds else find_next(duty, after=now, zone=self.zone)
        return DutyRun.objects.get_or_create(name=duty.name, defaults={"due_at_ms": to_ms(due)})[0]

    def renew(self, *, now: datetime) -> None:
        """What this worker runs stays its own."""
        rows = DutyRun.objects.filter(holder=self.holder, name__in=list(self.running))
        rows.update(leased_until_ms=to_ms(now + LEASE))

    def release(self, holder: str) -> int:
        """What a dead worker was running may be run by others; the number of duties."""
        return DutyRun.objects.filter(holder=holder).update(holder="", leased_until_ms=0)

    def settle_success(self, duty: Duty, result: str, *, started: datetime, now: datetime) -> None:
        """The run is over and did what `result` says; the duty is due at its next time."""
        due = find_next(duty, after=started, zone=self.zone)
        self.settle(
            duty,
            started,
            now,
            result=result[:MAX_TEXT_LENGTH],
            error="",
            failures=0,
            succeeded_at_ms=to_ms(now),
            due_at_ms=to_ms(due),
        )

    def settle_failure(self, duty: Duty, error: str, *, started: datetime, now: datetime) -> int:
        """The run is over and failed, for the n-th time in a row; it is tried again soon."""
        failures = DutyRun.objects.values_list("failures", flat=True).get(name=duty.name) + 1
        due = find_retry(duty, failures=failures, now=now, zone=self.zone)
        self.settle(duty, started, now, error=error[:MAX_TEXT_LENGTH], failures=failures, due_at_ms=to_ms(due))
        return failures

    def settle(self, duty: Duty, started: datetime, now: datetime, **fields: object) -> None:
        """The run is over, unless another worker has taken the duty meanwhile."""
        duration = max(0, to_ms(now) - to_ms(started))
        with transaction.atomic():
            DutyRun.objects.filter(name=duty.name, holder=self.holder).update(
                **fields, holder="", leased_until_ms=0, finished_at_ms=to_ms(now), duration_ms=duration
            )
