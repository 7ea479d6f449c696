"""The provider's half of an exchange: from the first parts of a request to an answer that is signed and recorded.

Law: the service is called only with a request that is admitted, proven and durable; its answer leaves only signed
and durable. It does nothing itself: it yields commands and is sent answers.
Source: PR-MESSTRANSP §3.3; PR-REST §4. Read next: `consumer.py`, the other half.
"""

from ridgeway.errors import MessageError
from ridgeway.protocol.certificates.peers import verify_peer_chain
from ridgeway.protocol.exchange.admission import admit_service
from ridgeway.protocol.exchange.commands import (
    AskTime,
    CallService,
    CarryBody,
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
)
from ridgeway.protocol.exchange.consumer import Standing
from ridgeway.protocol.exchange.records import hash_request, part_digests, prove_message, record_message
from ridgeway.protocol.exchange.values import LocalService, LoggedBody
from ridgeway.protocol.identifiers import member_of
from ridgeway.protocol.messages import (
    RestRequest,
    RestResponse,
    build_rest_response,
    read_rest_message,
)


def provide(*, standing: Standing) -> Conversation[RestResponse]:
    """Serve one request of another security server.

    Raises:  whatever a step raises, without the door's prefix; the door adds `server.serverproxy`.
    Source:  PR-MESSTRANSP §3.3 steps 1–8.
    """
    incoming: Incoming = yield ReadMessage()
    standing.trust.require_current((yield AskTime()))
    request = read_request(incoming)
    verify_peer_chain(
        incoming.chain,
        instance=request.client.instance,
        trust=standing.trust,
        ocsp_responses=incoming.ocsp_responses,
        at=(yield AskTime()),
        client=request.client,
        verdicts=standing.verdicts,
    )
    service = admit_service(
        request.service,
        verb=request.verb,
        service_path=request.service_path,
        client=request.client,
        server=standing.server,
        trust=standing.trust,
    )
    body = yield from accept(request, standing=standing)
    return (yield from answer(request, body, service=service))


def read_request(incoming: Incoming) -> RestRequest:
    """The request as a value, the same in its message part and in its HTTP head.

    Raises:  MessageError(missing_rest) when the part is a response, (invalid_request) when the request ids differ.
    """
    request = read_rest_message(incoming.message)
    if not isinstance(request, RestRequest):
        raise MessageError("missing_rest", "The message part holds a response; expected a request.")
    if incoming.request_id and incoming.request_id != request.request_id:
        raise MessageError(
            "invalid_request",
            f"The head says x-road-request-id {incoming.request_id!r}, the signed message {request.request_id!r}.",
        )
    return request


def accept(request: RestRequest, *, standing: Standing) -> Conversation[LoggedBody | None]:
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
    yield Record(record_message(request, remainder.body, remainder.signed, party=request.service.provider, at=now))
    return remainder.body


def answer(request: RestRequest, body: LoggedBody | None, *, service: LocalService) -> Conversation[RestResponse]:
    """Call the service and send its answer back, signed and durable.

    Source:  PR-MESSTRANSP §3.3 steps 6–8; PR-REST §4.7 (request hash).
    """
    served: ServiceAnswer = yield CallService(service, request, request.client)
    response = build_rest_response(
        served.status,
        served.reason,
        served.headers,
        request=request,
        request_hash=hash_request(request, body),
    )
    yield SendResponse(response.bytes)
    carried: LoggedBody | None = yield CarryBody()
    signed = yield Sign(member_of(request.service), part_digests(response.bytes, carried))
    record = record_message(response, carried, signed, party=request.service.provider, at=(yield AskTime()))
    yield Record(record)
    yield Finish(signed)
    return response
