"""Two gateways on loopback with their service, in one process: real doors, TLS, signatures and messages.

Only the rooms beyond the gateway are played: the key is in memory, the log is a list, nothing is fetched.
"""

import asyncio
import hashlib
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from ridgeway.errors import MessageLogError
from ridgeway.gateway.doors.consumer import ConsumerDoor
from ridgeway.gateway.doors.ocsp import OcspDoor
from ridgeway.gateway.doors.peer import PeerDoor
from ridgeway.gateway.hands.sign import MessageSigner
from ridgeway.gateway.internaltls import open_internal_identity
from ridgeway.gateway.metadata import list_metadata_services
from ridgeway.gateway.peers.securityserver import PeerDirectory
from ridgeway.gateway.peers.service import ServiceDirectory
from ridgeway.gateway.station import Identity, Station, ocsp_pool_limits, pool_limits
from ridgeway.gateway.worker import limits_of
from ridgeway.http import ClientTls, Origin, Pool, ServerTls, fetch, serve
from ridgeway.http.tls import XROAD
from ridgeway.protocol.exchange.tests.cast import World, asking_server, serving_server
from ridgeway.settings import load_settings
from ridgeway.signer import AuthenticationKey
from ridgeway.trust.keeper import TrustKeeper

CLIENT = ("X-Road-Client", "LAB/GOV/1001/desk")
PERSONS = "/r1/LAB/GOV/1002/register/persons"
HOST = "127.0.0.1"


class Key:
    """A key in memory that signs when its gate is open."""

    def __init__(self, key):
        self.key = key
        self.gate = asyncio.Event()
        self.gate.set()
        self.asked = self.signed = 0
        self.fault: Exception | None = None

    async def sign(self, _key_id, algorithm, digest):
        self.asked += 1
        await self.gate.wait()
        if self.fault is not None:
            raise self.fault
        self.signed += 1
        chosen = hashes.SHA512() if "sha512" in algorithm else hashes.SHA256()
        return self.key.sign(digest, ec.ECDSA(Prehashed(chosen)))


@dataclass
class Shelf:
    """A log that keeps records in a list, until it is full."""

    records: list[object] = field(default_factory=list)
    room: int = 1000

    async def append(self, record):
        if len(self.records) >= self.room:
            raise MessageLogError("logging_failed", "The log writer cannot be reached.")
        self.records.append(record)
        return len(self.records)


def private_key(holder):
    return holder.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def make_identity(holder):
    """What a server with this certificate shows."""
    key = AuthenticationKey("auth", private_key(holder), holder.der)
    chain = (holder.der,)
    return Identity(
        key,
        chain,
        ClientTls(chain, key.private_key, profile=XROAD),
        ServerTls(chain, key.private_key, require_client_certificate=True, profile=XROAD),
    )


async def make_station(folder, world, side, server, *, stack, **settings):
    """A station of this side."""
    folder.mkdir()
    environment = {"RIDGEWAY_STATE_DIR": str(folder), "RIDGEWAY_MODE": "lab"}
    environment |= {f"RIDGEWAY_GATEWAY__{name.upper()}": str(value) for name, value in settings.items()}
    chosen = load_settings(None, environment)
    chosen.path(chosen.gateway.spool_dir).mkdir(parents=True)
    keeper = TrustKeeper(chosen)
    keeper.current = world.trust
    holders = (side.signing, side.auth)
    keeper.ocsp_responses = {hashlib.sha1(each.der).hexdigest(): world.answer(each) for each in holders}
    key: Any = Key(side.signing.key)
    nothing: Any = None
    station = Station(
        settings=chosen,
        keeper=keeper,
        signer=key,
        messagelog=Shelf(),
        downloads=nothing,
        pool=await stack.enter_async_context(Pool(pool_limits(chosen))),
        ocsp_pool=await stack.enter_async_context(Pool(ocsp_pool_limits(chosen))),
        message_signer=MessageSigner(key),
        internal=open_internal_identity(folder / "tls", now=world.now),
    )
    station.server = server
    station.identity = make_identity(side.auth)
    station.material[side.member] = ("key", world.material(side))
    return station


@dataclass
class Pair:
    """Both servers, running."""

    world: World
    consumer: Station
    provider: Station
    pool: Pool
    consumer_port: int
    peer_port: int
    ocsp_port: int
    door: Any = None
    peers: Any = None
    calls: list[object] = field(default_factory=list)

    async def ask(self, method="GET", target=f"{PERSONS}/7", body=None, headers=()):
        origin = Origin(HOST, self.consumer_port)
        fields = [CLIENT, *headers]
        return await fetch(self.pool, method, (origin, target), fields, body, max_bytes=50_000_000)

    async def bring(self, body, headers, *, identity=None, method="POST"):
        """What the peer door answers to these bytes."""
        identity = identity or self.consumer.identity
        origin = Origin(HOST, self.peer_port, identity.client_tls)
        return await fetch(self.pool, method, (origin, "/"), headers, body, max_bytes=1_000_000)


async def serve_person(request, response):
    """A service with one person in it."""
    body = await request.read(50_000_000)
    await response.send(200, "OK", [("Content-Type", "application/json")], body or b'{"name":"Adra"}')


@asynccontextmanager
async def running_pair(folder, *, service=serve_person, peer=None, limits=None, described="", **offer):
    """A consumer and a provider with `service` behind it; `peer` is a handler in place of the provider's door.

    `described` is the path at the service where its description is.
    """
    limits = limits or {}
    async with AsyncExitStack() as stack:
        world = World(datetime.now(UTC).replace(microsecond=0), addresses=("127.0.0.9", HOST))
        calls = []

        async def handle(request, response):
            calls.append(request)
            await service(request, response)

        behind = await stack.enter_async_context(serve(handle, host=HOST, port=0))
        offer.setdefault("url", f"http://{HOST}:{behind.port}/api")
        if described:
            offer["description_url"] = f"http://{HOST}:{behind.port}{described}"
        provider = await make_station(
            folder / "provider", world, world.serving, serving_server(**offer), stack=stack, **limits
        )
        services = ServiceDirectory(provider)
        provider.own_services = list_metadata_services(services)
        door = limits_of(provider.settings.gateway)
        directed = SimpleNamespace(handle=peer or PeerDoor(provider, services).handle)

        async def handle_peer(request, response):
            await directed.handle(request, response)

        peers = await stack.enter_async_context(
            serve(
                handle_peer,
                host=HOST,
                port=0,
                tls=provider.identity.server_tls,
                limits=door,
            )
        )
        ocsp = await stack.enter_async_context(serve(OcspDoor(provider).handle, host=HOST, port=0, limits=door))
        remote = {"remote_peer_port": peers.port, "remote_ocsp_port": ocsp.port} | limits
        consumer = await make_station(folder / "consumer", world, world.asking, asking_server(), stack=stack, **remote)
        asked = await stack.enter_async_context(
            serve(ConsumerDoor(consumer, PeerDirectory(consumer)).handle, host=HOST, port=0, limits=door)
        )
        pool = await stack.enter_async_context(Pool())
        yield Pair(world, consumer, provider, pool, asked.port, peers.port, ocsp.port, directed, peers, calls)
