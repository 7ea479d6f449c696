"""The values that a gateway works on: its own configuration, what it logs, and what it hands on.

Law: these are the only things that the gateway shares with the rooms that keep configuration, log and keys. They
arrive as files and over sockets, never through a database.
Source: DM-SS (serverconf), DM-ML (message log), PR-MESSTRANSP §3.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from ridgeway.protocol.exchange.registration import RegistrationState
from ridgeway.protocol.identifiers import ClientId, GlobalGroupId, LocalGroupId, ServerId


class ConnectionType(StrEnum):
    """How a client's information system must connect (DM-SS `isauthentication`)."""

    HTTP = "NOSSL"
    HTTPS = "SSLNOAUTH"
    MUTUAL_TLS = "SSLAUTH"


class ServiceType(StrEnum):
    """What describes a service (DM-SS `servicedescription.type`)."""

    REST = "REST"
    OPENAPI = "OPENAPI3"
    WSDL = "WSDL"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A method and a path of a REST service as its description names them; `*` stands for a part of a path."""

    method: str
    path: str


@dataclass(frozen=True, slots=True)
class LocalService:
    """A service of a local client; `disabled_notice` is None while it is enabled.

    `timeout_seconds` bounds each read from the service. `verify_tls` demands that the service's certificate is one
    of the client's `tls_certificates`.
    """

    code: str
    url: str
    type: ServiceType = ServiceType.REST
    timeout_seconds: int = 60
    verify_tls: bool = True
    version: str | None = None
    disabled_notice: str | None = None
    description_url: str = ""
    endpoints: tuple[Endpoint, ...] = ()

    @property
    def full_code(self) -> str:
        """The code with the version, where there is one: how a service is named among those of its provider."""
        return self.code if self.version is None else f"{self.code}.{self.version}"


@dataclass(frozen=True, slots=True)
class AccessRight:
    """`subject` may call `service_code` with `method` (`*` any) on `path` (`**` any)."""

    subject: ClientId | GlobalGroupId | LocalGroupId
    service_code: str
    method: str = "*"
    path: str = "**"


@dataclass(frozen=True, slots=True)
class LocalClient:
    """A client of this server, with what it offers and to whom. `tls_certificates` are DER.

    `state` is what its server asked for last; whether it may exchange follows from that and the configuration.
    """

    id: ClientId
    connection: ConnectionType = ConnectionType.MUTUAL_TLS
    tls_certificates: tuple[bytes, ...] = ()
    services: Mapping[str, LocalService] = field(default_factory=dict)
    rights: tuple[AccessRight, ...] = ()
    local_groups: Mapping[str, frozenset[ClientId]] = field(default_factory=dict)
    name: str = ""
    state: RegistrationState = RegistrationState.SAVED


@dataclass(frozen=True, slots=True)
class ServerSnapshot:
    """The configuration of one security server as `securityserver apply` wrote it.

    `version` grows by one with every change. `timestamping_urls` are the chosen services, in order of preference.
    """

    version: int
    server: ServerId
    clients: Mapping[ClientId, LocalClient] = field(default_factory=dict)
    timestamping_urls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LoggedBody:
    """A REST body or a SOAP attachment as it is logged.

    `digest` is raw SHA-512 of the whole; `content` is None when it was longer than `max_loggable_body_bytes` (the
    hash chain still holds its digest).
    """

    digest: bytes
    size: int
    content: bytes | None


@dataclass(frozen=True, slots=True)
class LogRecord:
    """One signed message as it must be durable before its last part leaves (DM-ML `logrecord`).

    `party` is the local party: the client on the consumer's side, the provider on the provider's side. `message` and
    `signature` are the exact bytes of the parts. `hash_chain` and `hash_chain_result` come with batch signatures. Where
    `is_whole` is False, `message` is metadata alone, which proves nothing.
    """

    query_id: str
    request_id: str
    party: ClientId
    is_response: bool
    at: datetime
    message: bytes
    signature: bytes
    hash_chain: bytes | None = None
    hash_chain_result: bytes | None = None
    bodies: tuple[LoggedBody, ...] = ()
    is_whole: bool = True
