"""Messages between two gateways, and what each side's monitor noted of them."""

from datetime import datetime

from ridgeway.gateway.monitoring import Observation
from ridgeway.gateway.tests.pair import PERSONS, running_pair
from ridgeway.gateway.watching import find_endpoint_path
from ridgeway.protocol.exchange.values import AccessRight, Endpoint, LocalService, ServerSnapshot
from ridgeway.protocol.identifiers import ServerId
from ridgeway.protocol.messages import build_rest_request
from ridgeway.protocol.monitoring import OperationalRecord, ServerType


class Notebook:
    """A monitor that keeps records in a list."""

    def __init__(self) -> None:
        self.seen: list[Observation] = []
        self.records: list[OperationalRecord] = []
        self.in_flight = 0

    def begin(self, server_type: ServerType, now: datetime, *, traceparent: str | None = None) -> Observation:
        self.in_flight += 1
        return Observation(server_type, now)

    def end(self, observation: Observation, now: datetime) -> None:
        self.in_flight -= 1
        self.seen.append(observation)
        if observation.is_message:
            self.records.append(observation.to_record(internal_address="127.0.0.1", now=now))


async def exchange(folder, *asked, service=None, **offer):
    """Both notebooks after these requests."""
    chosen = {} if service is None else {"service": service}
    async with running_pair(folder, **chosen, **offer) as pair:
        consumer, provider = Notebook(), Notebook()
        pair.consumer.monitor, pair.provider.monitor = consumer, provider
        for each in asked:
            await pair.ask(**each)
    assert consumer.in_flight == provider.in_flight == 0
    return consumer, provider


async def test_both_halves_of_a_message_are_noted_and_share_its_mark(tmp_path):
    consumer, provider = await exchange(tmp_path, {"method": "POST", "body": b"hello"})
    (asked,), (served,) = consumer.records, provider.records
    assert (asked.security_server_type, served.security_server_type) == (ServerType.CLIENT, ServerType.PRODUCER)
    assert asked.x_request_id
    assert asked.x_request_id == served.x_request_id
    assert asked.message_id == served.message_id
    for record in (asked, served):
        assert record.succeeded
        assert record.status_code == 200
        assert record.service_type == "REST"
        assert record.rest_method == "POST"
        assert record.service_code == "persons"
        assert record.client_security_server_address
        assert record.service_security_server_address == "127.0.0.1"
        assert record.request_in_ts <= record.request_out_ts <= record.response_in_ts <= record.response_out_ts
    assert asked.request_size == served.request_size
    assert asked.response_size == served.response_size


async def test_a_refused_message_is_noted_with_its_fault_and_whose_it_was(tmp_path):
    consumer, provider = await exchange(tmp_path, {}, rights=())
    (asked,), (served,) = consumer.records, provider.records
    for record in (asked, served):
        assert not record.succeeded
        assert record.fault_code == "server.serverproxy.access_denied"
        assert record.client_subsystem_code == "desk"
    assert consumer.seen[0].fault_class == "peer"
    assert provider.seen[0].fault_class == "caller"


async def test_the_pattern_of_the_endpoint_is_noted_at_the_provider_and_the_path_nowhere(tmp_path):
    async with running_pair(tmp_path) as pair:
        notes = pair.provider.monitor = Notebook()
        ((_client, local),) = pair.provider.server.clients.items()
        right = local.rights[0]
        local_rights = (AccessRight(right.subject, right.service_code, "GET", "/*"),)
        object.__setattr__(local, "rights", local_rights)
        await pair.ask(target=f"{PERSONS}/37701010101")
    (record,) = notes.records
    assert record.succeeded
    assert record.rest_path == "/*"


async def test_a_download_is_no_message(tmp_path):
    async with running_pair(tmp_path) as pair:
        notes = pair.consumer.monitor = Notebook()
        await pair.ask(target="/asic?queryId=1")
    assert notes.records == []
    assert notes.in_flight == 0


def test_of_several_endpoints_the_most_particular_is_noted():
    request = build_rest_request(
        "GET", f"{PERSONS}/first", [("X-Road-Client", "LAB/GOV/1001/desk")], new_request_id="r", new_query_id="q"
    )
    described = (Endpoint("*", "/*"), Endpoint("GET", "/first"), Endpoint("POST", "/first"), Endpoint("GET", "**"))
    service = LocalService("persons", "http://127.0.0.1/", endpoints=described)
    nobody = ServerSnapshot(1, ServerId("LAB", "GOV", "1002", "ss"))
    assert find_endpoint_path(request, service, server=nobody) == "/first"
    assert find_endpoint_path(request, LocalService("persons", ""), server=nobody) is None
