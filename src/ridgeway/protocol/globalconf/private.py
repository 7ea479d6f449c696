"""Private parameters: what one instance tells its own servers alone.

Law: the anchors of federated instances travel here, signed by the own authority, so no person carries them to each
server. One schema serves V2 to V6.
Source: PR-GCONF Annex D; UC-FED. Read next: `optional.py`.
"""

from dataclasses import dataclass

from lxml import etree

from ridgeway.errors import TrustError
from ridgeway.protocol.certificates.snapshot import DEFAULT_TIMESTAMPING_INTERVAL_SECONDS, ManagementService
from ridgeway.protocol.globalconf.anchor import Anchor, add_anchor_content, read_anchor_element
from ridgeway.protocol.globalconf.xml import (
    MALFORMED,
    add_bytes,
    add_child,
    add_client,
    find_certificates,
    find_child,
    find_children,
    find_text,
    get_text,
    get_whole_number,
    new_root,
    parse_document,
    read_client,
    write_document,
)

NO_MANAGEMENT = ManagementService()


@dataclass(frozen=True, slots=True)
class PrivateParameters:
    """The federated instances that the authority trusts, and how its servers register and stamp."""

    instance: str
    federation_anchors: tuple[Anchor, ...] = ()
    management: ManagementService = NO_MANAGEMENT
    timestamping_interval_seconds: int = DEFAULT_TIMESTAMPING_INTERVAL_SECONDS


def read_private_parameters(data: bytes) -> PrivateParameters:
    """Read the private parameters of one instance.

    Raises:  TrustError(malformed_global_conf).
    """
    root = parse_document(data, "conf", what="private parameters")
    return PrivateParameters(
        instance=get_text(root, "instanceIdentifier"),
        federation_anchors=tuple(read_federation(each) for each in find_children(root, "configurationAnchor")),
        management=read_management(root),
        timestamping_interval_seconds=get_whole_number(root, "timeStampingIntervalSeconds"),
    )


def read_federation(element: etree._Element) -> Anchor:
    """The anchor of one federated instance."""
    try:
        return read_anchor_element(element)
    except TrustError as error:
        raise TrustError(MALFORMED, f"A federated instance's anchor: {error.detail}") from error


def read_management(root: etree._Element) -> ManagementService:
    """Where registration requests go.

    Raises:  TrustError(malformed_global_conf) when the element is absent.
    """
    element = find_child(root, "managementService")
    if element is None:
        raise TrustError(MALFORMED, "The private parameters lack <managementService>.")
    provider = find_child(element, "managementRequestServiceProviderId")
    return ManagementService(
        registration_url=find_text(element, "authCertRegServiceAddress") or "",
        registration_certificate=next(iter(find_certificates(element, "authCertRegServiceCert")), None),
        provider=None if provider is None else read_client(provider),
    )


def write_private_parameters(parameters: PrivateParameters) -> bytes:
    """The private parameters as a document.

    Raises:  TrustError(malformed_global_conf) when no provider of the management services is named.
    """
    management = parameters.management
    if management.provider is None:
        raise TrustError(MALFORMED, "No provider of the management services is named; the schema wants one.")
    root = new_root("conf")
    add_child(root, "instanceIdentifier", parameters.instance)
    for anchor in parameters.federation_anchors:
        add_anchor_content(add_child(root, "configurationAnchor"), anchor)
    service = add_child(root, "managementService")
    add_child(service, "authCertRegServiceAddress", management.registration_url)
    if management.registration_certificate is not None:
        add_bytes(service, "authCertRegServiceCert", management.registration_certificate)
    add_client(service, "managementRequestServiceProviderId", management.provider)
    add_child(root, "timeStampingIntervalSeconds", str(parameters.timestamping_interval_seconds))
    return write_document(root)
