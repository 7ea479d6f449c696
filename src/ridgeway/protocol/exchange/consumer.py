"""The consumer's half of an exchange: from a request that was read to an answer that is proven and handed back.

Law: it reads like the specification, one step a line or two, and does nothing itself: it yields commands and is sent
answers. Nothing reaches the information system before it is proven, recorded, and bound to this very request.
Source: PR-MESSTRANSP §3.2; PR-REST §4; PR-MESS §2. Read next: `provider.py`, the other half.
"""

from dataclasses import dataclass
from datetime import datetime

from ridgeway.errors import CertificateError
from ridgeway.protocol.certificates.peers import verify_peer_chain
from ridgeway.protocol.certificates.snapshot import TrustSnapshot
from ridgeway.protocol.certificates.verdicts import VerdictCache
from ridgeway.protocol.exchange.admission import Caller, admit_caller, find_targets, require_registered
from ridgeway.protocol.exchange.commands import (
    AnyRequest,
    AnyResponse,
    AskPeerRevocation,
    AskTime,
    CarryBodies,
    Connect,
    Conversation,
    Deliver,
    Finish,
    Incoming,
    Link,
    PeerRevocation,
    ReadMessage,
    ReadRest,
    Record,
    Remainder,
    SendRequest,
    Sign,
    Target,
)
from ridgeway.protocol.exchange.logged import USUAL_POLICY, LoggingPolicy
from ridgeway.protocol.exchange.reading import decoding, read_response, verify_response
from ridgeway.protocol.exchange.records import Keeper, part_digests, prove_message, record_message
from ridgeway.protocol.exchange.values import LoggedBody, ServerSnapshot
from ridgeway.protocol.identifiers import ClientId, member_of


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known when a message arrives: our own configuration, whom we trust, and verdicts already reached.

    `logging` says what of a message is kept in the log.
    """

    server: ServerSnapshot
    trust: TrustSnapshot
    verdicts: VerdictCache
    own_certificate: bytes | None = None
    logging: LoggingPolicy = USUAL_POLICY


def consume(request: AnyRequest, *, caller: Caller, standing: Standing) -> Conversation[AnyResponse]:
    """Carry `request` to the provider and hand its proven answer back.

    Raises:  whatever a step raises, without the door's prefix; the door adds `server.clientproxy`.
    Source:  PR-MESSTRANSP §3.2 steps 2–8.
    """
    trust = standing.trust
    trust.require_current((yield AskTime()))
    admit_caller(request.client, caller=caller, server=standing.server, own_certificate=standing.own_certificate)
    require_registered(request.client, server=standing.server, trust=trust)
    targets = find_targets(request.service.provider, pinned=request.server, trust=trust)

    yield from connect_proven(targets, provider=request.service.provider, standing=standing)

    yield SendRequest(request)
    bodies: tuple[LoggedBody, ...] = yield CarryBodies()
    signed = yield Sign(member_of(request.client), part_digests(request.bytes, bodies))
    keeper = Keeper(request.client, is_provider=False, policy=standing.logging)
    yield Record(record_message(request, bodies, signed, keeper=keeper, at=(yield AskTime())))
    yield Finish(signed)
    return (yield from settle(request, bodies, standing=standing))


def connect_proven(targets: tuple[Target, ...], *, provider: ClientId, standing: Standing) -> Conversation[None]:
    """There is a connection to a server that may answer for `provider`; one that cannot prove it is passed over.

    A connection that was kept from an earlier message is made anew first: its server may have another certificate now.

    Raises:  CertificateError of the last one.
    Source:  PR-MESSTRANSP §3.2 step 3; X-Road verifies inside the race for the fastest address.
    """
    anew = False
    while True:
        link: Link = yield Connect(targets, anew)
        others = tuple(each for each in targets if each.host != link.address)
        try:
            yield from verify_peer(link, provider=provider, standing=standing)
        except CertificateError:
            anew = link.is_reused
            if anew:
                continue
            if not others or others == targets:
                raise
            targets = others
        else:
            return


def verify_peer(link: Link, *, provider: ClientId, standing: Standing) -> Conversation[None]:
    """Hold only when `link` leads to a server that may answer for `provider`.

    Revocation answers that were remembered and do not serve are asked anew, once.

    Raises:  CertificateError.
    Source:  PR-MESSTRANSP §3.2 step 3.
    """
    revocation: PeerRevocation = yield AskPeerRevocation(link)
    if revocation.is_remembered:
        try:
            verify_link(link, revocation, provider=provider, standing=standing, at=(yield AskTime()))
        except CertificateError:
            revocation = yield AskPeerRevocation(link, anew=True)
        else:
            return
    verify_link(link, revocation, provider=provider, standing=standing, at=(yield AskTime()))


def verify_link(
    link: Link, revocation: PeerRevocation, *, provider: ClientId, standing: Standing, at: datetime
) -> None:
    """As `verify_peer`, with these answers."""
    verify_peer_chain(
        link.chain,
        instance=provider.instance,
        trust=standing.trust,
        ocsp_responses=revocation.answers,
        at=at,
        client=provider,
        verdicts=standing.verdicts,
    )


def settle(request: AnyRequest, bodies: tuple[LoggedBody, ...], *, standing: Standing) -> Conversation[AnyResponse]:
    """Prove the answer, bind it to `request`, record it, and hand it back.

    Raises:  SignatureError when it is not proven, PeerError(inconsistent_response) when it answers something else.
    Source:  PR-MESSTRANSP §3.2 steps 5–8.
    """
    incoming: Incoming = yield ReadMessage()
    with decoding():
        response = read_response(incoming, request)
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
    verify_response(response, request=request, bodies=bodies)
    keeper = Keeper(request.client, is_provider=False, policy=standing.logging)
    yield Record(record_message(response, remainder.bodies, remainder.signed, keeper=keeper, at=now))
    yield Deliver(response)
    return response
