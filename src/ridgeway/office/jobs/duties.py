"""Duties, run: each by one worker at a time, and noted.

Law: a duty that raises is noted, told by a log line and tried again; the others go on. What an error says is kept only
where it is ours: another's text may hold what a person wrote. Next: `worker.py`.
"""

import importlib
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings as django_settings
from django.db import connection

from ridgeway.errors import RequestError, RidgewayError
from ridgeway.office.audit.duties import DUTIES as DUTIES_OF_AUDIT
from ridgeway.office.jobs.duty import Duty
from ridgeway.office.jobs.lease import Leases
from ridgeway.office.jobs.retention import DUTIES as OWN_DUTIES
from ridgeway.office.notices.duties import DUTIES as DUTIES_OF_NOTICES
from ridgeway.office.notices.rendering import describe_place
from ridgeway.office.people.duties import DUTIES as DUTIES_OF_PEOPLE

log = logging.getLogger(__name__)


def list_duties() -> tuple[Duty, ...]:
    """The duties of the office's rooms and of every service that is installed.

    Raises:  ValueError when two have one name.
    """
    of_services: Iterable[Duty] = getattr(django_settings, "RIDGEWAY_DUTIES", ())
    duties = (*OWN_DUTIES, *DUTIES_OF_NOTICES, *DUTIES_OF_PEOPLE, *DUTIES_OF_AUDIT, *of_services)
    names = [duty.name for duty in duties]
    if len(set(names)) != len(names):
        raise ValueError(f"two duties have one name: {sorted(names)}")
    return tuple(sorted(duties, key=lambda duty: duty.name))


def get_duty(name: str) -> Duty:
    """The duty of this name.

    Raises:  RequestError(unknown_duty).
    """
    for duty in list_duties():
        if duty.name == name:
            return duty
    known = ", ".join(duty.name for duty in list_duties())
    raise RequestError("unknown_duty", f"There is no duty {name!r}.", action=f"Name one of: {known}.")


def find_function(duty: Duty) -> Callable[[datetime], str]:
    """What the duty does."""
    module, _, name = duty.function.rpartition(".")
    function: Callable[[datetime], str] = getattr(importlib.import_module(module), name)
    return function


@dataclass(frozen=True, slots=True)
class DutyReport:
    """What a run came to."""

    name: str
    result: str
    error: str


def run_due(
    duties: Sequence[Duty],
    leases: Leases,
    *,
    clock: Callable[[], datetime],
    is_stopping: Callable[[], bool] = lambda: False,
) -> tuple[DutyReport, ...]:
    """Each duty that is due and nobody else's was run; none is begun any more when the process stops."""
    found = leases.list_due(duties, now=clock())
    return tuple(
        run_taken(duty, leases, clock=clock)
        for duty, due_at_ms in found.items()
        if not is_stopping() and leases.take(duty, now=clock(), due_at_ms=due_at_ms)
    )


def run_now(duty: Duty, leases: Leases, *, clock: Callable[[], datetime]) -> DutyReport:
    """The duty was run, due or not.

    Raises:  RequestError(duty_running) when a worker runs it just now.
    """
    if not leases.take(duty, now=clock()):
        raise RequestError("duty_running", f"{duty.name} is being done just now.", action="Wait until it is done.")
    return run_taken(duty, leases, clock=clock)


def run_taken(duty: Duty, leases: Leases, *, clock: Callable[[], datetime]) -> DutyReport:
    """The duty was run, and what became of it is noted."""
    try:
        return run_and_note(duty, leases, clock=clock)
    finally:
        leases.running.discard(duty.name)


def run_and_note(duty: Duty, leases: Leases, *, clock: Callable[[], datetime]) -> DutyReport:
    """The duty was run, and what became of it is noted."""
    started = clock()
    try:
        result = find_function(duty)(started)
    except RidgewayError as error:
        return note_failure(duty, error.explain(), leases, started=started, now=clock())
    except Exception as error:  # noqa: BLE001 - a duty may raise anything, and the others' time comes all the same
        return note_failure(duty, describe_place(error), leases, started=started, now=clock())
    leases.settle_success(duty, result, started=started, now=clock())
    is_news = bool(duty.daily_at) or leases.said.get(duty.name) != result
    log.log(logging.INFO if is_news else logging.DEBUG, "%s: %s", duty.name, result)
    leases.said[duty.name] = result
    return DutyReport(duty.name, result, "")


def note_failure(duty: Duty, error: str, leases: Leases, *, started: datetime, now: datetime) -> DutyReport:
    """That the duty failed is noted, and told."""
    if connection.in_atomic_block or not connection.is_usable():
        connection.close()
    failures = leases.settle_failure(duty, error, started=started, now=now)
    log.error("ALERT: the duty %s failed %d times in a row: %s", duty.name, failures, error)
    return DutyReport(duty.name, "", error)
