import hashlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ridgeway.errors import MessageLogError
from ridgeway.protocol.exchange.logged import Logged, LoggingPolicy, decide_logged
from ridgeway.protocol.exchange.values import LoggedBody
from ridgeway.protocol.identifiers import SubsystemId
from ridgeway.protocol.messages import SoapMessage, read_rest_message, read_soap_message

PROVIDER = SubsystemId("RW", "GOV", "1002", "people")
REST = read_rest_message(
    b"GET\r\n/r1/RW/GOV/1002/people/register/find?name=Ann\r\nX-Road-Client:RW/GOV/1001/desk\r\n"
    b"Authorization:secret\r\nX-Road-Id:q-1\r\nX-Road-Request-Id:r-1\r\n"
)
SOAP = """<?xml version="1.0"?>
<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns:x="http://x-road.eu/xsd/xroad.xsd"
 xmlns:i="http://x-road.eu/xsd/identifiers" xmlns:o="urn:other"><e:Header>
<x:client i:objectType="SUBSYSTEM"><i:xRoadInstance>RW</i:xRoadInstance><i:memberClass>GOV</i:memberClass>
<i:memberCode>1001</i:memberCode><i:subsystemCode>desk</i:subsystemCode></x:client>
<x:service i:objectType="SERVICE"><i:xRoadInstance>RW</i:xRoadInstance><i:memberClass>GOV</i:memberClass>
<i:memberCode>1002</i:memberCode><i:subsystemCode>people</i:subsystemCode><i:serviceCode>find</i:serviceCode></x:service>
<x:id>q-1</x:id><x:protocolVersion>4.0</x:protocolVersion><o:token>secret</o:token></e:Header>
<e:Body><o:{body}><o:name>Ann</o:name></o:{body}></e:Body></e:Envelope>"""


def a_soap_message(body: str = "find") -> SoapMessage:
    return read_soap_message(SOAP.format(body=body).encode())


def a_body(content: bytes) -> LoggedBody:
    return LoggedBody(hashlib.sha512(content).digest(), len(content), content)


def test_a_message_is_logged_whole_with_its_bodies():
    bodies = (a_body(b"one"), a_body(b"two"))
    assert decide_logged(REST, bodies, policy=LoggingPolicy(), at_provider=True) == Logged(REST.bytes, bodies)


def test_a_rest_message_without_body_logging_keeps_neither_query_nor_path_nor_body():
    policy = LoggingPolicy(body_logging=False)
    logged = decide_logged(REST, (a_body(b"one"),), policy=policy, at_provider=True)
    assert logged == Logged(
        b"GET\r\n/r1/RW/GOV/1002/people/register\r\nX-Road-Client:RW/GOV/1001/desk\r\nX-Road-Id:q-1\r\n"
        b"X-Road-Request-Id:r-1\r\n",
        (),
        is_whole=False,
    )


@pytest.mark.parametrize("body", ["find", "findResponse"])
def test_a_soap_message_without_body_logging_keeps_its_header_and_an_empty_wrapper(body: str):
    message = a_soap_message(body)
    policy = LoggingPolicy(body_logging=False)
    logged = decide_logged(message, (a_body(b"one"),), policy=policy, at_provider=False)
    kept = read_soap_message(logged.message)
    assert (logged.bodies, logged.is_whole) == ((), False)
    assert replace(kept, bytes=b"") == replace(message, bytes=b"")
    assert kept.is_response is message.is_response
    assert b"Ann" not in logged.message
    assert b"secret" not in logged.message
    assert b"x-road.eu/xsd/xroad.xsd" in logged.message


@pytest.mark.parametrize("body_logging", [True, False])
def test_exceptions_turn_the_rule_round_for_the_side_that_they_name(body_logging: bool):
    local = LoggingPolicy(body_logging=body_logging, local_exceptions=frozenset({PROVIDER}))
    remote = LoggingPolicy(body_logging=body_logging, remote_exceptions=frozenset({PROVIDER}))
    whole = {
        (name, at_provider): decide_logged(REST, (), policy=policy, at_provider=at_provider).is_whole
        for name, policy in (("local", local), ("remote", remote))
        for at_provider in (True, False)
    }
    assert whole == {
        ("local", True): not body_logging,
        ("local", False): body_logging,
        ("remote", True): body_logging,
        ("remote", False): not body_logging,
    }


def test_a_body_above_the_limit_is_kept_as_its_digest():
    policy = LoggingPolicy(max_body_bytes=3)
    logged = decide_logged(REST, (a_body(b"four"), a_body(b"one")), policy=policy, at_provider=True)
    assert logged.bodies == (replace(a_body(b"four"), content=None), a_body(b"one"))
    assert logged.is_whole


def test_bodies_are_within_the_limit_together():
    policy = LoggingPolicy(max_body_bytes=7)
    logged = decide_logged(REST, (a_body(b"four"), a_body(b"more"), a_body(b"one")), policy=policy, at_provider=True)
    assert [each.content for each in logged.bodies] == [b"four", None, b"one"]


def test_a_body_above_the_limit_stops_the_message_where_the_policy_says_so():
    policy = LoggingPolicy(max_body_bytes=3, truncated_body_allowed=False)
    with pytest.raises(MessageLogError, match="4 bytes are longer") as caught:
        decide_logged(REST, (LoggedBody(bytes(64), 4, None),), policy=policy, at_provider=True)
    assert caught.value.code == "logging_failed"


def test_no_body_stops_a_message_where_bodies_are_never_kept():
    policy = LoggingPolicy(max_body_bytes=0, truncated_body_allowed=False)
    logged = decide_logged(REST, (a_body(b"four"),), policy=policy, at_provider=True)
    assert logged.bodies == (replace(a_body(b"four"), content=None),)


@given(st.booleans(), st.lists(st.integers(0, 20), max_size=4), st.integers(0, 20), st.booleans())
def test_what_is_kept_is_whole_or_absent(rule: bool, sizes: list[int], limit: int, at_provider: bool):
    bodies = tuple(a_body(bytes(size)) for size in sizes)
    policy = LoggingPolicy(body_logging=rule, max_body_bytes=limit)
    logged = decide_logged(REST, bodies, policy=policy, at_provider=at_provider)
    assert logged.is_whole is rule
    for kept, given_body in zip(logged.bodies, bodies, strict=False):
        assert kept.digest == given_body.digest
        assert kept.content in (None, given_body.content)
    total = sum(body.size for body in logged.bodies if body.content is not None)
    assert total <= limit
    if rule and 0 < sum(sizes) <= limit:
        assert logged.bodies == bodies
