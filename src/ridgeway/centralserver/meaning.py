"""What a central server's document means: the trust of the instance, as one value, ready to be published.

Law: whoever is referred to must be there; every fault is told with its line. Files are written into the document
first (`inlining.py`), so what is kept is whole.
Read next: `directories.py`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ridgeway.centralserver.authorities import build_certification, build_timestamping
from ridgeway.centralserver.documents import CentralServerDocument, MemberRow, ServerRow
from ridgeway.centralserver.parts import OptionalPart, build_parts
from ridgeway.centralserver.requests.amending import amend
from ridgeway.centralserver.translating import Meaning, Place, nearest
from ridgeway.errors import TrustError
from ridgeway.office.documents import Document, require_no_faults
from ridgeway.protocol.certificates.snapshot import InstanceTrust, ManagementService, MemberEntry, ServerEntry
from ridgeway.protocol.globalconf import (
    NEWEST_VERSION,
    Anchor,
    PrivateParameters,
    hashes_of,
    read_anchor,
)
from ridgeway.protocol.identifiers import ClientId, GlobalGroupId, MemberId, ServerId, SubsystemId

ADDRESS = re.compile(r"([A-Za-z0-9]([A-Za-z0-9.-]{0,252}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?")
MIN_TIMESTAMPING_INTERVAL_SECONDS = 60
MIN_EXPIRY_SECONDS, MAX_EXPIRY_SECONDS = 30, 7 * 24 * 3600
MAX_SECONDS = 2**31 - 1
OWNERS_GROUP = "security-server-owners"
"""The group that always holds the owners of security servers; nobody writes it."""


@dataclass(frozen=True, slots=True)
class Governed:
    """What is to be published: shared parameters (without sources), private ones, optional parts, and for how long.

    `node_addresses` maps the name of a central server, where there are several, to its address; `address` is that of
    the one without a name.
    """

    address: str
    trust: InstanceTrust
    private: PrivateParameters
    parts: tuple[OptionalPart, ...]
    expiry_seconds: int
    node_addresses: Mapping[str, str] = field(default_factory=dict)

    def find_address(self, node: str) -> str | None:
        """Where the central server with this name is reached; None for a name that the document does not give."""
        return self.node_addresses.get(node) if node else self.address


def build_governed(document: Document[CentralServerDocument]) -> Governed:
    """What the document means with its amendments; its files are written out in it already.

    Raises:  SettingsError(malformed_document) with every fault.
    """
    meaning = Meaning(amend(document.value).document if document.value.amendments else document.value)
    trust = build_trust(meaning)
    governed = Governed(
        address=meaning.value.address,
        trust=trust,
        private=build_private(meaning, trust),
        parts=build_parts(meaning),
        expiry_seconds=meaning.value.expiry_seconds,
        node_addresses=meaning.value.nodes,
    )
    require_no_faults(document, meaning.faults)
    return governed


def build_trust(meaning: Meaning) -> InstanceTrust:
    """The shared parameters, without their sources."""
    value = meaning.value
    meaning.require_code(value.instance, ("instance",))
    addresses: dict[Place, str] = {("address",): value.address or ""}
    addresses |= {("nodes", name): address for name, address in value.nodes.items()}
    for path, address in addresses.items():
        if not ADDRESS.fullmatch(address or ""):
            meaning.fail(path, f"{address!r} is no host; expected HOST or HOST:PORT, without http://")
    for code in value.member_classes:
        meaning.require_code(code, ("member_classes", code))
    add_members(meaning)
    servers = build_servers(meaning)
    groups, descriptions = build_groups(meaning, servers)
    meaning.require_between(value.ocsp_freshness_seconds, ("ocsp_freshness_seconds",), least=1, most=MAX_SECONDS)
    return InstanceTrust(
        instance=value.instance,
        version=NEWEST_VERSION,
        expires_at=None,
        certification_services=tuple(
            build_certification(entry, ("certification_services", number), meaning)
            for number, entry in enumerate(value.certification_services)
        ),
        timestamping_services=build_timestamping(meaning),
        members=meaning.members,
        servers=servers,
        groups=groups,
        group_descriptions=descriptions,
        member_classes=value.member_classes,
        ocsp_freshness_seconds=value.ocsp_freshness_seconds,
    )


def add_members(meaning: Meaning) -> None:
    """The members of the document are known."""
    for number, row in enumerate(meaning.value.members):
        path: Place = ("members", number)
        meaning.require_code(row.code, (*path, "code"))
        if row.class_ not in meaning.value.member_classes:
            hint = nearest(row.class_, meaning.value.member_classes)
            meaning.fail((*path, "class"), f"{row.class_!r} is not among member_classes{hint}")
        if not row.name:
            meaning.fail((*path, "name"), "a member has a name")
        identifier = MemberId(meaning.instance, row.class_, row.code)
        if identifier in meaning.members:
            meaning.fail(path, f"{row.class_}/{row.code} is there twice")
        description = meaning.value.member_classes.get(row.class_, "")
        meaning.members[identifier] = MemberEntry(
            identifier, row.name, description, build_subsystems(row, path, meaning)
        )


def build_subsystems(row: MemberRow, path: Place, meaning: Meaning) -> dict[str, str]:
    """The subsystems of one member: code → name."""
    found: dict[str, str] = {}
    for number, entry in enumerate(row.subsystems):
        meaning.require_code(entry.code, (*path, "subsystems", number))
        if entry.code in found:
            meaning.fail((*path, "subsystems", number), f"{entry.code} is there twice")
        found[entry.code] = entry.name
    return found


def build_servers(meaning: Meaning) -> dict[ServerId, ServerEntry]:
    """The security servers; a certificate belongs to one of them alone."""
    found: dict[ServerId, ServerEntry] = {}
    holders: dict[bytes, str] = {}
    for number, row in enumerate(meaning.value.security_servers):
        path: Place = ("security_servers", number)
        owner = meaning.read_registered(row.owner, (*path, "owner"))
        if isinstance(owner, SubsystemId):
            meaning.fail((*path, "owner"), "a server is owned by a member; expected CLASS/MEMBER")
        meaning.require_code(row.code, (*path, "code"))
        if not ADDRESS.fullmatch(row.address or "") or ":" in row.address.rpartition("]")[2]:
            meaning.fail((*path, "address"), f"{row.address!r} is no host; expected a name or an IP address alone")
        identifier = ServerId(owner.instance, owner.member_class, owner.member_code, row.code)
        if identifier in found:
            meaning.fail(path, f"{row.owner}/{row.code} is there twice")
        found[identifier] = ServerEntry(
            id=identifier,
            address=row.address,
            auth_certificate_hashes=build_hashes(row, path, meaning=meaning, holders=holders),
            clients=build_clients(row, path, meaning),
            maintenance=row.maintenance,
        )
    return found


def build_hashes(row: ServerRow, path: Place, *, meaning: Meaning, holders: dict[bytes, str]) -> frozenset[bytes]:
    """The hashes of a server's authentication certificates."""
    hashes: set[bytes] = set()
    for number, text in enumerate(row.authentication_certificates):
        at = (*path, "authentication_certificates", number)
        der = meaning.read_certificate(text, at)
        if der and der in holders:
            meaning.fail(at, f"this certificate is of {holders[der]} already; each server has its own")
        holders[der] = f"{row.owner}/{row.code}"
        hashes |= hashes_of(der) if der else frozenset()
    return frozenset(hashes)


