"""Shared parameters, read: the members, servers, authorities and groups of one instance.

Law: one reader for V2 to V6, since each version only adds. What a server refers to must stand in the same document.
Source: PR-GCONF Annexes C (V2) to E; V6 as the code of release 7.8 writes it. Read next: `shared_writing.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from lxml import etree

from ridgeway.errors import TrustError
from ridgeway.protocol.certificates.snapshot import (
    Authority,
    CertificationService,
    ConfigurationSource,
    InstanceTrust,
    MemberEntry,
    OcspResponder,
    ServerEntry,
    TimestampingService,
)
from ridgeway.protocol.globalconf.xml import (
    MALFORMED,
    find_certificates,
    find_child,
    find_children,
    find_client,
    find_text,
    get_text,
    get_whole_number,
    parse_document,
    read_base64,
    read_certificate_text,
    read_truth,
    text_of,
)
from ridgeway.protocol.identifiers import ClientId, GlobalGroupId, MemberId, ServerId, SubsystemId

OLDEST_VERSION = 2
NEWEST_VERSION = 6


@dataclass(slots=True)
class Registry:
    """The members read so far, and whom each id of the document stands for."""

    members: dict[MemberId, MemberEntry] = field(default_factory=dict)
    by_id: dict[str, ClientId] = field(default_factory=dict)

    def note(self, element: etree._Element, client: ClientId) -> None:
        """Remember that the element's id stands for `client`."""
        name = element.get("id")
        if name is None:
            return
        if name in self.by_id:
            raise TrustError(MALFORMED, f"The id {name!r} stands twice, for {self.by_id[name]} and {client}.")
        self.by_id[name] = client

    def get_client(self, element: etree._Element) -> ClientId:
        """Whom the reference in `element` means."""
        found = self.by_id.get(text_of(element))
        if found is None:
            raise TrustError(MALFORMED, f"<{element.tag}> refers to {text_of(element)!r}, which is no member's id.")
        return found


def read_shared_parameters(data: bytes, version: int, *, expires_at: datetime | None = None) -> InstanceTrust:
    """Read the shared parameters of one instance.

    Units:   `version` and `expires_at` are those of the signed directory; None when it is not known.
    Raises:  TrustError(malformed_global_conf).
    """
    if not OLDEST_VERSION <= version <= NEWEST_VERSION:
        raise TrustError(
            MALFORMED, f"Version {version} cannot be read; known are {OLDEST_VERSION} to {NEWEST_VERSION}."
        )
    root = parse_document(data, "conf", what="shared parameters")
    instance = get_text(root, "instanceIdentifier")
    settings = find_child(root, "globalSettings")
    if settings is None:
        raise TrustError(MALFORMED, f"The shared parameters of {instance!r} lack <globalSettings>.")
    registry = Registry()
    for member in find_children(root, "member"):
        read_member(member, instance, registry)
    groups = read_groups(root, instance)
    return InstanceTrust(
        instance=instance,
        version=version,
        expires_at=expires_at,
        sources=read_sources(root),
        certification_services=tuple(read_certification(each) for each in find_children(root, "approvedCA")),
        timestamping_services=tuple(read_timestamping(each) for each in find_children(root, "approvedTSA")),
        members=registry.members,
        servers=read_servers(root, registry),
        groups={group: members for group, (members, _) in groups.items()},
        group_descriptions={group: description for group, (_, description) in groups.items()},
        member_classes=dict(read_member_class(each) for each in find_children(settings, "memberClass")),
        ocsp_freshness_seconds=get_whole_number(settings, "ocspFreshnessSeconds"),
    )


def read_sources(root: etree._Element) -> tuple[ConfigurationSource, ...]:
    """The central servers of the instance and their signing certificates."""
    return tuple(
        ConfigurationSource(
            get_text(source, "address"),
            find_certificates(source, "internalVerificationCert"),
            find_certificates(source, "externalVerificationCert"),
        )
        for source in find_children(root, "source")
    )


def read_certification(element: etree._Element) -> CertificationService:
    """One approved certification service; documents before V2 name no profile, so it knows no subject."""
    top = find_child(element, "topCA")
    if top is None:
        raise TrustError(MALFORMED, f"<approvedCA> in line {element.sourceline} lacks <topCA>.")
    acme = find_child(element, "acmeServer")
    text = {} if acme is None else {child.tag: text_of(child) for child in acme if isinstance(child.tag, str)}
    return CertificationService(
        name=get_text(element, "name"),
        profile=find_text(element, "certificateProfileInfo") or "",
        top=read_authority(top),
        intermediates=tuple(read_authority(each) for each in find_children(element, "intermediateCA")),
        authentication_only=read_truth(find_text(element, "authenticationOnly") or "false", "authenticationOnly"),
        csr_format=find_text(element, "defaultCsrFormat") or "",
        acme_directory_url=text.get("directoryURL", ""),
        acme_ip_address=text.get("ipAddress", ""),
        acme_authentication_profile_id=text.get("authenticationCertificateProfileId", ""),
        acme_signing_profile_id=text.get("signingCertificateProfileId", ""),
    )


