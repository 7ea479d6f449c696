"""Hands that are watched: what a conversation asks and gets becomes times, sizes and names of an observation.

Law: a watcher changes no command and no answer. `drive(consume(...), WatchedHands(hands, observation, …))` is all that
a door has to write. Read next: `monitoring.py`.
"""

import time
from functools import partial
from typing import Any

from ridgeway.errors import RidgewayError
from ridgeway.gateway.hands.drive import Hands
from ridgeway.gateway.monitoring import Observation, Step
from ridgeway.protocol.certificates.snapshot import TrustSnapshot
from ridgeway.protocol.exchange.admission import WHOLE_SERVICE
from ridgeway.protocol.exchange.commands import (
    AnyRequest,
    AskPeerRevocation,
    CallOwnService,
    CallService,
    CarryBodies,
    Command,
    Connect,
    Deliver,
    Finish,
    Incoming,
    ReadMessage,
    ReadRest,
    Record,
    SendRequest,
    SendResponse,
    ServiceAnswer,
    Sign,
)
from ridgeway.protocol.exchange.soap import SoapRequest
from ridgeway.protocol.exchange.values import LocalService, ServerSnapshot
from ridgeway.protocol.identifiers import ServerId
from ridgeway.protocol.messages import (
    RestRequest,
    RestResponse,
    matches_path,
    normalise_service_path,
    read_rest_message,
    read_soap_message,
)
from ridgeway.trust.clock import read_clock

VERIFY = "verify"
"""The step between the last part of a message and whatever comes next."""
STEPS: dict[type, str] = {
    Connect: "connect",
    AskPeerRevocation: "revocation",
    SendRequest: "carry",
    SendResponse: "carry",
    CarryBodies: "carry",
    Finish: "carry",
    Sign: "sign",
    Record: "log",
    ReadMessage: "receive",
    ReadRest: "receive",
    CallService: "service",
    CallOwnService: "service",
    Deliver: "deliver",
}
"""Command → the step it is part of; asking for the time is none."""


class WatchedHands:
    """Does what `hands` do, and notes it; `server` is the configuration that endpoints are looked up in."""

    def __init__(self, hands: Hands, observation: Observation, *, server: ServerSnapshot) -> None:
        self.hands = hands
        self.observation = observation
        self.server = server
        self.verifying_since = 0

    async def perform(self, command: Command) -> Any:
        """Do what the conversation asks."""
        step = STEPS.get(type(command))
        if step is None:
            return await self.hands.perform(command)
        start = time.time_ns()
        if self.verifying_since:
            self.observation.steps.append(Step(VERIFY, self.verifying_since, start))
            self.verifying_since = 0
        self.note_command(command)
        try:
            answer = await self.hands.perform(command)
        finally:
            end = time.time_ns()
            self.observation.steps.append(Step(step, start, end))
        if isinstance(command, ReadRest):
            self.verifying_since = end
        self.note_answer(command, answer)
        return answer

    def note_command(self, command: Command) -> None:
        """What is known before a command is done."""
        seen = self.observation
        match command:
            case SendRequest():
                seen.request_out(read_clock())
            case CallService(service=service, request=request):
                note_request(seen, request)
                seen.service_type = service.type.value
                if isinstance(request, RestRequest):
                    seen.endpoint_path = find_endpoint_path(request, service, server=self.server)
                seen.request_out(read_clock())
            case CallOwnService(request=request):
                note_request(seen, request)
                seen.request_out(read_clock())
            case SendResponse():
                seen.response_out(read_clock())
            case Deliver(response=response):
                seen.status = response.status if isinstance(response, RestResponse) else None
                seen.response_out(read_clock())
            case Record(record=record):
                seen.of_log_record(record)

    def note_answer(self, command: Command, answer: Any) -> None:
        """What is known once a command is done."""
        seen = self.observation
        match command:
            case Connect():
                seen.service_address = answer.address
            case ReadMessage() if seen.is_known:
                seen.response_in(read_clock())
            case ReadMessage():
                seen.request_id = answer.request_id or seen.request_id
                seen.introduce = partial(note_incoming, seen, answer)
            case CallService() | CallOwnService():
                seen.response_in(read_clock())
                if isinstance(answer, ServiceAnswer):
                    seen.status = answer.status


def note_request(seen: Observation, request: AnyRequest) -> None:
    """It is known whose request this is, and under which mark it travels."""
    seen.of_message(request.message if isinstance(request, SoapRequest) else request)
    seen.request_id = request.request_id or seen.request_id


def note_incoming(seen: Observation, incoming: Incoming) -> None:
    """Whose request this is that was refused before anybody said so; one that cannot be read says nothing."""
    try:
        if incoming.soap_part is not None:
            seen.of_message(read_soap_message(incoming.message, content_type=incoming.soap_part.content_type))
            return
        request = read_rest_message(incoming.message)
    except RidgewayError:
        return
    if isinstance(request, RestRequest):
        seen.of_message(request)


def find_endpoint_path(request: RestRequest, service: LocalService, *, server: ServerSnapshot) -> str | None:
    """The pattern of the endpoint that the request met; None where only the whole service is described.

    Endpoints are those of the description, and those that rights are given to.
    Source:  UG-OPMONSYSPAR; X-Road 7.6.2 (never the path as it was asked for).
    """
    try:
        path = normalise_service_path(request.service_path)
    except RidgewayError:
        return None
    provider = server.clients.get(request.service.provider)
    rights = () if provider is None else provider.rights
    endpoints = {(each.path, each.method) for each in service.endpoints}
    endpoints |= {(each.path, each.method) for each in rights if each.service_code == service.code}
    met = [
        (pattern, method)
        for pattern, method in endpoints
        if pattern != WHOLE_SERVICE and method.upper() in {"*", request.verb} and matches_path(pattern, path)
    ]
    return max(met)[0] if met else None


def find_server_address(server: ServerId, trust: TrustSnapshot) -> str | None:
    """The address of a server as the global configuration has it."""
    instance = trust.instances.get(server.instance)
    entry = None if instance is None else instance.servers.get(server)
    return None if entry is None else entry.address
