"""Shared parameters, written: one value, five versions of the document.

Law: each version says what its readers know and nothing else, in the order of its schema. The same value gives the
same bytes. Servers that read V2 to V4 do not know maintenance, so there a server in maintenance serves no subsystem.
A hash of an authentication certificate is SHA-1 in V2 and SHA-256 from V3 on; the writer takes from
`ServerEntry.auth_certificate_hashes` those of the right length, so give both (`hashes_of`).
Source: PR-GCONF Annexes C to E. Read next: `shared.py`.
"""

import hashlib
from collections.abc import Callable, Mapping

from lxml import etree

from ridgeway.errors import TrustError
from ridgeway.protocol.certificates.snapshot import (
    Authority,
    CertificationService,
    InstanceTrust,
    MemberEntry,
    OcspResponder,
    ServerEntry,
    TimestampingService,
)
from ridgeway.protocol.globalconf.shared import NEWEST_VERSION, OLDEST_VERSION, subsystem_of
from ridgeway.protocol.globalconf.xml import (
    MALFORMED,
    add_bytes,
    add_child,
    add_client,
    new_root,
    write_document,
)
from ridgeway.protocol.identifiers import ClientId, SubsystemId

SOURCES_SINCE = 3
ACME_SINCE = 3
ACME_PROFILES_SINCE = 4
SUBSYSTEM_NAMES_SINCE = 5
MAINTENANCE_SINCE = 5
COST_TYPES_SINCE = 6
CSR_FORMATS_SINCE = 6

HASH_BYTES = {2: hashlib.sha1(usedforsecurity=False).digest_size}
"""Version → length of an authentication certificate's hash; SHA-256 where it is not listed."""


def hashes_of(certificate: bytes) -> frozenset[bytes]:
    """Both hashes under which a certificate (DER) is registered: SHA-1 for readers of V2, SHA-256 for all others."""
    return frozenset({hashlib.sha1(certificate, usedforsecurity=False).digest(), hashlib.sha256(certificate).digest()})


def write_shared_parameters(trust: InstanceTrust, version: int) -> bytes:
    """The shared parameters of `trust.instance` as `version` of the document.

    Raises:  TrustError(malformed_global_conf) when a server refers to somebody who is not a member, or V3 and later
             lack a source.
    """
    if not OLDEST_VERSION <= version <= NEWEST_VERSION:
        raise TrustError(
            MALFORMED, f"Version {version} cannot be written; known: {OLDEST_VERSION} to {NEWEST_VERSION}."
        )
    root = new_root("conf")
    add_child(root, "instanceIdentifier", trust.instance)
    if version >= SOURCES_SINCE:
        add_sources(root, trust)
    for service in trust.certification_services:
        add_certification(root, service, version)
    for stamping in trust.timestamping_services:
        add_timestamping(root, stamping, version)
    identities = add_members(root, trust, version)
    for server in trust.servers.values():
        add_server(root, server, identities=identities, version=version)
    add_groups(root, trust)
    settings = add_child(root, "globalSettings")
    for code, description in trust.member_classes.items():
        add_member_class(settings, code, description)
    add_child(settings, "ocspFreshnessSeconds", str(trust.ocsp_freshness_seconds))
    return write_document(root)


def add_sources(root: etree._Element, trust: InstanceTrust) -> None:
    """Where the configuration is found; the schema wants one source at least."""
    if not trust.sources:
        raise TrustError(MALFORMED, f"{trust.instance} has no source; from version {SOURCES_SINCE} on one is needed.")
    for source in trust.sources:
        child = add_child(root, "source")
        add_child(child, "address", source.address)
        for certificate in source.internal_certificates:
            add_bytes(child, "internalVerificationCert", certificate)
        for certificate in source.external_certificates:
            add_bytes(child, "externalVerificationCert", certificate)


def add_certification(root: etree._Element, service: CertificationService, version: int) -> None:
    """One approved certification service."""
    child = add_child(root, "approvedCA")
    add_child(child, "name", service.name)
    add_child(child, "authenticationOnly", "true" if service.authentication_only else "false")
    add_authority(child, "topCA", service.top, version=version)
    for authority in service.intermediates:
        add_authority(child, "intermediateCA", authority, version=version)
    add_child(child, "certificateProfileInfo", service.profile)
    if service.csr_format and version >= CSR_FORMATS_SINCE:
        add_child(child, "defaultCsrFormat", service.csr_format)
    if service.acme_directory_url and version >= ACME_SINCE:
        add_acme(child, service, version)


