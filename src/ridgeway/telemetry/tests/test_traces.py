"""Contexts of traces are read strictly, and spans reach a collector as OpenTelemetry sends them."""

import asyncio
import gzip
from contextlib import asynccontextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from ridgeway.http import serve
from ridgeway.settings import TelemetrySettings
from ridgeway.telemetry import Span, TraceContext, open_sink
from ridgeway.telemetry.traces import begin_trace, parse_traceparent

GOOD = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
CONTEXT = TraceContext(0x4BF92F3577B34DA6A3CE929D0E0E4736, 0x00F067AA0BA902B7)


def test_a_context_is_read_and_handed_on():
    assert parse_traceparent(GOOD) == CONTEXT
    assert CONTEXT.render() == GOOD
    assert parse_traceparent(GOOD[:-1] + "0") == TraceContext(CONTEXT.trace_id, CONTEXT.span_id, is_sampled=False)
    assert parse_traceparent("01" + GOOD[2:] + "-more") == CONTEXT


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        GOOD.upper(),
        GOOD + "-more",
        GOOD + " ",
        "ff" + GOOD[2:],
        GOOD.replace("4bf92f3577b34da6a3ce929d0e0e4736", "0" * 32),
        GOOD.replace("00f067aa0ba902b7", "0" * 16),
    ],
)
def test_a_context_that_is_not_well_formed_is_none(text):
    assert parse_traceparent(text) is None


@given(st.text(max_size=80))
def test_any_text_is_a_context_or_none(text):
    found = parse_traceparent(text)
    assert found is None or found.trace_id > 0


def test_a_child_is_below_its_parent_in_the_same_trace():
    child = CONTEXT.child()
    assert (child.trace_id, child.parent_id) == (CONTEXT.trace_id, CONTEXT.span_id)
    assert child.span_id != CONTEXT.span_id


def test_no_part_or_every_part_of_the_traces_is_sampled():
    assert not any(begin_trace(None, ratio=0.0).is_sampled for _ in range(50))
    assert all(begin_trace(None, ratio=1.0).is_sampled for _ in range(50))


@asynccontextmanager
async def a_collector():
    """A receiver on loopback, and what it was sent."""
    received = []

    async def take(request, response):
        body = await request.read(1_000_000)
        if request.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        received.append((request.target, ExportTraceServiceRequest.FromString(body)))
        await response.send(200, "OK", [("Content-Type", "application/x-protobuf")], b"")

    async with serve(take, host="127.0.0.1", port=0) as server:
        yield f"http://127.0.0.1:{server.port}/v1/traces", received


async def test_spans_reach_a_collector():
    async with a_collector() as (url, received):
        sink = open_sink(TelemetrySettings(traces_url=url), process="gateway", version="1.2")
        assert sink is not None
        child = CONTEXT.child()
        sink.take(Span("consume", CONTEXT, 10, 20, {"xroad.service": "s"}, "server.x", is_server=True))
        sink.take(Span("sign", child, 11, 12))
        sink.take(Span("unseen", TraceContext(1, 2, is_sampled=False), 11, 12))
        await asyncio.to_thread(sink.close)
    ((target, request),) = received
    assert target == b"/v1/traces"
    (resource,) = request.resource_spans
    assert {each.key: each.value.string_value for each in resource.resource.attributes}["service.name"] == "gateway"
    root, step = resource.scope_spans[0].spans
    assert (root.name, root.start_time_unix_nano, root.end_time_unix_nano) == ("consume", 10, 20)
    assert root.trace_id.hex() == step.trace_id.hex() == GOOD[3:35]
    assert step.parent_span_id == root.span_id
    assert step.span_id.hex() == f"{child.span_id:016x}"
    assert (root.status.code, root.status.message) == (2, "server.x")


def test_without_an_address_there_are_no_traces():
    assert open_sink(TelemetrySettings(), process="gateway", version="1") is None
