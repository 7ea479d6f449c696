"""The consumer's hands: what its conversation asks, done with one HTTP request in front and one peer behind.

Law: one small function a command. The connection to the peer is dropped, never finished, when anything fails after
the message part left; so the peer fails closed.
"""

from collections.abc import Awaitable
from contextlib import AsyncExitStack
from typing import Any, TypeVar, assert_never

from ridgeway.gateway.hands.incoming import IncomingMessage
from ridgeway.gateway.hands.names import draw_boundary
from ridgeway.gateway.hands.outgoing import Outgoing
from ridgeway.gateway.hands.soapdelivery import prepare_delivery, write_pieces
from ridgeway.gateway.peers.securityserver import PeerDirectory
from ridgeway.gateway.station import Station
from ridgeway.http import Exchange, PeerLostError, Request, ResponseWriter
from ridgeway.http.framing import response_has_body
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
    Link,
    ReadMessage,
    ReadRest,
    Record,
    Remainder,
    SendRequest,
    SendResponse,
    Sign,
    SignedParts,
    Target,
)
from ridgeway.protocol.exchange.reading import decoding
from ridgeway.protocol.exchange.soap import DEFAULT_CONTENT_TYPE, SoapPart, SoapRequest, SoapResponse
from ridgeway.protocol.exchange.values import LoggedBody
from ridgeway.protocol.messages import RestResponse, render_http_headers, render_http_text
from ridgeway.protocol.transport import REST_REQUEST, TransportDecoder, TransportEncoder
from ridgeway.protocol.transport.heads import (
    XROAD_RELEASE,
    Heads,
    ResponseHeads,
    read_response_heads,
    render_request_heads,
)
from ridgeway.trust.clock import read_clock

Sent = TypeVar("Sent")