def build_clients(row: ServerRow, path: Place, meaning: Meaning) -> frozenset[ClientId]:
    """The clients that are registered at a server, beside its owner; those that are disabled are not published."""
    clients: dict[ClientId, bool] = {}
    for key, is_enabled in (("clients", True), ("disabled_clients", False)):
        for number, text in enumerate(row.clients if is_enabled else row.disabled_clients):
            client = meaning.read_registered(text, (*path, key, number))
            if client in clients:
                meaning.fail((*path, key, number), f"{text} is there twice")
            clients[client] = is_enabled
    return frozenset(client for client, is_enabled in clients.items() if is_enabled)


def build_groups(
    meaning: Meaning, servers: Iterable[ServerId]
) -> tuple[dict[GlobalGroupId, frozenset[ClientId]], dict[GlobalGroupId, str]]:
    """The global groups, and what they are for; the owners of servers are one without being written."""
    owners = GlobalGroupId(meaning.instance, OWNERS_GROUP)
    members: dict[GlobalGroupId, frozenset[ClientId]] = {owners: frozenset(server.owner for server in servers)}
    descriptions: dict[GlobalGroupId, str] = {owners: "Owners of security servers"}
    for number, row in enumerate(meaning.value.global_groups):
        path: Place = ("global_groups", number)
        meaning.require_code(row.code, (*path, "code"))
        group = GlobalGroupId(meaning.instance, row.code)
        if group == owners:
            meaning.fail(path, f"{row.code} is kept by itself: it holds the owners of security_servers; take it out")
            continue
        if group in members:
            meaning.fail(path, f"{row.code} is there twice")
        members[group] = frozenset(
            meaning.read_registered(text, (*path, "members", index)) for index, text in enumerate(row.members)
        )
        descriptions[group] = row.description
    return members, descriptions


