"""Asking the central server for something, whole: make the request, send it, keep what was asked, and wait for it.

Law: what was asked is kept whether it was taken or refused; a state changes only when it was taken. The snapshot that
the gateway reads is written again at once, so a client that is to leave stops before the country knows.
Read next: `commands.py`.
"""

import asyncio
import contextlib
import json
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from ridgeway.errors import NetworkError, RelayedFault, RidgewayError, SettingsError, TokenError
from ridgeway.office.documents.versions import find_newest
from ridgeway.protocol.certificates.snapshot import InstanceTrust, ServerEntry
from ridgeway.protocol.certificates.x509 import read_certificate
from ridgeway.protocol.exchange.values import ServerSnapshot
from ridgeway.protocol.identifiers import ServerId, SubsystemId, member_of
from ridgeway.protocol.management import ManagementRequest, RequestKind, render_host
from ridgeway.protocol.management.requests import EXCHANGE_PREFIX
from ridgeway.securityserver.apply import read_snapshot_in_force, rewrite_snapshot
from ridgeway.securityserver.documents import SecurityServerDocument
from ridgeway.securityserver.joining.making import Workshop, make_parts
from ridgeway.securityserver.joining.sending import send_through_gateway, send_to_central
from ridgeway.securityserver.joining.states import ASKED, keep_state, name_certificate, name_client
from ridgeway.securityserver.models import SentRequest, Version
from ridgeway.settings import Settings
from ridgeway.signer import KeyInfo, SignerClient
from ridgeway.signer.values import CertificateStatus, StatusRequest
from ridgeway.trust.clock import read_clock
from ridgeway.trust.keeper import TrustKeeper

LOOK_SECONDS, RETRY_SECONDS = 0.5, 1.0
CERTIFICATE_STATES = {
    RequestKind.CERTIFICATE_REGISTRATION: CertificateStatus.REGISTRATION_IN_PROGRESS,
    RequestKind.CERTIFICATE_DELETION: CertificateStatus.DELETION_IN_PROGRESS,
}
"""Where a certificate stands once a request about it was taken."""
WAIT_SECONDS = 600.0
"""How long `--wait` waits for the configuration to say what was asked for."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A request that was sent, as it is kept."""

    id: int
    kind: RequestKind
    subject: str
    facts: dict[str, Any]
    sent_at: datetime
    by: str
    central_id: int | None
    fault: str


def read_server_in_force() -> ServerSnapshot:
    """What this server serves, with what was asked about each client.

    Raises:  SettingsError(no_document).
    """
    number, content = find_newest(Version)
    if content is None:
        raise SettingsError(
            "no_document", "No document is in force.", action="Apply one: ridgeway securityserver apply FILE."
        )
    return read_snapshot_in_force(number, msgspec.convert(content, SecurityServerDocument))


def open_trust(settings: Settings) -> TrustKeeper:
    """The global configuration and the revocation answers as this server has them.

    Raises:  TrustError when there is none, or it has expired.
    """
    keeper = TrustKeeper(settings)
    now = read_clock()
    keeper.reload_if_changed(now)
    keeper.snapshot.require_current(now)
    return keeper


async def list_keys(settings: Settings) -> tuple[KeyInfo, ...]:
    """The public side of this server's keys."""
    async with SignerClient.of(settings) as signer:
        return await signer.list_keys()


def ask(request: ManagementRequest, settings: Settings, *, by: str, patience_seconds: float = 0.0) -> Sent:
    """The central server has the request, and it is kept here; the state of what it is about follows.

    While `patience_seconds` last it is sent again when the way there is not ready, never when it was refused.

    Raises:  RidgewayError as making and sending do, after the refusal was kept.
    """
    keeper = open_trust(settings)
    subject = name_subject(request)
    now = read_clock()
    try:
        central_id = asyncio.run(send_patiently(request, settings, keeper, seconds=patience_seconds))
    except RidgewayError as error:
        keep_sent(request, subject, by=by, now=now, central_id=None, fault=str(error))
        raise
    sent = keep_sent(request, subject, by=by, now=now, central_id=central_id, fault="")
    if request.kind in ASKED and not request.is_dry_run:
        keep_state(subject, ASKED[request.kind], now=now)
        rewrite_snapshot(settings)
    return sent


async def send_patiently(
    request: ManagementRequest, settings: Settings, keeper: TrustKeeper, *, seconds: float
) -> int | None:
    """As `send`, again and again while the way is not ready and the time is not over."""
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    while True:
        keeper.reload_if_changed(read_clock())
        try:
            return await send(request, settings, keeper)
        except RidgewayError as error:
            if loop.time() >= until or not is_of_the_way(error):
                raise
        await asyncio.sleep(RETRY_SECONDS)


def is_of_the_way(error: RidgewayError) -> bool:
    """Whether a request failed before it came to the central server: in the net, or in the exchange."""
    return isinstance(error, NetworkError) or (
        isinstance(error, RelayedFault) and error.code.startswith(EXCHANGE_PREFIX)
    )


