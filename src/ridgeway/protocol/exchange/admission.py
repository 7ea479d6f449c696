"""Who may ask, through which door, and what they may call: pure decisions over the two snapshots.

Law: nothing is let in by default. Each check raises the error whose code X-Road would answer with, in X-Road's order.
Source: PR-MESSTRANSP §3.2 steps 2–3, §3.3 steps 2–3; UG-SS §6 (access rights); DM-SS.
"""

import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote

from ridgeway.errors import AccessError, CertificateError, RequestError, WorldError
from ridgeway.protocol.certificates.snapshot import ServerEntry, TrustSnapshot
from ridgeway.protocol.exchange.commands import Target
from ridgeway.protocol.exchange.values import (
    AccessRight,
    ConnectionType,
    LocalClient,
    LocalService,
    ServerSnapshot,
    ServiceType,
)
from ridgeway.protocol.identifiers import ClientId, GlobalGroupId, LocalGroupId, ServerId, ServiceId
from ridgeway.protocol.messages import matches_path, normalise_service_path

WHOLE_SERVICE = "**"
"""The path of a right to every endpoint of a service."""

SEPARATORS = re.compile(r"[/\\]")


@dataclass(frozen=True, slots=True)
class Caller:
    """How an information system reached the consumer door; `certificate` is its TLS certificate, DER."""

    is_tls: bool
    certificate: bytes | None = None


def admit_caller(
    client: ClientId, *, caller: Caller, server: ServerSnapshot, own_certificate: bytes | None = None
) -> LocalClient:
    """The local client that may speak through this connection.

    Raises:  AccessError(unknown_member) when it is not registered here; CertificateError(ssl_authentication_failed)
             when the connection is not the one it was registered with.
    Source:  PR-MESSTRANSP §3.2 step 2; UG-SS §9.
    """
    local = server.clients.get(client)
    if local is None:
        raise AccessError("unknown_member", f"{client} is not registered at {server.server}.")
    if local.connection is ConnectionType.HTTP:
        return local
    if not caller.is_tls:
        raise CertificateError(
            "ssl_authentication_failed", f"{client} must connect over HTTPS here, but came over plain HTTP."
        )
    if local.connection is ConnectionType.MUTUAL_TLS:
        allowed = (*local.tls_certificates, *([own_certificate] if own_certificate else []))
        require_certificate(client, caller.certificate, allowed=allowed)
    return local


def require_certificate(client: ClientId, certificate: bytes | None, *, allowed: Iterable[bytes]) -> None:
    """Hold only when `certificate` is one of those that `client` registered, byte for byte."""
    if certificate is None:
        raise CertificateError("ssl_authentication_failed", f"{client} must show its TLS certificate, and showed none.")
    if not any(hmac.compare_digest(certificate, known) for known in allowed):
        raise CertificateError(
            "ssl_authentication_failed", f"The TLS certificate shown is not one that {client} registered here."
        )


def find_targets(provider: ClientId, *, pinned: ServerId | None, trust: TrustSnapshot) -> tuple[Target, ...]:
    """The security servers that may answer for `provider`, at least one.

    Raises:  AccessError(unknown_member) when no server hosts it, RequestError(invalid_security_server) when the
             pinned one does not, WorldError(maintenance_mode) when all are in maintenance.
    Source:  PR-MESSTRANSP §3.2 step 3.
    """
    servers = trust.servers_of(provider)
    if not servers:
        raise AccessError("unknown_member", f"No security server hosts {provider}.", action="Check the identifier.")
    if pinned is not None:
        servers = tuple(server for server in servers if server.id == pinned)
        if not servers:
            raise RequestError("invalid_security_server", f"{pinned} does not host {provider}.")
    ready = tuple(server for server in servers if server.maintenance is None and server.address)
    if not ready:
        raise WorldError("maintenance_mode", maintenance_message(provider, servers))
    return tuple(Target(server.id, server.address) for server in ready)


def maintenance_message(provider: ClientId, servers: tuple[ServerEntry, ...]) -> str:
    """Why every server of `provider` is away, with the messages their operators left."""
    notes = "; ".join(f"{server.id}: {server.maintenance or 'no address is registered'}" for server in servers)
    return f"Every security server of {provider} is in maintenance ({notes})."


def admit_service(
    service: ServiceId, *, verb: str, service_path: str, client: ClientId, server: ServerSnapshot, trust: TrustSnapshot
) -> LocalService:
    """The local service that `client` may call with this method on this path.

    Raises:  AccessError with unknown_member, unknown_service, service_type, access_denied or service_disabled.
    Source:  PR-MESSTRANSP §3.3 step 3.
    """
    provider = server.clients.get(service.provider)
    if provider is None:
        raise AccessError("service_failed.unknown_member", f"{service.provider} is not registered at {server.server}.")
    found = provider.services.get(service.service_code)
    if found is None:
        raise AccessError("unknown_service", f"{service.provider} has no service {service.service_code!r}.")
    if found.type is ServiceType.WSDL:
        raise AccessError("service_type", f"{service} is a SOAP service; call it with a SOAP message.")
    if not has_right(provider, found, verb=verb, service_path=service_path, client=client, trust=trust):
        raise AccessError(
            "access_denied",
            f"{client} may not call {verb} {service_path or '/'} of {service}.",
            action="Ask the provider for the access right.",
        )
    if found.disabled_notice is not None:
        raise AccessError("service_disabled", f"{service} is disabled: {found.disabled_notice}")
    return found


def has_right(
    provider: LocalClient,
    service: LocalService,
    *,
    verb: str,
    service_path: str,
    client: ClientId,
    trust: TrustSnapshot,
) -> bool:
    """Whether any right of the provider covers this client, service, method and path.

    No right covers a path that climbs out of the service, however its dots are written. Raises AccessError for one
    that could be read in two ways, when only rights to single endpoints are left to decide.
    """
    if climbs_out(service_path):
        return False
    rights = [
        right
        for right in provider.rights
        if right.service_code == service.code
        and right.method.upper() in {"*", verb}
        and covers(right, client, provider=provider, trust=trust)
    ]
    if any(right.path == WHOLE_SERVICE for right in rights):
        return True
    if not rights:
        return False
    path = normalise_service_path(service_path)
    return any(matches_path(right.path, path) for right in rights)


def climbs_out(service_path: str) -> bool:
    """Whether some server could read `service_path` as a place outside the service: `..` in any spelling."""
    depth = 0
    for segment in SEPARATORS.split(unquote(unquote(service_path))):
        name = segment.partition(";")[0]
        depth += -1 if name == ".." else name not in {"", "."}
        if depth < 0:
            return True
    return False


def covers(right: AccessRight, client: ClientId, *, provider: LocalClient, trust: TrustSnapshot) -> bool:
    """Whether the subject of `right` is `client`, or a group that holds it."""
    match right.subject:
        case GlobalGroupId() as group:
            return client in trust.find_group(group)
        case LocalGroupId(group_code=code):
            return client in provider.local_groups.get(code, frozenset())
        case subject:
            return subject == client
