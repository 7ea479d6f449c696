"""What a call looks like in HTTP: the r1 request target and the `X-Road-*` headers.

Law: paths and query values are escaped once, here; what the caller gives is plain text.
Source: PR-REST §4.1 to §4.3.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import quote, urlencode

from ridgeway.protocol.identifiers import (
    ClientId,
    MemberId,
    RepresentedParty,
    ServerId,
    ServiceId,
    decode_code,
    encode_code,
    parse_client_path,
    parse_service_path,
    render_path,
)

Query = Mapping[str, object] | Iterable[tuple[str, object]]
SLASHES_WITH_VERSION = 5
PATH_SAFE = "/-._~!$'()*,;&=@:+%"


@dataclass(frozen=True, slots=True)
class Extras:
    """What a caller may add to one call."""

    query_id: str = ""
    user_id: str = ""
    issue: str = ""
    represented_party: RepresentedParty | None = None
    security_server: ServerId | None = None


def as_client(client: ClientId | str) -> ClientId:
    """The identifier, given as a value or as INSTANCE/CLASS/MEMBER[/SUBSYSTEM]."""
    return parse_client_path(client) if isinstance(client, str) else client


def as_service(service: ServiceId | str) -> ServiceId:
    """The identifier, given as a value or as INSTANCE/CLASS/MEMBER/SUBSYSTEM/SERVICE."""
    return parse_service_path(service) if isinstance(service, str) else service


def as_soap_service(service: ServiceId | str) -> ServiceId:
    """The identifier, given as a value or as INSTANCE/CLASS/MEMBER/SUBSYSTEM/SERVICE[/VERSION]."""
    if isinstance(service, str) and service.count("/") == SLASHES_WITH_VERSION:
        named, _, version = service.rpartition("/")
        return replace(parse_service_path(named), version=decode_code(version))
    return as_service(service)


def render_target(service: ServiceId, path: str, query: Query | None) -> str:
    """The request target of a call. `path` is the part after the service, "" or beginning with a slash."""
    if path and not path.startswith("/"):
        raise ValueError(f"The path {path!r} must be empty or begin with a slash.")
    escaped = quote(path, safe=PATH_SAFE)
    pairs = query.items() if isinstance(query, Mapping) else query
    text = urlencode([(name, str(value)) for name, value in pairs], quote_via=quote) if pairs else ""
    return f"/r1/{render_path(service)}{escaped}{'?' + text if text else ''}"


def render_client_headers(client: ClientId, extras: Extras) -> list[tuple[str, str]]:
    """The `X-Road-*` headers of a call."""
    party = extras.represented_party
    codes = [code for code in (party.party_class, party.party_code) if code] if party else []
    fields = [
        ("X-Road-Client", render_path(client)),
        ("X-Road-Id", extras.query_id),
        ("X-Road-UserId", extras.user_id),
        ("X-Road-Issue", extras.issue),
        ("X-Road-Represented-Party", "/".join(encode_code(code) for code in codes)),
        ("X-Road-Security-Server", render_path(extras.security_server) if extras.security_server else ""),
    ]
    return [(name, value) for name, value in fields if value]


def render_container_target(client: ClientId, query_id: str, flags: Iterable[str]) -> str:
    """The request target of `/asic`; `flags` stand in the query without a value."""
    names = ("xRoadInstance", "memberClass", "memberCode", "subsystemCode")
    codes = client.codes if not isinstance(client, MemberId) else client.codes[:3]
    pairs = [("queryId", query_id), *zip(names, codes, strict=False)]
    return "/asic?" + "&".join([urlencode(pairs, quote_via=quote), *flags])
