"""What a document says of its services that is odd, but may be meant: warnings, never refusals.

Law: an operator is told, with the line, and decides. A right to an endpoint that no description names is such a thing;
so are versions of one service with rights of their own, because a right is to a service whatever its version.
Source: DM-SS (accessright: client, endpoint, subject); UG-SS §6.
"""

from collections.abc import Iterator
from typing import Any

from ridgeway.errors import MessageError
from ridgeway.office.documents import Document, Fault
from ridgeway.office.documents.schema import render_fault
from ridgeway.protocol.exchange.admission import WHOLE_SERVICE
from ridgeway.protocol.messages import matches_path
from ridgeway.securityserver.documents import Kind, SecurityServerDocument

Path = tuple[str | int, ...]


def list_oddities(document: Document[SecurityServerDocument], content: Any) -> tuple[str, ...]:
    """A line for each thing that is odd; `content` is the document as data, with the endpoints that are known."""
    faults = [
        fault
        for number, client in enumerate(content["clients"])
        for fault in (*look_at_versions(client, number), *look_at_services(client, number))
    ]
    return tuple(render_fault(document, fault) for fault in faults)


def look_at_services(client: Any, number: int) -> Iterator[Fault]:
    """The services of one client, each by itself."""
    for index, service in enumerate(client["services"]):
        path: Path = ("clients", number, "services", index)
        if service["type"] == Kind.OPENAPI and service.get("endpoints") is None:
            why = "its endpoints are not known yet: ridgeway securityserver descriptions refresh"
            yield Fault((*path, "description_url"), why)
        for place, right in list_lost_rights(service):
            reach = f"{right['method']} {right['path']}"
            yield Fault((*path, "access", place), f"the description names no endpoint that {reach} covers")


def look_at_versions(client: Any, number: int) -> Iterator[Fault]:
    """Versions of one service whose rights differ, though each right is to all of them."""
    first: dict[str, Any] = {}
    for index, service in enumerate(client["services"]):
        rights = sorted(service["access"], key=str)
        if rights != first.setdefault(service["code"], rights):
            why = f"rights to {service['code']!r} cover all its versions; here they differ from an earlier version's"
            yield Fault(("clients", number, "services", index, "access"), why)


def list_lost_rights(service: Any) -> Iterator[tuple[int, Any]]:
    """Rights to endpoints that a service does not have, where its endpoints are known; each with its place."""
    endpoints = service.get("endpoints")
    if endpoints is None:
        return
    for place, right in enumerate(service["access"]):
        if right["path"] != WHOLE_SERVICE and not any(reaches(right, each) for each in endpoints):
            yield place, right


def reaches(right: Any, endpoint: Any) -> bool:
    """Whether a right covers an endpoint, or some of the paths that it stands for."""
    if "*" not in {right["method"], endpoint["method"]} and right["method"].upper() != endpoint["method"].upper():
        return False
    try:
        return (
            right["path"] == endpoint["path"]
            or matches_path(right["path"], endpoint["path"])
            or matches_path(endpoint["path"], right["path"])
        )
    except MessageError:
        return False
