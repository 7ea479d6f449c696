"""SOAP messages in the conversation: an answer is bound to its question, a request to the server that it names."""

from dataclasses import replace

import pytest

from ridgeway.errors import RidgewayError
from ridgeway.protocol.exchange.admission import admit_provider, is_own_service
from ridgeway.protocol.exchange.soap import SoapRequest, SoapResponse, hash_soap_request, verify_soap_response
from ridgeway.protocol.exchange.tests.cast import CONSUMER, DESK, PROVIDER, REGISTER, serving_server
from ridgeway.protocol.identifiers import ServerId, ServiceId, SubsystemId
from ridgeway.protocol.messages import SoapMessage
from ridgeway.protocol.messages.soap import RequestHash

SERVICE = ServiceId("LAB", "GOV", "1002", "register", "persons")
ASKED = SoapMessage(
    client=DESK,
    service=SERVICE,
    query_id="q1",
    protocol_version="4.0",
    user_id=None,
    issue=None,
    server=None,
    represented_party=None,
    request_hash=None,
    body_name="persons",
    is_rpc=False,
    bytes=b"<asked/>",
)
REQUEST = SoapRequest(ASKED, "r1")
HASH = hash_soap_request(REQUEST)


def answer(value=HASH, *, algorithm="any", **changes):
    hashed = None if value is None else RequestHash(algorithm, value)
    message = replace(ASKED, body_name="personsResponse", bytes=b"<answered/>", request_hash=hashed, **changes)
    return SoapResponse(message, "r1")


def code_of(function, *positional, **named):
    try:
        function(*positional, **named)
    except RidgewayError as error:
        return error.code
    return ""


@pytest.mark.parametrize(
    ("response", "code"),
    [
        (answer(), ""),
        (answer(algorithm=None), ""),
        (answer(f"\n  {HASH[:40]}\n{HASH[40:]} "), ""),
        (answer(protocol_version="4.1", server=PROVIDER), ""),
        (answer(None), "inconsistent_response"),
        (answer(""), "inconsistent_response"),
        (answer(HASH[:-3] + "A=="), "inconsistent_response"),
        (answer(hash_soap_request(SoapRequest(replace(ASKED, bytes=b"<other/>"), "r1"))), "inconsistent_response"),
        (answer(query_id="q2"), "service_failed.inconsistent_response"),
        (answer(client=SubsystemId("LAB", "GOV", "1001", "other")), "service_failed.inconsistent_response"),
        (answer(service=replace(SERVICE, version="v1")), "service_failed.inconsistent_response"),
        (answer(user_id="x"), "service_failed.inconsistent_response"),
        (answer(issue="x"), "service_failed.inconsistent_response"),
    ],
)
def test_an_answer_repeats_its_question_and_carries_its_hash(response, code):
    assert code_of(verify_soap_response, response, request=REQUEST) == code


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, ""),
        ({"server": PROVIDER}, ""),
        ({"server": CONSUMER}, "invalid_security_server"),
        ({"server": ServerId("LAB", "GOV", "1002", "ss3")}, "invalid_security_server"),
        ({"service": replace(SERVICE, subsystem_code="elsewhere")}, "unknown_member"),
    ],
)
def test_a_provider_takes_what_is_for_it_and_its_clients(changes, code):
    request = SoapRequest(replace(ASKED, **changes), "r1")
    assert code_of(admit_provider, request, server=serving_server()) == code
    assert REGISTER in serving_server().clients


@pytest.mark.parametrize(
    ("code", "owner", "own"),
    [
        ("listMethods", False, True),
        ("getWsdl", False, True),
        ("getOpenAPI", False, False),
        ("persons", False, False),
        ("getSecurityServerMetrics", True, True),
        ("getSecurityServerMetrics", False, False),
        ("getSecurityServerOperationalData", True, True),
        ("getSecurityServerHealthData", False, False),
    ],
)
def test_metadata_is_of_any_provider_and_monitoring_of_the_owner_alone(code, owner, own):
    service = ServiceId("LAB", "GOV", "1002", None if owner else "register", code)
    request = SoapRequest(replace(ASKED, service=service), "r1")
    assert is_own_service(request, server=serving_server()) is own
