"""Run a `ServiceApp` where the security server can reach it.

Law: with TLS, only a client that shows one of `accepted_certificates` is answered; without, whoever can connect can
claim to be anybody, so listen on an address that only the security server reaches.
"""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager

from ridgeway.client.app import ServiceApp
from ridgeway.http import HttpLimits, HttpRefusal, Request, ResponseWriter, Server, ServerTls, serve


@asynccontextmanager
async def serve_service(
    app: ServiceApp,
    host: str,
    port: int,
    *,
    tls: ServerTls | None = None,
    accepted_certificates: Collection[bytes] = (),
    limits: HttpLimits | None = None,
) -> AsyncIterator[Server]:
    """The service answers while the block runs. `accepted_certificates` are DER; empty accepts every client."""
    accepted = frozenset(accepted_certificates)

    async def answer(request: Request, response: ResponseWriter) -> None:
        if accepted and not accepted.intersection(request.connection.peer_chain[:1]):
            raise HttpRefusal(403, "Forbidden", "Only the security server of this service may call it.")
        await app(request, response)

    async with serve(answer, host=host, port=port, tls=tls, limits=limits) as server:
        yield server
