"""`ridgeway.toml` and `RIDGEWAY_*`, read once into frozen dataclasses; nothing else reads the environment.

Law: a value comes from the default, then from the file, then from `RIDGEWAY_ROOM__FIELD`, then (secrets alone) from the
file that `RIDGEWAY_ROOM__FIELD_FILE` names. Every field has a type, a unit in its name, a default and one line of
meaning. An unknown key is refused with the nearest known one. Relative paths are relative to `state_dir`.
Read next: `docs/reference/settings.md`, made from these classes.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar, cast

from ridgeway.errors import SettingsError
from ridgeway.settingsfile import Reading, apply_document, apply_environment, apply_table, read_document, setting

DEFAULT_FILE = "ridgeway.toml"
OF_THE_PLATES = {"meaning": "Tables [services.NAME]: each is read by the plate of that service.", "secret": False}


Part = TypeVar("Part")


class Mode(StrEnum):
    """Whether this is a country on a laptop or the real thing."""

    PRODUCTION = "production"
    LAB = "lab"


class PeerTls(StrEnum):
    """The newest TLS that a security server speaks with others."""

    TLS_1_2 = "1.2"
    TLS_1_3 = "1.3"


class ArchiveGrouping(StrEnum):
    """Whose records stand together in one archive of the log."""

    NONE = "none"
    MEMBER = "member"
    SUBSYSTEM = "subsystem"


class CostStrategy(StrEnum):
    """Which of several authorities are asked, and in which order, by what they cost."""

    NONE = "none"
    ONLY_FREE = "only_free"
    FREE_FIRST = "free_first"
    ONLY_PAID = "only_paid"
    PAID_FIRST = "paid_first"


@dataclass(frozen=True, slots=True)
class SignerSettings:
    """Where private keys are held."""

    socket: Path = setting(Path("run/signer.sock"), "Unix socket at which the signer answers.")
    token_dir: Path = setting(Path("keys"), "Folder of the software token; keys lie in it encrypted.")
    pin: str = setting("", "PIN that unlocks the software token at start; empty waits for a person.", secret=True)
    metrics_port: int = setting(0, "Port of Prometheus metrics of the signer; 0 closes it.")
    devices: Path = setting(Path("devices.toml"), "File that names the PKCS#11 tokens; need not be there.")
    pin_policy: bool = setting(False, "A new PIN needs 10 printable ASCII characters of three classes.")
    expiry_warning_days: int = setting(30, "Days before the end of a certificate from which each day has a warning.")


@dataclass(frozen=True, slots=True)
class TrustSettings:
    """How the global configuration and revocation answers are kept fresh."""

    anchor: Path = setting(Path("configuration-anchor.xml"), "Configuration anchor: the bootstrap of all trust.")
    globalconf_dir: Path = setting(Path("globalconf"), "Folder that holds the verified global configuration.")
    ocsp_dir: Path = setting(Path("ocsp"), "Folder that holds revocation answers for this server's certificates.")
    fetch_interval_seconds: float = setting(60.0, "Time between two looks for a newer global configuration.")
    connect_timeout_seconds: float = setting(10.0, "Limit on connecting to a source.")
    read_timeout_seconds: float = setting(30.0, "Limit on each read from a source.")
    source_certificates: str = setting(
        "", "PEM file of the certificates that HTTPS sources may show; empty takes any, for what they serve is signed."
    )
    ocsp_retry_seconds: float = setting(60.0, "Time until a failed revocation request is tried again.")
    ocsp_cost_strategy: CostStrategy = setting(
        CostStrategy.NONE, "Which of several responders are asked, and in which order, by what they cost."
    )
    allowed_federations: str = setting("none", "Federated instances to trust: none, all, or a list with commas.")
    max_configuration_bytes: int = setting(64 * 1024 * 1024, "Largest part of a global configuration that is read.")
    metrics_port: int = setting(0, "Port of Prometheus metrics of the trust process; 0 closes it.")


@dataclass(frozen=True, slots=True)
class MessageLogSettings:
    """Where messages are made durable."""

    socket: Path = setting(Path("run/messagelog.sock"), "Unix socket at which the log writer answers.")
    database: str = setting("sqlite:messagelog.sqlite3", "sqlite:FILE or postgresql://… of the message log.")
    stamp_interval_seconds: float = setting(60.0, "Time between two batches of time-stamps.")
    stamp_batch_records: int = setting(10_000, "Most records under one time-stamp.")
    acceptable_stamp_failure_seconds: int = setting(14_400, "Traffic stops when stamping fails longer; 0 never stops.")
    stamp_cost_strategy: CostStrategy = setting(
        CostStrategy.NONE, "Which of several time-stamping authorities are asked, and in which order, by their costs."
    )
    stamp_immediately: bool = setting(False, "Stamp each message before it goes on; one that gets no stamp stops.")
    body_logging: bool = setting(True, "Log bodies; false logs who asked whom for what, which proves nothing.")
    body_logging_local_exceptions: str = setting(
        "", "Subsystems here, as RW/GOV/1001/desk with commas, for whose services the opposite of body_logging holds."
    )
    body_logging_remote_exceptions: str = setting(
        "", "Subsystems elsewhere, with commas, for whose services the opposite of body_logging holds."
    )
    max_loggable_body_bytes: int = setting(10 * 1024 * 1024, "A longer body is logged by its digest alone; 0: each.")
    truncated_body_allowed: bool = setting(True, "Let a message pass whose body is too long to be logged.")
    encrypt_messages: bool = setting(False, "Encrypt messages and bodies in the database.")
    encryption_keys: Path = setting(Path("messagelog.keys"), "File of the keys for that: a line for each, ID BASE64.")
    archive_interval_seconds: float = setting(6 * 3600.0, "Time between two archivings; 0 leaves it to the command.")
    archive_dir: Path = setting(Path("archive"), "Folder in which archives are written.")
    archive_grouping: ArchiveGrouping = setting(ArchiveGrouping.NONE, "Whose records share an archive.")
    archive_max_bytes: int = setting(32 * 1024 * 1024, "Content after which the next archive begins.")
    archive_encryption: bool = setting(False, "Encrypt and sign archives with gpg.")
    archive_gnupg_dir: Path = setting(Path("gpghome"), "GnuPG folder: our own key, and the keys to encrypt for.")
    archive_default_keys: str = setting("", "Key ids for archives of no member's own; empty is our own key.")
    archive_keys: Path = setting(Path("archive-keys.txt"), "File of members' keys: a line for each, RW/GOV/1001=KEYID.")
    archive_transfer_command: str = setting("", "Command run for each archive made, in words, no shell; {file} is it.")
    keep_archived_days: int = setting(30, "How long an archived record stays in the log.")
    metrics_port: int = setting(0, "Port of Prometheus metrics of the message log; 0 closes it.")


@dataclass(frozen=True, slots=True)
class GatewaySettings:
    """What others connect to, and within which limits."""

    host: str = setting("127.0.0.1", "Address of the consumer door, for information systems.")
    peer_host: str = setting("0.0.0.0", "Address of the peer door and the OCSP door, for other security servers.")
    consumer_port: int = setting(8080, "Port of the consumer door, HTTP; 0 closes it.")
    consumer_tls_port: int = setting(0, "Port of the consumer door, HTTPS; 0 closes it.")
    peer_port: int = setting(5500, "Port of the peer door.")
    ocsp_port: int = setting(5577, "Port of the OCSP door.")
    remote_peer_port: int = setting(5500, "Port at which other security servers are reached.")
    remote_ocsp_port: int = setting(5577, "Port at which other security servers answer for revocation.")
    workers: int = setting(1, "Worker processes that share the ports.")
    snapshot: Path = setting(Path("run/server-snapshot.json"), "File that `securityserver apply` writes.")
    spool_dir: Path = setting(Path("spool"), "Folder for bodies in transit, too long for memory.")
    internal_tls_dir: Path = setting(Path("internal-tls"), "Folder of the internal TLS key and certificate.")
    fault_codes: str = setting("7.8", "Spelling of fault codes that we raise: 7.8 or 7.7.")
    max_header_bytes: int = setting(64 * 1024, "Largest head of an HTTP message.")
    max_message_bytes: int = setting(256 * 1024, "Largest message part (the REST head) between servers.")
    max_soap_message_bytes: int = setting(10 * 1024 * 1024, "Largest SOAP message, attachments apart.")
    soap_part_timeout_seconds: float = setting(30.0, "Limit on the arrival of a SOAP message, attachments apart.")
    max_signature_bytes: int = setting(1024 * 1024, "Largest signature or hash chain part between servers.")
    max_body_bytes: int = setting(10 * 1024 * 1024 * 1024, "Largest body that passes.")
    max_body_in_memory_bytes: int = setting(256 * 1024, "A longer body is spooled to a file.")
    max_drain_bytes: int = setting(16 * 1024 * 1024, "How much of a refused message is passed over before its fault.")
    max_connections: int = setting(5000, "Most connections at one door of a worker.")
    max_peer_connections: int = setting(128, "Most connections of a worker to one provider at a time.")
    max_idle_peer_connections: int = setting(64, "Most idle connections that a worker keeps to one server.")
    peer_tls: PeerTls = setting(
        PeerTls.TLS_1_3, "Newest TLS between security servers: 1.3, or 1.2 to speak as X-Road alone."
    )
    min_peer_version: str = setting(
        "", "Oldest release of a peer that is served; empty serves all.", form=(r"(\d+\.\d+\.\d+)?", "7.6.0")
    )
    connect_timeout_seconds: float = setting(
        30.0, "Limit on connecting to another security server; each further round has half of the one before."
    )
    connect_floor_seconds: float = setting(5.0, "Least time that a further round of connecting has.")
    favourite_connect_timeout_seconds: float = setting(
        5.0, "Limit on connecting to the address that was the fastest lately, before the others race again."
    )
    peer_read_timeout_seconds: float = setting(600.0, "Limit on each read from another security server.")
    write_timeout_seconds: float = setting(120.0, "Limit on each write that whoever asked us holds up.")
    idle_timeout_seconds: float = setting(30.0, "Limit on a silent connection at any door.")
    request_head_timeout_seconds: float = setting(30.0, "Limit on receiving the head of a request.")
    sign_timeout_seconds: float = setting(60.0, "Limit on a signature.")
    log_timeout_seconds: float = setting(60.0, "Limit on making a record durable.")
    ocsp_connect_timeout_seconds: float = setting(20.0, "Limit on connecting to a peer's OCSP door.")
    ocsp_read_timeout_seconds: float = setting(30.0, "Limit on each read from a peer's OCSP door.")
    target_cache_seconds: float = setting(3600.0, "How long the fastest address of a provider is remembered.")
    peer_revocation_seconds: float = setting(
        120.0, "How long a revocation answer of a peer is used before it is asked anew."
    )
    reload_interval_seconds: float = setting(1.0, "Time between two looks for a newer snapshot or configuration.")
    shutdown_timeout_seconds: float = setting(20.0, "How long running messages may finish at a stop.")
    metrics_port: int = setting(0, "Port of Prometheus metrics of the first worker, the next ones follow; 0 closes it.")
    health_check_port: int = setting(0, "Port of the health-check door; 0 closes it.")
    health_check_host: str = setting("0.0.0.0", "Address of the health-check door, for load balancers.")
    maintenance_file: Path = setting(
        Path("run/maintenance"), "While it exists the health-check door says maintenance; see `gateway maintenance`."
    )


@dataclass(frozen=True, slots=True)
class SecurityServerSettings:
    """The database of one security server's configuration."""

    database: str = setting("sqlite:securityserver.sqlite3", "sqlite:FILE or postgresql://… of the configuration.")


