"""The document of a security server: what an operator writes, and what it means.

Law: identifiers are written without the instance (`GOV/1001/persons`), which the document names once; another
instance's are written `INSTANCE:GOV/1/x`. What the types cannot say is checked here, every fault with its line.
Source: DM-SS (serverconf); UG-SS §4 to §6.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from ridgeway.errors import CertificateError, MessageError
from ridgeway.office.documents import Document, Fault, require_no_faults
from ridgeway.protocol.certificates.x509 import read_certificate
from ridgeway.protocol.exchange.admission import (
    MONITORING_SERVICES,
    REST_METADATA_SERVICES,
    SOAP_METADATA_SERVICES,
)
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
)
from ridgeway.protocol.messages import parse_path_pattern
from ridgeway.protocol.messages.rest import VERBS

GLOBAL_GROUP, LOCAL_GROUP = "global-group:", "local-group:"
CODE = re.compile(r"[^\x00-\x1f\x7f:;/\\%\u200b\ufeff]{1,255}")
RESERVED_CODES = REST_METADATA_SERVICES | SOAP_METADATA_SERVICES | MONITORING_SERVICES | {"listClients"}
MAX_TIMEOUT_SECONDS = 3600
MAX_CERTIFICATE_BYTES = 64 * 1024
URL = re.compile(r"https?://(\[[0-9A-Fa-f:.]+\]|[^\s/?#@:\[\]]+)(:[0-9]{1,5})?([/?][^\s#]*)?")
EXPECTED_URL = "expected http://… or https://…, without a user name or a fragment"


class Connection(StrEnum):
    """How a client's information system must connect."""

    HTTP = "http"
    HTTPS = "https"
    MUTUAL_TLS = "mutual-tls"


class Kind(StrEnum):
    """What describes a service."""

    REST = "rest"
    OPENAPI = "openapi"
    WSDL = "wsdl"


CONNECTIONS = {
    Connection.HTTP: ConnectionType.HTTP,
    Connection.HTTPS: ConnectionType.HTTPS,
    Connection.MUTUAL_TLS: ConnectionType.MUTUAL_TLS,
}
KINDS = {Kind.REST: ServiceType.REST, Kind.OPENAPI: ServiceType.OPENAPI, Kind.WSDL: ServiceType.WSDL}


@dataclass(frozen=True, slots=True)
class ServerEntry:
    """Which server this is."""

    owner: str
    code: str


@dataclass(frozen=True, slots=True)
class AccessEntry:
    """Who may call a service, all of it or some methods and paths."""

    subject: str
    method: str = "*"
    path: str = "**"


@dataclass(frozen=True, slots=True)
class EndpointEntry:
    """A method and a path that a description names."""

    method: str
    path: str


