"""Two running security servers with a service behind them, set up for one recorded case.

Law: doors, TLS, signatures and messages are the real ones; only the log, the fetching of trust and the signer's socket
are played, as in the gateway's own tests. What is not said in a set-up is as in an honest country.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ridgeway.errors import TokenError
from ridgeway.gateway.doors.consumer import ConsumerDoor
from ridgeway.gateway.doors.ocsp import OcspDoor
from ridgeway.gateway.doors.peer import PeerDoor
from ridgeway.gateway.peers.securityserver import PeerDirectory
from ridgeway.gateway.peers.service import ServiceDirectory
from ridgeway.gateway.station import Identity, Station
from ridgeway.gateway.tests.pair import HOST, make_identity, make_station, private_key
from ridgeway.gateway.worker import limits_of
from ridgeway.http import ClientTls, Pool, Request, ResponseWriter, Server, ServerTls, serve
from ridgeway.http.tls import MODERN, XROAD
from ridgeway.protocol.exchange.tests.cast import World
from ridgeway.protocol.exchange.values import (
    AccessRight,
    ConnectionType,
    LocalClient,
    LocalService,
    ServerSnapshot,
    ServiceType,
)
from ridgeway.protocol.identifiers import ClientId

Handler = Callable[[Request, ResponseWriter], Awaitable[None]]
CONSUMER_HOST = "127.0.0.9"


@dataclass(frozen=True, slots=True)
class SetUp:
    """What one case needs; the fields are the keys of `proxy_e2e.toml`.

    `peer` plays the other security server in place of ours, `registered_elsewhere` has its certificate registered
    for a server that does not host the provider, `suites` are those that the consumer alone offers.
    """

    disabled: str | None = None
    has_service: bool = True
    has_right: bool = True
    service_url: str = ""
    service_status: int = 200
    service_tls: str = ""
    maintenance: str | None = None
    can_sign: bool = True
    connection: str = "http"
    peer: str = ""
    registered_elsewhere: bool = False
    suites: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Bench:
    """Both servers, running, and how they are reached."""

    world: World
    consumer: Station
    provider: Station
    pool: Pool
    consumer_port: int
    consumer_tls: ClientTls | None
    peer_port: int
    asker: Identity


@asynccontextmanager
async def running_bench(
    folder: Path,
    set_up: SetUp,
    *,
    asking: tuple[ClientId, ...],
    serving: Mapping[ClientId, Mapping[str, ServiceType]],
    service: Handler,
    peer: Handler | None = None,
) -> AsyncIterator[Bench]:
    """The servers of `asking` and `serving`, whose services of these types all stand behind `service`."""
    async with AsyncExitStack() as stack:
        now = datetime.now(UTC).replace(microsecond=0)
        world = World(
            now,
            addresses=(CONSUMER_HOST, HOST),
            asking=asking,
            serving=tuple(serving),
            maintenance=set_up.maintenance,
        )
        behind = await open_service(stack, world, set_up, service)
        provider_snapshot = build_provider(world, set_up, asking=asking, serving=serving, behind=behind)
        provider = await make_station(folder / "provider", world, world.serving, provider_snapshot, stack=stack)
        peer_server = await open_peer_door(stack, world, provider, set_up, peer)
        ocsp = await stack.enter_async_context(
            serve(OcspDoor(provider).handle, host=HOST, port=0, limits=limits_of(provider.settings.gateway))
        )
        consumer = await make_station(
            folder / "consumer",
            world,
            world.asking,
            build_consumer(world, set_up, asking),
            stack=stack,
            remote_peer_port=peer_server.port,
            remote_ocsp_port=ocsp.port,
        )
        prepare_consumer(consumer, set_up)
        door, tls = await open_consumer_door(stack, world, consumer, set_up)
        pool = await stack.enter_async_context(Pool())
        asker = make_identity(world.asking.auth)
        yield Bench(world, consumer, provider, pool, door.port, tls, peer_server.port, asker)


async def open_service(stack: AsyncExitStack, world: World, set_up: SetUp, service: Handler) -> Server:
    """The service, over HTTPS where the set-up speaks of its TLS."""
    holder = world.serving.signing
    tls = ServerTls((holder.der,), private_key(holder)) if set_up.service_tls else None
    return await stack.enter_async_context(serve(service, host=HOST, port=0, tls=tls))


def build_provider(
    world: World,
    set_up: SetUp,
    *,
    asking: tuple[ClientId, ...],
    serving: Mapping[ClientId, Mapping[str, ServiceType]],
    behind: Server,
) -> ServerSnapshot:
    """The configuration of the provider's server."""
    scheme = "https" if set_up.service_tls else "http"
    url = set_up.service_url or f"{scheme}://{HOST}:{behind.port}/service"
    pinned = {"pinned": world.serving.signing.der, "other": world.serving.auth.der}.get(set_up.service_tls)
    clients = {}
    for provider, services in serving.items():
        offered = {
            code: LocalService(code, url, type=kind, disabled_notice=set_up.disabled)
            for code, kind in services.items()
            if set_up.has_service
        }
        rights = tuple(AccessRight(client, code) for client in asking for code in offered if set_up.has_right)
        clients[provider] = LocalClient(
            provider,
            ConnectionType.HTTP,
            tls_certificates=() if pinned is None else (pinned,),
            services=offered,
            rights=rights,
        )
    (server,) = (each.id for each in world.trust.own.servers.values() if each.serves(next(iter(serving))))
    return ServerSnapshot(1, server, clients)


