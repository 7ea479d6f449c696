"""Applying a server's document: validate whole, show what changes, keep it, write the snapshot.

Law: nothing takes effect before all of it is known to be right. The snapshot file is replaced in one step, after the
version is in the database; when it is lost it is written again from there.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from ridgeway.errors import SettingsError, WorldError
from ridgeway.office.documents import Document, read_document_file, to_content
from ridgeway.office.documents.diff import render_diff
from ridgeway.office.documents.files import inline
from ridgeway.office.documents.forward import bring_forward
from ridgeway.office.documents.versions import append_version, find_newest
from ridgeway.protocol.exchange.snapshots import write_server_snapshot
from ridgeway.protocol.exchange.values import ServerSnapshot
from ridgeway.protocol.management import RequestKind
from ridgeway.securityserver.documents import SecurityServerDocument, build_snapshot
from ridgeway.securityserver.joining.states import CLIENT, read_states, with_states
from ridgeway.securityserver.models import SentRequest, Version
from ridgeway.settings import Settings

APP = "securityserver"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A document that is right, and what it would change. `content` is the document as data."""

    document: Document[SecurityServerDocument]
    content: Any
    snapshot: ServerSnapshot
    current_version: int
    changes: tuple[str, ...]


def read_proposal(file: Path) -> Proposal:
    """What the document in `file` would change.

    Raises:  SettingsError(malformed_document) with every fault; SettingsError(wrong_server) for another's document.
    """
    bring_forward(APP)
    document = read_document_file(file, SecurityServerDocument)
    number, current = find_newest(Version)
    build_snapshot(document, folder=file.parent, version=number)
    content = carry_endpoints(inline_certificates(to_content(document.value), file.parent), current)
    if current is not None and not is_same_server(current, content):
        raise SettingsError(
            "wrong_server",
            f"The document is of {describe_server(content)}, this server is {describe_server(current)}.",
            action="Apply the right document, or start a new server in another state folder.",
        )
    return replace(propose(content, number=number, current=current), document=document)


def propose(content: Any, *, number: int, current: Any) -> Proposal:
    """What `content`, whose files are written out in it, would change of the version in force.

    Raises:  SettingsError(malformed_document).
    """
    document = Document("the document", msgspec.convert(content, SecurityServerDocument), {})
    snapshot = build_snapshot(document, folder=Path(), version=number + (current != content))
    return Proposal(document, content, snapshot, number, tuple(render_diff(current or {}, content)))


def carry_endpoints(content: Any, current: Any) -> Any:
    """The document with what is known of each service's description, where the operator left it out."""
    known = {
        (client["id"], service["code"], service.get("version"), service["description_url"]): service.get("endpoints")
        for client in (current or {"clients": ()})["clients"]
        for service in client["services"]
    }
    for client in content["clients"]:
        for service in client["services"]:
            named = (client["id"], service["code"], service["version"], service["description_url"])
            if service["endpoints"] is None:
                service["endpoints"] = known.get(named)
    return content


def is_same_server(current: Any, content: Any) -> bool:
    """Whether a document is of this server: the same owner, or the one that was asked to become it."""
    if (current["instance"], current["server"]) == (content["instance"], content["server"]):
        return True
    owner = f"{CLIENT} {content['server']['owner']}"
    was_asked = SentRequest.objects.filter(kind=RequestKind.OWNER_CHANGE, subject=owner, fault="").exists()
    return (
        was_asked
        and current["instance"] == content["instance"]
        and current["server"]["code"] == content["server"]["code"]
    )


def describe_server(content: Any) -> str:
    """Whose document it is."""
    return f"{content['instance']}/{content['server']['owner']}/{content['server']['code']}"


def inline_certificates(content: Any, folder: Path) -> Any:
    """The document with its certificate files written out, so that what was applied stays known."""
    for client in content["clients"]:
        client["tls_certificates"] = [inline(text, folder) for text in client["tls_certificates"]]
    return content


def apply_proposal(proposal: Proposal, settings: Settings, *, now: datetime) -> int:
    """The proposal is in force: kept in the database, and written to the snapshot file. Its version is returned.

    Raises:  SettingsError(changed_meanwhile) when another version took effect since the proposal was read;
             WorldError(io_error) when the file cannot be written.
    """
    place = settings.path(settings.gateway.snapshot)
    try:
        with hold_alone(place):
            number = append_version(Version, proposal.content, follows=proposal.current_version, now=now)
            snapshot = with_states(replace(proposal.snapshot, version=number), read_states())
            write_file(place, write_server_snapshot(snapshot))
    except OSError as error:
        raise WorldError(
            "io_error",
            f"{place} cannot be written: {error.strerror}.",
            action="See to the disk and its rights, and apply the document again.",
        ) from error
    return number


def read_snapshot_in_force(number: int, document: SecurityServerDocument) -> ServerSnapshot:
    """What a kept document means, with what was asked about each client; its files are written out in it already."""
    snapshot = build_snapshot(Document("the document in force", document, {}), folder=Path(), version=number)
    return with_states(snapshot, read_states())


def rewrite_snapshot(settings: Settings) -> None:
    """The snapshot file says what the database says now.

    Raises:  WorldError(io_error).
    """
    place = settings.path(settings.gateway.snapshot)
    try:
        with hold_alone(place):
            number, content = find_newest(Version)
            if content is not None:
                snapshot = read_snapshot_in_force(number, msgspec.convert(content, SecurityServerDocument))
                write_file(place, write_server_snapshot(snapshot))
    except OSError as error:
        raise WorldError("io_error", f"{place} cannot be written: {error.strerror}.") from error


@contextmanager
def hold_alone(place: Path) -> Iterator[None]:
    """No other process applies a document here meanwhile, so the file never falls behind the database."""
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with place.with_name(f".{place.name}.lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def write_file(place: Path, data: bytes) -> None:
    """The file holds `data`, durably, replaced in one step; one that does already is left alone."""
    if place.is_file() and place.read_bytes() == data:
        return
    beside = place.with_name(f".{place.name}.new")
    with beside.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(place)
    folder = os.open(place.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
