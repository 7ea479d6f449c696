"""The consumer's conversation: what it asks in which order, and what each lie of the other side stops."""

import copy
import itertools
from dataclasses import replace
from datetime import timedelta

import pytest

from ridgeway.errors import MessageLogError, NetworkError, RidgewayError, TokenError
from ridgeway.protocol.exchange.admission import Caller
from ridgeway.protocol.exchange.commands import Incoming, Link, PeerRevocation, Remainder
from ridgeway.protocol.exchange.consumer import consume
from ridgeway.protocol.exchange.records import hash_request, part_digests
from ridgeway.protocol.exchange.tests.cast import (
    CONSUMER,
    DESK,
    PROVIDER,
    REGISTER,
    Play,
    World,
    asking_server,
    body_of,
    make_request,
    tuple_of,
)
from ridgeway.protocol.exchange.values import ConnectionType
from ridgeway.protocol.messages import build_rest_response

WORLD = World()
OUT = ["AskTime", "Connect", "AskPeerRevocation", "AskTime", "SendRequest", "CarryBodies", "Sign", "AskTime", "Record"]
BACK = ["Finish", "ReadMessage", "ReadRest", "AskTime", "Record", "Deliver"]


def respond(request, body=None, *, status=200, content=b"{}", **changes):
    """What an honest provider answers, or one that changed something before signing."""
    response = build_rest_response(
        status, "OK", (), request=request, request_hash=changes.pop("hash", hash_request(request, tuple_of(body)))
    )
    carried = body_of(content)
    signed = WORLD.sign(changes.pop("by", WORLD.serving), part_digests(response.bytes, (carried,)))
    return Incoming(response.bytes), Remainder(tuple_of(changes.pop("received", carried)), signed)


def play(request=None, *, caller=None, server=None, world=WORLD, body=None, answer=None, **replies):
    """The whole conversation with an honest world, except for `replies`."""
    request = request or make_request()
    incoming, remainder = answer or respond(request, body)
    stage = Play(consume(request, caller=caller or Caller(False), standing=world.standing(server or asking_server())))
    everything = {
        "AskTime": world.now,
        "Connect": Link("provider.test", (WORLD.serving.auth.der,)),
        "AskPeerRevocation": PeerRevocation((WORLD.answer(WORLD.serving.auth),)),
        "CarryBodies": tuple_of(body),
        "Sign": lambda command: WORLD.sign(WORLD.asking, command.parts),
        "ReadMessage": incoming,
        "ReadRest": remainder,
        **replies,
    }
    try:
        return stage, stage.run(everything)
    except RidgewayError as error:
        return stage, error


def test_a_message_goes_out_signed_and_recorded_and_its_answer_comes_back_proven_and_recorded():
    stage, response = play()
    assert stage.names == OUT + BACK
    assert response.status == 200
    sent, received = (command.record for command in stage.asked if type(command).__name__ == "Record")
    assert (sent.is_response, received.is_response) == (False, True)
    assert sent.party == received.party == DESK
    assert received.message == response.bytes
    assert received.bodies == (body_of(b"{}"),)


def test_a_body_is_signed_and_bound_into_the_answer():
    request, body = make_request("POST"), body_of(b"a body")
    stage, response = play(request, body=body)
    (sign,) = (command for command in stage.asked if type(command).__name__ == "Sign")
    assert [uri for uri, _ in sign.parts] == ["/message.xml", "/attachment1"]
    assert response.request_hash == hash_request(request, (body,)) != hash_request(request, ())


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"server": replace(asking_server(), clients={})}, "unknown_member"),
        ({"server": asking_server(ConnectionType.HTTPS)}, "ssl_authentication_failed"),
        ({"server": asking_server(ConnectionType.MUTUAL_TLS), "caller": Caller(True)}, "ssl_authentication_failed"),
        (
            {"server": asking_server(ConnectionType.MUTUAL_TLS), "caller": Caller(True, b"other")},
            "ssl_authentication_failed",
        ),
        ({"request": make_request(target="/r1/LAB/GOV/1002/none/persons")}, "unknown_member"),
        ({"AskTime": WORLD.now + timedelta(days=2)}, "global_conf_outdated"),
    ],
)
def test_who_may_not_ask_reaches_nobody(changes, code):
    stage, error = play(answer=respond(make_request()), **changes)
    assert isinstance(error, RidgewayError)
    assert error.code == code
    assert "Connect" not in stage.names


