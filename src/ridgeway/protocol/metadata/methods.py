"""listMethods and allowedMethods: what a provider offers, and what of it a client may call.

Law: REST names REST services and their endpoints, SOAP names SOAP services. What a client may call follows from the
same rights that admit its requests.
Source: PR-META §2; PR-MREST §2 and §3.
"""

import json
from collections.abc import Iterable
from typing import Any

from lxml import etree

from ridgeway.protocol.certificates.snapshot import TrustSnapshot
from ridgeway.protocol.exchange.admission import WHOLE_SERVICE, covers
from ridgeway.protocol.exchange.values import AccessRight, Endpoint, LocalClient, LocalService, ServiceType
from ridgeway.protocol.identifiers import ClientId, MemberId, ServiceId, SubsystemId
from ridgeway.protocol.messages import matches_path
from ridgeway.protocol.metadata.identifiers import PREFIXES, XROAD, add_identifier

SERVICE_TYPES = {ServiceType.REST: "REST", ServiceType.OPENAPI: "OPENAPI"}


def service_id(provider: ClientId, service: LocalService) -> ServiceId:
    """The identifier of a service of `provider`."""
    subsystem = provider.subsystem_code if isinstance(provider, SubsystemId) else None
    codes = (provider.instance, provider.member_class, provider.member_code, subsystem)
    return ServiceId(*codes, service.code, service.version)


def list_rights(
    provider: LocalClient, service: LocalService, *, client: ClientId, trust: TrustSnapshot
) -> list[AccessRight]:
    """The rights to `service`, or parts of it, that cover `client`."""
    return [
        right
        for right in provider.rights
        if right.service_code == service.code and covers(right, client, provider=provider, trust=trust)
    ]


def render_rest_methods(provider: LocalClient, *, client: ClientId | None = None, trust: TrustSnapshot) -> bytes:
    """The REST services of `provider` as JSON; with a `client` those that it may call, with the endpoints it may."""
    services = []
    for service in provider.services.values():
        if service.type not in SERVICE_TYPES:
            continue
        endpoints: Iterable[Endpoint] = list_endpoints(provider, service)
        if client is not None:
            rights = list_rights(provider, service, client=client, trust=trust)
            if not rights:
                continue
            endpoints = [each for each in endpoints if any(allows(right, each) for right in rights)]
        services.append(describe_service(provider.id, service, endpoints))
    return json.dumps({"service": services}, ensure_ascii=False).encode()


def list_endpoints(provider: LocalClient, service: LocalService) -> list[Endpoint]:
    """The endpoints of a service as it is described; without a description those that somebody has a right to.

    X-Road's operator adds the latter by hand before a right to them can be given.
    """
    if service.type is not ServiceType.REST or service.endpoints:
        return list(service.endpoints)
    rights = [each for each in provider.rights if each.service_code == service.code]
    parts = [Endpoint(each.method, each.path) for each in rights if (each.method, each.path) != ("*", WHOLE_SERVICE)]
    return list(dict.fromkeys(parts))


def allows(right: AccessRight, endpoint: Endpoint) -> bool:
    """Whether a right covers an endpoint as it is described."""
    if right.method.upper() not in {"*", endpoint.method.upper()}:
        return False
    return right.path in {WHOLE_SERVICE, endpoint.path} or matches_path(right.path, endpoint.path)


def describe_service(provider: ClientId, service: LocalService, endpoints: Iterable[Endpoint]) -> dict[str, Any]:
    """One REST service for JSON."""
    described: dict[str, Any] = {
        "member_class": provider.member_class,
        "member_code": provider.member_code,
        "object_type": "SERVICE",
        "service_code": service.code,
        "service_type": SERVICE_TYPES[service.type],
        "xroad_instance": provider.instance,
        "endpoint_list": [{"method": each.method, "path": each.path} for each in endpoints],
    }
    if not isinstance(provider, MemberId):
        described["subsystem_code"] = provider.subsystem_code
    return dict(sorted(described.items()))


def render_soap_methods(
    provider: LocalClient, name: str, *, client: ClientId | None = None, trust: TrustSnapshot
) -> bytes:
    """The element `{name}Response` with the SOAP services of `provider`; with a `client` those that it may call."""
    root = etree.Element(f"{{{XROAD}}}{name}Response", nsmap=PREFIXES)
    for service in provider.services.values():
        if service.type is not ServiceType.WSDL:
            continue
        if client is None or list_rights(provider, service, client=client, trust=trust):
            add_identifier(root, f"{{{XROAD}}}service", service_id(provider.id, service))
    return etree.tostring(root)