class ConsumerHands:
    """One exchange on the consumer's side; leave the `stack` to let go of everything."""

    def __init__(
        self,
        request: Request,
        response: ResponseWriter,
        *,
        outgoing: Outgoing,
        is_rest: bool,
        station: Station,
        peers: PeerDirectory,
    ) -> None:
        self.request = request
        self.response = response
        self.outgoing = outgoing
        self.is_rest = is_rest
        self.station = station
        self.peers = peers
        self.stack = AsyncExitStack()
        self.peer = AsyncExitStack()
        self.encoder = TransportEncoder(draw_boundary())
        self.exchange: Exchange | None = None
        self.targets: tuple[Target, ...] = ()
        self.heads: ResponseHeads | None = None
        self.incoming: IncomingMessage | None = None
        self.has_sent = False

    async def perform(self, command: Command) -> Any:  # noqa: C901 — one line a command
        """Do what the conversation asks."""
        match command:
            case AskTime():
                return read_clock()
            case Connect(targets=targets, anew=anew):
                return await self.connect(targets, anew=anew)
            case AskPeerRevocation(link=link, anew=anew):
                return await self.peers.fetch_revocation(link, anew=anew)
            case SendRequest(request=request):
                return await self.unless_answered(self.send_request(request))
            case CarryBodies():
                return await self.unless_answered(self.carry_bodies())
            case Sign(member=member, parts=parts):
                return await self.station.message_signer.sign(
                    member, parts, get_material=lambda: self.station.get_material(member)
                )
            case Record(record=record):
                return await self.station.messagelog.append(record)
            case Finish(signed=signed):
                return await self.unless_answered(self.finish(signed))
            case ReadMessage():
                return await self.read_message()
            case ReadRest():
                return await self.read_rest()
            case Deliver(response=response):
                return await self.deliver(response)
            case SendResponse() | CallService() | CallOwnService():
                raise AssertionError(f"a consumer does not {type(command).__name__}")
            case _:
                assert_never(command)

    async def unless_answered(self, sending: Awaitable[Sent]) -> Sent:
        """What `sending` returns; when the peer let go of it, the fault that it answered with first.

        Raises:  RelayedFault, or the PeerLostError of `sending` when the peer said nothing.
        """
        try:
            return await sending
        except PeerLostError:
            if self.get_exchange().has_answer:
                await self.read_message()
            raise

    async def connect(self, targets: tuple[Target, ...], *, anew: bool) -> Link:
        """A connection to one of the targets, in place of one that was not proven and is closed."""
        if self.exchange is not None:
            self.peers.forget_winner(self.exchange.origin.host)
            self.exchange.abort()
            await self.peer.aclose()
        self.targets = self.targets or targets
        self.exchange = await self.peer.enter_async_context(self.peers.exchange(targets, fresh=anew))
        if targets != self.targets:
            self.peers.remember(self.targets, self.exchange.origin.host)
        return Link(self.exchange.origin.host, self.exchange.connection.peer_chain, self.exchange.is_reused)

    def get_exchange(self) -> Exchange:
        """The connection to the peer, which is there once `Connect` was answered."""
        assert self.exchange is not None
        return self.exchange

    async def send_request(self, request: AnyRequest) -> None:
        """The head, our own revocation answers and the message part are on their way."""
        answers = self.station.own_revocation()
        heads = self.render_heads(request)
        exchange = self.get_exchange()
        self.has_sent = True
        await exchange.start("POST", "/", heads)
        opening = b"".join(self.encoder.ocsp_part(der) for der in answers)
        if isinstance(request, SoapRequest):
            part = request.part
            message = self.encoder.message_part(part.content_type, request.bytes, headers=part.headers)
        else:
            message = self.encoder.message_part(REST_REQUEST, request.bytes)
        await exchange.write(opening + message)

    def render_heads(self, request: AnyRequest) -> Heads:
        """The head of the request to the other security server."""
        is_soap = isinstance(request, SoapRequest)
        return render_request_heads(
            content_type=self.encoder.content_type,
            request_id=request.request_id,
            proxy_version=XROAD_RELEASE,
            is_rest=not is_soap,
            original_content_type=self.request.headers.get("Content-Type"),
            soap_action=request.action if isinstance(request, SoapRequest) else "",
        )

    async def carry_bodies(self) -> tuple[LoggedBody, ...]:
        """The bodies go to the peer as the information system sends them."""
        return await self.outgoing.carry(self.get_exchange().write, self.encoder, self.station.spool_limits)

    async def finish(self, signed: SignedParts) -> None:
        """The last parts are sent."""
        exchange = self.get_exchange()
        await exchange.write(encode_signed(self.encoder, signed))
        await exchange.finish()

    async def read_message(self) -> Incoming:
        """The head and the message part of the answer."""
        exchange = self.get_exchange()
        head = await exchange.response()
        with decoding():
            self.heads = read_response_heads(head.status, head.headers)
            decoder = TransportDecoder(
                self.heads.content_type, role="response", is_rest=self.is_rest, limits=self.station.transport_limits
            )
        self.incoming = IncomingMessage(decoder, exchange.body(), self.station.spool_limits)
        self.stack.callback(self.incoming.close)
        message, _ = await self.incoming.read_message()
        original = self.heads.original_content_type
        part = SoapPart(message.content_type, message.headers, original or DEFAULT_CONTENT_TYPE)
        return Incoming(message.bytes, soap_part=None if self.is_rest else part)

    async def read_rest(self) -> Remainder:
        """The bodies, held back, and the signature."""
        assert self.incoming is not None
        return await self.incoming.read_rest()

    async def deliver(self, response: AnyResponse) -> None:
        """The information system has the proven answer."""
        if isinstance(response, SoapResponse):
            await self.deliver_soap(response)
        else:
            await self.deliver_rest(response)

    async def deliver_rest(self, response: RestResponse) -> None:
        """A REST answer with its body."""
        assert self.incoming is not None
        bodies = self.incoming.bodies
        headers = list(render_http_headers(response))
        if not response_has_body(self.request.method, response.status):
            bodies = []  # what the other server signed beside such a status, HTTP cannot hand on
        else:
            headers.append(("Content-Length", str(sum(body.size for body in bodies))))
        await self.response.start(response.status, render_http_text(response.reason), headers)
        await write_pieces(self.response.write, bodies, self.incoming.spool)
        await self.response.finish()

    async def deliver_soap(self, response: SoapResponse) -> None:
        """A SOAP answer with its attachments."""
        assert self.incoming is not None
        delivery = prepare_delivery(response.bytes, response.part, self.incoming.bodies)
        headers = [("Content-Type", delivery.content_type), ("Content-Length", str(delivery.size))]
        await self.response.start(200, "OK", headers)
        await write_pieces(self.response.write, delivery.pieces, self.incoming.spool, check=delivery.check)
        await self.response.finish()

    async def close(self) -> None:
        """Let go of the peer and of the spool; an unfinished request dies."""
        if self.exchange is not None and self.incoming is None and self.has_sent:
            self.exchange.abort()
        async with self.peer:
            await self.stack.aclose()


def encode_signed(encoder: TransportEncoder, signed: SignedParts) -> bytes:
    """The last parts of a message, with its end."""
    pieces = []
    if signed.hash_chain_result is not None and signed.hash_chain is not None:
        pieces += [encoder.hash_chain_result_part(signed.hash_chain_result), encoder.hash_chain_part(signed.hash_chain)]
    return b"".join([*pieces, encoder.signature_part(signed.signature), encoder.end()])