async def send(request: ManagementRequest, settings: Settings, keeper: TrustKeeper) -> int | None:
    """The request is made and sent; the number that the central server gave it."""
    async with SignerClient.of(settings) as signer:
        workshop = Workshop(signer, await signer.list_keys(), keeper.snapshot, keeper.ocsp_responses)
        parts = await make_parts(request, workshop, query_id=str(uuid.uuid4()))
        if request.kind is RequestKind.CERTIFICATE_REGISTRATION:
            number = await send_to_central(parts, keeper.snapshot.management)
        else:
            number = await send_through_gateway(parts, settings)
        await tell_signer(request, signer)
    return number


async def tell_signer(request: ManagementRequest, signer: SignerClient) -> None:
    """The signer knows where the certificate stands that the request is about; one of another server stands nowhere."""
    status = CERTIFICATE_STATES.get(request.kind)
    if status is None or request.certificate is None or request.is_dry_run:
        return
    name = read_certificate(request.certificate).sha256.hex()
    with contextlib.suppress(TokenError):
        await signer.set_status(StatusRequest(name, status))


def name_subject(request: ManagementRequest) -> str:
    """What the request is about."""
    if request.certificate is not None:
        return name_certificate(read_certificate(request.certificate).sha256)
    if request.client is not None:
        return name_client(request.client)
    return f"server {'/'.join(request.server.codes[1:])}"


def keep_sent(
    request: ManagementRequest, subject: str, *, by: str, now: datetime, central_id: int | None, fault: str
) -> Sent:
    """The request is kept."""
    facts = {"address": request.address, "name": request.name, "message": request.message}
    row = SentRequest.objects.create(
        kind=str(request.kind),
        subject=subject,
        facts=json.dumps({key: value for key, value in facts.items() if value is not None}),
        sent_at=now,
        by=by,
        central_id=central_id,
        fault=fault,
    )
    return describe_sent(row)


def list_sent() -> tuple[Sent, ...]:
    """Every request that was sent, oldest first."""
    return tuple(describe_sent(row) for row in SentRequest.objects.order_by("id"))


def describe_sent(row: Any) -> Sent:
    """A row as a value."""
    return Sent(
        id=row.id,
        kind=RequestKind(row.kind),
        subject=row.subject,
        facts=json.loads(row.facts),
        sent_at=row.sent_at,
        by=row.by,
        central_id=row.central_id,
        fault=row.fault,
    )


async def wait_until_done(request: ManagementRequest, settings: Settings, *, seconds: float = WAIT_SECONDS) -> None:
    """The global configuration, as `ridgeway trust run` keeps it here, says what was asked for.

    Raises:  NetworkError(not_in_force) when it does not in that time.
    """
    keeper = TrustKeeper(settings)
    try:
        async with asyncio.timeout(seconds):
            while True:
                keeper.reload_if_changed(read_clock())
                if keeper.current is not None and is_done(request, keeper.current.own):
                    return
                await asyncio.sleep(LOOK_SECONDS)
    except TimeoutError:
        raise NetworkError(
            "not_in_force",
            f"After {seconds:g} seconds the global configuration does not say what the {request.kind} request asks.",
            action="The request is kept by the central server and may wait for approval; ask whoever governs it.",
        ) from None


def is_done(request: ManagementRequest, trust: InstanceTrust) -> bool:
    """Whether the configuration says what the request asks for."""
    entry = trust.servers.get(request.server)
    match request.kind:
        case RequestKind.OWNER_CHANGE:
            assert request.client is not None
            owner = member_of(request.client)
            code = request.server.server_code
            return ServerId(owner.instance, owner.member_class, owner.member_code, code) in trust.servers
        case RequestKind.CLIENT_RENAMING:
            return find_name(request, trust) == request.name
        case RequestKind.CERTIFICATE_DELETION | RequestKind.CLIENT_DELETION | RequestKind.CLIENT_DISABLING:
            return entry is None or not has_subject(request, entry)
        case RequestKind.CERTIFICATE_REGISTRATION | RequestKind.CLIENT_REGISTRATION | RequestKind.CLIENT_ENABLING:
            return entry is not None and has_subject(request, entry)
        case RequestKind.ADDRESS_CHANGE:
            assert request.address is not None
            return entry is not None and entry.address in {request.address, render_host(request.address)}
        case RequestKind.MAINTENANCE_START | RequestKind.MAINTENANCE_END:
            is_away = entry is not None and entry.maintenance is not None
            return is_away == (request.kind is RequestKind.MAINTENANCE_START)


def has_subject(request: ManagementRequest, entry: ServerEntry) -> bool:
    """Whether the server has the certificate or the client of the request."""
    if request.certificate is not None:
        return read_certificate(request.certificate).sha256 in entry.auth_certificate_hashes
    return request.client is not None and entry.serves(request.client)


def find_name(request: ManagementRequest, trust: InstanceTrust) -> str | None:
    """The name of the subsystem of the request."""
    client = request.client
    member = None if client is None else trust.members.get(member_of(client))
    return member.subsystems.get(client.subsystem_code) if member and isinstance(client, SubsystemId) else None
