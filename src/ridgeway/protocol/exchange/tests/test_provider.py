"""The provider's conversation: the service hears only what is admitted, proven and durable; so does the peer."""

import itertools
from dataclasses import replace

import pytest

from ridgeway.errors import MessageLogError, NetworkError, RidgewayError, TokenError
from ridgeway.protocol.certificates.tests.cast import DAY
from ridgeway.protocol.exchange.commands import Incoming, Remainder, ServiceAnswer, SoapAnswer
from ridgeway.protocol.exchange.provider import provide
from ridgeway.protocol.exchange.records import hash_request, part_digests
from ridgeway.protocol.exchange.soap import SoapPart, SoapRequest
from ridgeway.protocol.exchange.tests.cast import (
    REGISTER,
    REQUEST_ID,
    Play,
    World,
    body_of,
    make_request,
    serving_server,
    tuple_of,
)
from ridgeway.protocol.exchange.values import AccessRight, ServiceType
from ridgeway.protocol.identifiers import MemberId
from ridgeway.protocol.messages import read_soap_message

WORLD = World()
IN = ["ReadMessage", "AskTime", "AskTime", "ReadRest", "AskTime", "Record", "CallService"]
BACK = ["SendResponse", "CarryBodies", "Sign", "AskTime", "Record", "Finish"]
AUTH = WORLD.asking.auth


def bring(request, body=None, *, by=WORLD.asking, received=None, **changes):
    """What an honest consumer brings, or one that changed something."""
    good = {"chain": (AUTH.der,), "ocsp_responses": (WORLD.answer(AUTH),), "request_id": REQUEST_ID}
    signed = WORLD.sign(by, part_digests(request.bytes, tuple_of(body)))
    return Incoming(request.bytes, **(good | changes)), Remainder(tuple_of(received or body), signed)


def play(request=None, *, body=None, brought=None, server=None, **replies):
    """The whole conversation with an honest world, except for `replies`."""
    incoming, remainder = brought or bring(request or make_request(), body)
    stage = Play(provide(standing=WORLD.standing(server or serving_server())))
    everything = {
        "AskTime": WORLD.now,
        "ReadMessage": incoming,
        "ReadRest": remainder,
        "CallService": ServiceAnswer(200, "OK", (("Content-Type", "text/plain"),)),
        "CarryBodies": (body_of(b"answer"),),
        "Sign": lambda command: WORLD.sign(WORLD.serving, command.parts),
        **replies,
    }
    try:
        return stage, stage.run(everything)
    except RidgewayError as error:
        return stage, error


def test_a_request_is_proven_recorded_served_and_its_answer_signed_and_recorded():
    request, body = make_request("POST"), body_of(b"question")
    stage, response = play(request, body=body)
    assert stage.names == IN + BACK
    received, sent = (command.record for command in stage.asked if type(command).__name__ == "Record")
    assert (received.is_response, sent.is_response) == (False, True)
    assert received.party == sent.party == REGISTER
    assert received.message == request.bytes
    assert response.request_hash == hash_request(request, (body,))
    assert response.request_id == request.request_id


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"chain": ()}, "service_failed.ssl_authentication_failed"),
        ({"chain": (WORLD.serving.auth.der,)}, "service_failed.ssl_authentication_failed"),
        ({"chain": (b"garbage",)}, "service_failed.ssl_authentication_failed"),
        ({"ocsp_responses": ()}, "service_failed.ssl_authentication_failed"),
        ({"ocsp_responses": (b"garbage",)}, "service_failed.ssl_authentication_failed"),
        ({"ocsp_responses": (WORLD.answer(WORLD.serving.auth),)}, "service_failed.ssl_authentication_failed"),
        ({"request_id": "another"}, "service_failed.invalid_request"),
        ({"message": b"200\r\nOK\r\n"}, ""),
        ({"message": b""}, ""),
    ],
)
def test_a_consumer_that_is_not_proven_is_not_listened_to(changes, code):
    incoming, remainder = bring(make_request())
    stage, error = play(brought=(replace(incoming, **changes), remainder))
    assert isinstance(error, RidgewayError), error
    assert error.code.startswith(code), error
    assert "ReadRest" not in stage.names


SOAP_XML = """<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:x="http://x-road.eu/xsd/xroad.xsd"
 xmlns:i="http://x-road.eu/xsd/identifiers"><s:Header>
<x:client i:objectType="SUBSYSTEM"><i:xRoadInstance>LAB</i:xRoadInstance><i:memberClass>GOV</i:memberClass>
<i:memberCode>1001</i:memberCode><i:subsystemCode>desk</i:subsystemCode></x:client>
<x:service i:objectType="SERVICE"><i:xRoadInstance>LAB</i:xRoadInstance><i:memberClass>GOV</i:memberClass>
<i:memberCode>1002</i:memberCode><i:subsystemCode>register</i:subsystemCode><i:serviceCode>persons</i:serviceCode>
</x:service><x:securityServer i:objectType="SERVER"><i:xRoadInstance>LAB</i:xRoadInstance>
<i:memberClass>GOV</i:memberClass><i:memberCode>1002</i:memberCode><i:serverCode>{server}</i:serverCode>
</x:securityServer><x:id>q</x:id><x:protocolVersion>4.0</x:protocolVersion></s:Header>
<s:Body><persons/></s:Body></s:Envelope>"""


