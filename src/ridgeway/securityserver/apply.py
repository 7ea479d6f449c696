"""Applying a server's document: validate whole, show what changes, keep it, write the snapshot.

Law: nothing takes effect before all of it is known to be right. The snapshot file is replaced in one step, after the
version is in the database; when it is lost it is written again from there.
"""

import os
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from ridgeway.errors import SettingsError
from ridgeway.office.documents import read_document_file, to_content
from ridgeway.office.documents.diff import render_diff
from ridgeway.office.documents.files import inline
from ridgeway.office.documents.forward import bring_forward
from ridgeway.office.documents.versions import append_version, find_newest
from ridgeway.protocol.exchange.snapshots import write_server_snapshot
from ridgeway.protocol.exchange.values import ServerSnapshot
from ridgeway.securityserver.documents import SecurityServerDocument, build_snapshot
from ridgeway.securityserver.models import Version
from ridgeway.settings import Settings

APP = "securityserver"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A document that is right, and what it would change. `content` is the document as data."""

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
    content = inline_certificates(to_content(document.value), file.parent)
    snapshot = build_snapshot(document, folder=file.parent, version=number + (current != content))
    if current is not None and (current["instance"], current["server"]) != (content["instance"], content["server"]):
        raise SettingsError(
            "wrong_server",
            f"The document is of {snapshot.server}, this server is {current['server']} of {current['instance']}.",
            action="Apply the right document, or start a new server in another state folder.",
        )
    return Proposal(content, snapshot, number, tuple(render_diff(current or {}, content)))


def inline_certificates(content: Any, folder: Path) -> Any:
    """The document with its certificate files written out, so that what was applied stays known."""
    for client in content["clients"]:
        client["tls_certificates"] = [inline(text, folder) for text in client["tls_certificates"]]
    return content


def apply_proposal(proposal: Proposal, settings: Settings, *, now: datetime) -> int:
    """The proposal is in force: kept in the database, and written to the snapshot file. Its version is returned."""
    number = append_version(Version, proposal.content, now=now)
    write_file(
        settings.path(settings.gateway.snapshot), write_server_snapshot(replace(proposal.snapshot, version=number))
    )
    return number


def write_file(path: Path, data: bytes) -> None:
    """The file is replaced in one step."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = path.with_name(f".{path.name}.new")
    with beside.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
