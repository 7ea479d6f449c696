"""Every size, count and time of the journal, by name."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class JournalLimits:
    """The limits of both ends.

    A frame holds one request; a queue beyond `max_queued_*` stops reading until a commit makes room. A connection
    that cannot be made is tried again until `connect_timeout_seconds`; an answer is awaited `answer_timeout_seconds`.
    """

    max_frame_bytes: int = 32 * 1024 * 1024
    max_queued_records: int = 20_000
    max_queued_bytes: int = 64 * 1024 * 1024
    max_batch_records: int = 500
    max_batch_bytes: int = 32 * 1024 * 1024
    max_connections: int = 256
    connect_timeout_seconds: float = 5.0
    connect_pause_seconds: float = 0.05
    answer_timeout_seconds: float = 60.0


USUAL_LIMITS = JournalLimits()
