"""The server snapshot as a file: what `securityserver apply` writes and the gateway's workers read.

Law: JSON with identifiers as they are printed and certificates in base64; a file that does not say everything, or says
anything more, is refused whole.
"""

import msgspec

from ridgeway.errors import MessageError, TrustError
from ridgeway.protocol.exchange.registration import RegistrationState
from ridgeway.protocol.exchange.values import (
    AccessRight,
    ConnectionType,
    Endpoint,
    LocalClient,
    LocalService,
    ServerSnapshot,
    ServiceType,
)
from ridgeway.protocol.identifiers import (
    ClientId,
    GlobalGroupId,
    LocalGroupId,
    MemberId,
    ServerId,
    SubsystemId,
    XRoadId,
    parse_identifier,
)

MAX_SNAPSHOT_BYTES = 64 * 1024 * 1024


class EndpointFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An `Endpoint`."""

    method: str
    path: str


class ServiceFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A `LocalService`."""

    code: str
    url: str
    type: ServiceType
    timeout_seconds: int
    verify_tls: bool
    version: str | None
    disabled_notice: str | None
    description_url: str
    endpoints: tuple[EndpointFile, ...] = ()


class RightFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An `AccessRight`."""

    subject: str
    service_code: str
    method: str
    path: str


class ClientFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A `LocalClient`."""

    id: str
    name: str
    connection: ConnectionType
    tls_certificates: tuple[bytes, ...]
    services: tuple[ServiceFile, ...]
    rights: tuple[RightFile, ...]
    local_groups: dict[str, tuple[str, ...]]
    state: RegistrationState = RegistrationState.SAVED


class SnapshotFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A `ServerSnapshot`."""

    version: int
    server: str
    timestamping_urls: tuple[str, ...]
    clients: tuple[ClientFile, ...]


def write_server_snapshot(snapshot: ServerSnapshot) -> bytes:
    """The file for a snapshot."""
    file = SnapshotFile(
        version=snapshot.version,
        server=str(snapshot.server),
        timestamping_urls=snapshot.timestamping_urls,
        clients=tuple(write_client(client) for client in snapshot.clients.values()),
    )
    return msgspec.json.format(msgspec.json.encode(file), indent=1)


def write_client(client: LocalClient) -> ClientFile:
    """One client."""
    return ClientFile(
        id=str(client.id),
        name=client.name,
        connection=client.connection,
        tls_certificates=client.tls_certificates,
        services=tuple(write_service(service) for service in client.services.values()),
        rights=tuple(RightFile(str(each.subject), each.service_code, each.method, each.path) for each in client.rights),
        local_groups={
            code: tuple(sorted(str(member) for member in members)) for code, members in client.local_groups.items()
        },
        state=client.state,
    )


def write_service(service: LocalService) -> ServiceFile:
    """One service."""
    return ServiceFile(
        code=service.code,
        url=service.url,
        type=service.type,
        timeout_seconds=service.timeout_seconds,
        verify_tls=service.verify_tls,
        version=service.version,
        disabled_notice=service.disabled_notice,
        description_url=service.description_url,
        endpoints=tuple(EndpointFile(each.method, each.path) for each in service.endpoints),
    )


def read_server_snapshot(data: bytes) -> ServerSnapshot:
    """The snapshot in a file.

    Raises:  TrustError(malformed_server_conf) naming what is wrong.
    """
    try:
        if len(data) > MAX_SNAPSHOT_BYTES:
            raise ValueError(f"it has {len(data)} bytes; at most {MAX_SNAPSHOT_BYTES}")
        file = msgspec.json.decode(data, type=SnapshotFile)
        clients = tuple(read_client(client) for client in file.clients)
        return ServerSnapshot(
            version=file.version,
            server=read_server_id(file.server),
            clients={client.id: client for client in clients},
            timestamping_urls=file.timestamping_urls,
        )
    except (msgspec.DecodeError, MessageError, ValueError) as error:
        raise TrustError(
            "malformed_server_conf",
            f"The server snapshot cannot be read: {error}.",
            action="Write it anew: ridgeway securityserver apply FILE.",
        ) from error


def read_client(file: ClientFile) -> LocalClient:
    """One client."""
    return LocalClient(
        id=read_client_id(file.id),
        connection=file.connection,
        tls_certificates=file.tls_certificates,
        services={service.full_code: service for service in map(read_service, file.services)},
        rights=tuple(read_right(right) for right in file.rights),
        local_groups={
            code: frozenset(read_client_id(member) for member in members) for code, members in file.local_groups.items()
        },
        name=file.name,
        state=file.state,
    )


def read_service(file: ServiceFile) -> LocalService:
    """One service."""
    fields = {name: getattr(file, name) for name in file.__struct_fields__}
    fields["endpoints"] = tuple(Endpoint(each.method, each.path) for each in file.endpoints)
    return LocalService(**fields)


def read_right(file: RightFile) -> AccessRight:
    """One access right."""
    subject = parse_identifier(file.subject)
    if not isinstance(subject, MemberId | SubsystemId | GlobalGroupId | LocalGroupId):
        raise misplaced(subject, "a client or a group")
    return AccessRight(subject, file.service_code, file.method, file.path)


def read_client_id(text: str) -> ClientId:
    """A member or a subsystem."""
    identifier = parse_identifier(text)
    if not isinstance(identifier, MemberId | SubsystemId):
        raise misplaced(identifier, "a member or a subsystem")
    return identifier


def read_server_id(text: str) -> ServerId:
    """A security server."""
    identifier = parse_identifier(text)
    if not isinstance(identifier, ServerId):
        raise misplaced(identifier, "a security server")
    return identifier


def misplaced(identifier: XRoadId, expected: str) -> ValueError:
    """The error for an identifier of the wrong kind."""
    return ValueError(f"{identifier} stands where {expected} is expected")
