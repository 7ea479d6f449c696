"""The consumer's half of an exchange: from a request that was read to an answer that is proven and handed back.

Law: it reads like the specification, one step a line or two, and does nothing itself: it yields commands and is sent
answers. Nothing reaches the information system before it is proven, recorded, and bound to this very request.
Source: PR-MESSTRANSP §3.2; PR-REST §4. Read next: `provider.py`, the other half.
"""

from dataclasses import dataclass

from ridgeway.errors import PeerError
from ridgeway.protocol.certificates.peers import verify_peer_chain
from ridgeway.protocol.certificates.snapshot import TrustSnapshot
from ridgeway.protocol.certificates.verdicts import VerdictCache
from ridgeway.protocol.exchange.admission import Caller, admit_caller, find_targets
from ridgeway.protocol.exchange.commands import (
    AskPeerRevocation,
    AskTime,
    CarryBody,
    Connect,
    Conversation,
    Deliver,
    Finish,
    Incoming,
    Link,
    ReadMessage,
    ReadRest,
    Record,
    Remainder,
    SendRequest,
    Sign,
)
from ridgeway.protocol.exchange.records import hash_request, part_digests, prove_message, record_message
from ridgeway.protocol.exchange.values import LoggedBody, ServerSnapshot
from ridgeway.protocol.identifiers import member_of
from ridgeway.protocol.messages import RestRequest, RestResponse, read_rest_message, verify_rest_response


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known when a message arrives: our own configuration, whom we trust, and verdicts already reached."""

    server: ServerSnapshot
    trust: TrustSnapshot
    verdicts: VerdictCache
    own_certificate: bytes | None = None


def consume(request: RestRequest, *, caller: Caller, standing: Standing) -> Conversation[RestResponse]:
    """Carry `request` to the provider and hand its proven answer back.

    Raises:  whatever a step raises, without the door's prefix; the door adds `server.clientproxy`.
    Source:  PR-MESSTRANSP §3.2 steps 2–8.
    """
    trust = standing.trust
    trust.require_current((yield AskTime()))
    admit_caller(request.client, caller=caller, server=standing.server, own_certificate=standing.own_certificate)
    provider = request.service.provider
    targets = find_targets(provider, pinned=request.server, trust=trust)

    link: Link = yield Connect(targets)
    answers: tuple[bytes, ...] = yield AskPeerRevocation(link)
    verify_peer_chain(
        link.chain,
        instance=provider.instance,
        trust=trust,
        ocsp_responses=answers,
        at=(yield AskTime()),
        client=provider,
        verdicts=standing.verdicts,
    )

    yield SendRequest(request.bytes, request.request_id)
    body: LoggedBody | None = yield CarryBody()
    signed = yield Sign(member_of(request.client), part_digests(request.bytes, body))
    yield Record(record_message(request, body, signed, party=request.client, at=(yield AskTime())))
    yield Finish(signed)
    return (yield from settle(request, body, standing=standing))


def settle(request: RestRequest, body: LoggedBody | None, *, standing: Standing) -> Conversation[RestResponse]:
    """Prove the answer, bind it to `request`, record it, and hand it back.

    Raises:  SignatureError when it is not proven, PeerError(inconsistent_response) when it answers something else.
    Source:  PR-MESSTRANSP §3.2 steps 5–8.
    """
    incoming: Incoming = yield ReadMessage()
    response = read_response(incoming.message)
    verify_rest_response(response, request=request, expected_hash=hash_request(request, body))
    remainder: Remainder = yield ReadRest()
    now = yield AskTime()
    prove_message(
        incoming.message,
        remainder,
        signer=member_of(request.service),
        trust=standing.trust,
        at=now,
        verdicts=standing.verdicts,
    )
    yield Record(record_message(response, remainder.body, remainder.signed, party=request.client, at=now))
    yield Deliver(response)
    return response


def read_response(message: bytes) -> RestResponse:
    """The answer as a value.

    Raises:  PeerError(missing_rest) when the message part is a request.
    """
    response = read_rest_message(message)
    if not isinstance(response, RestResponse):
        raise PeerError("missing_rest", "The other security server answered with a request instead of a response.")
    return response
