"""What may be registered: decisions over the register and the requests that wait.

Law: a request that could not be put in force is refused when it comes, not when somebody approves it. The same rules
are asked again at approval, since the register may be another by then. Codes are those of X-Road's central server.
Source: X-Road's request handlers (central server 7.8); UC-MEMBER.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from ridgeway.centralserver.requests.register import Register, Server, subsystem_code
from ridgeway.errors import AccessError
from ridgeway.protocol.management import ManagementRequest, RequestKind

NEED_APPROVAL = frozenset(
    {RequestKind.CERTIFICATE_REGISTRATION, RequestKind.CLIENT_REGISTRATION, RequestKind.OWNER_CHANGE}
)


@dataclass(frozen=True, slots=True)
class Pending:
    """A request that waits: its number, and what it is about."""

    id: int
    kind: RequestKind
    server: str
    client: str
    certificate_sha256: str


@dataclass(frozen=True, slots=True)
class Names:
    """What a request is about, as the document writes it. `certificate` is DER."""

    server: str
    client: str
    certificate: bytes = b""
    certificate_sha256: str = ""


@dataclass(frozen=True, slots=True)
class Situation:
    """The register, what waits, and the provider of the management services, which nobody may cut off."""

    register: Register
    pending: tuple[Pending, ...]
    provider: str


def decide_reception(request: ManagementRequest, names: Names, situation: Situation) -> tuple[int, ...]:
    """Hold only for a request that may be kept; the numbers of waiting requests that it revokes are returned.

    Raises:  AccessError(management_request_…).
    """
    register = situation.register
    match request.kind:
        case RequestKind.CERTIFICATE_REGISTRATION:
            require_not_pending(find_same_certificate(situation.pending, names))
            require_registrable_certificate(register, names)
        case RequestKind.CLIENT_REGISTRATION:
            require_not_pending(find_same_client(situation.pending, names))
            require_registrable_client(register, names)
        case RequestKind.OWNER_CHANGE:
            waiting = [each for each in situation.pending if each.kind is request.kind and each.server == names.server]
            require_not_pending(waiting)
            require_possible_owner(register, names)
        case RequestKind.CERTIFICATE_DELETION:
            return decide_certificate_deletion(names, situation)
        case RequestKind.CLIENT_DELETION:
            return decide_client_deletion(names, situation)
        case RequestKind.CLIENT_DISABLING | RequestKind.CLIENT_ENABLING | RequestKind.CLIENT_RENAMING:
            decide_client_change(request, names, situation)
        case RequestKind.ADDRESS_CHANGE | RequestKind.MAINTENANCE_START | RequestKind.MAINTENANCE_END:
            decide_server_change(request, names, situation)
    return ()


def require_approvable(request: ManagementRequest, names: Names, register: Register) -> None:
    """Hold only for a kept request that can be put in force now.

    Raises:  AccessError(management_request_…).
    """
    match request.kind:
        case RequestKind.CERTIFICATE_REGISTRATION:
            require_registrable_certificate(register, names)
        case RequestKind.CLIENT_REGISTRATION:
            require_registrable_client(register, names)
        case RequestKind.OWNER_CHANGE:
            require_possible_owner(register, names)


def is_of_a_known_member(request: ManagementRequest, names: Names, register: Register) -> bool:
    """Whether the member that would be registered exists already, so that nobody new comes in without a person."""
    return register.has_member(names.server if request.kind is RequestKind.CERTIFICATE_REGISTRATION else names.client)


def require_registrable_certificate(register: Register, names: Names) -> None:
    """Hold only for a certificate that no server has, of a member whose class is known."""
    holder = register.find_holder(names.certificate)
    if holder is not None:
        raise refused("security_server_exists", f"The certificate is registered for {holder.name} already.")
    require_class(register, names.server)


def require_registrable_client(register: Register, names: Names) -> None:
    """Hold only for a client that is not registered at the server, which is there."""
    server = get_server(register, names)
    if names.client == server.row.owner:
        raise refused("cannot_register_owner", f"{names.client} owns {names.server}, and is registered as such.")
    if names.client in server.registered:
        raise refused("client_already_registered", f"{names.client} is registered at {names.server} already.")
    require_class(register, names.client)


def require_class(register: Register, client: str) -> None:
    """Hold only for a member of a known class."""
    class_ = client.partition("/")[0]
    if class_ not in register.document.member_classes:
        raise refused("member_not_found", f"There is no member class {class_} in {register.document.instance}.")


def require_possible_owner(register: Register, names: Names) -> None:
    """Hold only for a member that may own the server."""
    server = get_server(register, names)
    if subsystem_code(names.client):
        raise refused("owner_must_be_member", f"{names.client} is a subsystem; only a member owns a server.")
    if names.client == server.row.owner:
        raise refused("client_already_owner", f"{names.client} owns {names.server} already.")
    if names.client not in server.registered:
        raise refused("owner_must_be_client", f"{names.client} is no client of {names.server}; register it first.")
    if f"{names.client}/{server.row.code}" in register.servers:
        raise refused("server_code_exists", f"{names.client} has a server {server.row.code} already.")


def decide_certificate_deletion(names: Names, situation: Situation) -> tuple[int, ...]:
    """A certificate of the server is deleted, or the request that would have registered it is revoked."""
    holder = situation.register.find_holder(names.certificate)
    if holder is not None:
        if holder.name != names.server:
            raise refused("server_not_found", f"The certificate is of {holder.name}, not of {names.server}.")
        return ()
    waiting = [each for each in find_same_certificate(situation.pending, names) if each.server == names.server]
    if not waiting:
        raise refused("invalid_auth_certificate", f"The certificate is not registered for {names.server}.")
    return tuple(each.id for each in waiting)


def decide_client_deletion(names: Names, situation: Situation) -> tuple[int, ...]:
    """A client of the server is deleted, or the request that would have registered it is revoked."""
    server = situation.register.servers.get(names.server)
    if server is not None and names.client in server.registered:
        require_not_provider(names, situation)
        return ()
    waiting = find_same_client(situation.pending, names)
    if not waiting:
        raise refused("client_registration_not_found", f"{names.client} is not registered at {names.server}.")
    return tuple(each.id for each in waiting)


def decide_client_change(request: ManagementRequest, names: Names, situation: Situation) -> None:
    """Hold only for a client of the server; that of the management services stays enabled."""
    server = get_server(situation.register, names)
    if names.client not in server.registered:
        raise refused("server_client_not_found", f"{names.client} is not registered at {names.server}.")
    if request.kind is RequestKind.CLIENT_DISABLING:
        require_not_provider(names, situation)


def decide_server_change(request: ManagementRequest, names: Names, situation: Situation) -> None:
    """Hold only for a server that is there; that of the management services stays at work."""
    server = get_server(situation.register, names)
    is_away = server.row.maintenance is not None
    if request.kind is RequestKind.MAINTENANCE_START:
        if situation.provider in server.registered or situation.provider == server.row.owner:
            raise AccessError(
                "mr_forbidden_enable_maintenance_mode_for_management_service",
                f"{names.server} carries the management services of the instance, and cannot be in maintenance.",
            )
        if is_away:
            raise refused("server_already_in_maintenance_mode", f"{names.server} is in maintenance already.")
    if request.kind is RequestKind.MAINTENANCE_END and not is_away:
        raise refused("server_not_in_maintenance_mode", f"{names.server} is not in maintenance.")


def require_not_provider(names: Names, situation: Situation) -> None:
    """Hold only for a client other than the provider of the management services."""
    if names.client == situation.provider:
        raise AccessError(
            "mr_forbidden_disable_management_service_client",
            f"{names.client} provides the management services of the instance, and must stay.",
        )


def get_server(register: Register, names: Names) -> Server:
    """The server of the request.

    Raises:  AccessError(management_request_server_not_found).
    """
    server = register.servers.get(names.server)
    if server is None:
        raise refused("server_not_found", f"There is no security server {names.server}.")
    return server


def find_same_certificate(pending: Iterable[Pending], names: Names) -> list[Pending]:
    """The waiting registrations of the same certificate."""
    kind, mark = RequestKind.CERTIFICATE_REGISTRATION, names.certificate_sha256
    return [each for each in pending if each.kind is kind and each.certificate_sha256 == mark]


def find_same_client(pending: Iterable[Pending], names: Names) -> list[Pending]:
    """The waiting registrations of the same client at the same server."""
    kind, about = RequestKind.CLIENT_REGISTRATION, (names.server, names.client)
    return [each for each in pending if each.kind is kind and (each.server, each.client) == about]


def require_not_pending(waiting: list[Pending]) -> None:
    """Hold only when no such request waits."""
    if waiting:
        raise refused("exists", f"Request {waiting[0].id} asks for the same, and waits for a decision.")


def refused(code: str, detail: str) -> AccessError:
    """The error of a request that is not allowed now."""
    return AccessError(f"management_request_{code}", detail)
