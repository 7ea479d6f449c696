"""The document of a central server: what the authority of an instance writes.

Law: one document says who is in the instance and whom it trusts; identifiers are written without the instance
(`GOV/1001/persons`). A certificate is written out in PEM, or named by the file it is in.
Source: DM-CS; UG-CS. Read next: `meaning.py`, which checks what types cannot say.
"""

from dataclasses import dataclass, field
from typing import ClassVar

from ridgeway.protocol.certificates.snapshot import (
    DEFAULT_OCSP_FRESHNESS_SECONDS,
    DEFAULT_TIMESTAMPING_INTERVAL_SECONDS,
)

DEFAULT_EXPIRY_SECONDS = 600
PROFILE_PACKAGE = "ee.ria.xroad.common.certificateprofile.impl"
DEFAULT_PROFILE = f"{PROFILE_PACKAGE}.FiVRKCertificateProfileInfoProvider"


@dataclass(frozen=True, slots=True)
class SubsystemEntry:
    """A subsystem of a member; one without a name may be written as its code alone."""

    short_for: ClassVar[str] = "code"
    code: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A member of the instance."""

    class_: str
    code: str
    name: str
    subsystems: tuple[SubsystemEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class ServerRow:
    """A security server; `maintenance` is the message shown while it is in maintenance.

    `disabled_clients` are registered at it, but may not exchange there for the time being.
    """

    owner: str
    code: str
    address: str
    authentication_certificates: tuple[str, ...] = ()
    clients: tuple[str, ...] = ()
    maintenance: str | None = None
    disabled_clients: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ResponderEntry:
    """An OCSP responder; without a certificate the authority itself signs the answers."""

    short_for: ClassVar[str] = "url"
    url: str
    certificate: str | None = None
    cost_type: str = "UNDEFINED"


@dataclass(frozen=True, slots=True)
class IntermediateEntry:
    """An authority below the top one."""

    certificate: str
    ocsp_responders: tuple[ResponderEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class CertificationEntry:
    """An approved certification service; `profile` is the Java class name that X-Road knows, verbatim.

    `csr_format` is how it wants certificate requests, PEM or DER; the `acme_…` say how it issues by itself.
    """

    name: str
    certificate: str
    profile: str = DEFAULT_PROFILE
    ocsp_responders: tuple[ResponderEntry, ...] = ()
    intermediates: tuple[IntermediateEntry, ...] = ()
    authentication_only: bool = False
    csr_format: str = ""
    acme_directory_url: str = ""
    acme_ip_address: str = ""
    acme_authentication_profile_id: str = ""
    acme_signing_profile_id: str = ""


@dataclass(frozen=True, slots=True)
class TimestampingEntry:
    """An approved time-stamping service."""

    name: str
    url: str
    certificate: str
    cost_type: str = "UNDEFINED"


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A global group."""

    code: str
    description: str = ""
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ManagementEntry:
    """Where security servers send registration requests, and which client provides that service."""

    provider: str
    url: str = ""
    certificate: str | None = None


@dataclass(frozen=True, slots=True)
class PartRow:
    """An optional part of the configuration: a file, or the XML itself; a known part has its own `file_name`."""

    identifier: str
    content: str
    file_name: str = ""


@dataclass(frozen=True, slots=True)
class Amendment:
    """What a management request registered since the document was written; nobody writes it, approval does.

    `id` is the request's number, `kind` its service code, `server` is CLASS/MEMBER/SERVER; what the kind does not hold
    is empty. `certificate` is PEM; `member_name` is what whoever approved it calls a member that was not there.
    """

    id: int
    kind: str
    server: str
    client: str = ""
    certificate: str = ""
    address: str = ""
    name: str = ""
    message: str = ""
    member_name: str = ""


@dataclass(frozen=True, slots=True)
class CentralServerDocument:
    """The whole document. `trusted_anchors` are external anchors of federated instances: files, or the XML itself.

    `nodes` names the central servers that share one database, each with its address; one alone needs none.
    """

    instance: str
    address: str
    member_classes: dict[str, str]
    members: tuple[MemberRow, ...]
    security_servers: tuple[ServerRow, ...] = ()
    certification_services: tuple[CertificationEntry, ...] = ()
    timestamping_services: tuple[TimestampingEntry, ...] = ()
    global_groups: tuple[GroupRow, ...] = ()
    management_service: ManagementEntry | None = None
    monitoring_client: str | None = None
    trusted_anchors: tuple[str, ...] = ()
    configuration_parts: tuple[PartRow, ...] = ()
    ocsp_freshness_seconds: int = DEFAULT_OCSP_FRESHNESS_SECONDS
    timestamping_interval_seconds: int = DEFAULT_TIMESTAMPING_INTERVAL_SECONDS
    expiry_seconds: int = DEFAULT_EXPIRY_SECONDS
    nodes: dict[str, str] = field(default_factory=dict)
    amendments: tuple[Amendment, ...] = ()