def read_authority(element: etree._Element) -> Authority:
    """One authority with its responders."""
    return Authority(
        get_certificate(element),
        tuple(
            OcspResponder(
                url=get_text(each, "url"),
                certificate=next(iter(find_certificates(each, "cert")), None),
                cost_type=find_text(each, "costType") or "UNDEFINED",
            )
            for each in find_children(element, "ocsp")
        ),
    )


def read_timestamping(element: etree._Element) -> TimestampingService:
    """One approved time-stamping service."""
    return TimestampingService(
        name=get_text(element, "name"),
        url=get_text(element, "url"),
        certificate=get_certificate(element),
        cost_type=find_text(element, "costType") or "UNDEFINED",
    )


def get_certificate(element: etree._Element) -> bytes:
    """The certificate that must stand in `element`."""
    child = find_child(element, "cert")
    if child is None:
        raise TrustError(MALFORMED, f"<{element.tag}> in line {element.sourceline} lacks <cert>.")
    return read_certificate_text(child)


def read_member(element: etree._Element, instance: str, registry: Registry) -> None:
    """Note one member and its subsystems in `registry`."""
    class_element = find_child(element, "memberClass")
    if class_element is None:
        raise TrustError(MALFORMED, f"<member> in line {element.sourceline} lacks <memberClass>.")
    member_class, description = read_member_class(class_element)
    member = MemberId(instance, member_class, get_text(element, "memberCode"))
    if member in registry.members:
        raise TrustError(MALFORMED, f"{member} stands twice among the members.")
    registry.note(element, member)
    subsystems: dict[str, str] = {}
    for child in find_children(element, "subsystem"):
        code = get_text(child, "subsystemCode")
        subsystems[code] = find_text(child, "subsystemName") or ""
        registry.note(child, subsystem_of(member, code))
    registry.members[member] = MemberEntry(member, find_text(element, "name") or "", description, subsystems)


def subsystem_of(member: MemberId, code: str) -> SubsystemId:
    """The subsystem of `member` with that code."""
    return SubsystemId(member.instance, member.member_class, member.member_code, code)


def read_member_class(element: etree._Element) -> tuple[str, str]:
    """The code and the description of a member class."""
    return get_text(element, "code"), find_text(element, "description") or ""


def read_servers(root: etree._Element, registry: Registry) -> Mapping[ServerId, ServerEntry]:
    """The security servers, in the document's order."""
    servers: dict[ServerId, ServerEntry] = {}
    for element in find_children(root, "securityServer"):
        server = read_server(element, registry)
        if server.id in servers:
            raise TrustError(MALFORMED, f"{server.id} stands twice among the security servers.")
        servers[server.id] = server
    return servers


def read_server(element: etree._Element, registry: Registry) -> ServerEntry:
    """One security server."""
    owner_element = find_child(element, "owner")
    if owner_element is None:
        raise TrustError(MALFORMED, f"<securityServer> in line {element.sourceline} lacks <owner>.")
    owner = registry.get_client(owner_element)
    if not isinstance(owner, MemberId):
        raise TrustError(MALFORMED, f"A security server is owned by {owner}; expected a member.")
    maintenance = find_child(element, "inMaintenanceMode")
    clients = frozenset(registry.get_client(each) for each in find_children(element, "client"))
    return ServerEntry(
        id=ServerId(owner.instance, owner.member_class, owner.member_code, get_text(element, "serverCode")),
        address=find_text(element, "address") or "",
        auth_certificate_hashes=frozenset(
            read_base64(text_of(each), "authCertHash") for each in find_children(element, "authCertHash")
        ),
        clients=clients - {owner},
        maintenance=None if maintenance is None else find_text(maintenance, "message") or "",
    )


def read_groups(root: etree._Element, instance: str) -> dict[GlobalGroupId, tuple[frozenset[ClientId], str]]:
    """The global groups: who is in each, and its description.

    An entry that names no client grants nothing: it is left out, and the rest of the document stands, as in X-Road.
    """
    return {
        GlobalGroupId(instance, get_text(element, "groupCode")): (
            frozenset(filter(None, map(find_client, find_children(element, "groupMember")))),
            find_text(element, "description") or "",
        )
        for element in find_children(root, "globalGroup")
    }
