"""The provider's hands: what its conversation asks, done with one peer in front and one service behind.

Law: one small function a command. Once the answer's first part left, a failure is told by a fault part and the end,
so that the consumer fails closed with the reason.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any, assert_never

from ridgeway.errors import AccessError, NetworkError, PeerError, RidgewayError
from ridgeway.gateway.hands.consumer import encode_signed
from ridgeway.gateway.hands.incoming import IncomingMessage, relay
from ridgeway.gateway.hands.names import draw_boundary
from ridgeway.gateway.hands.outgoing import MadeBodies, NoBodies, Outgoing, RestBody, SoapSource
from ridgeway.gateway.peers.service import ServiceDirectory
from ridgeway.gateway.ports import OwnCall
from ridgeway.gateway.station import Station
from ridgeway.http import HttpRefusal, Request, ResponseHead, ResponseWriter
from ridgeway.protocol.exchange.commands import (
    AnyRequest,
    AnyResponse,
    AskPeerRevocation,
    AskTime,
    CallOwnService,
    CallService,
    CarryBodies,
    Command,
    Connect,
    Deliver,
    Finish,
    Incoming,
    ReadMessage,
    ReadRest,
    Record,
    Remainder,
    SendRequest,
    SendResponse,
    ServiceAnswer,
    Sign,
    SignedParts,
    SoapAnswer,
)
from ridgeway.protocol.exchange.reading import DECODING, decoding
from ridgeway.protocol.exchange.soap import DEFAULT_CONTENT_TYPE, SoapPart, SoapRequest, SoapResponse
from ridgeway.protocol.exchange.values import LocalService, LoggedBody
from ridgeway.protocol.identifiers import member_of
from ridgeway.protocol.messages import RestRequest, find_soap_fault
from ridgeway.protocol.transport import REST_RESPONSE, SoapDecoder, TransportDecoder, TransportEncoder
from ridgeway.protocol.transport.heads import RequestHeads, render_response_heads
from ridgeway.telemetry import TraceContext
from ridgeway.trust.clock import read_clock

BODILESS_STATUSES = (204, 205, 304)
"""Statuses after which X-Road looks for no body."""
SOAP_STATUSES = (200, 500)
"""What a SOAP service may answer with; a fault comes with the second."""
OWN_FAULTS = frozenset({"service_missing_url", "service_malformed_url"})
"""What is wrong with our own configuration of a service, not with the service."""
MAX_OWN_BODY_BYTES = 64 * 1024


class ProviderHands:
    """One exchange on the provider's side; leave the `stack` to let go of everything."""

    def __init__(
        self,
        request: Request,
        response: ResponseWriter,
        *,
        heads: RequestHeads,
        station: Station,
        services: ServiceDirectory,
    ) -> None:
        self.request = request
        self.response = response
        self.heads = heads
        self.station = station
        self.services = services
        self.stack = AsyncExitStack()
        self.encoder = TransportEncoder(draw_boundary())
        with decoding():
            decoder = TransportDecoder(
                heads.content_type, role="request", is_rest=heads.is_rest, limits=station.transport_limits
            )
        self.incoming = IncomingMessage(decoder, request.body(), station.spool_limits)
        self.stack.callback(self.incoming.close)
        self.outgoing: Outgoing = NoBodies()
        self.find_trace: Callable[[], TraceContext | None] = lambda: None

    async def perform(self, command: Command) -> Any:
        """Do what the conversation asks."""
        match command:
            case AskTime():
                return read_clock()
            case ReadMessage():
                return await self.read_message()
            case ReadRest():
                return await self.read_rest()
            case Record(record=record):
                return await self.station.messagelog.append(record)
            case CallService(service=service, request=request):
                return await self.call_service(service, request)
            case CallOwnService(request=request):
                return await self.call_own_service(request)
            case SendResponse(response=response):
                return await self.send_response(response)
            case CarryBodies():
                return await self.carry_bodies()
            case Sign(member=member, parts=parts):
                return await self.station.message_signer.sign(
                    member, parts, get_material=lambda: self.station.get_material(member)
                )
            case Finish(signed=signed):
                return await self.finish(signed)
            case Connect() | AskPeerRevocation() | SendRequest() | Deliver():
                raise AssertionError(f"a provider does not {type(command).__name__}")
            case _:
                assert_never(command)

    async def read_message(self) -> Incoming:
        """The first parts of the request, with the certificates of the connection."""
        message, answers = await self.incoming.read_message()
        part = SoapPart(message.content_type, message.headers, self.heads.original_content_type or DEFAULT_CONTENT_TYPE)
        return Incoming(
            message.bytes,
            self.request.connection.peer_chain,
            answers,
            self.heads.request_id,
            soap_part=None if self.heads.is_rest else part,
            soap_action=self.heads.soap_action or "",
        )

    async def read_rest(self) -> Remainder:
        """The bodies, held back, and the signature."""
        return await self.incoming.read_rest()

    async def call_service(self, service: LocalService, request: AnyRequest) -> ServiceAnswer | SoapAnswer:
        """The beginning of the service's answer; its bodies wait to be carried.

        Raises:  TokenError(cannot_create_signature) before the service hears of it, when its answer cannot be signed.
        """
        self.station.get_material(member_of(request.service))
        if isinstance(request, SoapRequest):
            return await self.call_soap_service(service, request)
        return await self.call_rest_service(service, request)

    async def call_rest_service(self, service: LocalService, request: RestRequest) -> ServiceAnswer:
        """The head of a REST service's answer; there is no body after HEAD, and with statuses that have none.

        Source:  PR-MESSTRANSP §3.1.
        """
        called = self.services.exchange_rest(service, request, held=self.incoming.spool, trace=self.find_trace())
        exchange = await self.stack.enter_async_context(called)
        head = await exchange.response()
        if request.verb != "HEAD" and head.status not in BODILESS_STATUSES:
            self.outgoing = RestBody(exchange.body(), is_part_when_empty=True)
        return ServiceAnswer(head.status, head.reason, tuple(head.headers))

    async def call_soap_service(self, service: LocalService, request: SoapRequest) -> SoapAnswer:
        """The message of a SOAP service's answer.

        Raises:  RelayedFault when it is a fault; what goes wrong with the service, under `service_failed`.
        Source:  PR-MESSTRANSP §3.3 step 6.
        """
        called = self.services.exchange_soap(service, request, held=self.incoming.spool, trace=self.find_trace())
        try:
            exchange = await self.stack.enter_async_context(called)
            head = await exchange.response()
        except RidgewayError as error:
            raise error if error.code in OWN_FAULTS else error.prefixed(DECODING) from error
        return await self.read_soap_answer(head, exchange.body())

    async def read_soap_answer(self, head: ResponseHead, chunks: AsyncIterator[bytes]) -> SoapAnswer:
        """The message in this HTTP answer; its attachments wait to be carried."""
        if head.status not in SOAP_STATUSES:
            raise PeerError(
                "service_failed.http_error", f"The service answered with status {head.status}; expected 200 or 500."
            )
        original = head.headers.get("Content-Type")
        with decoding():
            decoder = SoapDecoder(original, limits=self.station.transport_limits)
        source = self.outgoing = SoapSource(decoder, chunks, prefix=DECODING)
        message = await source.read_message()
        with decoding():
            fault = find_soap_fault(message.bytes, content_type=message.content_type)
        if fault is not None:
            raise relay(fault)
        return SoapAnswer(message.bytes, SoapPart(message.content_type, message.headers, original))

    async def call_own_service(self, request: AnyRequest) -> ServiceAnswer | SoapAnswer:
        """What this security server itself answers.

        Raises:  AccessError(unknown_service) where it does not serve this, and whatever its own service raises.
        """
        own = self.station.own_services.get(request.service.service_code)
        if own is None:
            raise AccessError("unknown_service", f"This security server does not answer {request.service}.")
        answer = await own.answer(OwnCall(request, self.read_short_body(), self.station.standing()))
        if isinstance(request, SoapRequest):
            self.outgoing = MadeBodies(attachments=answer.attachments)
            kind = 'multipart/related; type="text/xml"' if answer.attachments else "text/xml"
            original = f"{kind}; charset=UTF-8" + (f"; boundary={draw_boundary()}" if answer.attachments else "")
            return SoapAnswer(answer.body, SoapPart(original_content_type=original))
        if request.verb != "HEAD":
            self.outgoing = MadeBodies(body=answer.body)
        return ServiceAnswer(answer.status, answer.reason, answer.headers)

    def read_short_body(self) -> bytes:
        """The REST body that came with a request to this server itself."""
        spool = self.incoming.spool
        bodies = self.incoming.bodies
        if spool is None or not bodies or bodies[0].size > MAX_OWN_BODY_BYTES:
            return b""
        return b"".join(spool.chunks(bodies[0]))

    async def send_response(self, response: AnyResponse) -> None:
        """The head of the answer and its message part are on their way."""
        if isinstance(response, SoapResponse):
            part = response.part
            original: str | None = part.original_content_type
            message = self.encoder.message_part(part.content_type, response.bytes, headers=part.headers)
        else:
            original = None
            message = self.encoder.message_part(REST_RESPONSE, response.bytes)
        heads = render_response_heads(content_type=self.encoder.content_type, original_content_type=original)
        await self.response.start(200, "OK", heads)
        await self.response.write(message)

    async def carry_bodies(self) -> tuple[LoggedBody, ...]:
        """The bodies of the answer go to the consumer as they come."""
        return await self.outgoing.carry(self.response.write, self.encoder, self.station.spool_limits)

    async def finish(self, signed: SignedParts) -> None:
        """The last parts are sent."""
        await self.response.write(encode_signed(self.encoder, signed))
        await self.response.finish()

    async def send_fault(self, xml: bytes) -> None:
        """The consumer learns why: by a whole answer, or by a fault part in place of the signature."""
        if not self.response.is_started:
            heads = [("Content-Type", "text/xml;charset=utf-8"), ("x-hash-algorithm", "SHA-512")]
            if not await self.drain_request():
                heads.append(("Connection", "close"))
            await self.response.send(200, "OK", heads, xml)
            return
        await self.response.write(self.encoder.fault_part(xml) + self.encoder.end())
        await self.response.finish()

    async def drain_request(self) -> bool:
        """Pass over what is still arriving, so that the consumer reads the fault and not a reset; whether that was all.

        It is not when there is more than the limit, or when it broke off.
        """
        left = self.station.settings.gateway.max_drain_bytes
        try:
            async for chunk in self.incoming.source:
                left -= len(chunk)
                if left < 0:
                    return False
        except (NetworkError, HttpRefusal):
            return False
        return True

    async def close(self) -> None:
        """Let go of the service and of the spool."""
        await self.stack.aclose()
