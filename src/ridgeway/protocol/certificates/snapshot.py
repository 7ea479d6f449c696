"""Whom an instance trusts, as one value: the members, servers, authorities and groups of the global configuration.

Law: a snapshot is never changed; a newer configuration makes a new one. `protocol/globalconf` builds it from proven
bytes, `trust` hands it out, and every check of a certificate, a time-stamp or a peer is asked of it with an explicit
time. An expired snapshot still answers questions about the past; only live exchange asks `require_current`.
Source: PR-GCONF §3 and Annexes; ARC-G §2.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ridgeway.errors import TrustError
from ridgeway.protocol.identifiers import ClientId, GlobalGroupId, MemberId, ServerId, SubsystemId

DEFAULT_OCSP_FRESHNESS_SECONDS = 3600
DEFAULT_OCSP_FETCH_INTERVAL_SECONDS = 1200
DEFAULT_TIMESTAMPING_INTERVAL_SECONDS = 60


@dataclass(frozen=True, slots=True)
class OcspResponder:
    """Where revocation answers are asked; `certificate` is DER, absent when the authority itself signs them."""

    url: str
    certificate: bytes | None = None
    cost_type: str = "UNDEFINED"


@dataclass(frozen=True, slots=True)
class Authority:
    """One certificate that may issue others (DER), with its responders."""

    certificate: bytes
    responders: tuple[OcspResponder, ...] = ()


@dataclass(frozen=True, slots=True)
class CertificationService:
    """An approved certification service: its top authority, its intermediates, and how it writes subjects.

    `profile` is the Java class name that the configuration states, verbatim.
    """

    name: str
    profile: str
    top: Authority
    intermediates: tuple[Authority, ...] = ()
    authentication_only: bool = False
    csr_format: str = ""
    acme_directory_url: str = ""
    acme_ip_address: str = ""
    acme_authentication_profile_id: str = ""
    acme_signing_profile_id: str = ""

    @property
    def authorities(self) -> tuple[Authority, ...]:
        """The top authority and the intermediates."""
        return (self.top, *self.intermediates)


@dataclass(frozen=True, slots=True)
class TimestampingService:
    """An approved time-stamping service; `certificate` is DER."""

    name: str
    url: str
    certificate: bytes
    cost_type: str = "UNDEFINED"


@dataclass(frozen=True, slots=True)
class MemberEntry:
    """A registered member and its subsystems; `subsystems` maps code → name ("" when it has none)."""

    id: MemberId
    name: str
    class_description: str = ""
    subsystems: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ServerEntry:
    """A registered security server.

    `auth_certificate_hashes` are raw digests of DER certificates: SHA-256, or SHA-1 where the configuration is V2.
    `clients` are the registered clients without the owner, who is one implicitly.
    `maintenance` is the message shown while the server is in maintenance; None when it is not.
    """

    id: ServerId
    address: str
    auth_certificate_hashes: frozenset[bytes] = frozenset()
    clients: frozenset[ClientId] = frozenset()
    maintenance: str | None = None

    def serves(self, client: ClientId) -> bool:
        """Whether `client` is registered at this server, exactly (a member does not stand for its subsystems)."""
        return client in self.clients or client == self.id.owner


@dataclass(frozen=True, slots=True)
class ConfigurationSource:
    """Where a central server may be reached, and the certificates (DER) that verify what it signs there."""

    address: str
    internal_certificates: tuple[bytes, ...] = ()
    external_certificates: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class ManagementService:
    """Where registration requests go."""

    registration_url: str = ""
    registration_certificate: bytes | None = None
    provider: ClientId | None = None


@dataclass(frozen=True, slots=True)
class InstanceTrust:
    """What the shared parameters of one instance say, and until when.

    `servers_by_client` and `servers_by_hash` are made of `servers`, because each message asks for them.
    """

    instance: str
    version: int
    expires_at: datetime | None
    sources: tuple[ConfigurationSource, ...] = ()
    certification_services: tuple[CertificationService, ...] = ()
    timestamping_services: tuple[TimestampingService, ...] = ()
    members: Mapping[MemberId, MemberEntry] = field(default_factory=dict)
    servers: Mapping[ServerId, ServerEntry] = field(default_factory=dict)
    groups: Mapping[GlobalGroupId, frozenset[ClientId]] = field(default_factory=dict)
    group_descriptions: Mapping[GlobalGroupId, str] = field(default_factory=dict)
    member_classes: Mapping[str, str] = field(default_factory=dict)
    ocsp_freshness_seconds: int = DEFAULT_OCSP_FRESHNESS_SECONDS
    servers_by_client: Mapping[ClientId, tuple[ServerEntry, ...]] = field(init=False, repr=False, compare=False)
    servers_by_hash: Mapping[bytes, ServerEntry] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_client: dict[ClientId, tuple[ServerEntry, ...]] = {}
        by_hash: dict[bytes, ServerEntry] = {}
        for server in self.servers.values():
            for client in {*server.clients, server.id.owner}:
                by_client[client] = (*by_client.get(client, ()), server)
            for digest in server.auth_certificate_hashes:
                by_hash.setdefault(digest, server)
        object.__setattr__(self, "servers_by_client", by_client)
        object.__setattr__(self, "servers_by_hash", by_hash)

    def is_registered(self, client: ClientId) -> bool:
        """Whether the instance knows `client` at all."""
        if isinstance(client, SubsystemId):
            member = self.members.get(MemberId(client.instance, client.member_class, client.member_code))
            return member is not None and client.subsystem_code in member.subsystems
        return client in self.members


@dataclass(frozen=True, slots=True)
class TrustSnapshot:
    """Everything this server trusts now: its own instance, and the federated ones it allows."""

    own_instance: str
    instances: Mapping[str, InstanceTrust]
    timestamping_interval_seconds: int = DEFAULT_TIMESTAMPING_INTERVAL_SECONDS
    ocsp_fetch_interval_seconds: int = DEFAULT_OCSP_FETCH_INTERVAL_SECONDS
    verify_next_update: bool = True
    management: ManagementService = ManagementService()
    monitoring_client: ClientId | None = None

    @property
    def own(self) -> InstanceTrust:
        """The parameters of this server's own instance.

        Raises:  TrustError(malformed_global_conf) when the snapshot does not hold them.
        """
        return self.get_instance(self.own_instance)

    @property
    def ocsp_freshness_seconds(self) -> int:
        """How old a revocation answer may be; the own instance's rule counts for certificates of every instance."""
        return self.own.ocsp_freshness_seconds

    def get_instance(self, instance: str) -> InstanceTrust:
        """The parameters of `instance`.

        Raises:  TrustError(unknown_member) when this server does not know the instance.
        """
        found = self.instances.get(instance)
        if found is None:
            known = ", ".join(sorted(self.instances)) or "none"
            raise TrustError("unknown_member", f"The instance {instance!r} is not known here; known: {known}.")
        return found

    def require_current(self, now: datetime) -> None:
        """Hold only while the own instance's configuration has not expired.

        Raises:  TrustError(global_conf_outdated).
        """
        expires_at = self.own.expires_at
        if expires_at is None or expires_at <= now:
            raise TrustError(
                "global_conf_outdated",
                f"The global configuration of {self.own_instance} expired at {expires_at}; it is now {now}.",
                action="See why no newer one arrives: ridgeway trust explain.",
            )

    def servers_of(self, client: ClientId) -> tuple[ServerEntry, ...]:
        """The security servers at which `client` is registered, in the configuration's order."""
        instance = self.instances.get(client.instance)
        return () if instance is None else instance.servers_by_client.get(client, ())

    def find_group(self, group: GlobalGroupId) -> frozenset[ClientId]:
        """The members of a global group; empty when it is unknown."""
        instance = self.instances.get(group.instance)
        return frozenset() if instance is None else instance.groups.get(group, frozenset())
