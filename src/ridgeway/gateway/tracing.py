"""Traces of messages: one for each, with a span for each step, made when the message is over.

Law: a trace stays inside the organisation: neither is its context sent to another organisation nor taken from one,
unless `traces_leave` is set. A span names parties and the service, never a user, a path or content.
Source: W3C Trace Context; docs/explain/monitoring.md.
"""

from collections.abc import Iterable
from datetime import datetime

from ridgeway.gateway.monitoring import Observation
from ridgeway.protocol.monitoring import ServerType
from ridgeway.telemetry import Span, SpanSink, TraceContext
from ridgeway.telemetry.traces import CONTEXT_HEADERS, TRACEPARENT, begin_trace, parse_traceparent

NANOSECONDS = 1_000_000_000
NAMES = {ServerType.CLIENT: "consume", ServerType.PRODUCER: "provide"}
SERVICE = "service"

Headers = Iterable[tuple[str, str]]


class MessageTracer:
    """Gives each message a context, and its spans to the sink."""

    def __init__(self, sink: SpanSink, *, ratio: float, may_leave: bool) -> None:
        self.sink = sink
        self.ratio = ratio
        self.may_leave = may_leave

    def begin(self, seen: Observation, traceparent: str | None) -> None:
        """The message has a context: below the caller's, or of its own."""
        seen.trace = begin_trace(parse_traceparent(traceparent), ratio=self.ratio)
        seen.service_trace = seen.trace.child()
        seen.may_trace_leave = self.may_leave

    def hear(self, seen: Observation, now: datetime) -> None:
        """The message is over; its spans are on their way."""
        if seen.trace is None or not seen.trace.is_sampled:
            return
        start, end = to_nanoseconds(seen.request_in_at), to_nanoseconds(now)
        error = seen.fault_code or ""
        self.sink.take(Span(NAMES[seen.server_type], seen.trace, start, end, describe(seen), error, is_server=True))
        for step in seen.steps:
            is_service = step.name == SERVICE and seen.service_trace is not None
            context = seen.service_trace if is_service else seen.trace.child()
            assert context is not None
            self.sink.take(Span(step.name, context, step.start_ns, step.end_ns))


def describe(seen: Observation) -> dict[str, str | int]:
    """What a trace says of its message."""
    told: dict[str, str | int | None] = {
        "xroad.client": None if seen.client is None else str(seen.client),
        "xroad.service": None if seen.service is None else str(seen.service),
        "xroad.message_id": seen.message_id,
        "xroad.request_id": seen.request_id,
        "http.response.status_code": seen.status,
    }
    return {name: value for name, value in told.items() if value is not None}


def to_nanoseconds(at: datetime) -> int:
    """Nanoseconds since 1970."""
    return int(at.replace(microsecond=0).timestamp()) * NANOSECONDS + at.microsecond * 1000


def context_for_peer(headers: Headers, seen: Observation) -> list[tuple[str, str]]:
    """The headers of a request as they go to another organisation.

    While messages are traced the caller's own context is taken out; in its place stands ours if it may leave.
    """
    if seen.trace is None:
        return list(headers)
    kept = without_context(headers)
    if seen.may_trace_leave:
        kept.append((TRACEPARENT, seen.trace.render()))
    return kept


def context_for_service(headers: Headers, context: TraceContext | None) -> list[tuple[str, str]]:
    """The headers of a request as they go to a local service: with our context, while messages are traced."""
    if context is None:
        return list(headers)
    return [*without_context(headers), (TRACEPARENT, context.render())]


def without_context(headers: Headers) -> list[tuple[str, str]]:
    """The headers that carry no context of a trace."""
    return [(name, value) for name, value in headers if name.lower() not in CONTEXT_HEADERS]
