"""Descriptions of services, fetched and compared: the endpoints of an OpenAPI document, the services of a WSDL.

Law: a description is a stranger's document: it has limits, nothing in it is followed, and it takes effect only as a
new version that was shown. A right whose endpoint is gone is kept and warned of.
Source: UG-SS §6.1 (adding and refreshing descriptions).
"""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ridgeway.errors import MessageError, NetworkError, RequestError, SettingsError
from ridgeway.http import ClientTls, HttpRefusal, Pool, fetch, parse_url
from ridgeway.protocol.certificates.x509 import read_certificate
from ridgeway.protocol.metadata import Description, WsdlService, read_openapi, read_wsdl, resolve_server_url
from ridgeway.protocol.metadata.wsdl import MAX_WSDL_BYTES
from ridgeway.securityserver.documents import URL, Kind
from ridgeway.securityserver.editing import name_service
from ridgeway.securityserver.identity import Identity
from ridgeway.securityserver.oddities import list_lost_rights

FIELDS_OF_A_SERVICE: dict[str, Any] = {"timeout_seconds": 60, "verify_tls": True, "disabled": None}


@dataclass(slots=True)
class Refreshing:
    """One round: what was fetched for whom, what an operator should know, and what could not be read.

    `add` lets new SOAP services join, `remove` lets those go that are not described any more.
    """

    add: bool = False
    remove: bool = False
    identity: Identity | None = None
    fetched: dict[tuple[str, str, bool], bytes] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    failures: list[NetworkError | RequestError] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a new description is: at an address, or in a file and then, for others to fetch, at `published_url`."""

    place: str
    published_url: str = ""
    verify_tls: bool = True
    identity: Identity | None = None

    @property
    def url(self) -> str:
        """The address to remember; empty when it is nowhere to be fetched."""
        return self.place if URL.fullmatch(self.place) else self.published_url


async def fetch_description(
    url: str, client: Any, *, verify_tls: bool = True, identity: Identity | None = None
) -> bytes:
    """What is at `url`, asked with the TLS rules of this client, and as the gateway would ask.

    Raises:  NetworkError when it cannot be fetched; SettingsError(no_tls_certificate).
    """
    pinned = tuple(read_certificate(text.encode()).der for text in client["tls_certificates"]) if verify_tls else ()
    is_tls = url.startswith("https:")
    if is_tls and verify_tls and not pinned:
        raise SettingsError(
            "no_tls_certificate",
            f"{url} is HTTPS, but {client['id']} has no TLS certificate to know it by.",
            action="Add it to tls_certificates, or set verify_tls to false.",
        )
    tls = build_tls(pinned, identity) if is_tls else None
    try:
        async with Pool() as pool:
            answer = await fetch(pool, "GET", parse_url(url, tls=tls), max_bytes=MAX_WSDL_BYTES)
    except HttpRefusal as error:
        raise NetworkError("http_error", f"{url} has more than {MAX_WSDL_BYTES} bytes.") from error
    except ValueError as error:
        raise SettingsError("malformed_url", f"{url} is no address: {error}.") from error
    if answer.status != 200:
        raise NetworkError("http_error", f"{url} answered with status {answer.status}; expected 200.")
    return answer.body


def build_tls(pinned: tuple[bytes, ...], identity: Identity | None) -> ClientTls:
    """Whom a service must be (anybody, when nothing is pinned), and what it is shown."""
    if identity is None:
        return ClientTls(pinned=pinned)
    return ClientTls((identity.certificate,), identity.private_key, pinned=pinned)


async def read_source(source: Source, client: Any) -> bytes:
    """The description at an address or in a file.

    Raises:  SettingsError(unreadable_file); as `fetch_description`.
    """
    if URL.fullmatch(source.place):
        return await fetch_description(source.place, client, verify_tls=source.verify_tls, identity=source.identity)
    return await asyncio.to_thread(read_file, Path(source.place))


def read_file(file: Path) -> bytes:
    """What is in a file, up to a byte more than may be.

    Raises:  SettingsError(unreadable_file).
    """
    try:
        with file.open("rb") as opened:
            return opened.read(MAX_WSDL_BYTES + 1)
    except (OSError, ValueError) as error:
        raise SettingsError(
            "unreadable_file", f"{file} is neither an http(s) address nor a file that can be read: {error}."
        ) from error


async def refresh_client(client: Any, round_: Refreshing, *, only: str = "") -> None:
    """The services of one client say what their descriptions say; what cannot be read changes nothing.

    Raises:  SettingsError(no_tls_certificate).
    """
    services = [each for each in client["services"] if each["description_url"]]
    chosen = [each for each in services if not only or name_service(each) == only]
    seen: set[str] = set()
    for service in chosen:
        url = service["description_url"]
        if url in seen and service["type"] == Kind.WSDL:
            continue
        seen.add(url)
        try:
            data = await fetch_once(url, client, service, round_)
            if service["type"] == Kind.OPENAPI:
                refresh_openapi(service, read_openapi(data), round_)
            elif service["type"] == Kind.WSDL:
                refresh_wsdl(client, url, read_wsdl(data), round_, verify_tls=service["verify_tls"])
        except (NetworkError, MessageError) as error:
            round_.failures.append(error)
            round_.warnings.append(f"{name_service(service)} stays as it is: {error.detail}")


async def fetch_once(url: str, client: Any, service: Any, round_: Refreshing) -> bytes:
    """What is at `url`; it is fetched once for each client and each rule about certificates."""
    key = (client["id"], url, service["verify_tls"])
    if key not in round_.fetched:
        round_.fetched[key] = await fetch_description(
            url, client, verify_tls=service["verify_tls"], identity=round_.identity
        )
    return round_.fetched[key]


def refresh_openapi(service: Any, description: Description, round_: Refreshing) -> None:
    """The service has the endpoints that its description names."""
    service["endpoints"] = [{"method": each.method, "path": each.path} for each in description.endpoints]
    named = name_service(service)
    round_.warnings += [f"{named}: {each}" for each in description.warnings]
    round_.warnings += [
        f"{named}: {right['subject']} may call {right['method']} {right['path']}, which the description does not name"
        for _, right in list_lost_rights(service)
    ]


def refresh_wsdl(
    client: Any, url: str, found: tuple[WsdlService, ...], round_: Refreshing, *, verify_tls: bool = True
) -> None:
    """The client's SOAP services are compared with a WSDL; new ones join and old ones go where that was asked for."""
    known = {name_service(each) for each in client["services"] if each["description_url"] == url}
    described = {name_of(each): each for each in found}
    gone = known - described.keys()
    for name in sorted(gone):
        parting = "and is taken away" if round_.remove else "--remove takes it away"
        round_.warnings.append(f"{name}: {url} does not describe it any more; {parting}")
    if round_.remove:
        client["services"] = [
            each for each in client["services"] if each["description_url"] != url or name_service(each) not in gone
        ]
    for name in sorted(described.keys() - {name_service(each) for each in client["services"]}):
        if round_.add:
            client["services"].append(build_soap_service(described[name], url, verify_tls=verify_tls))
        else:
            round_.warnings.append(f"{name}: {url} describes it, but it is not offered; --add offers it")


