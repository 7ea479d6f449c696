"""What the message log tells Prometheus: its writer, what waits for a stamp, and whether stamping works."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass

from ridgeway.journal import JournalServer, list_journal
from ridgeway.messagelog.stamping import Stamper
from ridgeway.telemetry import Measure, gauge

Waiting = tuple[int, int | None]
"""How many records have no stamp, and when the oldest of them was logged, in milliseconds since 1970."""


@dataclass(slots=True)
class LogMeasures:
    """The state of the log; `count_waiting` looks into the database."""

    server: JournalServer
    stamper: Stamper
    count_waiting: Callable[[], Awaitable[Waiting]]
    waiting: Waiting = (0, None)

    async def prepare(self) -> None:
        """What waits is counted anew.

        Raises:  MessageLogError(logging_failed).
        """
        self.waiting = await self.count_waiting()

    def list_measures(self) -> Iterator[Measure]:
        """Everything, as it was counted last. Times are seconds since 1970."""
        yield from list_journal(self.server)
        count, oldest_ms = self.waiting
        oldest = None if oldest_ms is None else oldest_ms / 1000
        failing = self.stamper.failing_since
        since = None if failing is None else failing.timestamp()
        yield gauge("ridgeway_log_unstamped_records", "Records without a time-stamp.", count)
        yield gauge("ridgeway_log_oldest_unstamped_timestamp_seconds", "When the oldest of them was logged.", oldest)
        yield gauge("ridgeway_log_stamping_failing", "1 while time-stamping fails, else 0.", int(failing is not None))
        yield gauge("ridgeway_log_stamping_failing_since_timestamp_seconds", "Since when it has failed.", since)
