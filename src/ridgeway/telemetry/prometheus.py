"""Measures in the text that Prometheus reads, with what its client knows of any process.

Law: this module alone imports the Prometheus client, and is loaded only when a door for metrics is opened.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import assert_never

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from ridgeway.telemetry.values import Durations, Kind, Measure

ListMeasures = Callable[[], Iterable[Measure]]
CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4


class Measured(Collector):
    """Asks for the measures each time it is asked."""

    def __init__(self, list_measures: ListMeasures) -> None:
        self.list_measures = list_measures

    def describe(self) -> Iterable[Metric]:
        """Nothing beforehand: names are checked by our tests."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Every measure as it is now."""
        for measure in self.list_measures():
            yield build_family(measure)


def build_family(measure: Measure) -> Metric:
    """The measure as the client has it."""
    names = list(measure.label_names)
    match measure.kind:
        case Kind.HISTOGRAM:
            histogram = HistogramMetricFamily(measure.name, measure.meaning, labels=names)
            for sample in measure.samples:
                assert isinstance(sample.value, Durations)
                buckets = [
                    ("+Inf" if bound == float("inf") else repr(bound), count)
                    for bound, count in sample.value.list_buckets()
                ]
                histogram.add_metric(list(sample.labels), buckets, sum_value=sample.value.total)
            return histogram
        case Kind.GAUGE | Kind.COUNTER:
            make = GaugeMetricFamily if measure.kind is Kind.GAUGE else CounterMetricFamily
            family = make(measure.name, measure.meaning, labels=names)
            for sample in measure.samples:
                assert not isinstance(sample.value, Durations)
                family.add_metric(list(sample.labels), sample.value)
            return family
        case _:
            assert_never(measure.kind)


def make_renderer(list_measures: ListMeasures) -> Callable[[], bytes]:
    """A function that says everything as it is when it is called."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    registry.register(Measured(list_measures))
    return lambda: generate_latest(registry)
