"""The provider's hands: what its conversation asks, done with one peer in front and one service behind.

Law: one small function a command. Once the answer's first part left, a failure is told by a fault part and the end,
so that the consumer fails closed with the reason.
"""

from contextlib import AsyncExitStack
from typing import Any, assert_never

from ridgeway.errors import NetworkError
from ridgeway.gateway.hands.consumer import encode_signed
from ridgeway.gateway.hands.incoming import IncomingMessage
from ridgeway.gateway.hands.names import draw_boundary
from ridgeway.gateway.hands.spool import BodyCopy
from ridgeway.gateway.peers.service import ServiceDirectory
from ridgeway.gateway.station import Station
from ridgeway.http import Exchange, HttpRefusal, Request, ResponseHead, ResponseWriter
from ridgeway.protocol.exchange.commands import (
    AskPeerRevocation,
    AskTime,
    CallService,
    CarryBody,
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
)
from ridgeway.protocol.exchange.values import LoggedBody
from ridgeway.protocol.transport import REST_RESPONSE, TransportDecoder, TransportEncoder
from ridgeway.protocol.transport.heads import RequestHeads, render_response_heads
from ridgeway.trust.clock import read_clock

BODILESS_STATUSES = (204, 304)


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
        decoder = TransportDecoder(
            heads.content_type, role="request", is_rest=heads.is_rest, limits=station.transport_limits
        )
        self.incoming = IncomingMessage(decoder, request.body(), station.spool_limits)
        self.stack.callback(self.incoming.close)
        self.service: Exchange | None = None
        self.service_head: ResponseHead | None = None
        self.verb = ""

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
            case CallService():
                return await self.call_service(command)
            case SendResponse(message=message):
                return await self.send_response(message)
            case CarryBody():
                return await self.carry_body()
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
        return Incoming(message, self.request.connection.peer_chain, answers, self.heads.request_id)

    async def read_rest(self) -> Remainder:
        """The body, held back, and the signature."""
        return await self.incoming.read_rest()

    async def call_service(self, command: CallService) -> ServiceAnswer:
        """The head of the service's answer."""
        self.verb = command.request.verb
        self.service = await self.stack.enter_async_context(
            self.services.exchange(command.service, command.request, body=self.incoming.spool)
        )
        head = self.service_head = await self.service.response()
        return ServiceAnswer(head.status, head.reason, tuple(head.headers))

    async def send_response(self, message: bytes) -> None:
        """The head of the answer and its message part are on their way."""
        heads = render_response_heads(content_type=self.encoder.content_type)
        await self.response.start(200, "OK", heads)
        await self.response.write(self.encoder.message_part(REST_RESPONSE, message))

    async def carry_body(self) -> LoggedBody | None:
        """The service's body goes to the consumer as it comes; an empty one is a part too.

        Source:  PR-MESSTRANSP §3.1: there is no body part for 204, 304 and HEAD.
        """
        assert self.service is not None
        assert self.service_head is not None
        if self.verb == "HEAD" or self.service_head.status in BODILESS_STATUSES:
            return None
        copy = BodyCopy(self.station.spool_limits)
        await self.response.write(self.encoder.open_body())
        async for chunk in self.service.body():
            copy.feed(chunk)
            await self.response.write(chunk)
        return copy.logged()

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
