"""What a journal's writer tells Prometheus: what waits, and how long its commits take."""

from collections.abc import Iterator

from ridgeway.journal.server import JournalServer
from ridgeway.telemetry import Kind, Measure, Sample, counter, gauge


def list_journal(server: JournalServer) -> Iterator[Measure]:
    """The state of the writer."""
    yield gauge("ridgeway_journal_queued_entries", "Entries that wait for a commit.", len(server.queue))
    yield gauge("ridgeway_journal_queued_bytes", "Their size.", server.queued_bytes)
    yield gauge("ridgeway_journal_connections", "Processes that are connected.", len(server.peers))
    yield counter("ridgeway_journal_committed_entries", "Entries that were committed.", server.committed_entries)
    samples = (Sample(server.commit_durations),)
    yield Measure("ridgeway_journal_commit_duration_seconds", "Time of a group's commit.", Kind.HISTOGRAM, samples)