def name_of(service: WsdlService) -> str:
    """The code with the version."""
    return service.code if service.version is None else f"{service.code}.{service.version}"


def build_soap_service(service: WsdlService, url: str, *, verify_tls: bool) -> dict[str, Any]:
    """A SOAP service as the document has it; nobody may call it yet."""
    named = {"code": service.code, "version": service.version, "url": service.url, "type": str(Kind.WSDL)}
    rest = FIELDS_OF_A_SERVICE | {"verify_tls": verify_tls, "access": []}
    return {**named, "description_url": url, "endpoints": None, **rest}


def build_rest_service(
    code: str, description: Description, url: str, *, service_url: str, verify_tls: bool
) -> dict[str, Any]:
    """A REST service with the endpoints of its description; nobody may call it yet."""
    address = service_url or resolve_server_url(description.server_url, description_url=url)
    endpoints = [{"method": each.method, "path": each.path} for each in description.endpoints]
    named = {"code": code, "version": None, "url": address, "type": str(Kind.OPENAPI)}
    rest = FIELDS_OF_A_SERVICE | {"verify_tls": verify_tls, "access": []}
    return {**named, "description_url": url, "endpoints": endpoints, **rest}


async def add_description(client: Any, source: Source, *, kind: Kind, code: str, service_url: str) -> list[str]:
    """The services that a new description names are the client's; the warnings are returned.

    Raises:  SettingsError(missing_code) for OpenAPI without a service code; SettingsError(no_service | service_exists)
             when a WSDL names nothing, or nothing new; MessageError(invalid_openapi | unsupported_openapi_version |
             invalid_wsdl); as `read_source`.
    """
    if kind is Kind.OPENAPI and not code:
        raise SettingsError("missing_code", "An OpenAPI description is one service; name it: --code CODE.")
    data = await read_source(source, client)
    if kind is Kind.OPENAPI:
        description = read_openapi(data)
        client["services"].append(
            build_rest_service(code, description, source.url, service_url=service_url, verify_tls=source.verify_tls)
        )
        return [f"{code}: {each}" for each in description.warnings]
    described = read_wsdl(data)
    if not described:
        raise SettingsError("no_service", "The WSDL has no operation of its own that is bound to SOAP over HTTP.")
    taken = {name_service(each) for each in client["services"]}
    new = [each for each in described if name_of(each) not in taken]
    if not new:
        raise SettingsError(
            "service_exists", f"{client['id']} offers already what it describes: {', '.join(map(name_of, described))}."
        )
    client["services"] += [build_soap_service(each, source.url, verify_tls=source.verify_tls) for each in new]
    return [f"{name_of(each)} is offered already, and stays as it is" for each in described if each not in new]
