"""What is noted of one message while it passes, and to whom the note goes.

Law: an observation is filled by the doors and by `watching.py`, and never decides anything; whatever is not known stays
absent. A monitor takes it without waiting and without raising: no message is slowed or stopped by being observed.
Source: PR-OPMON §2 and Annex B. Read next: `watching.py`, which fills it from the commands of a conversation.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from ridgeway.errors import (
    EvidenceError,
    PeerError,
    RequestError,
    RidgewayError,
    SettingsError,
    TrustError,
    WorldError,
)
from ridgeway.protocol.exchange.values import LogRecord
from ridgeway.protocol.identifiers import ClientId, RepresentedParty, ServiceId
from ridgeway.protocol.messages import RestRequest, SoapMessage
from ridgeway.protocol.monitoring import OperationalRecord, ServerType
from ridgeway.protocol.monitoring.records import MAX_FAULT_CHARACTERS, MAX_TEXT_CHARACTERS
from ridgeway.protocol.transport.heads import XROAD_RELEASE
from ridgeway.telemetry import TraceContext
from ridgeway.telemetry.traces import TRACEPARENT, parse_traceparent

REST_PROTOCOL_VERSION = "1"
USER_ID, ISSUE = "x-road-userid", "x-road-issue"
WHO_MUST_ACT = {
    RequestError: "caller",
    PeerError: "peer",
    EvidenceError: "evidence",
    TrustError: "configuration",
    SettingsError: "configuration",
    WorldError: "world",
}
"""Branch of the error tree → the class of a fault, as it is counted."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a message. Units: nanoseconds since 1970."""

    name: str
    start_ns: int
    end_ns: int


@dataclass(slots=True)
class Observation:
    """One message at one server, from its first byte in to its last byte out. Times are aware UTC."""

    server_type: ServerType
    request_in_at: datetime
    request_out_at: datetime | None = None
    response_in_at: datetime | None = None
    response_out_at: datetime | None = None
    client: ClientId | None = None
    service: ServiceId | None = None
    represented_party: RepresentedParty | None = None
    message_id: str | None = None
    user_id: str | None = None
    issue: str | None = None
    protocol_version: str | None = None
    request_id: str | None = None
    method: str | None = None
    path: str | None = field(default=None, repr=False)
    endpoint_path: str | None = None
    service_type: str | None = None
    client_address: str | None = None
    service_address: str | None = None
    request_size: int | None = None
    request_attachments: int | None = None
    request_body_size: int = 0
    response_size: int | None = None
    response_attachments: int | None = None
    response_body_size: int = 0
    status: int | None = None
    fault_code: str | None = None
    fault_string: str | None = None
    fault_class: str = ""
    is_message: bool = True
    steps: list[Step] = field(default_factory=list, repr=False)
    trace: TraceContext | None = None
    service_trace: TraceContext | None = None
    may_trace_leave: bool = False
    introduce: Callable[[], None] | None = field(default=None, repr=False)
    """Finds out whose message this is, for one that is refused before it is known; reading it costs time."""

    @property
    def is_rest(self) -> bool:
        """Whether the message is a REST one, as far as is known."""
        return self.method is not None

    @property
    def is_known(self) -> bool:
        """Whether it is known whose message this is."""
        return self.client is not None

    @property
    def has_succeeded(self) -> bool:
        """Whether the exchange came through, and a REST service did not answer with an error."""
        if self.fault_code is not None or self.response_out_at is None:
            return False
        return self.status is None or self.status < 400

    def request_out(self, now: datetime) -> None:
        """The request is about to leave: for the other server, or for the service."""
        self.request_out_at = now

    def response_in(self, now: datetime) -> None:
        """The answer begins to arrive."""
        self.response_in_at = now

    def response_out(self, now: datetime) -> None:
        """The answer is about to leave; the first time counts."""
        if self.response_out_at is None:
            self.response_out_at = now

    def of_message(self, message: RestRequest | SoapMessage) -> None:
        """It is known whose request this is."""
        self.client, self.service = message.client, message.service
        self.represented_party = message.represented_party
        self.message_id = message.query_id or None
        if isinstance(message, SoapMessage):
            self.user_id, self.issue = message.user_id, message.issue
            self.protocol_version = message.protocol_version
            self.service_type = "WSDL"
            return
        self.request_id = message.request_id or self.request_id
        self.method, self.path = message.verb, message.service_path
        self.user_id, self.issue = find_header(message, USER_ID), find_header(message, ISSUE)
        self.protocol_version = REST_PROTOCOL_VERSION
        self.join_trace(find_header(message, TRACEPARENT))
        self.service_type = self.service_type or "REST"

    def join_trace(self, traceparent: str | None) -> None:
        """At a provider: the trace goes on that another organisation began, if that is wished for."""
        parent = parse_traceparent(traceparent) if self.trace is not None and self.may_trace_leave else None
        if parent is not None and self.server_type is ServerType.PRODUCER:
            self.trace = parent.child()
            self.service_trace = self.trace.child()

    def of_log_record(self, record: LogRecord) -> None:
        """The sizes of the request or of the answer are those that were logged."""
        size, attachments = len(record.message), len(record.bodies)
        bodies = sum(body.size for body in record.bodies)
        if record.is_response:
            self.response_size, self.response_attachments = size, attachments
            self.response_body_size = bodies
        else:
            self.request_size, self.request_attachments = size, attachments
            self.request_body_size = bodies

    def failed(self, error: BaseException, *, code: str, string: str) -> None:
        """The exchange ended with this fault; `code` is the whole code as the door answers it."""
        self.fault_code, self.fault_string = code, string
        self.fault_class = classify_fault(error)
        if self.introduce is not None and not self.is_known:
            self.introduce()

    def to_record(self, *, internal_address: str, now: datetime) -> OperationalRecord:
        """The record of this message; `now` stands in for an answer that never left."""
        return OperationalRecord(
            security_server_internal_ip=clip(internal_address) or "",
            security_server_type=self.server_type,
            request_in_ts=to_milliseconds(self.request_in_at),
            request_out_ts=find_milliseconds(self.request_out_at),
            response_in_ts=find_milliseconds(self.response_in_at),
            response_out_ts=to_milliseconds(self.response_out_at or now),
            **self.parties(),
            rest_method=clip(self.method),
            rest_path=clip(self.endpoint_path),
            message_id=clip(self.message_id),
            message_user_id=clip(self.user_id),
            message_issue=clip(self.issue),
            message_protocol_version=clip(self.protocol_version),
            client_security_server_address=clip(self.client_address),
            service_security_server_address=clip(self.service_address),
            **self.sizes(),
            succeeded=self.has_succeeded,
            service_type=clip(self.service_type),
            fault_code=clip(self.fault_code),
            fault_string=clip(self.fault_string, MAX_FAULT_CHARACTERS),
            status_code=self.status,
            x_request_id=clip(self.request_id),
            x_road_version=XROAD_RELEASE,
        )

    def parties(self) -> dict[str, Any]:
        """Who asked whom for what, and on whose behalf."""
        codes: dict[str, Any] = {}
        for half, party in (("client", self.client), ("service", self.service)):
            if party is not None:
                codes |= {
                    f"{half}_x_road_instance": clip(party.instance),
                    f"{half}_member_class": clip(party.member_class),
                    f"{half}_member_code": clip(party.member_code),
                    f"{half}_subsystem_code": clip(getattr(party, "subsystem_code", None)),
                }
        if self.service is not None:
            codes |= {"service_code": clip(self.service.service_code), "service_version": clip(self.service.version)}
        if self.represented_party is not None:
            codes["represented_party_class"] = clip(self.represented_party.party_class)
            codes["represented_party_code"] = clip(self.represented_party.party_code)
        return codes

    def sizes(self) -> dict[str, Any]:
        """The sizes and counts: a REST body counts as part of its message, attachments of SOAP are counted apart.

        Source:  PR-OPMON Annex B.
        """
        sizes: dict[str, Any] = {}
        for half, size, attachments, bodies in (
            ("request", self.request_size, self.request_attachments, self.request_body_size),
            ("response", self.response_size, self.response_attachments, self.response_body_size),
        ):
            if size is None or attachments is None:
                continue
            if self.is_rest:
                sizes |= {f"{half}_size": size + bodies, f"{half}_attachment_count": 0}
                continue
            sizes |= {f"{half}_size": size, f"{half}_attachment_count": attachments}
            if attachments:
                sizes[f"{half}_mime_size"] = size + bodies
        return sizes


