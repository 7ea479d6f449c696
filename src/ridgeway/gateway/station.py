"""What one worker works from: settings, snapshots, keys and connections, each renewed while it runs.

Law: a message is handled with the values that stood when it arrived. What cannot be renewed never replaces what could:
the last good one stays, and its own expiry decides when traffic stops.
Read next: `worker.py`, which starts a station's doors.
"""

import hashlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from ridgeway.errors import MessageError, RidgewayError, SettingsError, TokenError, TrustError
from ridgeway.gateway.hands.sign import MessageSigner
from ridgeway.gateway.hands.spool import SpoolLimits
from ridgeway.gateway.internaltls import InternalIdentity
from ridgeway.gateway.monitoring import Monitor, SilentMonitor
from ridgeway.gateway.ports import Downloads, MessageLog, OwnService
from ridgeway.http import ClientTls, Pool, PoolLimits, ServerTls
from ridgeway.http.tls import EXCHANGE_PROFILES
from ridgeway.protocol.certificates.verdicts import VerdictCache
from ridgeway.protocol.certificates.x509 import read_certificate
from ridgeway.protocol.exchange.consumer import Standing
from ridgeway.protocol.exchange.logged import LoggingPolicy
from ridgeway.protocol.exchange.snapshots import read_server_snapshot
from ridgeway.protocol.exchange.values import ServerSnapshot
from ridgeway.protocol.identifiers import ClientId, MemberId, parse_client_path
from ridgeway.protocol.signatures import SigningMaterial
from ridgeway.protocol.signatures.verify import find_member
from ridgeway.protocol.transport import TransportLimits
from ridgeway.settings import MessageLogSettings, Settings
from ridgeway.signer import AuthenticationKey, KeyInfo, KeyUsage, SignerClient
from ridgeway.trust.clock import read_clock
from ridgeway.trust.keeper import TrustKeeper
from ridgeway.trust.ocsp_subjects import list_subjects

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Identity:
    """What this server shows in TLS between security servers; `chain` is DER, leaf first, without the root."""

    key: AuthenticationKey = field(repr=False)
    chain: tuple[bytes, ...]
    client_tls: ClientTls
    server_tls: ServerTls
    chain_names: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "chain_names", tuple(name_certificate(der) for der in self.chain))


@dataclass(slots=True)
class Station:
    """One worker's view of its server. `reload` renews it; everything else reads."""

    settings: Settings
    keeper: TrustKeeper
    signer: SignerClient
    messagelog: MessageLog
    downloads: Downloads
    pool: Pool
    ocsp_pool: Pool
    message_signer: MessageSigner
    internal: InternalIdentity
    own_services: Mapping[str, OwnService] = field(default_factory=dict)
    monitor: Monitor = field(default_factory=SilentMonitor)
    ping_log: Callable[[], Awaitable[object]] | None = None
    verdicts: VerdictCache = field(default_factory=VerdictCache)
    server: ServerSnapshot | None = None
    keys: tuple[KeyInfo, ...] = ()
    identity: Identity | None = None
    snapshot_seen: tuple[int, int] = (0, 0)
    material: dict[MemberId, tuple[str, SigningMaterial]] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)
    spool_limits: SpoolLimits = field(init=False)
    transport_limits: TransportLimits = field(init=False)
    logging: LoggingPolicy = field(init=False)

    def __post_init__(self) -> None:
        self.spool_limits = spool_limits(self.settings)
        self.transport_limits = transport_limits(self.settings)
        self.logging = logging_policy(self.settings.messagelog)

    def standing(self) -> Standing:
        """What a conversation that begins now works from.

        Raises:  TrustError while there is no server snapshot or no global configuration.
        """
        if self.server is None:
            raise TrustError(
                "malformed_server_conf",
                f"There is no server snapshot at {self.settings.path(self.settings.gateway.snapshot)}.",
                action="Apply the server's document: ridgeway securityserver apply FILE.",
            )
        return Standing(self.server, self.keeper.snapshot, self.verdicts, self.internal.certificate, self.logging)

    def get_identity(self) -> Identity:
        """What this server shows in TLS.

        Raises:  TokenError(ssl_authentication_failed) while it has no authentication key.
        """
        if self.identity is None:
            raise TokenError(
                "ssl_authentication_failed",
                "This server has no authentication key with an active certificate.",
                action="See its keys: ridgeway signer keys list.",
            )
        return self.identity

    def own_revocation(self) -> tuple[bytes, ...]:
        """The revocation answers (DER) for the chain that this server shows, in its order.

        Raises:  TokenError(ssl_authentication_failed) when one is missing.
        """
        return self.find_answers(self.get_identity().chain_names, code="ssl_authentication_failed")

    def find_answers(self, names: tuple[str, ...], *, code: str) -> tuple[bytes, ...]:
        """The answers for the certificates of these names.

        Raises:  TokenError(code) when one is missing.
        """
        missing = [name for name in names if name not in self.keeper.ocsp_responses]
        if missing:
            raise TokenError(
                code,
                f"There is no revocation answer for the certificate with the SHA-1 {missing[0]}.",
                action="See why: ridgeway trust explain.",
            )
        return tuple(self.keeper.ocsp_responses[name] for name in names)

    def get_material(self, member: MemberId) -> tuple[str, SigningMaterial]:
        """The key id and the public side of the key that signs for `member`.

        Raises:  TokenError(cannot_create_signature) when it has no key, certificate or revocation answer.
        """
        found = self.material.get(member)
        if found is None:
            found = self.material[member] = self.find_material(member)
        return found

    def find_material(self, member: MemberId) -> tuple[str, SigningMaterial]:
        """As `get_material`, looked up anew."""
        trust = self.keeper.snapshot
        for info in self.keys:
            der = info.active_certificate
            if info.usage is KeyUsage.SIGNING and der is not None and names_member(der, member, self.keeper):
                chain = tuple(subject.certificate for subject in list_subjects([der], trust))
                names = tuple(name_certificate(each) for each in chain)
                answers = self.find_answers(names, code="cannot_create_signature")
                return info.id, SigningMaterial(der, answers, chain[1:], info.sign_algorithm)
        raise TokenError(
            "cannot_create_signature",
            f"There is no signing key with an active certificate for {member}.",
            action="See the keys: ridgeway signer keys list.",
        )

    async def reload(self) -> None:
        """Everything that changed since the last look is renewed."""
        now = read_clock()
        self.reload_server()
        changed = self.keeper.reload_if_changed(now)
        try:
            keys = await self.signer.list_keys()
            if keys != self.keys or self.identity is None:
                self.keys, changed = keys, True
                await self.reload_identity()
            self.note("keys", "")
        except RidgewayError as error:
            self.note("keys", error.explain())
        if changed:
            self.material.clear()

    def reload_server(self) -> None:
        """The server snapshot is read again if its file changed."""
        path = self.settings.path(self.settings.gateway.snapshot)
        try:
            seen = path.stat()
            stamp = (seen.st_mtime_ns, seen.st_ino)
            if stamp != self.snapshot_seen:
                self.server = read_server_snapshot(path.read_bytes())
                self.snapshot_seen = stamp
                log.info("The server snapshot is version %d now.", self.server.version)
            self.note("snapshot", "")
        except OSError as error:
            self.note("snapshot", f"{path}: {error.strerror}")
        except RidgewayError as error:
            self.note("snapshot", error.explain())

    async def reload_identity(self) -> None:
        """What this server shows in TLS is made anew."""
        key = await self.signer.get_authentication_key()
        subjects = list_subjects([key.certificate], self.keeper.snapshot)
        chain = tuple(subject.certificate for subject in subjects) or (key.certificate,)
        profile = EXCHANGE_PROFILES[self.settings.gateway.peer_tls]
        client = ClientTls(chain, key.private_key, profile=profile)
        server = ServerTls(chain, key.private_key, require_client_certificate=True, profile=profile)
        self.identity = Identity(key, chain, client, server)

    def note(self, what: str, fault: str) -> None:
        """Log a fault once, and again when it changes or passes."""
        if self.faults.get(what, "") != fault:
            log.warning("%s: %s", what, fault or "all right again")
        self.faults[what] = fault


