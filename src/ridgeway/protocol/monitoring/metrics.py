"""The metrics of a server as values: a tree of sets, with numbers, texts and spreads as leaves.

Law: the names are X-Road's; what is not measured is left out. Which sets a remote reader sees is decided here.
Source: PR-ENVMONMES §2.2 and §2.3.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

SYSTEM_METRICS = "systemMetrics"
PROXY_VERSION = "proxyVersion"
LIMITED_NAMES = frozenset({"OperatingSystem", "Certificates"})
"""What others than the owner see when the set for them is limited."""


@dataclass(frozen=True, slots=True)
class NumberMetric:
    """One number."""

    name: str
    value: int | Decimal


@dataclass(frozen=True, slots=True)
class TextMetric:
    """One text."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class SpreadMetric:
    """How a number was spread over the last measurements."""

    name: str
    updated_at: datetime
    least: Decimal
    most: Decimal
    mean: Decimal
    median: Decimal
    deviation: Decimal


@dataclass(frozen=True, slots=True)
class MetricSet:
    """Metrics under one name."""

    name: str
    metrics: tuple["Metric", ...] = ()


Metric = NumberMetric | TextMetric | SpreadMetric | MetricSet


def select_metrics(metrics: MetricSet, *, names: frozenset[str], is_limited: bool) -> MetricSet:
    """The metrics that were asked for, of those that this reader may see; no name asks for all."""
    kept = [metric for metric in metrics.metrics if not names or metric.name in names]
    if is_limited:
        kept = [metric for metric in kept if metric.name in LIMITED_NAMES]
    return replace(metrics, metrics=tuple(kept))


def build_server_metrics(server: str, *, version: str, metrics: Iterable[Metric]) -> MetricSet:
    """The whole answer: a set named after the server, with its version and the metrics of its machine."""
    return MetricSet(server, (TextMetric(PROXY_VERSION, version), MetricSet(SYSTEM_METRICS, tuple(metrics))))