def test_a_pinned_server_must_host_the_provider():
    def pinned(server):
        pin = "/".join(server.codes)
        headers = [("X-Road-Client", "LAB/GOV/1001/desk"), ("X-Road-Security-Server", pin)]
        return play(make_request(headers=headers))[1]

    assert pinned(PROVIDER).status == 200
    assert pinned(CONSUMER).code == "invalid_security_server"


STRANGER = WORLD.issue("stranger", by=WORLD.root, usage=("digital_signature",))
EXPIRED = WORLD.issue("old", by=WORLD.root, usage=("digital_signature",), valid_until=WORLD.now - timedelta(days=1))


@pytest.mark.parametrize(
    "replies",
    [
        {"Connect": Link("x", (STRANGER.der,)), "AskPeerRevocation": PeerRevocation((WORLD.answer(STRANGER),))},
        {"Connect": Link("x", (EXPIRED.der,)), "AskPeerRevocation": PeerRevocation((WORLD.answer(EXPIRED),))},
        {
            "Connect": Link("x", (WORLD.serving.signing.der,)),
            "AskPeerRevocation": PeerRevocation((WORLD.answer(WORLD.serving.signing),)),
        },
        {
            "Connect": Link("x", (WORLD.asking.auth.der,)),
            "AskPeerRevocation": PeerRevocation((WORLD.answer(WORLD.asking.auth),)),
        },
        {"Connect": Link("x", (b"garbage",))},
        {"Connect": Link("x", ())},
        {"AskPeerRevocation": PeerRevocation(())},
        {"AskPeerRevocation": PeerRevocation((b"garbage",))},
        {"AskPeerRevocation": PeerRevocation((WORLD.answer(STRANGER),))},
    ],
    ids=[
        "unregistered",
        "expired",
        "for-signing",
        "of-another",
        "garbage",
        "none",
        "no-ocsp",
        "bad-ocsp",
        "wrong-ocsp",
    ],
)
def test_a_peer_that_is_not_proven_is_sent_nothing(replies):
    stage, error = play(**replies)
    assert isinstance(error, RidgewayError), error
    assert error.code.startswith("ssl_authentication_failed"), error
    assert "SendRequest" not in stage.names


def world_with(*addresses):
    """A world in which servers at these addresses serve the register."""
    own = WORLD.trust.own
    known = own.servers[PROVIDER]
    others = {
        replace(PROVIDER, server_code=f"ss-{address}"): replace(
            known, id=replace(PROVIDER, server_code=f"ss-{address}"), address=address
        )
        for address in addresses
    }
    servers = {server: entry for server, entry in own.servers.items() if server != PROVIDER} | others
    trust = replace(WORLD.trust, instances={own.instance: replace(own, servers=servers)})
    changed = copy.copy(WORLD)
    changed.trust = trust
    return changed


def test_a_server_that_cannot_prove_itself_is_passed_over_for_the_next_one():
    links = iter([Link("one.test", (STRANGER.der,)), Link("::2", (WORLD.serving.auth.der,))])
    revocation = PeerRevocation((WORLD.answer(WORLD.serving.auth),))
    stage, response = play(
        world=world_with("one.test", "[::2]"), Connect=lambda _: next(links), AskPeerRevocation=revocation
    )
    assert response.status == 200
    asked = [command for command in stage.asked if type(command).__name__ == "Connect"]
    assert [sorted(target.host for target in command.targets) for command in asked] == [["::2", "one.test"], ["::2"]]


