"""A security server that joins: its tables and keys are real, the central server and its own door are played.

What is played runs in a thread of its own, as other processes would, and believes nothing: it proves each request.
"""

import asyncio
import datetime as dt
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_der_public_key

import ridgeway.office.documents.tests.ready  # noqa: F401  before any table
from ridgeway.errors import RidgewayError
from ridgeway.http import ServerTls, serve
from ridgeway.messagelog.tests.clusters import BOTH, Cluster, cluster
from ridgeway.office.documents.forward import bring_forward
from ridgeway.protocol.certificates.snapshot import (
    ConfigurationSource,
    ManagementService,
    MemberEntry,
    ServerEntry,
    TrustSnapshot,
)
from ridgeway.protocol.certificates.tests.cast import AUTHENTICATION, SIGNING, USAGES, Holder, Wanted, issue
from ridgeway.protocol.certificates.x509 import read_certificate
from ridgeway.protocol.exchange.snapshots import read_server_snapshot
from ridgeway.protocol.exchange.tests.cast import World, subject_of
from ridgeway.protocol.exchange.values import ServerSnapshot
from ridgeway.protocol.globalconf import PrivateParameters, write_private_parameters, write_shared_parameters
from ridgeway.protocol.identifiers import MemberId, ServerId, SubsystemId
from ridgeway.protocol.management import verify_management_request, write_response
from ridgeway.protocol.messages import render_soap_fault
from ridgeway.securityserver.apply import apply_proposal, read_proposal
from ridgeway.settings import GatewaySettings, SecurityServerSettings, Settings, SignerSettings
from ridgeway.signer import KeyType, KeyUsage, SignerClient
from ridgeway.signer.server import build_server
from ridgeway.signer.token import Token
from ridgeway.signer.values import GenerateRequest, ImportRequest
from ridgeway.web.setup import setup_django

OWNER = MemberId("LAB", "GOV", "1004")
SERVER = ServerId("LAB", "GOV", "1004", "library-1")
CATALOGUE = SubsystemId("LAB", "GOV", "1004", "catalogue")
PROVIDER = SubsystemId("LAB", "GOV", "1000", "management")
PIN = "a good long pin"
DOCUMENT = """
instance: LAB
server: {owner: GOV/1004, code: library-1}
timestamping_services: ["http://tsa.example/"]
clients:
  - {id: GOV/1004/catalogue, name: Catalogue, connection: http}
"""


@dataclass
class Central:
    """The central server and the way to it: what it took, and what it says next instead of taking it."""

    world: World
    trust: TrustSnapshot
    taken: list[Any] = field(default_factory=list)
    ways: list[str] = field(default_factory=list)
    refusal: tuple[str, str] | None = None
    status: int = 0
    handler_before: Any = lambda: None

    def handler(self, way: str):
        async def answer(request, response):
            body = await request.read(200_000)
            self.handler_before()
            if self.status:
                await response.send(self.status, "No", [("Retry-After", "7")], b"")
                return
            try:
                if self.refusal is not None:
                    raise RidgewayError(*self.refusal)
                verified = verify_management_request(
                    request.headers.get("Content-Type"), body, trust=self.trust, at=datetime.now(UTC)
                )
            except RidgewayError as error:
                fault = render_soap_fault(error.code, error.detail, "mark")
                await response.send(500, "No", [("Content-Type", "text/xml")], fault)
                return
            self.taken.append(verified.request)
            self.ways.append(way)
            answer = write_response(verified.soap, 100 + len(self.taken))
            await response.send(200, "OK", [("Content-Type", "text/xml;charset=UTF-8")], answer)

        return answer


@dataclass
class Joining:
    """The newcomer in its folder, and the world around it."""

    settings: Settings
    central: Central
    document: Path

    @property
    def snapshot(self) -> ServerSnapshot:
        return read_server_snapshot(self.settings.path(self.settings.gateway.snapshot).read_bytes())

    def apply(self) -> None:
        apply_proposal(read_proposal(self.document), self.settings, now=datetime.now(UTC))

    def publish(self, **entry: Any) -> None:
        """The configuration says this of the server from now on."""
        own = self.central.trust.own
        servers = dict(own.servers) | {SERVER: replace(own.servers.get(SERVER, ServerEntry(SERVER, "")), **entry)}
        members = dict(own.members) | {OWNER: MemberEntry(OWNER, "Library", subsystems={"catalogue": "Catalogue"})}
        own = replace(own, servers=servers, members=members)
        self.central.trust = replace(self.central.trust, instances={"LAB": own})
        write_configuration(self.settings.path(self.settings.trust.globalconf_dir), self.central.trust)


def build_trust(world: World, management: ManagementService) -> TrustSnapshot:
    """The instance before the newcomer is in it."""
    source = ConfigurationSource("central.example", (world.root.der,), (world.root.der,))
    authority = MemberEntry(MemberId("LAB", "GOV", "1000"), "Authority", subsystems={"management": ""})
    members = {authority.id: authority, OWNER: MemberEntry(OWNER, "Library")}
    classes = {"GOV": "Government"}
    own = replace(world.trust.own, sources=(source,), members=members, servers={}, member_classes=classes)
    return replace(world.trust, instances={"LAB": own}, management=management)


