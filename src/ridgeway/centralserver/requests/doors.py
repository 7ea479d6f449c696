"""The two doors for management requests: registration of certificates, and everything else.

Law: the registration door is open to the world, since who registers is not a server yet; so it is HTTPS, and every
address may ask only so often. The management door is open to the management security server alone, known by its
address or its TLS certificate; it has proven who sends what carries no signature of its own. One request is worked on
at a time. A refused request is answered with a SOAP fault, and nothing of it is kept.
Source: PR-MSERV §2; X-Road's registration service (4001) and management service (4002).
"""

import asyncio
import hmac
import logging
import math
import re
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from ridgeway.centralserver.publishing import ask_database
from ridgeway.centralserver.requests.identity import open_identity
from ridgeway.centralserver.requests.keeping import Received, keep_request, read_governed
from ridgeway.centralserver.requests.limits import RateLimit, normalise_address
from ridgeway.centralserver.requests.rules import NEED_APPROVAL
from ridgeway.errors import CertificateError, MessageError, RidgewayError, SettingsError
from ridgeway.http import Handler, HttpLimits, Request, ResponseWriter, ServerTls, serve
from ridgeway.protocol.certificates.snapshot import TrustSnapshot
from ridgeway.protocol.certificates.x509 import read_certificate
from ridgeway.protocol.management import (
    MAX_REQUEST_BYTES,
    RequestKind,
    verify_management_request,
    write_management_wsdl,
    write_response,
)
from ridgeway.protocol.messages import render_soap_fault
from ridgeway.settings import CentralServerSettings, Settings

log = logging.getLogger(__name__)

REGISTRATION_PATH = "/managementservice"
MANAGEMENT_PATH = "/managementservice/manage"
WSDL_PATH = "/managementservices.wsdl"
LIMITS = HttpLimits(max_head_bytes=16 * 1024, max_connections=64, idle_timeout_seconds=10.0, body_timeout_seconds=10.0)
NEVER_KEPT = [("Pragma", "no-cache"), ("Expires", "0"), ("Cache-Control", "no-store")]
TEXT_XML = "text/xml;charset=UTF-8"
DRY_RUN_ID = 0
INTERNAL = "internal_error"
PORT = re.compile(r":[0-9]+$")


@dataclass(slots=True)
class Reception:
    """Proves requests against what is in force, and keeps them; one after the other."""

    auto_approved: frozenset[RequestKind]
    clock: Callable[[], datetime]
    one: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def receive(self, content_type: str, content: bytes, remote_address: str, *, is_registration: bool) -> bytes:
        """The answer to one request, which is kept.

        Raises:  RidgewayError.
        """
        async with self.one:
            return await ask_database(
                lambda: self.receive_now(content_type, content, remote_address, is_registration=is_registration)
            )

    def receive_now(self, content_type: str, content: bytes, remote_address: str, *, is_registration: bool) -> bytes:
        """As `receive`, in a thread that may ask the database."""
        now = self.clock()
        verified = verify_management_request(content_type, content, trust=read_trust(), at=now)
        request = verified.request
        if (request.kind is RequestKind.CERTIFICATE_REGISTRATION) != is_registration:
            raise MessageError("invalid_request", f"A {request.kind} request does not come through this door.")
        if request.is_dry_run:
            log.info("a registration of %s was tried, and would be kept", request.server)
            return write_response(verified.soap, DRY_RUN_ID)
        received = Received(verified, content_type, content, remote_address)
        number = keep_request(received, auto_approved=self.auto_approved, now=now)
        log.info("request %s is kept: %s of %s", number, request.kind, request.server)
        return write_response(verified.soap, number)


def read_trust() -> TrustSnapshot:
    """What the central server itself publishes, as the trust by which it judges."""
    governed = read_governed()
    instance = governed.trust.instance
    return TrustSnapshot(instance, {instance: governed.trust}, management=governed.private.management)


def choose_auto_approved(chosen: CentralServerSettings) -> frozenset[RequestKind]:
    """The kinds that settings approve."""
    switches = {
        RequestKind.CERTIFICATE_REGISTRATION: chosen.auto_approve_certificates,
        RequestKind.CLIENT_REGISTRATION: chosen.auto_approve_clients,
        RequestKind.OWNER_CHANGE: chosen.auto_approve_owner_changes,
    }
    return NEED_APPROVAL & {kind for kind, is_on in switches.items() if is_on}


@dataclass(slots=True)
class RegistrationDoor:
    """Open to the world."""

    reception: Reception
    limit: RateLimit

    async def answer(self, request: Request, response: ResponseWriter) -> None:
        """One request is answered."""
        address = request.connection.remote_address
        wait = self.limit.find_wait(address, asyncio.get_running_loop().time())
        if wait:
            await response.send(429, "Too Many Requests", [("Retry-After", str(math.ceil(wait)))], b"")
        elif await is_post_to(REGISTRATION_PATH, request, response):
            await answer_request(self.reception, request, response, is_registration=True)


@dataclass(slots=True)
class ManagementDoor:
    """Open to the management security server: `callers` are its addresses, `certificate` (DER) its TLS certificate."""

    reception: Reception
    callers: frozenset[str]
    certificate: bytes | None
    address: Callable[[], str]

    async def answer(self, request: Request, response: ResponseWriter) -> None:
        """One request is answered."""
        if not self.is_known(request):
            where = request.connection.remote_address
            log.warning("a request from %s was refused: it is not the management security server", where)
            await response.send(403, "Forbidden", [], b"")
        elif request.target == WSDL_PATH.encode():
            await send_wsdl(request, response, self.address)
        elif await is_post_to(MANAGEMENT_PATH, request, response):
            await answer_request(self.reception, request, response, is_registration=False)

    def is_known(self, request: Request) -> bool:
        """Whether it is the management security server that asks."""
        if self.certificate is not None:
            chain = request.connection.peer_chain
            return bool(chain) and hmac.compare_digest(chain[0], self.certificate)
        return normalise_address(request.connection.remote_address) in self.callers