def add_acme(parent: etree._Element, service: CertificationService, version: int) -> None:
    """How the service issues certificates by itself."""
    child = add_child(parent, "acmeServer")
    add_child(child, "directoryURL", service.acme_directory_url)
    if service.acme_ip_address:
        add_child(child, "ipAddress", service.acme_ip_address)
    if version < ACME_PROFILES_SINCE:
        return
    if service.acme_authentication_profile_id:
        add_child(child, "authenticationCertificateProfileId", service.acme_authentication_profile_id)
    if service.acme_signing_profile_id:
        add_child(child, "signingCertificateProfileId", service.acme_signing_profile_id)


def add_authority(parent: etree._Element, name: str, authority: Authority, *, version: int) -> None:
    """One authority with its responders."""
    child = add_child(parent, name)
    add_bytes(child, "cert", authority.certificate)
    for responder in authority.responders:
        place = add_child(child, "ocsp")
        add_child(place, "url", responder.url)
        if responder.certificate is not None:
            add_bytes(place, "cert", responder.certificate)
        add_cost(place, responder, version)


def add_timestamping(root: etree._Element, service: TimestampingService, version: int) -> None:
    """One approved time-stamping service."""
    child = add_child(root, "approvedTSA")
    add_child(child, "name", service.name)
    add_child(child, "url", service.url)
    add_bytes(child, "cert", service.certificate)
    add_cost(child, service, version)


def add_cost(parent: etree._Element, service: OcspResponder | TimestampingService, version: int) -> None:
    """Whether asking costs money, where the version can say so."""
    if version >= COST_TYPES_SINCE:
        add_child(parent, "costType", service.cost_type)


def add_member_class(parent: etree._Element, code: str, description: str) -> None:
    """A member class."""
    child = add_child(parent, "memberClass")
    add_child(child, "code", code)
    add_child(child, "description", description)


def add_members(root: etree._Element, trust: InstanceTrust, version: int) -> Mapping[ClientId, str]:
    """The members with their subsystems; returns the id that each got: id0, id1, …, in the document's order."""
    identities: dict[ClientId, str] = {}

    def new_identity(client: ClientId) -> str:
        identities[client] = f"id{len(identities)}"
        return identities[client]

    for member in trust.members.values():
        child = add_child(root, "member")
        child.set("id", new_identity(member.id))
        description = member.class_description or trust.member_classes.get(member.id.member_class, "")
        add_member_class(child, member.id.member_class, description)
        add_child(child, "memberCode", member.id.member_code)
        add_child(child, "name", member.name)
        add_subsystems(child, member, new_identity=new_identity, version=version)
    return identities


def add_subsystems(
    parent: etree._Element, member: MemberEntry, *, new_identity: Callable[[ClientId], str], version: int
) -> None:
    """The subsystems of one member."""
    for code, name in member.subsystems.items():
        child = add_child(parent, "subsystem")
        child.set("id", new_identity(subsystem_of(member.id, code)))
        add_child(child, "subsystemCode", code)
        if name and version >= SUBSYSTEM_NAMES_SINCE:
            add_child(child, "subsystemName", name)


def add_server(root: etree._Element, server: ServerEntry, *, identities: Mapping[ClientId, str], version: int) -> None:
    """One security server."""
    child = add_child(root, "securityServer")
    add_child(child, "owner", get_identity(server.id.owner, server, identities))
    add_child(child, "serverCode", server.id.server_code)
    if server.address:
        add_child(child, "address", server.address)
    wanted = HASH_BYTES.get(version, hashlib.sha256().digest_size)
    for digest in sorted(each for each in server.auth_certificate_hashes if len(each) == wanted):
        add_bytes(child, "authCertHash", digest)
    references = [get_identity(client, server, identities) for client in clients_of(server, version)]
    for reference in sorted(references, key=lambda name: int(name.removeprefix("id"))):
        add_child(child, "client", reference)
    if server.maintenance is not None and version >= MAINTENANCE_SINCE:
        place = add_child(child, "inMaintenanceMode")
        if server.maintenance:
            add_child(place, "message", server.maintenance)


def clients_of(server: ServerEntry, version: int) -> list[ClientId]:
    """The clients that readers of `version` may find at the server."""
    if server.maintenance is None or version >= MAINTENANCE_SINCE:
        return list(server.clients)
    return [client for client in server.clients if not isinstance(client, SubsystemId)]


def get_identity(client: ClientId, server: ServerEntry, identities: Mapping[ClientId, str]) -> str:
    """The id of `client` in this document."""
    found = identities.get(client)
    if found is None:
        raise TrustError(MALFORMED, f"{server.id} refers to {client}, who is not among the members; register it first.")
    return found


def add_groups(root: etree._Element, trust: InstanceTrust) -> None:
    """The global groups, each with its members in the order of their codes."""
    for group, members in trust.groups.items():
        child = add_child(root, "globalGroup")
        add_child(child, "groupCode", group.group_code)
        add_child(child, "description", trust.group_descriptions.get(group, ""))
        for client in sorted(members, key=lambda each: each.codes):
            add_client(child, "groupMember", client)
