"""One thing of the document in force changed by command: a federated instance's anchor, an optional part.

Law: what results is a whole document that is checked like one from a file, and a version of its own. The operator's
file does not know of it: the next `apply` shows what it would take back, so the file is to be brought up to date.
Source: UG-CS §4.1 (trusted anchors), §5.3 (configuration parts); UC-FED FED_02, FED_03.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from ridgeway.centralserver.apply import find_document
from ridgeway.centralserver.documents import CentralServerDocument, PartRow
from ridgeway.centralserver.meaning import build_governed
from ridgeway.centralserver.models import Version
from ridgeway.errors import SettingsError, TrustError
from ridgeway.office.documents import Document, to_content
from ridgeway.office.documents.versions import append_version, find_newest
from ridgeway.protocol.globalconf import Anchor, read_anchor

Change = Callable[[CentralServerDocument], CentralServerDocument]


def get_document() -> tuple[int, CentralServerDocument]:
    """The document in force and its version.

    Raises:  SettingsError(no_document).
    """
    number, content = find_newest(Version)
    document = find_document(content)
    if document is None:
        raise SettingsError(
            "no_document", "No document is in force.", action="Apply one: ridgeway centralserver apply FILE."
        )
    return number, document


def change_document(change: Change, *, now: datetime) -> int:
    """The document in force is what `change` made of it; its version is returned.

    Raises:  SettingsError(no_document | malformed_document | changed_meanwhile), and as `change`.
    """
    number, document = get_document()
    changed = change(document)
    build_governed(Document("the document in force", changed, {}))
    return append_version(Version, to_content(changed), follows=number, now=now)


def list_anchors(document: CentralServerDocument) -> list[tuple[Anchor, bytes]]:
    """The anchors of federated instances, each with its bytes."""
    return [(read_anchor(text.encode()), text.encode()) for text in document.trusted_anchors]


def with_anchor(data: bytes) -> Change:
    """The anchor is trusted, in place of a former one of the same instance.

    Raises:  TrustError(malformed_anchor) for an anchor of the own instance.
    """
    anchor = read_anchor(data)

    def change(document: CentralServerDocument) -> CentralServerDocument:
        if anchor.instance == document.instance:
            raise TrustError("malformed_anchor", f"This is an anchor of {anchor.instance} itself; expected another's.")
        others = [text.decode() for known, text in list_anchors(document) if known.instance != anchor.instance]
        return replace(document, trusted_anchors=(*others, data.decode("utf-8")))

    return change


def without_anchor(instance: str) -> Change:
    """The instance is no longer trusted.

    Raises:  SettingsError(no_such_instance).
    """

    def change(document: CentralServerDocument) -> CentralServerDocument:
        kept = [text.decode() for known, text in list_anchors(document) if known.instance != instance]
        if len(kept) == len(document.trusted_anchors):
            known = ", ".join(anchor.instance for anchor, _ in list_anchors(document)) or "none"
            raise SettingsError("no_such_instance", f"There is no anchor of {instance}; there are those of {known}.")
        return replace(document, trusted_anchors=tuple(kept))

    return change


def with_part(row: PartRow) -> Change:
    """The part is published, in place of a former one of the same name."""

    def change(document: CentralServerDocument) -> CentralServerDocument:
        others = [each for each in document.configuration_parts if each.identifier != row.identifier]
        return replace(document, configuration_parts=(*others, row))

    return change


def without_part(identifier: str) -> Change:
    """The part is no longer published.

    Raises:  SettingsError(no_such_part).
    """

    def change(document: CentralServerDocument) -> CentralServerDocument:
        kept = tuple(each for each in document.configuration_parts if each.identifier != identifier)
        if kept == document.configuration_parts:
            known = ", ".join(each.identifier for each in kept) or "none"
            raise SettingsError("no_such_part", f"There is no part {identifier}; there are {known}.")
        return replace(document, configuration_parts=kept)

    return change