@dataclass(frozen=True, slots=True)
class AcmeSettings:
    """How certificates are ordered from authorities that issue by themselves (ACME)."""

    directory: Path = setting(Path("acme"), "Folder of account keys and of what is known about renewals.")
    credentials: Path = setting(Path("acme.yml"), "File of external account bindings, as X-Road's acme.yml.")
    ca_file: str = setting("", "PEM file of the roots that an authority's HTTPS must chain to; empty: the system's.")
    challenge_host: str = setting("0.0.0.0", "Address at which challenges (HTTP-01) are answered.")
    challenge_port: int = setting(80, "Port for that; authorities ask at port 80, which may be forwarded here.")
    timeout_seconds: float = setting(90.0, "Longest wait for an authority to validate and issue.")
    request_timeout_seconds: int = setting(30, "Longest wait for one answer of an authority.")
    renewal_interval_seconds: float = setting(3600.0, "Time between two looks at what must be renewed.")
    renew_before_days: int = setting(14, "Days before its end at which a certificate is renewed, when nothing is said.")
    key_type: str = setting("ec-p256", "Type of keys that are made for ordered certificates.")


@dataclass(frozen=True, slots=True)
class CentralServerSettings:
    """The governing side."""

    database: str = setting("sqlite:centralserver.sqlite3", "sqlite:FILE or postgresql://… of the members and servers.")
    public_dir: Path = setting(Path("public"), "Folder of the signed configuration, as it is served.")
    host: str = setting("0.0.0.0", "Address at which the configuration is served.")
    port: int = setting(80, "Port at which the configuration is served.")
    publish_interval_seconds: float = setting(60.0, "Time between two signings of the configuration.")
    keep_old_seconds: int = setting(600, "How long superseded parts stay available.")
    https_port: int = setting(0, "Port at which the configuration is served over HTTPS, beside HTTP; 0 closes it.")
    proxy_name: str = setting(
        "", "Name of the configuration proxy, as it stands in its addresses.", form=(r"[A-Za-z0-9_-]{0,64}", "PROXY")
    )
    proxy_address: str = setting("", "Host, with its port unless that is 80, at which the proxy is reached.")
    ha_node_name: str = setting(
        "", "Name of this central server among several that share a database; empty where there is one."
    )
    tls_dir: Path = setting(Path("tls"), "Folder of the TLS key and certificate of the registration door.")
    registration_host: str = setting("0.0.0.0", "Address at which servers register certificates, over HTTPS.")
    registration_port: int = setting(0, "Port for that, 4001 in X-Road; 0 closes it.")
    management_host: str = setting("127.0.0.1", "Address at which the management security server hands on requests.")
    management_port: int = setting(0, "Port for that, 4002 in X-Road; 0 closes it.")
    management_callers: str = setting(
        "127.0.0.1,::1", "Addresses from which the management security server calls, with commas."
    )
    management_certificate: str = setting(
        "", "PEM file of the TLS certificate that it shows; with it the door is HTTPS, and takes no other."
    )
    requests_per_minute: int = setting(10, "Most requests of one address at the registration door in a minute.")
    auto_approve_certificates: bool = setting(
        False, "Whether certificates are registered at once, for members that exist."
    )
    auto_approve_clients: bool = setting(False, "Whether clients are registered at once, for members that exist.")
    auto_approve_owner_changes: bool = setting(
        False, "Whether a server's owner changes at once, to members that exist."
    )
    metrics_port: int = setting(0, "Port of Prometheus metrics of the central server; 0 closes it.")