def write_configuration(folder: Path, trust: TrustSnapshot) -> None:
    """The global configuration as the keeper of trust leaves it on disk."""
    place = folder / "LAB"
    place.mkdir(parents=True, exist_ok=True)
    (folder / "instance-identifier").write_text("LAB")
    private = PrivateParameters("LAB", management=trust.management)
    for name, kind, content in (
        ("shared-params.xml", "SHARED-PARAMETERS", write_shared_parameters(trust.own, 6)),
        ("private-params.xml", "PRIVATE-PARAMETERS", write_private_parameters(private)),
    ):
        (place / name).write_bytes(content)
        facts = {
            "contentIdentifier": kind,
            "instanceIdentifier": "LAB",
            "expirationDate": "2099-01-01T00:00:00Z",
            "contentFileName": name,
            "contentLocation": f"/V6/1/{name}",
            "configurationVersion": "6",
        }
        (place / f"{name}.metadata").write_text(json.dumps(facts))


def certify(world: World, public_key: bytes, usage: KeyUsage) -> bytes:
    """A certificate (DER) of the country's authority for a key of the signer."""
    names = SIGNING if usage is KeyUsage.SIGNING else AUTHENTICATION
    key: Any = load_der_public_key(public_key)
    builder = x509.CertificateBuilder().subject_name(subject_of(OWNER)).public_key(key)
    builder = builder.issuer_name(world.root.certificate.loaded.subject).serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(world.now - dt.timedelta(days=1))
    builder = builder.not_valid_after(world.now + dt.timedelta(days=100))
    extension = x509.KeyUsage(**{each: each in names for each in USAGES})
    made = builder.add_extension(extension, critical=True).sign(world.root.key, hashes.SHA256())
    return made.public_bytes(Encoding.DER)


async def make_keys(settings: Settings, world: World, key_type: KeyType) -> None:
    """A key of each usage, certified, with a revocation answer on disk."""
    folder = settings.path(settings.trust.ocsp_dir)
    folder.mkdir()
    async with SignerClient.of(settings) as signer:
        for usage in KeyUsage:
            info = await signer.generate(GenerateRequest(usage, key_type))
            der = certify(world, info.public_key, usage)
            await signer.import_certificate(ImportRequest(der, "GOV/1004"))
            holder = Holder(ec.generate_private_key(ec.SECP256R1()), read_certificate(der))
            (folder / f"{holder.certificate.sha1.hex()}.ocsp").write_bytes(world.answer(holder))


def identity_of(holder: Holder) -> bytes:
    """The key of a TLS identity."""
    return holder.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        port: int = tried.getsockname()[1]
        return port


@contextmanager
def in_a_thread(start) -> Iterator[None]:
    """What `start(stack)` opens runs in a loop of its own while the block runs."""
    loop, ready, stop = asyncio.new_event_loop(), threading.Event(), asyncio.Event()

    async def work() -> None:
        async with AsyncExitStack() as stack:
            await start(stack)
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(work()))
    thread.start()
    assert ready.wait(20)
    try:
        yield
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(20)
        loop.close()


@pytest.fixture(params=BOTH)
def joining(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Joining]:
    """A server with keys and a document that nobody knows yet."""
    url = "sqlite:server.sqlite3"
    if request.param == "postgres":
        running: Cluster = request.getfixturevalue("cluster")
        url = running.new_database()
    settings = replace(
        Settings(state_dir=tmp_path),
        securityserver=SecurityServerSettings(database=url),
        signer=SignerSettings(socket=Path("signer.sock")),
        gateway=GatewaySettings(consumer_port=free_port()),
    )
    setup_django(settings, room="securityserver")
    bring_forward("securityserver")
    (tmp_path / "server.yaml").write_text(DOCUMENT)
    world = World(datetime.now(UTC).replace(microsecond=0))
    shown, port = issue(Wanted("registration")), free_port()
    management = ManagementService(f"https://127.0.0.1:{port}/managementservice/", shown.der, PROVIDER)
    central = Central(world, build_trust(world, management))
    write_configuration(settings.path(settings.trust.globalconf_dir), central.trust)
    folder = settings.path(settings.signer.token_dir)
    Token(folder).create(PIN)

    async def start(stack: AsyncExitStack) -> None:
        socket_file = settings.path(settings.signer.socket)
        await stack.enter_async_context(build_server(folder, socket_file, pin=PIN))
        tls = ServerTls((shown.der,), identity_of(shown))
        straight, through = central.handler("straight"), central.handler("through the door")
        await stack.enter_async_context(serve(straight, host="127.0.0.1", port=port, tls=tls))
        await stack.enter_async_context(serve(through, host="127.0.0.1", port=settings.gateway.consumer_port))
        await make_keys(settings, world, KeyType.RSA_2048 if request.param == "postgres" else KeyType.EC_P256)

    with in_a_thread(start):
        place = Joining(settings, central, tmp_path / "server.yaml")
        place.apply()
        yield place


__all__ = ["CATALOGUE", "OWNER", "SERVER", "Joining", "cluster", "free_port", "in_a_thread", "joining"]
