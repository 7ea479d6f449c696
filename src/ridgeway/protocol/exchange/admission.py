"""Who may ask, through which door, and what they may call: pure decisions over the two snapshots.

Law: nothing is let in by default. Each check raises the error whose code X-Road would answer with, in X-Road's order.
Source: PR-MESSTRANSP §3.2 steps 2–3, §3.3 steps 2–3; UG-SS §6 (access rights); DM-SS.
"""

import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote

from ridgeway.errors import AccessError, CertificateError, MessageError, RequestError, WorldError
from ridgeway.protocol.certificates.snapshot import ServerEntry, TrustSnapshot
from ridgeway.protocol.exchange.commands import AnyRequest, Target
from ridgeway.protocol.exchange.registration import RegistrationState, settle_state
from ridgeway.protocol.exchange.soap import SoapRequest
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

REST_METADATA_SERVICES = frozenset({"listMethods", "allowedMethods", "getOpenAPI"})
SOAP_METADATA_SERVICES = frozenset({"listMethods", "allowedMethods", "getWsdl"})
MONITORING_SERVICES = frozenset(
    {"getSecurityServerMetrics", "getSecurityServerOperationalData", "getSecurityServerHealthData"}
)

SEPARATORS = re.compile(r"[/\\]")
PARAMETERS = re.compile(r";[^/\\]*")


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


def require_registered(client: ClientId, *, server: ServerSnapshot, trust: TrustSnapshot) -> None:
    """Hold only for a client that the global configuration has at this server, and that is not about to leave.

    Raises:  AccessError(unknown_member).
    Source:  PR-MESSTRANSP §3.2 step 2, §3.3 step 2; UG-SS §4 (only registered clients exchange).
    """
    local, entry = server.clients.get(client), trust.own.servers.get(server.server)
    kept = RegistrationState.SAVED if local is None else local.state
    state = settle_state(kept, is_in_configuration=entry is not None and entry.serves(client))
    if state is not RegistrationState.REGISTERED:
        raise AccessError(
            "unknown_member",
            f"{client} is not registered at {server.server}: {state}.",
            action="See what was asked of the central server: ridgeway securityserver requests list.",
        )


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


def is_own_service(request: AnyRequest, *, server: ServerSnapshot) -> bool:
    """Whether the security server answers this itself: metadata of any provider here, monitoring of its owner.

    Source:  PR-META §2, PR-MREST §2; PR-OPMON §2.
    """
    code = request.service.service_code
    if isinstance(request, SoapRequest):
        is_monitoring = code in MONITORING_SERVICES and request.service.provider == server.server.owner
        return is_monitoring or code in SOAP_METADATA_SERVICES
    return code in REST_METADATA_SERVICES and request.verb == "GET"


def admit_provider(request: AnyRequest, *, server: ServerSnapshot) -> None:
    """Hold only when the provider is registered here, and a SOAP request that names a server names this one.

    Raises:  MessageError(invalid_security_server), AccessError(unknown_member).
    Source:  PR-MESSTRANSP §3.3 step 2; PR-MESS §2.2 (securityServer).
    """
    if isinstance(request, SoapRequest) and request.server not in (None, server.server):
        raise MessageError(
            "invalid_security_server", f"The request is for {request.server}; this server is {server.server}."
        )
    provider = request.service.provider
    if provider not in server.clients and provider != server.server.owner:
        raise AccessError("unknown_member", f"{provider} is not registered at {server.server}.")


def admit_service(request: AnyRequest, *, server: ServerSnapshot, trust: TrustSnapshot) -> LocalService:
    """The local service that the client may call with this message.

    Raises:  AccessError with unknown_service, service_type, access_denied or service_disabled.
    Source:  PR-MESSTRANSP §3.3 step 3.
    """
    service, client = request.service, request.client
    provider = server.clients.get(service.provider)
    found = None if provider is None else find_service(provider, service)
    if provider is None or found is None:
        raise AccessError("unknown_service", f"There is no service {service} here.")
    if (found.type is ServiceType.WSDL) != isinstance(request, SoapRequest):
        kinds = ("SOAP", "REST") if found.type is ServiceType.WSDL else ("REST", "SOAP")
        raise AccessError("service_type", f"{service} is a {kinds[0]} service and cannot be called over {kinds[1]}.")
    if not is_allowed(request, found, provider=provider, trust=trust):
        what = "" if isinstance(request, SoapRequest) else f"{request.verb} {request.service_path or '/'} of "
        raise AccessError(
            "access_denied",
            f"{client} may not call {what}{service}.",
            action="Ask the provider for the access right.",
        )
    if found.disabled_notice is not None:
        raise AccessError("service_disabled", f"{service} is disabled: {found.disabled_notice}")
    return found


def find_service(provider: LocalClient, service: ServiceId) -> LocalService | None:
    """The service of this code and version, both exact: a call without a version finds only one without."""
    wanted = (service.service_code, service.version)
    named = service.service_code if service.version is None else f"{service.service_code}.{service.version}"
    found = provider.services.get(named)
    return found if found is not None and (found.code, found.version) == wanted else None


def is_allowed(request: AnyRequest, service: LocalService, *, provider: LocalClient, trust: TrustSnapshot) -> bool:
    """Whether any right of the provider covers this request; in SOAP a right to any endpoint is one to the service."""
    if isinstance(request, SoapRequest):
        return any(
            right.service_code == service.code and covers(right, request.client, provider=provider, trust=trust)
            for right in provider.rights
        )
    return has_right(
        provider, service, verb=request.verb, service_path=request.service_path, client=request.client, trust=trust
    )


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
    """Whether some server could read `service_path` as a place outside the service: `..` in any spelling.

    Servers differ in when they decode, cut what follows a `;`, and take `\\` for `/`. What is one segment to one of
    them is two to another, and pays for one more `..`; so every reading must stay inside.
    """
    if ".." not in unquote(unquote(service_path)):
        return False
    return any(
        goes_below(each.split("/")) or goes_below(SEPARATORS.split(each)) for each in list_readings(service_path)
    )


def list_readings(path: str) -> set[str]:
    """The path as it is, and decoded once or twice, with or without parameters at each time."""
    readings = {path}
    for _ in range(2):
        readings |= {PARAMETERS.sub("", each) for each in readings}
        readings |= {unquote(each) for each in readings}
    return readings | {PARAMETERS.sub("", each) for each in readings}


def goes_below(segments: list[str]) -> bool:
    """Whether more segments have gone up than down at some place."""
    depth = 0
    for segment in segments:
        depth += -1 if segment == ".." else segment not in {"", "."}
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
