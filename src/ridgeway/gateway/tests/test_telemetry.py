"""What two gateways tell of a message: measures, and a trace that stays inside each organisation."""

from ridgeway.gateway.measures import MessageMeasures, list_recorder, list_station
from ridgeway.gateway.recorder import Recorder
from ridgeway.gateway.tests.pair import running_pair, serve_person
from ridgeway.gateway.tracing import MessageTracer
from ridgeway.telemetry.traces import parse_traceparent

CALLER = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


class Sink:
    """Keeps spans in a list."""

    def __init__(self):
        self.spans = []

    def take(self, span):
        self.spans.append(span)

    def close(self):
        pass


class Nowhere:
    async def store(self, records):
        pass


def watch(station, *, may_leave=False):
    """A monitor of this station that counts and traces."""
    sink, measures = Sink(), MessageMeasures()
    tracer = MessageTracer(sink, ratio=1.0, may_leave=may_leave)
    station.monitor = Recorder(
        Nowhere(),
        internal_address="",
        buffer_records=10,
        interval_seconds=1,
        listeners=(measures.hear, tracer.hear),
        begin_trace=tracer.begin,
    )
    return sink, measures


async def trace(folder, *, may_leave, headers=(("traceparent", CALLER),)):
    """The spans of both sides, and the context that the service saw."""
    seen = []

    async def service(request, response):
        seen.append(request.headers.get_all("traceparent"))
        await serve_person(request, response)

    async with running_pair(folder, service=service) as pair:
        consumer, _ = watch(pair.consumer, may_leave=may_leave)
        provider, _ = watch(pair.provider, may_leave=may_leave)
        assert (await pair.ask(headers=headers)).status == 200
    ((told,),) = seen
    return consumer.spans, provider.spans, parse_traceparent(told)


async def test_a_trace_has_a_span_for_each_step(tmp_path):
    consumer, provider, _ = await trace(tmp_path, may_leave=False)
    assert consumer[0].name == "consume"
    assert provider[0].name == "provide"
    steps = ("connect", "revocation", "carry", "sign", "log", "receive", "verify", "deliver")
    assert {span.name for span in consumer[1:]} == set(steps)
    assert {span.name for span in provider[1:]} == {"receive", "verify", "log", "service", "carry", "sign"}
    for root, *children in (consumer, provider):
        assert all(each.context.parent_id == root.context.span_id for each in children)
        assert all(each.start_ns <= each.end_ns for each in children)
        assert root.attributes["xroad.service"] == "SERVICE:LAB/GOV/1002/register/persons"


async def test_a_trace_goes_on_from_the_caller_and_to_the_service_but_not_to_the_other_organisation(tmp_path):
    consumer, provider, told = await trace(tmp_path, may_leave=False)
    caller = parse_traceparent(CALLER)
    assert consumer[0].context.trace_id == caller.trace_id
    assert consumer[0].context.parent_id == caller.span_id
    assert provider[0].context.trace_id != caller.trace_id
    served = next(span for span in provider if span.name == "service")
    assert (told.trace_id, told.span_id) == (served.context.trace_id, served.context.span_id)


async def test_a_trace_that_may_leave_goes_through_both_organisations(tmp_path):
    consumer, provider, told = await trace(tmp_path, may_leave=True)
    assert provider[0].context.parent_id == consumer[0].context.span_id
    assert told.trace_id == parse_traceparent(CALLER).trace_id


async def test_without_traces_headers_pass_as_they_came(tmp_path):
    seen = []

    async def service(request, response):
        seen.append(request.headers.get_all("traceparent"))
        await serve_person(request, response)

    async with running_pair(tmp_path, service=service) as pair:
        await pair.ask(headers=(("traceparent", CALLER),))
    assert seen == [(CALLER,)]


async def test_messages_are_counted_by_how_they_ended(tmp_path):
    async with running_pair(tmp_path) as pair:
        _, measures = watch(pair.consumer)
        await pair.ask()
        await pair.ask(target="/r1/LAB/GOV/1002/register/nothing")
        await pair.ask(target="/r1/LAB/GOV/1002")
        told = {each.name: each for each in (*measures.list_measures(), *list_recorder(pair.consumer.monitor))}
        state = {each.name: each for each in list_station(pair.consumer)}
    counted = {sample.labels: sample.value for sample in told["ridgeway_messages"].samples}
    assert counted == {
        ("consumer", "rest", "succeeded", ""): 1,
        ("consumer", "rest", "failed", "peer"): 1,
        ("consumer", "unread", "failed", "caller"): 1,
    }
    assert [sample.value for sample in told["ridgeway_messages_in_flight"].samples] == [0, 0]
    steps = {sample.labels: sample.value for sample in told["ridgeway_step_duration_seconds"].samples}
    assert steps["consumer", "log"].list_buckets()[-1][1] == 3
    (expires,) = state["ridgeway_globalconf_expires_timestamp_seconds"].samples
    assert expires.value == pair.world.trust.own.expires_at.timestamp()
    assert state["ridgeway_ocsp_oldest_timestamp_seconds"].samples
    kinds = {sample.labels[0] for sample in state["ridgeway_certificate_expires_timestamp_seconds"].samples}
    assert "internal" in kinds
    assert {sample.labels for sample in state["ridgeway_pool_connections"].samples} == {
        (pool, state) for pool in ("messages", "ocsp") for state in ("idle", "used")
    }