@dataclass(frozen=True, slots=True)
class ServiceEntry:
    """One service of a client.

    `endpoints` are read out of the description (`descriptions refresh`); left out, those known already stay.
    """

    code: str
    url: str
    version: str | None = None
    type: Kind = Kind.REST
    description_url: str = ""
    endpoints: tuple[EndpointEntry, ...] | None = None
    timeout_seconds: int = 60
    verify_tls: bool = True
    disabled: str | None = None
    access: tuple[AccessEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class GroupEntry:
    """A local group of a client."""

    code: str
    members: tuple[str, ...]
    description: str = ""


@dataclass(frozen=True, slots=True)
class ClientEntry:
    """One client."""

    id: str
    name: str = ""
    connection: Connection = Connection.MUTUAL_TLS
    tls_certificates: tuple[str, ...] = ()
    local_groups: tuple[GroupEntry, ...] = ()
    services: tuple[ServiceEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class SecurityServerDocument:
    """The whole document."""

    instance: str
    server: ServerEntry
    timestamping_services: tuple[str, ...]
    clients: tuple[ClientEntry, ...] = ()


@dataclass(slots=True)
class Meaning:
    """One translation in progress: the document's instance, the folder of its files, and the faults so far."""

    instance: str
    folder: Path
    faults: list[Fault]

    def fail(self, path: tuple[str | int, ...], why: str) -> None:
        """Note a fault."""
        self.faults.append(Fault(path, why))

    def read_client(self, text: str, path: tuple[str | int, ...]) -> ClientId:
        """A member or subsystem as the document writes it."""
        instance, colon, rest = text.partition(":") if ":" in text else ("", "", text)
        codes = rest.split("/")
        if len(codes) in {2, 3} and all(CODE.fullmatch(code) for code in (*codes, instance if colon else "x")):
            chosen = instance if colon else self.instance
            return MemberId(chosen, *codes) if len(codes) == 2 else SubsystemId(chosen, *codes)
        self.fail(path, f"{text!r} is no client; expected CLASS/MEMBER or CLASS/MEMBER/SUBSYSTEM")
        return MemberId(self.instance, "?", "?")

    def read_own_client(self, text: str, path: tuple[str | int, ...]) -> ClientId:
        """A member or subsystem of the document's own instance; another's cannot be registered here."""
        client = self.read_client(text, path)
        if client.instance != self.instance:
            self.fail(path, f"{text!r} is of another instance; expected one of {self.instance}")
        return client

    def check_url(self, text: str, path: tuple[str | int, ...]) -> None:
        """Note a fault unless it is an address that can be called."""
        if not URL.fullmatch(text):
            self.fail(path, f"{text!r} is no address; {EXPECTED_URL}")

    def check_code(self, code: str, path: tuple[str | int, ...], *, taken: set[str], what: str) -> None:
        """Note a fault unless it is a code, and the first of its kind; it is taken from now on."""
        if not CODE.fullmatch(code):
            self.fail(path, f"{code!r} is no code; expected 1 to 255 characters without : ; / \\ %")
        elif code in taken:
            self.fail(path, f"the {what} {code!r} is there twice")
        taken.add(code)

    def check_service_code(self, service: "ServiceEntry", path: tuple[str | int, ...], *, taken: set[str]) -> None:
        """Note a fault unless code and version name a service, and no other before it; only SOAP has versions."""
        version = service.version
        if version is not None and service.type is not Kind.WSDL:
            self.fail((*path, "version"), "only services of type wsdl have versions; leave it out")
        elif version is not None and not CODE.fullmatch(version):
            self.fail((*path, "version"), f"{version!r} is no version; expected characters without : ; / \\ %")
        named = service.code if version is None else f"{service.code}.{version}"
        self.check_code(named, (*path, "code"), taken=taken, what="service")

    def read_subject(self, text: str, path: tuple[str | int, ...], *, groups: set[str]) -> Any:
        """Who has a right: a client, a global group or a local group of this client."""
        if text.startswith(GLOBAL_GROUP):
            group = text.removeprefix(GLOBAL_GROUP)
            self.check_code(group, path, taken=set(), what="global group")
            return GlobalGroupId(self.instance, group)
        if text.startswith(LOCAL_GROUP):
            code = text.removeprefix(LOCAL_GROUP)
            if code not in groups:
                self.fail(
                    path, f"there is no local group {code!r} here; known are {', '.join(sorted(groups)) or 'none'}"
                )
            return LocalGroupId(code)
        return self.read_client(text, path)

    def read_certificate(self, text: str, path: tuple[str | int, ...]) -> bytes:
        """A certificate written out in PEM, or the file it is in; as DER."""
        try:
            return read_certificate(read_certificate_text(text, self.folder)).der
        except (OSError, ValueError, CertificateError) as error:
            why = error.detail if isinstance(error, CertificateError) else str(error)
            self.fail(path, f"no certificate: {why}; expected PEM text, or the name of a file")
            return b""


def read_certificate_text(text: str, folder: Path) -> bytes:
    """The bytes of a certificate that is written out in PEM, or in the file that `text` names.

    Raises:  OSError or ValueError when there is no such file, or it is too large to be a certificate.
    """
    if "-----BEGIN" in text:
        return text.encode()
    with (folder / text).open("rb") as file:
        data = file.read(MAX_CERTIFICATE_BYTES + 1)
    if len(data) > MAX_CERTIFICATE_BYTES:
        raise ValueError(f"{text} has more than {MAX_CERTIFICATE_BYTES} bytes")
    return data


def build_snapshot(document: Document[SecurityServerDocument], *, folder: Path, version: int) -> ServerSnapshot:
    """What the document means, with `version`; files are relative to `folder`.

    Raises:  SettingsError(malformed_document) with every fault.
    """
    value = document.value
    meaning = Meaning(value.instance, folder, [])
    meaning.check_code(value.instance, ("instance",), taken=set(), what="instance")
    owner = meaning.read_own_client(value.server.owner, ("server", "owner"))
    if isinstance(owner, SubsystemId):
        meaning.fail(("server", "owner"), "a server is owned by a member; expected CLASS/MEMBER")
    meaning.check_code(value.server.code, ("server", "code"), taken=set(), what="server")
    if not value.timestamping_services:
        meaning.fail(("timestamping_services",), "name at least one; without a time-stamp no message may pass")
    for number, url in enumerate(value.timestamping_services):
        meaning.check_url(url, ("timestamping_services", number))
    clients: dict[ClientId, LocalClient] = {}
    for number, entry in enumerate(value.clients):
        client = build_client(entry, ("clients", number), meaning)
        if client.id in clients:
            meaning.fail(("clients", number, "id"), f"{entry.id} is there twice")
        clients[client.id] = client
    require_no_faults(document, meaning.faults)
    server = ServerId(owner.instance, owner.member_class, owner.member_code, value.server.code)
    return ServerSnapshot(version, server, clients, value.timestamping_services)


def build_client(entry: ClientEntry, path: tuple[str | int, ...], meaning: Meaning) -> LocalClient:
    """One client."""
    groups: set[str] = set()
    for number, group in enumerate(entry.local_groups):
        meaning.check_code(group.code, (*path, "local_groups", number, "code"), taken=groups, what="local group")
    codes: set[str] = set()
    services: dict[str, LocalService] = {}
    rights: list[AccessRight] = []
    for number, service in enumerate(entry.services):
        at = (*path, "services", number)
        meaning.check_service_code(service, at, taken=codes)
        if service.code in RESERVED_CODES:
            meaning.fail(
                (*at, "code"), f"{service.code!r} is reserved: every server answers it itself; choose another code"
            )
        built = build_service(service, at, meaning)
        services[built.full_code] = built
        rights += [
            build_right(access, service.code, (*at, "access", index), meaning=meaning, groups=groups)
            for index, access in enumerate(service.access)
        ]
    certificates = [
        meaning.read_certificate(text, (*path, "tls_certificates", number))
        for number, text in enumerate(entry.tls_certificates)
    ]
    if entry.connection is Connection.MUTUAL_TLS and not certificates:
        meaning.fail(
            (*path, "connection"), "mutual-tls needs tls_certificates; else say https, or http in a closed network"
        )
    return LocalClient(
        id=meaning.read_own_client(entry.id, (*path, "id")),
        connection=CONNECTIONS.get(entry.connection, ConnectionType.MUTUAL_TLS),
        tls_certificates=tuple(certificates),
        services=services,
        rights=tuple(rights),
        local_groups={
            group.code: frozenset(
                meaning.read_client(member, (*path, "local_groups", number, "members", index))
                for index, member in enumerate(group.members)
            )
            for number, group in enumerate(entry.local_groups)
        },
        name=entry.name,
    )


def build_service(entry: ServiceEntry, path: tuple[str | int, ...], meaning: Meaning) -> LocalService:
    """One service."""
    meaning.check_url(entry.url, (*path, "url"))
    if entry.description_url:
        meaning.check_url(entry.description_url, (*path, "description_url"))
    if entry.disabled == "":
        meaning.fail((*path, "disabled"), "say why, for callers to read; or leave the key out to enable the service")
    if not 1 <= entry.timeout_seconds <= MAX_TIMEOUT_SECONDS:
        meaning.fail((*path, "timeout_seconds"), f"{entry.timeout_seconds}; expected 1 to {MAX_TIMEOUT_SECONDS}")
    return LocalService(
        code=entry.code,
        url=entry.url,
        type=KINDS.get(entry.type, ServiceType.REST),
        timeout_seconds=entry.timeout_seconds,
        verify_tls=entry.verify_tls,
        disabled_notice=entry.disabled,
        version=entry.version,
        description_url=entry.description_url,
        endpoints=tuple(
            build_endpoint(each, (*path, "endpoints", number), meaning)
            for number, each in enumerate(entry.endpoints or ())
        ),
    )


def build_endpoint(entry: EndpointEntry, path: tuple[str | int, ...], meaning: Meaning) -> Endpoint:
    """One endpoint."""
    method = entry.method.upper()
    if method != "*" and method not in VERBS:
        meaning.fail((*path, "method"), f"{entry.method!r}; expected * or one of {', '.join(sorted(VERBS))}")
    if not entry.path.startswith("/"):
        meaning.fail((*path, "path"), f"{entry.path!r}; expected a path that begins with a slash")
    return Endpoint(method, entry.path)


def build_right(
    entry: AccessEntry, service_code: str, path: tuple[str | int, ...], *, meaning: Meaning, groups: set[str]
) -> AccessRight:
    """One access right."""
    method = entry.method.upper()
    if method != "*" and method not in VERBS:
        meaning.fail((*path, "method"), f"{entry.method!r}; expected * or one of {', '.join(sorted(VERBS))}")
    try:
        parse_path_pattern(entry.path)
    except MessageError as error:
        meaning.fail((*path, "path"), error.detail)
    subject = meaning.read_subject(entry.subject, (*path, "subject"), groups=groups)
    return AccessRight(subject, service_code, method, entry.path)
