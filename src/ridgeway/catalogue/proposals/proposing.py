"""A change of an adopter's offered to the publisher: operations of its overlay, with why, as a statement.

Law: a proposal says on which release it was made, and each of its operations what it replaces, so that it is never
applied to anything but what its author saw. What a stranger proposes is bounded and is data.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from ridgeway.catalogue.adoption.keeping import Adopted
from ridgeway.catalogue.overlays.files import parse_overlay, render_overlay
from ridgeway.catalogue.packages.manifest import Manifest, list_files
from ridgeway.catalogue.packages.statement import MAX_PAYLOAD_BYTES, Kind, Statement, make_payload
from ridgeway.catalogue.packages.told import Told, get_text, read_told
from ridgeway.errors import ContainerError, RequestError, SettingsError
from ridgeway.office.documents.operations import Operation
from ridgeway.office.documents.tree import parse_path

MAX_REASON_CHARACTERS: Final = 2_000


@dataclass(frozen=True, slots=True)
class Proposal:
    """What somebody proposes, and why."""

    told: Told
    reason: str
    operations: tuple[Operation, ...]

    @property
    def statement(self) -> Statement:
        """Who proposes it, of which release, when."""
        return self.told.statement


def propose(adopted: Adopted, elements: Iterable[str], *, reason: str, by: str, at: datetime) -> bytes:
    """The proposal as a statement.

    Raises:  RequestError(unknown_element | proposal_too_large | invalid_statement).
    """
    operations = choose_operations(adopted, elements)
    overlay = render_overlay(operations)
    if len(overlay.encode()) > MAX_PAYLOAD_BYTES * 3 // 4:
        raise RequestError(
            "proposal_too_large",
            f"{len(operations)} changes are more than one proposal holds ({MAX_PAYLOAD_BYTES // 1024} KiB).",
            action="Propose fewer elements at a time.",
        )
    manifest = describe_upstream(adopted)
    return make_payload(Kind.PROPOSAL, manifest, by=by, at=at, reason=reason, overlay=overlay)


def describe_upstream(adopted: Adopted) -> Manifest:
    """The list of files of the release that an adopted package stands on."""
    lock = adopted.lock
    return list_files(adopted.upstream, package=lock.package, version=lock.version, service=lock.service)


def choose_operations(adopted: Adopted, elements: Iterable[str]) -> tuple[Operation, ...]:
    """The operations at these elements and inside them, in their order.

    Raises:  RequestError(unknown_element) for an element at which nothing was changed.
    """
    chosen: set[int] = set()
    for element in elements:
        path = parse_path(element)
        found = {place for place, each in enumerate(adopted.operations) if each.path[: len(path)] == path}
        if not found:
            places = ", ".join(each.place for each in adopted.operations[:10])
            raise RequestError(
                "unknown_element",
                f"Nothing is recorded as changed at {element!r}.",
                action=f"Changed are: {places or 'none; record changes with `ridgeway catalogue adapt`'}.",
            )
        chosen |= found
    return tuple(adopted.operations[place] for place in sorted(chosen))


def read_proposal(file: Path) -> Proposal:
    """The proposal in a file.

    Raises:  ContainerError(malformed_statement | malformed_envelope).
    """
    told = read_told(file)
    if told.statement.kind is not Kind.PROPOSAL:
        raise ContainerError("malformed_statement", f"{file} is a statement, and no proposal.")
    reason = get_text(told.statement, "reason", MAX_REASON_CHARACTERS)
    overlay = get_text(told.statement, "overlay", MAX_PAYLOAD_BYTES)
    try:
        operations = parse_overlay(overlay.encode(), name=str(file))
    except (SettingsError, RequestError, TypeError, UnicodeEncodeError) as error:
        raise ContainerError("malformed_statement", f"{file}: its changes cannot be read: {error}.") from error
    if not operations or not all(is_plain(each) for each in operations):
        raise ContainerError("malformed_statement", f"{file} proposes nothing that can be read.")
    return Proposal(told, reason, operations)


def is_plain(operation: Operation) -> bool:
    """Whether its words are texts, as those that we write."""
    words = (operation.reason, operation.author, operation.basis)
    return all(isinstance(each, str) for each in words) and isinstance(operation.after, str | None)