def build_consumer(world: World, set_up: SetUp, asking: tuple[ClientId, ...]) -> ServerSnapshot:
    """The configuration of the consumer's server."""
    (server,) = (each.id for each in world.trust.own.servers.values() if each.serves(asking[0]))
    connection = ConnectionType.MUTUAL_TLS if set_up.connection.startswith("mutual") else ConnectionType.HTTP
    certificates = (world.asking.auth.der,) if connection is ConnectionType.MUTUAL_TLS else ()
    return ServerSnapshot(1, server, {each: LocalClient(each, connection, certificates) for each in asking})


async def open_peer_door(
    stack: AsyncExitStack, world: World, provider: Station, set_up: SetUp, peer: Handler | None
) -> Server:
    """The provider's peer door, or whoever plays it."""
    holder = world.asking.auth if set_up.registered_elsewhere else world.serving.auth
    handler = peer or PeerDoor(provider, ServiceDirectory(provider)).handle
    tls = make_identity(holder).server_tls
    limits = limits_of(provider.settings.gateway)
    return await stack.enter_async_context(serve(handler, host=HOST, port=0, tls=tls, limits=limits))


def prepare_consumer(consumer: Station, set_up: SetUp) -> None:
    """What the set-up takes from the consumer's server."""
    key: Any = consumer.signer
    if not set_up.can_sign:
        key.fault = TokenError("cannot_create_signature", "The token has no key.")
    if set_up.suites:
        identity = consumer.get_identity()
        profile = replace_suites(identity.client_tls, set_up.suites)
        consumer.identity = Identity(identity.key, identity.chain, profile, identity.server_tls)


def replace_suites(tls: ClientTls, suites: str) -> ClientTls:
    """The same identity, offering TLS 1.2 with these suites alone."""
    profile = replace(XROAD, name="other suites", suites=suites)
    return ClientTls(tls.certificate_chain, tls.private_key, profile=profile)


async def open_consumer_door(
    stack: AsyncExitStack, world: World, consumer: Station, set_up: SetUp
) -> tuple[Server, ClientTls | None]:
    """The consumer door, and what an information system shows there over HTTPS."""
    handler = ConsumerDoor(consumer, PeerDirectory(consumer)).handle
    limits = limits_of(consumer.settings.gateway)
    if set_up.connection == "http":
        return await stack.enter_async_context(serve(handler, host=HOST, port=0, limits=limits)), None
    internal = consumer.internal
    tls = ServerTls((internal.certificate,), internal.private_key, request_client_certificate=True)
    door = await stack.enter_async_context(serve(handler, host=HOST, port=0, tls=tls, limits=limits))
    shown = world.asking.auth if set_up.connection == "mutual-tls" else None
    chain, key = ((), b"") if shown is None else ((shown.der,), private_key(shown))
    return door, ClientTls(chain, key, profile=MODERN, pinned=(internal.certificate,))
