"""Counting what happens, in the memory of a process, and adding it to the tables every few seconds.

Law: what is counted is a day, a package, a word of that package and a language; nothing else reaches this module, so
nothing else can be kept. Only what the package's own `privacy` declares is counted. A flush that fails keeps what it
had for the next one; the last one is at the process's end. A count lost by a kill is lost: these are figures of use,
not of record.
"""

import logging
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from multiprocessing.util import Finalize
from typing import Any, Final

from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from ridgeway.services.assessments.deployment import list_package_paths

log = logging.getLogger(__name__)
FLUSH_SECONDS: Final = 3.0
DAY_SECONDS: Final = 1.0
MAX_KEYS: Final = 20_000
"""Most different counts that wait in memory; more than that is a fault, and is dropped rather than grown."""
KINDS: Final = ("start", "page", "outcome")
Key = tuple[str, str, date, str, str, str]
"""Package, version, day, kind, what, language: the columns of the table, in its order."""
ADD: Final = """
INSERT INTO assessments_count (package, version, day, kind, what, language, number)
VALUES (%s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (package, version, day, kind, what, language)
DO UPDATE SET number = assessments_count.number + excluded.number
"""


@dataclass(slots=True)
class Counter:
    """What this process has counted and not written yet."""

    waiting: dict[Key, int] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)
    writing: threading.Lock = field(default_factory=threading.Lock)
    thread: threading.Thread | None = None
    ended: threading.Event = field(default_factory=threading.Event)
    day: tuple[float, date] = (0.0, date.min)
    """The day of the site, and until when (of `time.monotonic`) it need not be looked up again."""

    def find_day(self) -> date:
        """The day on which something is counted now, right to a second."""
        until, day = self.day
        if time.monotonic() >= until:
            day = timezone.localdate()
            self.day = (time.monotonic() + DAY_SECONDS, day)
        return day

    def add(self, key: Key, number: int = 1) -> None:
        """One more of this."""
        with self.lock:
            if key in self.waiting or len(self.waiting) < MAX_KEYS:
                self.waiting[key] = self.waiting.get(key, 0) + number

    def take(self) -> dict[Key, int]:
        """All that waits; nothing waits any more."""
        with self.lock:
            taken, self.waiting = self.waiting, {}
        return taken

    def begin(self) -> None:
        """Somebody writes what is counted, from now until the process ends."""
        with self.lock:
            if self.thread is None:
                self.thread = threading.Thread(target=self.keep_flushing, name="assessments-counts", daemon=True)
                self.thread.start()
                Finalize(None, self.end, exitpriority=10)

    def keep_flushing(self) -> None:
        """The work of the thread."""
        while not self.ended.wait(FLUSH_SECONDS):
            self.flush()

    def end(self) -> None:
        """The last of it is written; called when the process ends."""
        self.ended.set()
        self.flush()

    def flush(self) -> None:
        """What waited is in the tables, or waits for the next time."""
        with self.writing:
            taken = self.take()
            if not taken:
                return
            try:
                write_counts(taken)
            except DatabaseError:
                log.warning("counts could not be written; they wait", exc_info=True)
                for key, number in taken.items():
                    self.add(key, number)


COUNTER = Counter()
"""Of this process."""


def write_counts(counts: Mapping[Key, int]) -> None:
    """The numbers are added to those in the tables, all or none; several processes may do so at once.

    The rows come in one order, so that two writers never wait for each other.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(ADD, [(*key, number) for key, number in sorted(counts.items())])


def note(compiled: Mapping[str, Any], kind: str, what: str, language: str) -> None:
    """It is counted, as far as the package says that such things are."""
    declared = compiled["privacy"]["statistics"]
    if not declared or (kind != "start" and kind not in declared):
        return
    count(compiled["id"], compiled["version"], kind, what, language if "language" in declared else "")


def count(package: str, version: str, kind: str, what: str, language: str) -> None:
    """One more; a deployment without tables counts nothing."""
    if kind not in KINDS:
        raise ValueError(f"a count is of {', '.join(KINDS)}, not {kind!r}")
    if list_package_paths():
        return
    COUNTER.add((package, version, COUNTER.find_day(), kind, what, language))
    if COUNTER.thread is None:
        COUNTER.begin()
