"""Traces as values: the context of one message, and its finished spans on their way to a collector.

Law: a context from outside is read strictly or not at all. A sink takes spans without waiting and without raising.
Source: W3C Trace Context, level 1.
"""

import importlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol, cast

from ridgeway.errors import SettingsError
from ridgeway.settings import TelemetrySettings

TRACEPARENT = "traceparent"
CONTEXT_HEADERS = frozenset({"traceparent", "tracestate", "baggage"})
FORM = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")
SAMPLED = 0x01
LARGEST_TRACE = 2**64


@dataclass(frozen=True, slots=True)
class TraceContext:
    """Where one span stands: in which trace, under which number, below which parent."""

    trace_id: int
    span_id: int
    parent_id: int | None = None
    is_sampled: bool = True

    def child(self) -> "TraceContext":
        """The context of a span below this one."""
        return TraceContext(self.trace_id, draw_span_id(), self.span_id, self.is_sampled)

    def render(self) -> str:
        """The header field that hands this context on."""
        return f"00-{self.trace_id:032x}-{self.span_id:016x}-{int(self.is_sampled):02x}"


@dataclass(frozen=True, slots=True)
class Span:
    """One finished step. Units: nanoseconds since 1970. `error` is empty when it went well."""

    name: str
    context: TraceContext
    start_ns: int
    end_ns: int
    attributes: Mapping[str, str | int] = field(default_factory=dict)
    error: str = ""
    is_server: bool = False


class SpanSink(Protocol):
    """Takes finished spans."""

    def take(self, span: Span) -> None:
        """The span is on its way, or dropped when too many wait."""

    def close(self) -> None:
        """What waits is sent, within a few seconds."""


def parse_traceparent(text: str | None) -> TraceContext | None:
    """The context that a header field hands on; None when there is none, or it is not well formed."""
    found = FORM.fullmatch(text or "")
    if found is None:
        return None
    version, trace, parent, flags, rest = found.groups()
    is_known = version == "00" and rest is None
    if version == "ff" or not (is_known or version != "00") or not int(trace, 16) or not int(parent, 16):
        return None
    return TraceContext(int(trace, 16), int(parent, 16), is_sampled=bool(int(flags, 16) & SAMPLED))


def begin_trace(parent: TraceContext | None, *, ratio: float) -> TraceContext:
    """The context of a new message: below `parent`, or a trace of its own, of which `ratio` are sampled."""
    if parent is not None:
        return parent.child()
    trace_id = secrets.randbits(128) or 1
    return TraceContext(trace_id, draw_span_id(), is_sampled=trace_id % LARGEST_TRACE < ratio * LARGEST_TRACE)


def draw_span_id() -> int:
    """A new number for a span."""
    return secrets.randbits(64) or 1


def open_sink(settings: TelemetrySettings, *, process: str, version: str) -> SpanSink | None:
    """Where finished spans go; None when no traces are wanted.

    Raises:  SettingsError(missing_package) when they are, and OpenTelemetry is not installed.
    """
    if not settings.traces_url:
        return None
    try:
        otlp = importlib.import_module("ridgeway.telemetry.otlp")
    except ModuleNotFoundError as error:
        raise SettingsError(
            "missing_package",
            f"telemetry.traces_url is set, but {error.name} is not installed.",
            action="Install it: pip install 'ridgeway[traces]'; or leave traces_url empty.",
        ) from error
    return cast("SpanSink", otlp.OtlpSink(settings.traces_url, process=process, version=version))
