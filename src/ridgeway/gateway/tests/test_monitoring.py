"""What is noted of a message becomes X-Road's record of it."""

from datetime import UTC, datetime, timedelta

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from ridgeway.errors import NetworkError, RelayedFault, SettingsError, TrustError
from ridgeway.gateway.monitoring import Observation, SilentMonitor, classify_fault, clip
from ridgeway.protocol.exchange.values import LoggedBody, LogRecord
from ridgeway.protocol.identifiers import MemberId, SubsystemId
from ridgeway.protocol.messages import build_rest_request
from ridgeway.protocol.monitoring import OperationalRecord, ServerType

START = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
START_MS = 1767323045678
CLIENT = SubsystemId("NM", "GOV", "1", "asker")


def at(milliseconds: int) -> datetime:
    return START + timedelta(milliseconds=milliseconds)


def observe_rest(server_type: ServerType = ServerType.CLIENT) -> Observation:
    seen = Observation(server_type, START)
    seen.of_message(
        build_rest_request(
            "POST",
            "/r1/NM/GOV/2/pop/people/persons/37701010101",
            [
                ("X-Road-Client", "NM/GOV/1/asker"),
                ("X-Road-Id", "q-1"),
                ("X-Road-UserId", "NM37701010101"),
                ("X-Road-Issue", "case 7"),
                ("X-Road-Represented-Party", "COM/MEMBER3"),
            ],
            new_request_id="fd83f20e-bc19-4eb4-9602-e37f94c09fbe",
            new_query_id="unused",
        )
    )
    return seen


def log_record(*, is_response: bool, message: bytes, bodies: tuple[int, ...] = ()) -> LogRecord:
    return LogRecord(
        "q-1",
        "r-1",
        CLIENT,
        is_response,
        START,
        message,
        b"sig",
        bodies=tuple(LoggedBody(b"", n, None) for n in bodies),
    )


def encode(seen: Observation) -> dict[str, object]:
    record = seen.to_record(internal_address="192.0.2.1", now=at(99))
    return msgspec.json.decode(msgspec.json.encode(record), type=dict[str, object])


def test_a_rest_message_that_came_through_is_recorded_whole():
    seen = observe_rest()
    seen.client_address, seen.service_address = "ss1.example", "ss2.example"
    seen.of_log_record(log_record(is_response=False, message=b"x" * 100, bodies=(20,)))
    seen.request_out(at(1))
    seen.response_in(at(2))
    seen.of_log_record(log_record(is_response=True, message=b"x" * 10))
    seen.status = 200
    seen.response_out(at(3))
    assert encode(seen) == {
        "securityServerInternalIp": "192.0.2.1",
        "securityServerType": "Client",
        "requestInTs": START_MS,
        "requestOutTs": START_MS + 1,
        "responseInTs": START_MS + 2,
        "responseOutTs": START_MS + 3,
        "clientXRoadInstance": "NM",
        "clientMemberClass": "GOV",
        "clientMemberCode": "1",
        "clientSubsystemCode": "asker",
        "serviceXRoadInstance": "NM",
        "serviceMemberClass": "GOV",
        "serviceMemberCode": "2",
        "serviceSubsystemCode": "pop",
        "serviceCode": "people",
        "restMethod": "POST",
        "representedPartyClass": "COM",
        "representedPartyCode": "MEMBER3",
        "messageId": "q-1",
        "messageUserId": "NM37701010101",
        "messageIssue": "case 7",
        "messageProtocolVersion": "1",
        "clientSecurityServerAddress": "ss1.example",
        "serviceSecurityServerAddress": "ss2.example",
        "requestSize": 120,
        "requestAttachmentCount": 0,
        "responseSize": 10,
        "responseAttachmentCount": 0,
        "succeeded": True,
        "serviceType": "REST",
        "statusCode": 200,
        "xRequestId": "fd83f20e-bc19-4eb4-9602-e37f94c09fbe",
        "xRoadVersion": "7.8.0",
    }


def test_the_path_that_was_asked_for_is_never_in_a_record():
    assert b"persons" not in msgspec.json.encode(encode(observe_rest()))


def test_attachments_of_soap_are_counted_apart_from_the_message():
    seen = Observation(ServerType.PRODUCER, START)
    seen.of_log_record(log_record(is_response=False, message=b"x" * 100, bodies=(20, 3)))
    seen.of_log_record(log_record(is_response=True, message=b"x" * 7))
    assert seen.sizes() == {
        "request_size": 100,
        "request_attachment_count": 2,
        "request_mime_size": 123,
        "response_size": 7,
        "response_attachment_count": 0,
    }


def test_a_message_that_failed_carries_its_fault_and_the_time_of_its_end():
    seen = Observation(ServerType.PRODUCER, START)
    seen.failed(NetworkError("network_error", ""), code="server.serverproxy.network_error", string="x" * 5000)
    record = encode(seen)
    assert record["succeeded"] is False
    assert record["responseOutTs"] == START_MS + 99
    assert record["faultCode"] == "server.serverproxy.network_error"
    assert record["faultString"] == "x" * 2048


def test_an_error_of_the_service_is_no_success():
    seen = observe_rest(ServerType.PRODUCER)
    seen.response_out(at(1))
    seen.status = 404
    assert not seen.has_succeeded


def test_the_first_time_of_an_answer_counts():
    seen = SilentMonitor().begin(ServerType.CLIENT, START)
    seen.response_out(at(1))
    seen.response_out(at(2))
    assert seen.response_out_at == at(1)


def test_a_fault_is_counted_by_who_must_act():
    assert classify_fault(RelayedFault("a", "b")) == "peer"
    assert classify_fault(TrustError("a", "b")) == "configuration"
    assert classify_fault(SettingsError("a", "b")) == "configuration"
    assert classify_fault(KeyError("a")) == "unforeseen"


def test_a_member_that_asks_itself_has_no_subsystem():
    seen = observe_rest()
    seen.client = MemberId("NM", "GOV", "1")
    assert "clientSubsystemCode" not in encode(seen)


@given(st.text(alphabet=st.characters(codec=None), max_size=600))
def test_any_text_is_clipped_to_what_json_and_a_database_hold(text):
    kept = clip(text)
    assert kept is not None
    assert len(kept) <= 255
    assert "\0" not in kept
    kept.encode("utf-8")


@given(st.binary(max_size=60))
def test_bytes_that_are_no_record_are_refused_by_name(data):
    try:
        msgspec.json.decode(data, type=OperationalRecord)
    except (msgspec.DecodeError, msgspec.ValidationError):
        return
    raise AssertionError(data)