@pytest.mark.parametrize(
    ("server", "code"), [("ss2", "service_failed.invalid_soap"), ("ss3", "service_failed.invalid_security_server")]
)
def test_a_soap_request_that_names_another_server_is_refused(server, code):
    incoming, remainder = bring(make_request())
    asked = replace(incoming, message=SOAP_XML.format(server=server).encode(), soap_part=SoapPart())
    _stage, error = play(
        brought=(asked, remainder),
        server=serving_server(type=ServiceType.WSDL),
        CallService=SoapAnswer(b"no soap", SoapPart()),
        ReadRest=lambda _command: bring(SoapRequest(read_soap_message(asked.message), "r"))[1],
    )
    assert error.code == code


def test_with_an_expired_configuration_nothing_is_served():
    incoming, remainder = bring(make_request())
    stage, error = play(brought=(incoming, remainder), AskTime=WORLD.now + 2 * DAY)
    assert error.code == "global_conf_outdated"
    assert "ReadRest" not in stage.names


@pytest.mark.parametrize(
    ("server", "target", "code"),
    [
        (serving_server(), "/r1/LAB/GOV/1002/other/persons", "service_failed.unknown_member"),
        (serving_server(), "/r1/LAB/GOV/1002/register/none", "unknown_service"),
        (serving_server(type=ServiceType.WSDL), "", "service_type"),
        (serving_server(rights=()), "", "access_denied"),
        (serving_server(rights=(AccessRight(MemberId("LAB", "GOV", "1001"), "persons"),)), "", "access_denied"),
        (serving_server(rights=(), disabled_notice="later"), "", "access_denied"),
        (serving_server(disabled_notice="later"), "", "service_disabled"),
    ],
)
def test_what_may_not_be_called_is_refused_before_its_body_is_read(server, target, code):
    stage, error = play(make_request(**({"target": target} if target else {})), server=server)
    assert error.code == code
    assert "ReadRest" not in stage.names


def lies():
    request, body = make_request("POST"), body_of(b"question")
    other = make_request("POST", headers=[("X-Road-Client", "LAB/GOV/1001/desk"), ("X-Road-Id", "z")])
    yield "another-signer", bring(request, body, by=WORLD.serving)
    yield "another-body", bring(request, body, received=body_of(b"other"))
    yield "body-not-signed", bring(request, None, received=body)
    incoming, remainder = bring(request, body)
    yield "another-message", (incoming, bring(other, body)[1])
    for name, change in (
        ("no-signature", {"signature": b""}),
        ("garbage-signature", {"signature": b"<a/>"}),
        ("doctype", {"signature": b"<!DOCTYPE a><a/>"}),
        ("no-chain", {"hash_chain": None, "hash_chain_result": None}),
        ("garbage-chain", {"hash_chain": b"\x00"}),
        ("garbage-result", {"hash_chain_result": b"<a/>"}),
    ):
        yield name, (incoming, replace(remainder, signed=replace(remainder.signed, **change)))


@pytest.mark.parametrize("brought", [pytest.param(brought, id=name) for name, brought in lies()])
def test_a_request_that_is_not_proven_is_neither_recorded_nor_served(brought):
    stage, error = play(brought=brought)
    assert isinstance(error, RidgewayError), error
    assert error.code.startswith("signature_verification."), error
    assert "Record" not in stage.names
    assert "CallService" not in stage.names


def test_without_a_durable_request_the_service_hears_nothing():
    full = MessageLogError("logging_failed", "no disk")
    stage, error = play(Record=full)
    assert error is full
    assert "CallService" not in stage.names


@pytest.mark.parametrize("step", ["Sign", "Record"])
def test_an_answer_that_is_not_signed_or_not_durable_is_never_finished(step):
    attempts = itertools.count()
    errors = {
        "Sign": TokenError("cannot_create_signature", "no key"),
        "Record": MessageLogError("logging_failed", "no disk"),
    }
    replies = {
        "Sign": errors["Sign"],
        "Record": lambda _: errors["Record"] if next(attempts) else None,
    }
    stage, error = play(**{step: replies[step]})
    assert error is errors[step]
    assert stage.names[-1] == step
    assert "Finish" not in stage.names


def test_a_service_that_fails_ends_the_conversation():
    lost = NetworkError("network_error", "gone")
    for step in ("CallService", "CarryBodies"):
        stage, error = play(**{step: lost})
        assert error is lost
        assert "Finish" not in stage.names


def test_a_verdict_that_was_reached_does_not_prove_the_next_message():
    standing = WORLD.standing(serving_server())
    request = make_request()
    for by in (WORLD.asking, WORLD.serving):
        incoming, remainder = bring(request, by=by)
        stage = Play(provide(standing=standing))
        replies = {
            "AskTime": WORLD.now,
            "ReadMessage": incoming,
            "ReadRest": remainder,
            "CallService": ServiceAnswer(204, "", ()),
            "CarryBodies": (),
            "Sign": lambda command: WORLD.sign(WORLD.serving, command.parts),
        }
        if by is WORLD.asking:
            assert stage.run(replies).status == 204
        else:
            with pytest.raises(RidgewayError, match="signature_verification"):
                stage.run(replies)
