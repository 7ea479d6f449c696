"""Applying an instance's document: validate whole, show what changes, keep it. `run` publishes it at once.

Law: nothing takes effect before all of it is known to be right; the same document again changes nothing. What was
registered by requests since stays (`requests/amending.py`); what no longer fits is shown before it lapses.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from ridgeway.centralserver.documents import CentralServerDocument
from ridgeway.centralserver.inlining import inline_files
from ridgeway.centralserver.meaning import Governed, build_governed
from ridgeway.centralserver.models import Version
from ridgeway.centralserver.requests.amending import carry_over
from ridgeway.errors import CertificateError, SettingsError
from ridgeway.office.documents import Document, Fault, read_document_file, require_no_faults, to_content
from ridgeway.office.documents.diff import render_diff
from ridgeway.office.documents.forward import bring_forward
from ridgeway.office.documents.versions import append_version, find_newest
from ridgeway.protocol.certificates.x509 import read_certificate

APP = "centralserver"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A document that is right, and what it would change. `content` is the document as data."""

    content: Any
    governed: Governed
    current_version: int
    changes: tuple[str, ...]


def read_proposal(file: Path) -> Proposal:
    """What the document in `file` would change; the files that it names are relative to its folder.

    Raises:  SettingsError(malformed_document) with every fault; SettingsError(wrong_instance) for another's document.
    """
    bring_forward(APP)
    document = read_document_file(file, CentralServerDocument)
    document = replace(document, value=inline_files(document.value, file.parent))
    refuse_amendments(document)
    governed = build_governed(document)
    number, current = find_newest(Version)
    old = find_document(current)
    current = current if old is None else to_content(old)
    document, lapsed = take_over(document, old)
    if document.value.amendments:
        governed = build_governed(document)
    content = to_content(document.value)
    if current is not None and current["instance"] != content["instance"]:
        raise SettingsError(
            "wrong_instance",
            f"The document is of {content['instance']}, this central server governs {current['instance']}.",
            action="Apply the right document, or start a new central server in another state folder.",
        )
    changes = render_diff(describe_certificates(current or {}), describe_certificates(content))
    return Proposal(content, governed, number, (*changes, *lapsed))


def refuse_amendments(document: Document[CentralServerDocument]) -> None:
    """Hold only for a document without amendments.

    Raises:  SettingsError(malformed_document).
    """
    if document.value.amendments:
        why = "requests that were approved are kept here by themselves; take the key out"
        require_no_faults(document, [Fault(("amendments",), why)])


def find_document(content: Any) -> CentralServerDocument | None:
    """The document that was applied; None when there was none, or one that this release cannot read."""
    try:
        return None if content is None else msgspec.convert(content, CentralServerDocument)
    except msgspec.ValidationError:
        return None


def take_over(
    document: Document[CentralServerDocument], old: CentralServerDocument | None
) -> tuple[Document[CentralServerDocument], tuple[str, ...]]:
    """The document with what was registered by requests, and a line for each of those that lapses, and why."""
    if old is None or not old.amendments:
        return document, ()
    amended = carry_over(document.value, old)
    lapsed = tuple(
        f"! request {each.id} ({each.kind} of {each.server}) counts no more: {why}" for each, why in amended.lapsed
    )
    return replace(document, value=replace(document.value, amendments=amended.kept)), lapsed


def apply_proposal(proposal: Proposal, *, now: datetime) -> int:
    """The proposal is in force, and will be published; its version is returned.

    Raises:  SettingsError(changed_meanwhile) when another version took effect since the proposal was read.
    """
    return append_version(Version, proposal.content, follows=proposal.current_version, now=now)


def describe_certificates(content: Any) -> Any:
    """The document with each certificate as a person compares it: subject and SHA-256."""
    match content:
        case dict():
            return {key: describe_certificates(each) for key, each in content.items()}
        case list():
            return [describe_certificates(each) for each in content]
        case str() if "-----BEGIN" in content:
            return describe_certificate(content)
        case _:
            return content


def describe_certificate(text: str) -> str:
    """One certificate in a line."""
    try:
        certificate = read_certificate(text.encode())
    except CertificateError:
        return f"text {hashlib.sha256(text.encode()).hexdigest()[:16]}"
    return f"certificate SHA-256 {certificate.sha256.hex()[:16]}… of {certificate.subject}"
