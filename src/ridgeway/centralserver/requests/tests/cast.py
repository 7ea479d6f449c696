"""Requests to a central server in a temporary place, proven already: what is tested is what becomes of them."""

from typing import Any

import ridgeway.office.documents.tests.ready  # noqa: F401  before any table
from ridgeway.centralserver.requests.keeping import Decision, Received, keep_request
from ridgeway.centralserver.tests.cast import NOW, Place, cluster, place
from ridgeway.protocol.certificates.tests.cast import AUTH
from ridgeway.protocol.identifiers import MemberId, ServerId, SubsystemId
from ridgeway.protocol.management import (
    ManagementRequest,
    RequestKind,
    VerifiedManagementRequest,
    read_request,
    write_request,
)

INSTANCE = "NORTHMARK"
PROVIDER = MemberId(INSTANCE, "GOV", "1001")
REGISTER = ServerId(INSTANCE, "GOV", "1001", "register-1")
PARLIAMENT = ServerId(INSTANCE, "GOV", "1002", "parliament-1")
LIBRARY = ServerId(INSTANCE, "GOV", "1004", "library-1")
K = RequestKind
ME = Decision("ada", NOW, "looked at the papers")


def client(*codes: str) -> MemberId | SubsystemId:
    """A client of the instance."""
    return SubsystemId(INSTANCE, *codes) if len(codes) == 3 else MemberId(INSTANCE, *codes)


def received(request: ManagementRequest) -> Received:
    """The request as if it had been proven."""
    soap = write_request(request, provider=PROVIDER, query_id="q-1")
    message, read = read_request(soap)
    return Received(VerifiedManagementRequest(read, message, soap), "text/xml", soap, "127.0.0.9")


def keep(kind: RequestKind, server: ServerId = PARLIAMENT, *, auto: tuple[RequestKind, ...] = (), **facts) -> int:
    """A request is kept; its number is returned."""
    request = ManagementRequest(kind, server, **facts)
    return keep_request(received(request), auto_approved=frozenset(auto), now=NOW)


def new_server(certificate: bytes = AUTH.der, **facts) -> dict[str, Any]:
    """What a registration of a certificate holds."""
    return {"address": "library.example", "certificate": certificate} | facts


__all__ = [
    "INSTANCE",
    "LIBRARY",
    "ME",
    "NOW",
    "PARLIAMENT",
    "PROVIDER",
    "REGISTER",
    "K",
    "Place",
    "client",
    "cluster",
    "keep",
    "new_server",
    "place",
    "received",
]
