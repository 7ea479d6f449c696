"""What a gateway tells Prometheus: messages as they ended, the steps they took, and the state of what they need.

Law: labels are from the lists below alone; no party, service or fault text is one, for nobody knows how many there
will be. Read next: `recorder.py`, which lets `MessageMeasures` hear of each message.
"""

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime

from ridgeway.errors import RidgewayError
from ridgeway.gateway.monitoring import Observation
from ridgeway.gateway.recorder import Recorder
from ridgeway.gateway.station import Station
from ridgeway.http import Pool
from ridgeway.protocol.certificates.ocsp import read_ocsp_answer
from ridgeway.protocol.certificates.x509 import read_certificate
from ridgeway.protocol.monitoring import ServerType
from ridgeway.telemetry import Durations, Kind, Measure, Sample, counter, gauge

NANOSECONDS = 1e9
SIDES = {ServerType.CLIENT: "consumer", ServerType.PRODUCER: "provider"}


class MessageMeasures:
    """Counts messages and times their steps."""

    def __init__(self) -> None:
        self.messages: Counter[tuple[str, str, str, str]] = Counter()
        self.durations: defaultdict[tuple[str], Durations] = defaultdict(Durations)
        self.steps: defaultdict[tuple[str, str], Durations] = defaultdict(Durations)

    def hear(self, seen: Observation, now: datetime) -> None:
        """One more message is over."""
        side = SIDES[seen.server_type]
        outcome = "succeeded" if seen.has_succeeded else "failed"
        fault = seen.fault_class or ("" if seen.has_succeeded else "service")
        self.messages[side, choose_protocol(seen), outcome, fault] += 1
        self.durations[side,].add((now - seen.request_in_at).total_seconds())
        for step in seen.steps:
            self.steps[side, step.name].add((step.end_ns - step.start_ns) / NANOSECONDS)

    def list_measures(self) -> Iterator[Measure]:
        """Everything that was counted."""
        yield Measure(
            "ridgeway_messages",
            "Messages that are over, by side, protocol, outcome and who must act on a fault.",
            Kind.COUNTER,
            tuple(Sample(count, labels) for labels, count in sorted(self.messages.items())),
            ("side", "protocol", "outcome", "fault"),
        )
        yield histogram("ridgeway_message_duration_seconds", "Time from first byte in to last out.", self.durations)
        yield histogram("ridgeway_step_duration_seconds", "Time of the steps; log is the append.", self.steps, "step")


def choose_protocol(seen: Observation) -> str:
    """Which kind of message it is; unread for one that could not be read."""
    if not seen.is_known:
        return "unread"
    return "rest" if seen.is_rest else "soap"


def histogram(
    name: str,
    meaning: str,
    durations: "defaultdict[tuple[str], Durations] | defaultdict[tuple[str, str], Durations]",
    *more: str,
) -> Measure:
    """Durations by side, and by what else is named."""
    samples = tuple(Sample(value, labels) for labels, value in sorted(durations.items(), key=lambda item: item[0]))
    return Measure(name, meaning, Kind.HISTOGRAM, samples, ("side", *more))


def list_recorder(recorder: Recorder) -> Iterator[Measure]:
    """Messages on their way, and records that wait or were lost."""
    yield Measure(
        "ridgeway_messages_in_flight",
        "Messages that began to arrive and are not over.",
        Kind.GAUGE,
        tuple(Sample(count, (SIDES[kind],)) for kind, count in recorder.in_flight.items()),
        ("side",),
    )
    yield gauge("ridgeway_records_waiting", "Operational records that wait to be handed over.", len(recorder.buffer))
    yield counter("ridgeway_records_dropped", "Operational records that were lost.", recorder.dropped)


def list_station(station: Station) -> Iterator[Measure]:
    """The state of what every message needs. Times are seconds since 1970."""
    yield gauge("ridgeway_globalconf_expires_timestamp_seconds", "When the configuration expires.", expiry_of(station))
    yield from list_certificates(station)
    yield from list_revocation(station)
    yield list_connections(station)
    version = None if station.server is None else station.server.version
    yield gauge("ridgeway_server_snapshot_version", "Version of the server's own configuration.", version)


def expiry_of(station: Station) -> float | None:
    """When the own instance's configuration expires; None while there is none."""
    try:
        expires_at = station.keeper.snapshot.own.expires_at
    except RidgewayError:
        return None
    return None if expires_at is None else expires_at.timestamp()


def list_certificates(station: Station) -> Iterator[Measure]:
    """When the first certificate in use of each kind expires."""
    by_kind: dict[str, list[bytes]] = {"internal": [station.internal.certificate]}
    for key in station.keys:
        if key.active_certificate is not None:
            by_kind.setdefault(str(key.usage), []).append(key.active_certificate)
    samples = []
    for kind, ders in sorted(by_kind.items()):
        times = [at.timestamp() for at in map(find_expiry, ders) if at is not None]
        if times:
            samples.append(Sample(min(times), (kind,)))
    yield Measure(
        "ridgeway_certificate_expires_timestamp_seconds",
        "When the first certificate in use of a kind expires.",
        Kind.GAUGE,
        tuple(samples),
        ("kind",),
    )


def find_expiry(der: bytes) -> datetime | None:
    """When a certificate expires, where it can be read."""
    try:
        return read_certificate(der).not_after
    except RidgewayError:
        return None


def list_revocation(station: Station) -> Iterator[Measure]:
    """The oldest revocation answer for our own certificates, and the first that expires."""
    made: list[float] = []
    ends: list[float] = []
    for der in station.keeper.ocsp_responses.values():
        try:
            single = read_ocsp_answer(der).single
        except RidgewayError:
            continue
        made.append(single.this_update_utc.timestamp())
        if single.next_update_utc is not None:
            ends.append(single.next_update_utc.timestamp())
    yield gauge("ridgeway_ocsp_oldest_timestamp_seconds", "When the oldest revocation answer was made.", least(made))
    yield gauge("ridgeway_ocsp_next_update_timestamp_seconds", "When a newer one must be there first.", least(ends))


def least(values: Iterable[float]) -> float | None:
    """The least value, where there is one."""
    return min(values, default=None)


def list_connections(station: Station) -> Measure:
    """The connections that wait to be used again, and the exchanges that use or want one."""
    rows = itertools.chain.from_iterable(
        ((name, "idle", count_idle(pool)), (name, "used", count_used(pool)))
        for name, pool in (("messages", station.pool), ("ocsp", station.ocsp_pool))
    )
    return Measure(
        "ridgeway_pool_connections",
        "Connections to others.",
        Kind.GAUGE,
        tuple(Sample(count, (name, state)) for name, state, count in rows),
        ("pool", "state"),
    )


def count_idle(pool: Pool) -> int:
    """Connections that wait to be used again."""
    return sum(len(waiting) for waiting in pool.idle.values())


def count_used(pool: Pool) -> int:
    """Exchanges that use a connection, or want one."""
    return sum(lane.users for lane in pool.lanes.values())