def test_a_kept_connection_whose_certificate_counts_no_more_is_made_anew_before_anybody_is_passed_over():
    links = iter([Link("one.test", (EXPIRED.der,), is_reused=True), Link("one.test", (WORLD.serving.auth.der,))])
    stage, response = play(
        world=world_with("one.test", "two.test"),
        Connect=lambda _: next(links),
        AskPeerRevocation=PeerRevocation((WORLD.answer(WORLD.serving.auth),)),
    )
    assert response.status == 200
    asked = [command for command in stage.asked if type(command).__name__ == "Connect"]
    assert [(len(command.targets), command.anew) for command in asked] == [(2, False), (2, True)]


def test_when_no_server_proves_itself_the_last_reason_is_told():
    links = iter([Link("one.test", (STRANGER.der,)), Link("two.test", (EXPIRED.der,))])
    stage, error = play(world=world_with("one.test", "two.test"), Connect=lambda _: next(links))
    assert error.code.startswith("ssl_authentication_failed")
    assert (stage.names.count("Connect"), "SendRequest" in stage.names) == (2, False)


@pytest.mark.parametrize("step", ["Sign", "Record"])
def test_what_is_not_signed_or_not_durable_is_never_finished(step):
    failures = {
        "Sign": TokenError("cannot_create_signature", "no key"),
        "Record": MessageLogError("logging_failed", "no disk"),
    }
    stage, error = play(**{step: failures[step]})
    assert error is failures[step]
    assert "Finish" not in stage.names


def lies():
    request, other = make_request(), make_request(headers=[("X-Road-Client", "LAB/GOV/1001/desk"), ("X-Road-Id", "z")])
    yield "another-request", respond(other), "inconsistent_response"
    yield "another-hash", respond(request, hash=hash_request(other, ())), "inconsistent_response"
    yield "a-request", (Incoming(request.bytes), respond(request)[1]), "missing_rest"
    yield "garbage", (Incoming(b"\xff\x00"), respond(request)[1]), ""
    yield "another-signer", respond(request, by=WORLD.asking), "signature_verification.incorrect_certificate"
    yield "another-body", respond(request, received=body_of(b"other")), "signature_verification."
    yield "no-body", respond(request, received=None), "signature_verification."
    incoming, remainder = respond(request)
    empty = replace(remainder, signed=replace(remainder.signed, signature=b""))
    yield "no-signature", (incoming, empty), "signature_verification."
    chainless = replace(remainder, signed=replace(remainder.signed, hash_chain=None, hash_chain_result=None))
    yield "no-chain", (incoming, chainless), "signature_verification."


@pytest.mark.parametrize(("answer", "code"), [pytest.param(a, c, id=name) for name, a, c in lies()])
def test_an_answer_that_lies_is_neither_recorded_nor_delivered(answer, code):
    stage, error = play(answer=answer)
    assert isinstance(error, RidgewayError), error
    assert error.code.startswith(code), error
    assert stage.names.count("Record") == 1
    assert "Deliver" not in stage.names


def test_an_answer_that_cannot_be_recorded_is_not_delivered():
    attempts = itertools.count()
    full = MessageLogError("logging_failed", "no disk")
    stage, error = play(Record=lambda _: full if next(attempts) else None)
    assert error is full
    assert stage.names[-1] == "Record"
    assert "Deliver" not in stage.names


def test_a_lost_connection_ends_the_conversation_wherever_it_happens():
    lost = NetworkError("network_error", "gone")
    for step in ("Connect", "AskPeerRevocation", "SendRequest", "CarryBodies", "Finish", "ReadMessage", "ReadRest"):
        stage, error = play(**{step: lost})
        assert error is lost
        assert stage.names[-1] == step


def test_the_provider_is_the_registered_one():
    stage, _ = play()
    (connect,) = (command for command in stage.asked if type(command).__name__ == "Connect")
    assert [(target.server, target.address) for target in connect.targets] == [(PROVIDER, "provider.test")]
    assert REGISTER in WORLD.trust.own.servers[PROVIDER].clients