def build_private(meaning: Meaning, trust: InstanceTrust) -> PrivateParameters:
    """The private parameters."""
    value = meaning.value
    meaning.require_between(
        value.timestamping_interval_seconds,
        ("timestamping_interval_seconds",),
        least=MIN_TIMESTAMPING_INTERVAL_SECONDS,
        most=MAX_SECONDS,
    )
    meaning.require_between(
        value.expiry_seconds, ("expiry_seconds",), least=MIN_EXPIRY_SECONDS, most=MAX_EXPIRY_SECONDS
    )
    return PrivateParameters(
        instance=value.instance,
        federation_anchors=tuple(
            anchor
            for number, text in enumerate(value.trusted_anchors)
            for anchor in build_anchor(text, number, meaning)
        ),
        management=build_management(meaning, trust),
        timestamping_interval_seconds=value.timestamping_interval_seconds,
    )


def build_management(meaning: Meaning, trust: InstanceTrust) -> ManagementService:
    """Where registration requests go; by default the owner of the first security server answers them."""
    entry = meaning.value.management_service
    host = re.sub(r":[0-9]+$", "", meaning.value.address or "")
    url = f"https://{host}:4001/managementservice/"
    if entry is None:
        owners = [server.id.owner for server in trust.servers.values()]
        everyone = [*owners, *trust.members]
        if not everyone:
            meaning.fail(("members",), "an instance has at least one member")
        return ManagementService(url, None, everyone[0] if everyone else None)
    path: Place = ("management_service",)
    if entry.url:
        meaning.require_url(entry.url, (*path, "url"))
    given = entry.certificate is not None
    certificate = meaning.read_certificate(entry.certificate, (*path, "certificate")) if given else None
    return ManagementService(
        entry.url or url, certificate, meaning.read_registered(entry.provider, (*path, "provider"))
    )


def build_anchor(text: str, number: int, meaning: Meaning) -> list[Anchor]:
    """The anchor of one federated instance."""
    path: Place = ("trusted_anchors", number)
    try:
        anchor = read_anchor(text.encode())
    except TrustError as error:
        meaning.fail(path, f"no anchor: {error.detail}")
        return []
    if anchor.instance == meaning.instance:
        meaning.fail(path, f"this is an anchor of {anchor.instance} itself; expected another instance's")
    return [anchor]
