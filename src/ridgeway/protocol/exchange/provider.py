"""The provider's half of an exchange: from the first parts of a request to an answer that is signed and recorded.

Law: the service is called only with a request that is admitted, proven and durable; its answer leaves only signed
and durable. It does nothing itself: it yields commands and is sent answers.
Source: PR-MESSTRANSP §3.3; PR-REST §4; PR-MESS §2. Read next: `consumer.py`, the other half.
"""

from dataclasses import replace

from ridgeway.protocol.certificates.peers import verify_peer_chain
from ridgeway.protocol.exchange.admission import admit_provider, admit_service, is_own_service, require_registered
from ridgeway.protocol.exchange.commands import (
    AnyRequest,
    AnyResponse,
    AskTime,
    CallOwnService,
    CallService,
    CarryBodies,
    Conversation,
    Finish,
    Incoming,
    ReadMessage,
    ReadRest,
    Record,
    Remainder,
    SendResponse,
    ServiceAnswer,
    Sign,
    SoapAnswer,
)
from ridgeway.protocol.exchange.consumer import Standing
from ridgeway.protocol.exchange.reading import decoding, read_request
from ridgeway.protocol.exchange.records import Keeper, hash_request, part_digests, prove_message, record_message
from ridgeway.protocol.exchange.soap import SoapRequest, SoapResponse
from ridgeway.protocol.exchange.values import LoggedBody
from ridgeway.protocol.identifiers import member_of
from ridgeway.protocol.messages import add_request_hash, build_rest_response, read_soap_message
from ridgeway.protocol.messages.charset import find_charset
from ridgeway.protocol.messages.soap import RequestHash
from ridgeway.protocol.messages.soaphash import SHA512_URI


def provide(*, standing: Standing) -> Conversation[AnyResponse]:
    """Serve one request of another security server.

    Raises:  whatever a step raises, without the door's prefix; the door adds `server.serverproxy`.
    Source:  PR-MESSTRANSP §3.3 steps 1–8.
    """
    incoming: Incoming = yield ReadMessage()
    standing.trust.require_current((yield AskTime()))
    request = yield from identify(incoming, standing=standing)
    calling = admit(request, standing=standing)
    bodies = yield from accept(request, standing=standing)
    return (yield from answer(request, bodies, calling=calling, standing=standing))


def identify(incoming: Incoming, *, standing: Standing) -> Conversation[AnyRequest]:
    """What is asked, of a client that is registered here, by a server that may speak for who asks.

    Raises:  whatever cannot be read or is not so, under `service_failed`.
    Source:  PR-MESSTRANSP §3.3 steps 1–2.
    """
    with decoding():
        request = read_request(incoming)
        admit_provider(request, server=standing.server)
        require_registered(request.service.provider, server=standing.server, trust=standing.trust)
        verify_peer_chain(
            incoming.chain,
            instance=request.client.instance,
            trust=standing.trust,
            ocsp_responses=incoming.ocsp_responses,
            at=(yield AskTime()),
            client=request.client,
            verdicts=standing.verdicts,
        )
    return request


def admit(request: AnyRequest, *, standing: Standing) -> CallService | CallOwnService:
    """How the request is to be answered: by a service that the client may call, or by the security server itself.

    Raises:  AccessError as `admit_service`.
    """
    if is_own_service(request, server=standing.server):
        return CallOwnService(request)
    return CallService(admit_service(request, server=standing.server, trust=standing.trust), request)


def accept(request: AnyRequest, *, standing: Standing) -> Conversation[tuple[LoggedBody, ...]]:
    """Read the rest of the request, prove it, and make it durable.

    Raises:  SignatureError, CertificateError (code prefixed `signature_verification`), MessageLogError.
    Source:  PR-MESSTRANSP §3.3 steps 4–5.
    """
    remainder: Remainder = yield ReadRest()
    now = yield AskTime()
    prove_message(
        request.bytes,
        remainder,
        signer=member_of(request.client),
        trust=standing.trust,
        at=now,
        verdicts=standing.verdicts,
    )
    keeper = Keeper(request.service.provider, is_provider=True, policy=standing.logging)
    yield Record(record_message(request, remainder.bodies, remainder.signed, keeper=keeper, at=now))
    return remainder.bodies


def answer(
    request: AnyRequest,
    bodies: tuple[LoggedBody, ...],
    *,
    calling: CallService | CallOwnService,
    standing: Standing,
) -> Conversation[AnyResponse]:
    """Call the service and send its answer back, signed and durable.

    Source:  PR-MESSTRANSP §3.3 steps 6–8; PR-REST §4.7, PR-MESS §2.2 (request hash).
    """
    served: ServiceAnswer | SoapAnswer = yield calling
    response = build_response(served, request=request, request_hash=hash_request(request, bodies))
    yield SendResponse(response)
    carried: tuple[LoggedBody, ...] = yield CarryBodies()
    signed = yield Sign(member_of(request.service), part_digests(response.bytes, carried))
    keeper = Keeper(request.service.provider, is_provider=True, policy=standing.logging)
    yield Record(record_message(response, carried, signed, keeper=keeper, at=(yield AskTime())))
    yield Finish(signed)
    return response


def build_response(served: ServiceAnswer | SoapAnswer, *, request: AnyRequest, request_hash: str) -> AnyResponse:
    """The message that answers `request`, with its hash in it.

    Raises:  MessageError under `service_failed` when a SOAP service answered with something that is none.
    """
    if isinstance(request, SoapRequest):
        assert isinstance(served, SoapAnswer)
        with decoding():
            content_type = served.part.content_type
            message = read_soap_message(served.message, content_type=content_type)
            hashed = add_request_hash(served.message, request_hash, encoding=find_charset(content_type))
        answered = replace(message, bytes=hashed, request_hash=RequestHash(SHA512_URI, request_hash))
        return SoapResponse(answered, request.request_id, served.part)
    assert isinstance(served, ServiceAnswer)
    return build_rest_response(served.status, served.reason, served.headers, request=request, request_hash=request_hash)
