"""What every process tells its operator's own monitoring: measures for Prometheus, traces for OpenTelemetry.

Law: telling costs a message next to nothing and never stops one. No label holds what came from outside, and none names
a person; a trace names parties and services, never content.
Read next: `values.py`, `door.py`, `traces.py`.
"""

from ridgeway.telemetry.door import metrics_door
from ridgeway.telemetry.traces import Span, SpanSink, TraceContext, open_sink
from ridgeway.telemetry.values import Durations, Kind, Measure, Sample, counter, gauge

__all__ = [
    "Durations",
    "Kind",
    "Measure",
    "Sample",
    "Span",
    "SpanSink",
    "TraceContext",
    "counter",
    "gauge",
    "metrics_door",
    "open_sink",
]
