"""Whether a package may be taken over: who published it, and whether it follows on what was adopted before.

Law: what proves nothing is taken only where nothing was proven before, or where a person says so; an older version and
another publisher likewise. Whoever strips a signature off gains nothing with those who saw one.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Final

from ridgeway.catalogue.adoption.keeping import Lock
from ridgeway.catalogue.adoption.verbs import Release
from ridgeway.catalogue.packages.reading import Incoming
from ridgeway.catalogue.packages.statement import RELEASE_FILE, Kind, make_payload
from ridgeway.catalogue.packages.versions import is_older
from ridgeway.catalogue.proving.doors import Door
from ridgeway.catalogue.proving.proof import ProvenStatement, verify_release
from ridgeway.catalogue.proving.signing import sign_statement
from ridgeway.errors import ContainerError, RequestError, TrustError
from ridgeway.protocol.certificates.snapshot import TrustSnapshot

RELEASE_EVIDENCE: Final = PurePath(RELEASE_FILE).name
"""The publisher's statement among the evidence of an adopted package."""


@dataclass(frozen=True, slots=True)
class Waivers:
    """What a person accepts knowingly."""

    unsigned: bool = False
    older: bool = False
    other_publisher: bool = False


def sign_release(incoming: Incoming, *, door: Door, at: datetime) -> Incoming:
    """The package with its publisher's signed statement.

    Raises:  as `sign_statement`.
    """
    payload = make_payload(Kind.RELEASE, incoming.manifest, by=door.by, at=at)
    return replace(incoming, statement=sign_statement(payload, door=door), is_listed=True)


def prove_release(incoming: Incoming, trust: TrustSnapshot | None) -> ProvenStatement:
    """Who published the package.

    Raises:  ContainerError(unsigned_package), TrustError(no_trust), and as `verify_release`.
    """
    if not incoming.statement:
        raise ContainerError(
            "unsigned_package",
            f"Nobody signed {incoming.facts.package} {incoming.facts.version}: it has no {RELEASE_FILE}.",
            action="Ask its publisher for a signed one, or say that you accept it with --unsigned.",
        )
    if trust is None:
        raise TrustError(
            "no_trust",
            "The package is signed, and there is no global configuration to prove that by.",
            action="Name one with --globalconf DIR|ZIP, or accept the package unproven with --unsigned.",
        )
    return verify_release(incoming.statement, incoming.manifest, trust)


def admit(
    incoming: Incoming, *, trust: TrustSnapshot | None, before: Lock | None = None, waivers: Waivers
) -> ProvenStatement | None:
    """Who published the package that may be taken over; None when nobody is proven to have.

    Raises:  RequestError(older_version | other_publisher), and as `prove_release`.
    """
    needs_proof = bool(incoming.statement) or (before is not None and bool(before.signed_by))
    proven = prove_release(incoming, trust) if needs_proof and not waivers.unsigned else None
    if before is not None:
        require_successor(incoming, proven, before, waivers)
    return proven


def require_successor(incoming: Incoming, proven: ProvenStatement | None, before: Lock, waivers: Waivers) -> None:
    """The package follows on what was adopted: not older, and of the same publisher.

    Raises:  RequestError(older_version | other_publisher).
    """
    version = incoming.facts.version
    if is_older(version, before.version) and not waivers.older:
        raise RequestError(
            "older_version",
            f"{version} is older than {before.version}, which was adopted.",
            action="Take the newest one; to go back all the same, say --older.",
        )
    was, now = before.publisher, incoming.facts.publisher
    if proven is not None and before.signed_by:
        was, now = before.signed_by, proven.statement.by
    if was != now and not waivers.other_publisher:
        raise RequestError(
            "other_publisher",
            f"This is published by {now}; what was adopted is of {was}.",
            action="Ask both whether the package changed hands; if it did, say --other-publisher.",
        )


def with_proof(release: Release, incoming: Incoming, proven: ProvenStatement | None) -> Release:
    """The release with who signed it in its lock, and the statement among its evidence."""
    evidence = {RELEASE_EVIDENCE: incoming.statement} if incoming.statement else {}
    lock = release.lock
    if proven is not None:
        at = proven.at.astimezone(UTC).isoformat(timespec="seconds")
        lock = replace(lock, signed_by=proven.statement.by, signed_at=at)
    return replace(release, lock=lock, evidence={**release.evidence, **evidence})
