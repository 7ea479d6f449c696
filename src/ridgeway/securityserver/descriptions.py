"""Descriptions of services, fetched and compared: the endpoints of an OpenAPI document, the services of a WSDL.

Law: a description is a stranger's document: it has limits, nothing in it is followed, and it takes effect only as a
new version that was shown. A right whose endpoint is gone is kept and warned of.
Source: UG-SS §6.1 (adding and refreshing descriptions).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ridgeway.errors import MessageError, NetworkError, SettingsError
from ridgeway.http import ClientTls, Pool, fetch, parse_url
from ridgeway.protocol.certificates.x509 import read_certificate
from ridgeway.protocol.exchange.admission import WHOLE_SERVICE
from ridgeway.protocol.messages import matches_path
from ridgeway.protocol.metadata import Description, WsdlService, read_openapi, read_wsdl, resolve_server_url
from ridgeway.protocol.metadata.wsdl import MAX_WSDL_BYTES
from ridgeway.securityserver.documents import Kind
from ridgeway.securityserver.editing import name_service

FIELDS_OF_A_SERVICE: dict[str, Any] = {"timeout_seconds": 60, "verify_tls": True, "disabled": None}


@dataclass(slots=True)
class Refreshing:
    """One round: what was fetched by address, and what an operator should know."""

    fetched: dict[str, bytes] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


async def fetch_description(url: str, client: Any, *, verify_tls: bool = True) -> bytes:
    """What is at `url`, asked with the TLS rules of this client.

    Raises:  NetworkError when it cannot be fetched.
    """
    pinned = tuple(read_certificate(text.encode()).der for text in client["tls_certificates"]) if verify_tls else ()
    tls = ClientTls(pinned=pinned) if url.startswith("https:") else None
    if tls is not None and verify_tls and not pinned:
        raise SettingsError(
            "no_tls_certificate",
            f"{url} is HTTPS, but {client['id']} has no TLS certificate to know it by.",
            action="Add it to tls_certificates, or set verify_tls to false.",
        )
    async with Pool() as pool:
        answer = await fetch(pool, "GET", parse_url(url, tls=tls), max_bytes=MAX_WSDL_BYTES)
    if answer.status != 200:
        raise NetworkError("http_error", f"{url} answered with status {answer.status}; expected 200.")
    return answer.body


async def refresh_client(client: Any, round_: Refreshing, *, only: str = "", add: bool = False) -> None:
    """The services of one client say what their descriptions say; with `add` new SOAP services join them.

    Raises:  NetworkError, MessageError(invalid_openapi | unsupported_openapi_version | invalid_wsdl).
    """
    services = [each for each in client["services"] if not only or name_service(each) == only]
    for service in [each for each in services if each["description_url"]]:
        url = service["description_url"]
        if url not in round_.fetched:
            round_.fetched[url] = await fetch_description(url, client, verify_tls=service["verify_tls"])
        if service["type"] == Kind.OPENAPI:
            refresh_openapi(service, read_openapi(round_.fetched[url]), round_)
    for url in dict.fromkeys(each["description_url"] for each in services if each["type"] == Kind.WSDL):
        if url:
            refresh_wsdl(client, url, read_wsdl(round_.fetched[url]), round_, add=add)


def refresh_openapi(service: Any, description: Description, round_: Refreshing) -> None:
    """The service has the endpoints that its description names."""
    service["endpoints"] = [{"method": each.method, "path": each.path} for each in description.endpoints]
    named = name_service(service)
    round_.warnings += [f"{named}: {each}" for each in description.warnings]
    round_.warnings += [f"{named}: {each}" for each in list_lost_rights(service)]


def list_lost_rights(service: Any) -> Iterator[str]:
    """Rights to endpoints that the service does not have."""
    for right in service["access"]:
        if right["path"] == WHOLE_SERVICE or any(reaches(right, each) for each in service["endpoints"]):
            continue
        yield f"{right['subject']} may call {right['method']} {right['path']}, which the description does not name"


def reaches(right: Any, endpoint: Any) -> bool:
    """Whether a right covers an endpoint."""
    if right["method"].upper() not in {"*", endpoint["method"]}:
        return False
    try:
        return right["path"] == endpoint["path"] or matches_path(right["path"], endpoint["path"])
    except MessageError:
        return False


def refresh_wsdl(client: Any, url: str, found: tuple[WsdlService, ...], round_: Refreshing, *, add: bool) -> None:
    """The client's SOAP services are compared with a WSDL; new ones join when they may."""
    known = {name_service(each) for each in client["services"] if each["description_url"] == url}
    described = {name_of(each): each for each in found}
    for gone in sorted(known - described.keys()):
        round_.warnings.append(f"{gone}: {url} does not describe it any more")
    for name in sorted(described.keys() - {name_service(each) for each in client["services"]}):
        if add:
            client["services"].append(build_soap_service(described[name], url))
        else:
            round_.warnings.append(f"{name}: {url} describes it, but it is not offered; --add offers it")


def name_of(service: WsdlService) -> str:
    """The code with the version."""
    return service.code if service.version is None else f"{service.code}.{service.version}"


def build_soap_service(service: WsdlService, url: str) -> dict[str, Any]:
    """A SOAP service as the document has it; nobody may call it yet."""
    named = {"code": service.code, "version": service.version, "url": service.url, "type": str(Kind.WSDL)}
    return {**named, "description_url": url, "endpoints": None, **FIELDS_OF_A_SERVICE, "access": []}


def build_rest_service(code: str, description: Description, url: str, *, service_url: str) -> dict[str, Any]:
    """A REST service with the endpoints of its description; nobody may call it yet."""
    address = service_url or resolve_server_url(description.server_url, description_url=url)
    endpoints = [{"method": each.method, "path": each.path} for each in description.endpoints]
    named = {"code": code, "version": None, "url": address, "type": str(Kind.OPENAPI)}
    return {**named, "description_url": url, "endpoints": endpoints, **FIELDS_OF_A_SERVICE, "access": []}


async def add_description(
    client: Any, url: str, *, kind: Kind, code: str, service_url: str, verify_tls: bool
) -> list[str]:
    """The services that a new description names are the client's; the warnings are returned.

    Raises:  SettingsError(missing_code) for OpenAPI without a service code; as `refresh_client`.
    """
    data = await fetch_description(url, client, verify_tls=verify_tls)
    if kind is Kind.WSDL:
        round_ = Refreshing()
        refresh_wsdl(client, url, read_wsdl(data), round_, add=True)
        added = [each for each in client["services"] if each["description_url"] == url]
        warnings = round_.warnings
    else:
        if not code:
            raise SettingsError("missing_code", "An OpenAPI description is one service; name it: --code CODE.")
        description = read_openapi(data)
        added = [build_rest_service(code, description, url, service_url=service_url)]
        client["services"] += added
        warnings = [f"{code}: {each}" for each in description.warnings]
    for service in added:
        service["verify_tls"] = verify_tls
    return warnings
