"""`ridgeway jobs run`: one process that does duties by the clock, works off the queue and sends mail.

Law: being told to stop ends it, and a part that breaks, which ends the whole; one whose database fails goes on after
a pause. Told to stop, it ends what is under way, or leaves it after `STOP_SECONDS`: whatever it leaves is begun anew
by another, at once. Several processes may run, on several machines. Next: `duties.py`, `../notices/sending.py`.
"""

import asyncio
import logging
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property, partial
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from zoneinfo import ZoneInfo

from django.conf import settings as django_settings
from django.db import DatabaseError, close_old_connections, connection

from ridgeway.errors import WorldError
from ridgeway.office.jobs.duties import list_duties, run_due
from ridgeway.office.jobs.lease import RENEW_SECONDS, Leases
from ridgeway.office.jobs.life import forget_dead, list_dead, list_living, open_life
from ridgeway.office.jobs.measures import WorkerMeasures
from ridgeway.office.jobs.tasks import release_tasks, run_next_task
from ridgeway.office.notices.rendering import describe_place
from ridgeway.office.notices.sending import Sending, load_kinds, open_delivery
from ridgeway.settings import Settings
from ridgeway.telemetry import metrics_door

log = logging.getLogger(__name__)

LIVES = Path("run/jobs")
POLL_SECONDS = 1.0
PAUSE_SECONDS = 5.0
STOP_SECONDS = 20.0
DUTIES_AT_ONCE = 3
"""A duty that lasts (an archive of millions) holds up none that comes each minute."""


def read_clock() -> datetime:
    """The time now."""
    return datetime.now(UTC)  # noqa: TID251 - the process's clock


@dataclass(frozen=True, slots=True)
class WorkerParts:
    """Which work this process does: how many threads send mail, whether it does duties and the queue."""

    senders: int = 1
    duties: bool = True
    queue: bool = True


@dataclass
class Worker:
    """The threads of the process."""

    settings: Settings
    parts: WorkerParts
    name: str
    clock: Callable[[], datetime] = read_clock
    stop: Event = field(default_factory=Event)
    senders: list[Sending] = field(default_factory=list)
    threads: list[Thread] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    on_broken: Callable[[], object] = lambda: None

    @property
    def lives(self) -> Path:
        """The folder of the files of those that live."""
        return self.settings.path(LIVES)

    @cached_property
    def leases(self) -> Leases:
        """What this worker knows of duties."""
        return Leases(self.name, self.lives, ZoneInfo(self.settings.web.time_zone))

    def start(self) -> None:
        """Every part runs in a thread of its own.

        Raises:  SettingsError(malformed_settings) when mail cannot go where the settings say.
        """
        open_delivery(self.settings)
        load_kinds(getattr(django_settings, "RIDGEWAY_NOTICE_MODULES", ()))
        self.senders = [Sending(self.settings, self.clock) for _ in range(self.parts.senders)]
        for sender in self.senders:
            self.run_in_thread("sender", partial(sender.run, self.stop))
        self.run_in_thread("release", partial(self.repeat, self.release_dead, POLL_SECONDS))
        if self.parts.duties:
            list_duties()
            for _ in range(DUTIES_AT_ONCE):
                self.run_in_thread("duties", partial(self.repeat, self.do_duties, POLL_SECONDS))
            self.run_in_thread("leases", partial(self.repeat, self.renew_leases, RENEW_SECONDS))
        if self.parts.queue:
            self.run_in_thread("queue", partial(self.repeat, self.do_tasks, POLL_SECONDS))

    def run_in_thread(self, name: str, do: Callable[[], None]) -> None:
        """`do` runs beside the others; the process does not wait for it for ever, and stops when it breaks."""
        thread = Thread(target=partial(self.guard, name, do), name=name, daemon=True)
        self.threads.append(thread)
        thread.start()

    def guard(self, name: str, do: Callable[[], None]) -> None:
        """What nobody foresaw stops the whole process, which is then begun anew, rather than one part in silence."""
        try:
            do()
        except Exception as error:  # noqa: BLE001 - told, and the process ends with it
            log.error("ALERT: %s broke: %s", name, describe_place(error))
            self.broken.append(name)
            self.on_broken()

    def repeat(self, do: Callable[[], None], seconds: float) -> None:
        """`do` is done again and again until the process stops."""
        try:
            while not self.stop.is_set():
                close_old_connections()
                pause = seconds
                try:
                    do()
                except (DatabaseError, OSError) as error:
                    log.warning("the database or the disk failed (%s); trying again", type(error).__name__)
                    connection.close()
                    pause = PAUSE_SECONDS
                self.stop.wait(pause)
        finally:
            connection.close()

    def release_dead(self) -> None:
        """What dead workers were doing can be done by others."""
        dead = list_dead(self.lives)
        for name in dead:
            duties = self.leases.release(name)
            if duties:
                log.warning("a worker died in %d duties; they are done again", duties)
        release_tasks(dead=dead, living=list_living(self.lives), now=self.clock())
        for name in dead:
            forget_dead(self.lives, name)

    def do_duties(self) -> None:
        """Each duty that is due was done."""
        run_due(list_duties(), self.leases, clock=self.clock, is_stopping=self.stop.is_set)

    def renew_leases(self) -> None:
        """The duty under way stays this worker's."""
        self.leases.renew(now=self.clock())

    def do_tasks(self) -> None:
        """The queue is empty, or the process stops."""
        while not self.stop.is_set() and run_next_task(self.name):
            close_old_connections()

    def finish(self) -> bool:
        """What was under way is ended; False when something was left after `STOP_SECONDS`."""
        self.stop.set()
        deadline = monotonic() + STOP_SECONDS
        for thread in self.threads:
            thread.join(max(0.0, deadline - monotonic()))
        left = [thread.name for thread in self.threads if thread.is_alive()]
        if left:
            log.warning("left under way, to be begun anew: %s", ", ".join(left))
        return not left


async def run_worker(settings: Settings, parts: WorkerParts) -> None:
    """Work until SIGTERM or SIGINT.

    Raises:  SettingsError(malformed_settings), WorldError(worker_broken).
    """
    stopped, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    with open_life(settings.path(LIVES)) as name:
        worker = Worker(settings, parts, name, on_broken=lambda: loop.call_soon_threadsafe(stopped.set))
        worker.start()
        measures = WorkerMeasures(worker.senders, worker.clock)
        door = metrics_door(
            settings.telemetry, settings.web.metrics_port, measures.list_measures, prepare=measures.prepare
        )
        async with door:
            log.info("working: %d senders%s", parts.senders, ", duties" if parts.duties else "")
            await stopped.wait()
        await asyncio.to_thread(worker.finish)
    if worker.broken:
        raise WorldError("worker_broken", f"A part of this worker broke: {', '.join(worker.broken)}.")
    log.info("stopped")
