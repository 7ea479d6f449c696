"""A package as it comes in: a folder or a zip, of any service, with its list of files beside it where it was published.

Law: a list that is there must hold; a package without one is proven by nothing, and says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from ridgeway.catalogue.adoption.keeping import Lock
from ridgeway.catalogue.adoption.verbs import Release
from ridgeway.catalogue.overlays.merging import Change, Severity
from ridgeway.catalogue.packages.manifest import (
    APART,
    NAME,
    Manifest,
    list_files,
    parse_manifest,
    render_manifest,
    verify_files,
)
from ridgeway.catalogue.packages.statement import RELEASE_FILE
from ridgeway.errors import ContainerError
from ridgeway.office.documents.packages import Files, Shape, pack_files, read_archive, read_files
from ridgeway.services.passing import Facts, Passing, find_passing, list_passing

KNOWN: Final = "the files of a service's package, manifest.json and signatures/"


@dataclass(frozen=True, slots=True)
class Incoming:
    """A package that was read: whose kind it is, what it says of itself, and the list that its publisher made of it.

    `statement` is the envelope with which its publisher signed it, unproven, and empty where nobody did.
    """

    origin: str
    service: str
    passing: Passing
    files: Mapping[str, bytes]
    facts: Facts
    manifest: Manifest
    is_listed: bool
    statement: bytes = b""


def is_known(name: str) -> bool:
    """Whether any service's package may hold a file of this name."""
    return name.startswith(APART) or any(passing.is_known(name) for passing in list_passing().values())


def read_incoming(path: Path) -> Incoming:
    """The package at `path`, held against its list of files.

    Raises:  SettingsError(malformed_package), RequestError(unknown_package),
             ContainerError(package_altered | malformed_manifest | package_misnamed).
    """
    found = read_files(path, Shape("", is_known, KNOWN))
    return read_contents(found.content, str(path))


def read_packed(data: bytes, origin: str) -> Incoming:
    """The package in a zip that lies nowhere.

    Raises:  as `read_incoming`.
    """
    return read_contents(read_archive(data, origin, Shape("", is_known, KNOWN)).content, origin)


def read_contents(content: Mapping[str, bytes], origin: str) -> Incoming:
    """The package of these files.

    Raises:  as `read_incoming`.
    """
    files = {name: data for name, data in content.items() if not name.startswith(APART)}
    listed = parse_manifest(content[NAME]) if NAME in content else None
    if listed is not None:
        verify_files(listed, files)
    service, passing = find_passing(files)
    facts = passing.describe(files, origin)
    manifest = list_files(files, package=facts.package, version=facts.version, service=service)
    if listed is not None and listed != manifest:
        raise ContainerError(
            "package_misnamed",
            f"{NAME} is of {listed.package} {listed.version}; these files are {facts.package} {facts.version}.",
            action="Fetch the package again from its publisher.",
        )
    return Incoming(
        origin, service, passing, files, facts, manifest, listed is not None, content.get(RELEASE_FILE, b"")
    )


def pack_release(incoming: Incoming) -> bytes:
    """The package with its list of files, and its signature where it has one, as a zip; the same bytes for the same."""
    content = {**incoming.files, NAME: render_manifest(incoming.manifest)}
    content |= {RELEASE_FILE: incoming.statement} if incoming.statement else {}
    return pack_files(Files(incoming.origin, dict(sorted(content.items()))))


def to_release(incoming: Incoming, *, since: str = "", now: datetime | None = None) -> Release:
    """The package as a release that can be adopted; its changes are those after the version `since`."""
    facts, manifest = incoming.facts, incoming.manifest
    at = (now or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="seconds")  # noqa: TID251 - when a person asked
    lock = Lock(
        package=facts.package,
        version=facts.version,
        service=incoming.service,
        digest=manifest.digest,
        origin=incoming.origin,
        publisher=facts.publisher,
        adopted_at=at,
    )
    changes = []
    for note in facts.changes:
        if note.version == since:
            break
        changes.append(Change(note.element, Severity(note.severity), note.text))
    return Release(lock, incoming.files, tuple(changes), facts.locked)
