"""Finished spans on their way to a collector, by OpenTelemetry's own batches, OTLP over HTTP.

Law: this module alone imports OpenTelemetry, and is loaded only when traces are wanted. Its thread sends; when the
collector is away, spans are dropped after a bounded queue, and no message notices.
"""

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import SpanContext, SpanKind, TraceFlags
from opentelemetry.trace.status import Status, StatusCode

from ridgeway.telemetry.traces import Span

TIMEOUT_SECONDS = 5
FLUSH_MILLISECONDS = 3000
QUEUED_SPANS = 8192


class OtlpSink:
    """Sends spans to a collector."""

    def __init__(self, url: str, *, process: str, version: str) -> None:
        self.resource = Resource({"service.name": process, "service.version": version})
        self.scope = InstrumentationScope("ridgeway", version)
        exporter = OTLPSpanExporter(endpoint=url, timeout=TIMEOUT_SECONDS)
        self.processor = BatchSpanProcessor(exporter, max_queue_size=QUEUED_SPANS)

    def take(self, span: Span) -> None:
        """The span is on its way, or dropped when too many wait."""
        self.processor.on_end(self.build(span))

    def build(self, span: Span) -> ReadableSpan:
        """The span as the kit has it."""
        context = span.context
        flags = TraceFlags(TraceFlags.SAMPLED if context.is_sampled else TraceFlags.DEFAULT)
        own = SpanContext(context.trace_id, context.span_id, is_remote=False, trace_flags=flags)
        parent = None
        if context.parent_id is not None:
            parent = SpanContext(context.trace_id, context.parent_id, is_remote=span.is_server, trace_flags=flags)
        return ReadableSpan(
            span.name,
            context=own,
            parent=parent,
            resource=self.resource,
            attributes=dict(span.attributes),
            kind=SpanKind.SERVER if span.is_server else SpanKind.INTERNAL,
            status=Status(StatusCode.ERROR, span.error) if span.error else Status(StatusCode.UNSET),
            start_time=span.start_ns,
            end_time=span.end_ns,
            instrumentation_scope=self.scope,
        )

    def close(self) -> None:
        """What waits is sent, within a few seconds."""
        self.processor.force_flush(FLUSH_MILLISECONDS)
        self.processor.shutdown()  # type: ignore[no-untyped-call]