async def is_post_to(path: str, request: Request, response: ResponseWriter) -> bool:
    """Whether it is a POST to that path; anything else is answered."""
    if request.target.decode("latin-1").partition("?")[0].rstrip("/") != path:
        await response.send(404, "Not Found", [], b"")
        return False
    if request.method != "POST":
        await response.send(405, "Method Not Allowed", [("Allow", "POST")], b"")
        return False
    return True


async def answer_request(
    reception: Reception, request: Request, response: ResponseWriter, *, is_registration: bool
) -> None:
    """The request is received, or a fault says why not."""
    content = await request.read(MAX_REQUEST_BYTES)
    try:
        answer = await reception.receive(
            request.headers.get("Content-Type"),
            content,
            request.connection.remote_address,
            is_registration=is_registration,
        )
        status, reason = 200, "OK"
    except RidgewayError as error:
        fault_id = str(uuid.uuid4())
        log.warning("a request from %s was refused (%s): %s", request.connection.remote_address, fault_id, error)
        code, detail = (INTERNAL, "See its log.") if isinstance(error, SettingsError) else (error.code, error.detail)
        status, reason, answer = 500, "Internal Server Error", render_soap_fault(code, detail, fault_id)
    await response.send(status, reason, [("Content-Type", TEXT_XML), *NEVER_KEPT], answer)


async def send_wsdl(request: Request, response: ResponseWriter, address: Callable[[], str]) -> None:
    """The description of the management services."""
    if request.method not in {"GET", "HEAD"}:
        await response.send(405, "Method Not Allowed", [("Allow", "GET, HEAD")], b"")
        return
    where = await ask_database(address)
    await response.send(200, "OK", [("Content-Type", TEXT_XML)], write_management_wsdl(where))


def with_wsdl(handler: Handler, settings: Settings) -> Handler:
    """A handler that serves the description of the management services too, where X-Road's central server has it."""

    async def answer(request: Request, response: ResponseWriter) -> None:
        if settings.centralserver.management_port and request.target == WSDL_PATH.encode():
            await send_wsdl(request, response, lambda: find_management_address(settings))
        else:
            await handler(request, response)

    return answer


def find_management_address(settings: Settings) -> str:
    """Where the management security server reaches the management door; the host of the document when any will do."""
    chosen = settings.centralserver
    host = chosen.management_host
    if host in {"0.0.0.0", "::"}:
        try:
            host = PORT.sub("", read_governed().address)
        except SettingsError:
            host = "localhost"
    scheme = "https" if chosen.management_certificate else "http"
    return f"{scheme}://{host}:{chosen.management_port}{MANAGEMENT_PATH}/"


@asynccontextmanager
async def open_request_doors(settings: Settings, *, clock: Callable[[], datetime]) -> AsyncIterator[None]:
    """The doors that settings open answer while the block runs.

    Raises:  SettingsError when a certificate cannot be read.
    """
    chosen = settings.centralserver
    reception = Reception(choose_auto_approved(chosen), clock)
    async with AsyncExitStack() as stack:
        if chosen.registration_port:
            identity = open_identity(settings.path(chosen.tls_dir), now=clock())
            door = RegistrationDoor(reception, RateLimit(chosen.requests_per_minute))
            tls = ServerTls((identity.certificate,), identity.private_key)
            host, port = chosen.registration_host, chosen.registration_port
            await stack.enter_async_context(serve(door.answer, host=host, port=port, tls=tls, limits=LIMITS))
            log.info("registrations are taken at %s, port %s", host, port)
        if chosen.management_port:
            managed = build_management_door(settings, reception)
            own = None if managed.certificate is None else build_management_tls(settings, clock())
            host, port = chosen.management_host, chosen.management_port
            await stack.enter_async_context(serve(managed.answer, host=host, port=port, tls=own, limits=LIMITS))
            log.info("the management security server is waited for at %s, port %s", host, port)
        yield


def build_management_door(settings: Settings, reception: Reception) -> ManagementDoor:
    """The management door, with those it knows."""
    callers = (each.strip() for each in settings.centralserver.management_callers.split(","))
    return ManagementDoor(
        reception=reception,
        callers=frozenset(normalise_address(each) for each in callers if each),
        certificate=read_caller_certificate(settings),
        address=lambda: find_management_address(settings),
    )


def build_management_tls(settings: Settings, now: datetime) -> ServerTls:
    """The identity of the management door, which is that of the registration door; callers must show theirs."""
    identity = open_identity(settings.path(settings.centralserver.tls_dir), now=now)
    return ServerTls((identity.certificate,), identity.private_key, require_client_certificate=True)


def read_caller_certificate(settings: Settings) -> bytes | None:
    """The TLS certificate of the management security server; None when its address is enough.

    Raises:  SettingsError(malformed_settings).
    """
    text = settings.centralserver.management_certificate
    if not text:
        return None
    file = settings.path(Path(text))
    try:
        return read_certificate(file.read_bytes()).der
    except (OSError, CertificateError) as error:
        raise SettingsError(
            "malformed_settings",
            f"centralserver.management_certificate: {file} cannot be read: {error}.",
            action="Name the PEM file of the TLS certificate that the management security server shows to services.",
        ) from error