@dataclass(frozen=True, slots=True)
class OpMonitorSettings:
    """Where it is noted what passed, how long it took and what failed."""

    socket: Path = setting(Path("run/opmonitor.sock"), "Unix socket at which the monitor answers.")
    database: str = setting("sqlite:opmonitor.sqlite3", "sqlite:FILE or postgresql://… of the operational records.")
    keep_days: float = setting(7.0, "How long records are kept.")
    clean_interval_seconds: float = setting(3600.0, "Time between two removals of old records.")
    max_records_in_answer: int = setting(10_000, "Most records in one answer; the rest of its last second comes along.")
    buffer_records: int = setting(10_000, "Most records that wait in a gateway; the oldest are dropped. 0 notes none.")
    send_interval_seconds: float = setting(1.0, "Time between two hand-overs from a gateway to the monitor.")
    limit_remote_metrics: bool = setting(
        False, "Show the central monitoring client the operating system and certificates alone."
    )
    list_packages: bool = setting(False, "Whether the metrics list the installed packages.")
    metrics_port: int = setting(0, "Port of Prometheus metrics of the monitor; 0 closes it.")


@dataclass(frozen=True, slots=True)
class TelemetrySettings:
    """What every process tells its operator's own monitoring."""

    host: str = setting("127.0.0.1", "Address of the doors for Prometheus; each room has a metrics_port.")
    traces_url: str = setting("", "OTLP over HTTP, as in http://127.0.0.1:4318/v1/traces; empty makes no traces.")
    traces_ratio: float = setting(1.0, "Part of the messages that are traced, from 0 to 1.")
    traces_leave: bool = setting(False, "Whether traceparent goes to other organisations and is taken from them.")