def name_certificate(der: bytes) -> str:
    """The name under which a certificate's revocation answer is kept: its SHA-1 in hex, as OCSP doors are asked."""
    return hashlib.sha1(der, usedforsecurity=False).hexdigest()


def spool_limits(settings: Settings) -> SpoolLimits:
    """How much of a body passes, stays in memory and is logged."""
    gateway = settings.gateway
    return SpoolLimits(
        folder=settings.path(gateway.spool_dir),
        max_body_bytes=gateway.max_body_bytes,
        max_in_memory_bytes=gateway.max_body_in_memory_bytes,
        max_loggable_bytes=settings.messagelog.max_loggable_body_bytes,
    )


def logging_policy(settings: MessageLogSettings) -> LoggingPolicy:
    """What of messages is logged.

    Raises:  SettingsError(malformed_settings) when an exception is no client.
    """
    return LoggingPolicy(
        body_logging=settings.body_logging,
        local_exceptions=parse_clients("body_logging_local_exceptions", settings.body_logging_local_exceptions),
        remote_exceptions=parse_clients("body_logging_remote_exceptions", settings.body_logging_remote_exceptions),
        max_body_bytes=settings.max_loggable_body_bytes,
        truncated_body_allowed=settings.truncated_body_allowed,
    )


def parse_clients(name: str, text: str) -> frozenset[ClientId]:
    """The clients that a setting lists, with commas."""
    try:
        return frozenset(parse_client_path(each.strip()) for each in text.split(",") if each.strip())
    except MessageError as error:
        raise SettingsError("malformed_settings", f"messagelog.{name} is {text!r}: {error.detail}") from error


def transport_limits(settings: Settings) -> TransportLimits:
    """How much the parts of a message from another security server may hold."""
    gateway = settings.gateway
    return TransportLimits(
        max_rest_message_bytes=gateway.max_message_bytes,
        max_soap_message_bytes=gateway.max_soap_message_bytes,
        max_signature_bytes=gateway.max_signature_bytes,
    )


def names_member(der: bytes, member: MemberId, keeper: TrustKeeper) -> bool:
    """Whether a signing certificate is for `member`, as its approved authority writes subjects."""
    try:
        return find_member(read_certificate(der), keeper.snapshot, member.instance) == member
    except RidgewayError:
        return False


def ocsp_pool_limits(settings: Settings) -> PoolLimits:
    """The limits of a gateway's connections to the OCSP doors of others."""
    gateway = settings.gateway
    return PoolLimits(
        connect_timeout_seconds=gateway.ocsp_connect_timeout_seconds,
        read_timeout_seconds=gateway.ocsp_read_timeout_seconds,
    )


def pool_limits(settings: Settings) -> PoolLimits:
    """The limits of a gateway's connections to others."""
    gateway = settings.gateway
    return PoolLimits(
        max_connections_per_origin=gateway.max_peer_connections,
        max_idle_per_origin=gateway.max_idle_peer_connections,
        max_head_bytes=gateway.max_header_bytes,
        connect_timeout_seconds=gateway.connect_timeout_seconds,
        connect_floor_seconds=gateway.connect_floor_seconds,
        read_timeout_seconds=gateway.peer_read_timeout_seconds,
        idle_timeout_seconds=max(1.0, gateway.idle_timeout_seconds - 5.0),
    )
