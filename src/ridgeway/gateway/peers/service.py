"""Calling a local service with a proven request.

Law: the request goes out as it was signed; redirects, cookies and content codings are left alone. A service over
HTTPS must show one of the certificates that its client registered, unless that was switched off.
Source: PR-MESSTRANSP §3.3 step 6; UG-SS §6; PR-REST §4.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ridgeway.errors import RequestError
from ridgeway.gateway.hands.spool import BodySpool
from ridgeway.gateway.station import Station
from ridgeway.http import ClientTls, Exchange, PeerLostError, parse_url
from ridgeway.http.tls import MODERN
from ridgeway.protocol.exchange.values import LocalService
from ridgeway.protocol.identifiers import ClientId
from ridgeway.protocol.messages import RestRequest, render_http_headers, render_service_url
from ridgeway.protocol.messages.rest import VERBS_WITH_BODY

MAX_TLS_IDENTITIES = 1000


class ServiceDirectory:
    """How the local services are reached."""

    def __init__(self, station: Station) -> None:
        self.station = station
        self.identities: dict[tuple[bytes, ...], ClientTls] = {}

    @asynccontextmanager
    async def exchange(
        self, service: LocalService, request: RestRequest, *, body: BodySpool | None
    ) -> AsyncIterator[Exchange]:
        """An exchange with the service, the request sent.

        Raises:  RequestError(service_missing_url | service_malformed_url), NetworkError, PeerLostError.
        """
        if not service.url:
            raise RequestError("service_missing_url", f"The service {service.code} has no address.")
        try:
            origin, target = parse_url(
                render_service_url(service.url, request), tls=self.choose_tls(service, request.service.provider)
            )
        except ValueError as error:
            raise RequestError("service_malformed_url", f"The service {service.code}: {error}.") from error
        async with self.station.pool.exchange(
            origin,
            connect_timeout_seconds=service.timeout_seconds,
            read_timeout_seconds=service.timeout_seconds,
        ) as exchange:
            await send_to_service(exchange, target, request, body)
            yield exchange

    def choose_tls(self, service: LocalService, provider: ClientId) -> ClientTls | None:
        """Whom a service over HTTPS must be; None over HTTP."""
        if not service.url.startswith("https:"):
            return None
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


async def send_to_service(exchange: Exchange, target: str, request: RestRequest, body: BodySpool | None) -> None:
    """The request is with the service; a body goes only with the verbs that have one.

    A service that answered before it took the whole body, and let go, has answered.
    """
    headers = list(render_http_headers(request))
    has_body = request.verb in VERBS_WITH_BODY
    if has_body:
        headers.append(("Content-Length", str(0 if body is None else body.size)))
    await exchange.start(request.verb, target, headers, has_body=has_body)
    try:
        if has_body and body is not None:
            for chunk in body.chunks():
                await exchange.write(chunk)
        await exchange.finish()
    except PeerLostError:
        if not exchange.has_answer:
            raise