@dataclass(frozen=True, slots=True)
class WebSettings:
    """What the Django side needs."""

    secret_key: str = setting("", "Secret of Django's signed values; needed by sites.", secret=True)
    old_secret_keys: str = setting("", "Secrets used before, with commas; what they signed still counts.", secret=True)
    database: str = setting(
        "sqlite:office.sqlite3", "sqlite:FILE or postgresql://… of accounts, audit and services.", secret=True
    )
    desk_address: str = setting("http://localhost:8421", "Address of the staff site, as browsers see it.")
    desk_host: str = setting("127.0.0.1", "Address at which the staff site listens.")
    desk_port: int = setting(8421, "Port at which the staff site listens.")
    processes: int = setting(1, "Processes that share the port of a site.")
    threads: int = setting(2, "Threads of each process of a site.")
    trusted_proxies: str = setting("", "Networks whose X-Forwarded-For is believed, as 10.0.0.0/8, with commas.")
    organisation: str = setting("", "Who runs the sites, as it stands above the name of each.")
    theme: Path = setting(Path(), "CSS file, or folder with theme.css, that makes the sites look like yourselves.")
    time_zone: str = setting("UTC", "Time zone in which days begin and end, as Europe/London.")
    mail: str = setting(
        "folder:mail", "Where mail goes: folder:PATH, smtp://user:password@host:port or smtps://….", secret=True
    )
    mail_from: str = setting("Ridgeway <no-reply@localhost>", "Sender of mail.")
    mail_reply_to: str = setting("", "Where answers to mail go; empty: to the sender.")
    session_idle_seconds: int = setting(1800, "Time after which an idle member of staff is signed out.")
    require_second_factor: bool = setting(True, "Whether staff need a second factor to work.")
    sign_on: Path = setting(Path("sign-on.toml"), "File of sign-on services (OIDC, SAML); need not be there.")
    metrics_port: int = setting(0, "Port of Prometheus metrics of the worker of jobs; 0 closes it.")
    notices: str = setting(
        "", "Folders of safety notices, shelves or adopted packages, with commas: what they recall is withdrawn."
    )


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that one deployment is told."""

    mode: Mode = setting(Mode.PRODUCTION, "production, or lab for a country on a laptop.")
    state_dir: Path = setting(Path(), "Folder to which relative paths belong.")
    log_level: str = setting("INFO", "Least severe log line that is written: DEBUG, INFO, WARNING or ERROR.")
    signer: SignerSettings = SignerSettings()
    trust: TrustSettings = TrustSettings()
    messagelog: MessageLogSettings = MessageLogSettings()
    gateway: GatewaySettings = GatewaySettings()
    securityserver: SecurityServerSettings = SecurityServerSettings()
    acme: AcmeSettings = AcmeSettings()
    centralserver: CentralServerSettings = CentralServerSettings()
    opmonitor: OpMonitorSettings = OpMonitorSettings()
    telemetry: TelemetrySettings = TelemetrySettings()
    web: WebSettings = WebSettings()
    services: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, metadata=OF_THE_PLATES)

    def path(self, path: Path) -> Path:
        """`path` below the state folder, unless it is absolute."""
        return path if path.is_absolute() else self.state_dir / path

    def database_url(self, url: str) -> str:
        """A `sqlite:FILE` address with its file below the state folder; any other unchanged."""
        scheme, _, rest = url.partition(":")
        return f"sqlite:{self.path(Path(rest))}" if scheme == "sqlite" else url


def load_settings(file: Path | None = None, environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from `file` (default `ridgeway.toml` here, if present) and the environment.

    Raises:  SettingsError naming every fault at once: the key, its origin, and what would be right.
    """
    settings, reading = read_settings(file, environment)
    if reading.faults:
        raise SettingsError("malformed_settings", "; ".join(reading.faults) + ".")
    return settings