class Monitor(Protocol):
    """Whoever takes observations. None of its methods waits or raises."""

    def begin(self, server_type: ServerType, now: datetime, *, traceparent: str | None = None) -> Observation:
        """A message began to arrive; `traceparent` is what the caller says of its own trace."""

    def end(self, observation: Observation, now: datetime) -> None:
        """The message is over; what was noted of it is kept."""


class SilentMonitor:
    """A monitor that keeps nothing, for tests and small tools."""

    def begin(self, server_type: ServerType, now: datetime, *, traceparent: str | None = None) -> Observation:  # noqa: ARG002
        """A message began to arrive."""
        return Observation(server_type, now)

    def end(self, observation: Observation, now: datetime) -> None:
        """The message is over."""


def classify_fault(error: BaseException) -> str:
    """Who must act on this error, in one word of a short list."""
    for branch, word in WHO_MUST_ACT.items():
        if isinstance(error, branch):
            return word
    return "operator" if isinstance(error, RidgewayError) else "unforeseen"


def find_header(message: RestRequest, name: str) -> str | None:
    """The last header field of that name."""
    found = [value for known, value in message.headers if known.lower() == name]
    return found[-1] if found else None


def clip(text: str | None, length: int = MAX_TEXT_CHARACTERS) -> str | None:
    """The text as it may be kept: not longer than `length`, without what neither JSON nor a database can hold."""
    if text is None:
        return None
    return text[:length].replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def to_milliseconds(at: datetime) -> int:
    """Milliseconds since 1970."""
    return int(at.replace(microsecond=0).timestamp()) * 1000 + at.microsecond // 1000


def find_milliseconds(at: datetime | None) -> int | None:
    """As `to_milliseconds`, where there is a time."""
    return None if at is None else to_milliseconds(at)
