"""What is done with an adopted package: adopt, record what was changed, update to a release.

Law: nothing half-decided is written; what a person wrote into `package/` is never lost: it is recorded, or the verb is
refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from ridgeway.catalogue.adoption.keeping import (
    PACKAGE,
    Adopted,
    Lock,
    finish_change,
    read_adopted,
    read_plain_folder,
    write_adopted,
)
from ridgeway.catalogue.adoption.trees import read_package_tree
from ridgeway.catalogue.overlays.merging import Change, Decision, Merge, merge_release, settle
from ridgeway.errors import RequestError
from ridgeway.office.documents.operations import Operation, is_same, record_operations, with_reason
from ridgeway.office.documents.tree import Path as ElementPath


@dataclass(frozen=True, slots=True)
class Release:
    """A release as it was fetched and proven: its files, what is known of it, and the files that prove it."""

    lock: Lock
    files: Mapping[str, bytes]
    changes: tuple[Change, ...] = ()
    locked: frozenset[ElementPath] = frozenset()
    evidence: Mapping[str, bytes] = field(default_factory=dict)


def adopt(release: Release, folder: Path) -> Adopted:
    """The folder holds the release, nothing changed yet.

    Raises:  RequestError(already_adopted) when it holds a package already.
    """
    finish_change(folder)
    if folder.exists() and any(folder.iterdir()):
        raise RequestError(
            "already_adopted",
            f"{folder} is not empty.",
            action="Name a new folder, or bring this one up to date with `ridgeway catalogue update`.",
        )
    adopted = Adopted(release.lock, release.files, (), release.evidence)
    write_adopted(folder, adopted)
    return adopted


def find_edits(folder: Path, adopted: Adopted) -> tuple[Operation, ...]:
    """Every operation that makes what lies in `package/` of the release; reasons that were given stay."""
    edited = read_package_tree(read_plain_folder(folder / PACKAGE))
    known = {operation.path: operation for operation in adopted.operations}
    return tuple(keep_reason(each, known.get(each.path)) for each in record_operations(adopted.upstream_tree, edited))


def keep_reason(operation: Operation, before: Operation | None) -> Operation:
    """The operation with the reason that was given for the same one before."""
    if before is None or before.kind is not operation.kind or not is_same(before.value, operation.value):
        return operation
    return with_reason(operation, reason=before.reason, author=before.author, basis=before.basis)


def adapt(folder: Path, *, reason: str, author: str, basis: str = "") -> tuple[Operation, ...]:
    """What was edited in `package/` is recorded in the overlay, with who changed it and why; the new operations.

    Raises:  SettingsError, RequestError.
    """
    adopted = read_adopted(folder)
    edits = find_edits(folder, adopted)
    fresh = {
        each.path: with_reason(each, reason=reason, author=author, basis=basis) for each in edits if not each.author
    }
    operations = tuple(fresh.get(each.path, each) for each in edits)
    write_adopted(folder, replace(adopted, operations=operations))
    return tuple(fresh.values())


def plan_update(folder: Path, release: Release, decisions: Mapping[str, Decision]) -> Merge:
    """What an update would do.

    Raises:  RequestError(unrecorded_edits | other_package | unknown_conflict).
    """
    adopted = read_adopted(folder)
    require_recorded(folder, adopted)
    if release.lock.package != adopted.lock.package:
        raise RequestError(
            "other_package",
            f"This folder holds {adopted.lock.package}, not {release.lock.package}.",
            action="Adopt another package into a folder of its own.",
        )
    merge = merge_release(
        read_package_tree(release.files), adopted.operations, changes=release.changes, locked=release.locked
    )
    return settle(merge, decisions)


def require_recorded(folder: Path, adopted: Adopted) -> None:
    """Hold only where everything in `package/` is of the release or of the overlay.

    Raises:  RequestError(unrecorded_edits) naming the elements.
    """
    edits = {operation.path for operation in find_edits(folder, adopted) if not operation.author}
    if edits:
        places = ", ".join(sorted("/".join(path) for path in edits)[:5])
        raise RequestError(
            "unrecorded_edits",
            f"{len(edits)} changes in {folder / PACKAGE} are not recorded: {places}.",
            action="Record them first: `ridgeway catalogue adapt FOLDER --reason …`.",
        )


def update(folder: Path, release: Release, merge: Merge) -> Adopted:
    """The folder stands on the release.

    Raises:  RequestError(unsettled_conflicts).
    """
    _ = merge.tree  # refused while a person must decide
    adopted = Adopted(release.lock, release.files, merge.kept, release.evidence)
    write_adopted(folder, adopted)
    return adopted
