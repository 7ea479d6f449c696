"""What the message log tells Prometheus: its writer, what waits for a stamp or an archive, and whether both work."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from ridgeway.journal import JournalServer, list_journal
from ridgeway.messagelog.stamping import Stamper
from ridgeway.messagelog.values import ArchiveStatus
from ridgeway.telemetry import Measure, gauge

Waiting = tuple[int, int | None]
"""How many records have no stamp, and when the oldest of them was logged, in milliseconds since 1970."""


@dataclass(slots=True)
class LogMeasures:
    """The state of the log; `count_waiting` and `read_archiving` look into the database."""

    server: JournalServer
    stamper: Stamper
    count_waiting: Callable[[], Awaitable[Waiting]]
    read_archiving: Callable[[], Awaitable[ArchiveStatus]]
    waiting: Waiting = (0, None)
    archiving: ArchiveStatus | None = None

    async def prepare(self) -> None:
        """What waits is counted anew, and how far archiving is.

        Raises:  MessageLogError(logging_failed).
        """
        self.waiting = await self.count_waiting()
        self.archiving = await self.read_archiving()

    def list_measures(self) -> Iterator[Measure]:
        """Everything, as it was counted last. Times are seconds since 1970."""
        yield from list_journal(self.server)
        count, oldest_ms = self.waiting
        oldest = None if oldest_ms is None else oldest_ms / 1000
        failing = self.stamper.failing_since
        since = seconds_of(failing)
        yield gauge("ridgeway_log_unstamped_records", "Records without a time-stamp.", count)
        yield gauge("ridgeway_log_oldest_unstamped_timestamp_seconds", "When the oldest of them was logged.", oldest)
        yield gauge("ridgeway_log_stamping_failing", "1 while time-stamping fails, else 0.", int(failing is not None))
        yield gauge("ridgeway_log_stamping_failing_since_timestamp_seconds", "Since when it has failed.", since)
        if self.archiving is not None:
            yield from list_archiving(self.archiving)


def list_archiving(state: ArchiveStatus) -> Iterator[Measure]:
    """How far archiving is, and whether it works."""
    made, since = seconds_of(state.last_made_at), seconds_of(state.failing_since)
    yield gauge("ridgeway_log_unarchived_records", "Stamped records that no archive holds.", state.waiting)
    yield gauge("ridgeway_log_untransferred_archives", "Archives that were not handed on.", state.untransferred)
    yield gauge("ridgeway_log_last_archive_timestamp_seconds", "When the newest archive was made.", made)
    yield gauge("ridgeway_log_archiving_failing", "1 while archiving fails, else 0.", int(since is not None))
    yield gauge("ridgeway_log_archiving_failing_since_timestamp_seconds", "Since when it has failed.", since)


def seconds_of(moment: datetime | None) -> float | None:
    """Seconds since 1970."""
    return None if moment is None else moment.timestamp()
