"""Calling a local service with a proven request.

Law: the request goes out as it was signed; redirects, cookies and content codings are left alone. A service over
HTTPS must show one of the certificates that its client registered, unless that was switched off.
Source: PR-MESSTRANSP §3.3 step 6; UG-SS §6; PR-REST §4; PR-MESS §3.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from ridgeway.errors import NetworkError, RequestError
from ridgeway.gateway.hands.soapdelivery import Piece, prepare_delivery, write_pieces
from ridgeway.gateway.hands.spool import BodySpool
from ridgeway.gateway.station import Station
from ridgeway.gateway.tracing import context_for_service
from ridgeway.http import ClientTls, Exchange, PeerLostError, Response, parse_url
from ridgeway.http.tls import MODERN
from ridgeway.protocol.exchange.soap import SoapRequest
from ridgeway.protocol.exchange.values import LocalService
from ridgeway.protocol.identifiers import ClientId
from ridgeway.protocol.messages import RestRequest, render_http_headers, render_service_url
from ridgeway.protocol.messages.rest import VERBS_WITH_BODY
from ridgeway.protocol.transport import FramingCheck
from ridgeway.telemetry import TraceContext

MAX_TLS_IDENTITIES = 1000


class ServiceDirectory:
    """How the local services are reached."""

    def __init__(self, station: Station) -> None:
        self.station = station
        self.identities: dict[tuple[bytes, ...], ClientTls] = {}

    @asynccontextmanager
    async def exchange_rest(
        self,
        service: LocalService,
        request: RestRequest,
        *,
        held: BodySpool | None,
        trace: TraceContext | None = None,
    ) -> AsyncIterator[Exchange]:
        """An exchange with a REST service, the request sent.

        Raises:  RequestError(service_missing_url | service_malformed_url), NetworkError, PeerLostError.
        """
        url = render_service_url(service.url, request) if service.url else ""
        async with self.open(service, url, provider=request.service.provider) as (exchange, target):
            await send_rest(exchange, target, request, held=held, trace=trace)
            yield exchange

    @asynccontextmanager
    async def exchange_soap(
        self,
        service: LocalService,
        request: SoapRequest,
        *,
        held: BodySpool | None,
        trace: TraceContext | None = None,
    ) -> AsyncIterator[Exchange]:
        """An exchange with a SOAP service, the request sent.

        Raises:  as `exchange_rest`.
        """
        async with self.open(service, service.url, provider=request.service.provider) as (exchange, target):
            await send_soap(exchange, target, request, held=held, trace=trace)
            yield exchange

    async def fetch_description(self, service: LocalService, *, provider: ClientId, max_bytes: int) -> Response:
        """What is at the service's description address.

        Raises:  NetworkError(http_error) when the answer is not 200; as `exchange_rest`.
        """
        async with self.open(service, service.description_url, provider=provider) as (exchange, target):
            await exchange.start("GET", target, (), has_body=False)
            await exchange.finish()
            head = await exchange.response()
            body = await exchange.read(max_bytes)
        if head.status != 200:
            raise NetworkError("http_error", f"{service.description_url} answered with status {head.status}")
        return Response(head.status, head.reason, head.headers, body)

    @asynccontextmanager
    async def open(self, service: LocalService, url: str, *, provider: ClientId) -> AsyncIterator[tuple[Exchange, str]]:
        """A connection to the service at `url`, and the target to ask for there."""
        if not url:
            raise RequestError("service_missing_url", f"The service {service.code} has no address.")
        tls = self.choose_tls(service, provider) if url.startswith("https:") else None
        try:
            origin, target = parse_url(url, tls=tls)
        except ValueError as error:
            raise RequestError("service_malformed_url", f"The service {service.code}: {error}.") from error
        async with self.station.pool.exchange(
            origin,
            connect_timeout_seconds=service.timeout_seconds,
            read_timeout_seconds=service.timeout_seconds,
        ) as exchange:
            yield exchange, target

    def choose_tls(self, service: LocalService, provider: ClientId) -> ClientTls:
        """Whom a service over HTTPS must be."""
        server = self.station.server
        local = None if server is None else server.clients.get(provider)
        pinned = local.tls_certificates if local is not None and service.verify_tls else ()
        if service.verify_tls and not pinned:
            raise RequestError(
                "ssl_authentication_failed",
                f"The service {service.code} is called over HTTPS, but {provider} registered no TLS certificate.",
                action="Register it, or set verify_tls to false.",
            )
        if len(self.identities) >= MAX_TLS_IDENTITIES:
            self.identities.clear()
        if pinned not in self.identities:
            internal = self.station.internal
            self.identities[pinned] = ClientTls(
                (internal.certificate,), internal.private_key, profile=MODERN, pinned=pinned
            )
        return self.identities[pinned]


async def send_rest(
    exchange: Exchange, target: str, request: RestRequest, *, held: BodySpool | None, trace: TraceContext | None
) -> None:
    """The request is with the service; a body goes only with the verbs that have one."""
    headers = context_for_service(render_http_headers(request), trace)
    has_body = request.verb in VERBS_WITH_BODY
    bodies = held.bodies if held is not None and has_body else []
    if has_body:
        headers.append(("Content-Length", str(sum(body.size for body in bodies))))
    await exchange.start(request.verb, target, headers, has_body=has_body)
    await send_pieces(exchange, bodies, held)


async def send_soap(
    exchange: Exchange, target: str, request: SoapRequest, *, held: BodySpool | None, trace: TraceContext | None
) -> None:
    """The request is with the service, with its attachments."""
    delivery = prepare_delivery(request.bytes, request.part, [] if held is None else held.bodies)
    headers = [
        ("accept-encoding", ""),
        ("SOAPAction", request.action),
        ("Content-Type", delivery.content_type),
        ("Content-Length", str(delivery.size)),
    ]
    await exchange.start("POST", target, context_for_service(headers, trace))
    await send_pieces(exchange, delivery.pieces, held, check=delivery.check)


async def send_pieces(
    exchange: Exchange, pieces: Sequence[Piece], held: BodySpool | None, *, check: FramingCheck | None = None
) -> None:
    """Every piece is with the service. One that answered before it took all, and let go, has answered."""
    try:
        await write_pieces(exchange.write, pieces, held, check=check)
        await exchange.finish()
    except PeerLostError:
        if not exchange.has_answer:
            raise
