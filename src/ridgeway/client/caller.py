"""Who is calling, as the security server in front of a service says.

Law: these headers can be believed only when nobody but the security server reaches the service: let it show its TLS
certificate, or listen where only it can connect.
Source: PR-REST §4.3.
"""

from dataclasses import dataclass

from ridgeway.errors import MessageError
from ridgeway.http import Headers
from ridgeway.protocol.identifiers import (
    ClientId,
    RepresentedParty,
    ServiceId,
    parse_client_path,
    parse_represented_party,
    parse_service_path,
)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, for whom, about what. Only `client` is proven by the exchange; the rest is what the client states."""

    client: ClientId
    query_id: str = ""
    request_id: str = ""
    service: ServiceId | None = None
    represented_party: RepresentedParty | None = None
    user_id: str = ""
    issue: str = ""


def parse_caller(headers: Headers) -> Caller:
    """Read the caller from the `X-Road-*` headers of a request.

    Raises:  MessageError(invalid_client_identifier) without a readable `X-Road-Client`.
    """
    client = headers.get("X-Road-Client")
    if not client:
        raise MessageError(
            "invalid_client_identifier",
            "There is no X-Road-Client header: the request did not come through a security server.",
            action="Call this service through a security server, or send the header in a trial.",
        )
    party = headers.get("X-Road-Represented-Party")
    service = headers.get("X-Road-Service")
    return Caller(
        client=parse_client_path(client),
        query_id=headers.get("X-Road-Id"),
        request_id=headers.get("X-Road-Request-Id"),
        service=parse_service_path(service) if service else None,
        represented_party=parse_represented_party(party) if party else None,
        user_id=headers.get("X-Road-UserId"),
        issue=headers.get("X-Road-Issue"),
    )
