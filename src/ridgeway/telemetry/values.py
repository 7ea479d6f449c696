"""Measures as values: what a process tells when it is asked, without knowing who asks.

Law: the labels of a measure are from lists that we wrote; their number is known beforehand.
"""

from bisect import bisect_left
from dataclasses import dataclass, field
from enum import StrEnum

BOUNDS_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)


class Kind(StrEnum):
    """What a number means over time."""

    GAUGE = "gauge"
    COUNTER = "counter"
    HISTOGRAM = "histogram"


class Durations:
    """How long something took, counted by upper bounds. Units: seconds."""

    def __init__(self, bounds: tuple[float, ...] = BOUNDS_SECONDS) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.total = 0.0

    def add(self, seconds: float) -> None:
        """One more."""
        self.counts[bisect_left(self.bounds, seconds)] += 1
        self.total += seconds

    def list_buckets(self) -> list[tuple[float, int]]:
        """For each bound how many were not longer, ending with all of them."""
        rows, seen = [], 0
        for bound, count in zip((*self.bounds, float("inf")), self.counts, strict=True):
            seen += count
            rows.append((bound, seen))
        return rows


@dataclass(frozen=True, slots=True)
class Sample:
    """One number, or the durations of a histogram, under labels in the order of their measure's names."""

    value: float | Durations
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Measure:
    """What is measured; a counter's name ends without `_total`, which is added when it is told."""

    name: str
    meaning: str
    kind: Kind
    samples: tuple[Sample, ...] = field(default=())
    label_names: tuple[str, ...] = ()


def gauge(name: str, meaning: str, value: float | None) -> Measure:
    """One number that goes up and down; without a value it has no sample."""
    return Measure(name, meaning, Kind.GAUGE, () if value is None else (Sample(value),))


def counter(name: str, meaning: str, value: float) -> Measure:
    """One number that only grows."""
    return Measure(name, meaning, Kind.COUNTER, (Sample(value),))