def read_service_settings(settings: Settings, name: str, plain: Part) -> Part:
    """`plain`, the defaults of a service's own settings, with what `[services.NAME]` and the environment say.

    Raises:  SettingsError naming every fault at once.
    """
    reading = Reading()
    found = apply_table(plain, dict(settings.services.get(name, {})), f"services.{name}", DEFAULT_FILE, reading)
    if reading.faults:
        raise SettingsError("malformed_settings", "; ".join(reading.faults) + ".")
    return cast("Part", found)


def find_said_mode(file: Path | None = None) -> Mode | None:
    """The mode, where a file or the environment says one; None where it is only the default."""
    settings, reading = read_settings(file, os.environ)
    return settings.mode if "mode" in reading.origins else None


def read_settings(file: Path | None = None, environment: Mapping[str, str] | None = None) -> tuple[Settings, Reading]:
    """The settings with the faults and origins found on the way; read as `load_settings` does."""
    environment = os.environ if environment is None else environment
    named = file or (Path(environment["RIDGEWAY_SETTINGS"]) if "RIDGEWAY_SETTINGS" in environment else None)
    path = named or Path(DEFAULT_FILE)
    reading = Reading()
    document: dict[str, Any] = {}
    if named is not None or path.exists():
        document = read_document(path, reading)
    settings = apply_document(Settings(), document, str(path), reading)
    settings = apply_environment(settings, environment, reading)
    base = path.parent.resolve() if document else Path.cwd()
    return replace(settings, state_dir=base / settings.state_dir), reading
