"""The health of services: when each last answered well or badly, and what the last ten minutes were like.

Law: only the producer's half counts, and only requests that came through have durations and sizes. Sums are kept for
slices of ten seconds, so memory depends on the number of services and never on traffic; a period is exact to a slice.
Source: PR-OPMON §3.
"""

import math
from collections import OrderedDict, deque
from dataclasses import dataclass, field

from ridgeway.protocol.identifiers import ServiceId
from ridgeway.protocol.monitoring.records import OperationalRecord, ServerType

PERIOD_SECONDS = 600
SLICE_SECONDS = 10
MAX_SERVICES = 10_000


@dataclass(slots=True)
class Spread:
    """Numbers that were seen, without keeping them."""

    count: int = 0
    least: int = 0
    most: int = 0
    total: int = 0
    squares: int = 0

    def add(self, value: int) -> None:
        """One more number."""
        self.join(Spread(1, value, value, value, value * value))

    def join(self, other: "Spread") -> None:
        """Another spread's numbers too."""
        if other.count == 0:
            return
        self.least = min(self.least, other.least) if self.count else other.least
        self.most = max(self.most, other.most) if self.count else other.most
        self.count += other.count
        self.total += other.total
        self.squares += other.squares

    @property
    def mean(self) -> float:
        """The average."""
        return self.total / self.count if self.count else 0.0

    @property
    def deviation(self) -> float:
        """The standard deviation of these numbers, taken as the whole population."""
        if not self.count:
            return 0.0
        return math.sqrt(max(0, self.count * self.squares - self.total * self.total)) / self.count


@dataclass(slots=True)
class Statistics:
    """What happened in a stretch of time. Units: milliseconds and bytes."""

    successful: int = 0
    unsuccessful: int = 0
    duration: Spread = field(default_factory=Spread)
    request_size: Spread = field(default_factory=Spread)
    response_size: Spread = field(default_factory=Spread)

    def add(self, record: OperationalRecord) -> None:
        """One more message."""
        if not record.succeeded:
            self.unsuccessful += 1
            return
        self.successful += 1
        self.duration.add(max(0, record.response_out_ts - record.request_in_ts))
        if record.request_size is not None:
            self.request_size.add(record.request_size)
        if record.response_size is not None:
            self.response_size.add(record.response_size)

    def join(self, other: "Statistics") -> None:
        """Another stretch's messages too."""
        self.successful += other.successful
        self.unsuccessful += other.unsuccessful
        self.duration.join(other.duration)
        self.request_size.join(other.request_size)
        self.response_size.join(other.response_size)


@dataclass(frozen=True, slots=True)
class ServiceHealth:
    """How one service is. Units: timestamps are milliseconds since 1970."""

    service: ServiceId
    statistics: Statistics
    last_successful_ts: int | None = None
    last_unsuccessful_ts: int | None = None
    service_type: str | None = None


@dataclass(slots=True)
class Watch:
    """What is kept of one service; `slices` are (number of the slice, its sums), oldest first."""

    last_successful_ts: int | None = None
    last_unsuccessful_ts: int | None = None
    service_type: str | None = None
    slices: deque[tuple[int, Statistics]] = field(default_factory=deque)

    def add(self, record: OperationalRecord, *, number: int) -> None:
        """One more message, in the slice of that number."""
        if record.succeeded:
            self.last_successful_ts = record.response_out_ts
        else:
            self.last_unsuccessful_ts = record.response_out_ts
        self.service_type = record.service_type or self.service_type
        if not self.slices or self.slices[-1][0] < number:
            self.slices.append((number, Statistics()))
        self.slices[-1][1].add(record)

    def sum_since(self, number: int) -> Statistics:
        """The sums of every slice from that number on; older ones are forgotten."""
        while self.slices and self.slices[0][0] < number:
            self.slices.popleft()
        total = Statistics()
        for _, statistics in self.slices:
            total.join(statistics)
        return total


class HealthKeeper:
    """The health of every service that a server offers; beyond `MAX_SERVICES` the longest silent are forgotten."""

    def __init__(self, *, started_ts: int, period_seconds: int = PERIOD_SECONDS) -> None:
        self.started_ts = started_ts
        self.period_seconds = period_seconds
        self.watches: OrderedDict[ServiceId, Watch] = OrderedDict()

    def add(self, record: OperationalRecord, *, now_seconds: int) -> None:
        """One more record; those of the client's half or of no known service are passed over."""
        service = find_service(record)
        if service is None or record.security_server_type is not ServerType.PRODUCER:
            return
        watch = self.watches.setdefault(service, Watch())
        self.watches.move_to_end(service)
        number = now_seconds // SLICE_SECONDS
        watch.add(record, number=number)
        watch.sum_since(self.first_slice(now_seconds))
        if len(self.watches) > MAX_SERVICES:
            self.watches.popitem(last=False)

    def list_health(self, *, now_seconds: int) -> list[ServiceHealth]:
        """How every service is now, in the order of their identifiers."""
        first = self.first_slice(now_seconds)
        return [
            ServiceHealth(
                service,
                watch.sum_since(first),
                watch.last_successful_ts,
                watch.last_unsuccessful_ts,
                watch.service_type,
            )
            for service, watch in sorted(self.watches.items(), key=lambda item: item[0].codes)
        ]

    def first_slice(self, now_seconds: int) -> int:
        """The oldest slice that still counts."""
        return (now_seconds - self.period_seconds) // SLICE_SECONDS + 1


def find_service(record: OperationalRecord) -> ServiceId | None:
    """The service of a record, when it is whole."""
    codes = (record.service_x_road_instance, record.service_member_class, record.service_member_code)
    if None in codes or record.service_code is None:
        return None
    instance, member_class, member_code = (code or "" for code in codes)
    return ServiceId(
        instance,
        member_class,
        member_code,
        record.service_subsystem_code,
        record.service_code,
        record.service_version,
    )
