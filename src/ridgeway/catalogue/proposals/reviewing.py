"""A proposal held against the publisher's own source: what it would change, and whether it may; and accepted, in place.

Law: a conflict, an error of the service's check or a missing vote, and nothing is written. What is written keeps its
author's layout wherever it can, and says in `SOURCES.md` from whom it came.
"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

from ridgeway.catalogue.adoption.trees import read_package_tree, write_files
from ridgeway.catalogue.overlays.merging import Merge, merge_release
from ridgeway.catalogue.packages.reading import Incoming
from ridgeway.catalogue.packages.statement import Kind, make_payload
from ridgeway.catalogue.packages.told import Told, get_text, read_told
from ridgeway.catalogue.proposals.proposing import Proposal
from ridgeway.catalogue.proposals.stewardship import read_stewardship, require_votes
from ridgeway.errors import ContainerError, RequestError, RidgewayError, SettingsError
from ridgeway.office.documents.operations import Operation
from ridgeway.services.passing import Concern

SOURCES: Final = "SOURCES.md"
HEAD: Final = "# Where parts of this package came from\n"
MARK_CHARACTERS: Final = 64
MAX_SAID_CHARACTERS: Final = 300


@dataclass(frozen=True, slots=True)
class Review:
    """What a proposal would do to a package. `files` and `concerns` are of the package with it."""

    merge: Merge
    files: Mapping[str, bytes]
    concerns: tuple[Concern, ...]

    @property
    def errors(self) -> tuple[Concern, ...]:
        """What keeps it from being accepted."""
        return tuple(each for each in self.concerns if each.is_error)


def review(proposal: Proposal, incoming: Incoming, *, today: date) -> Review:
    """What the proposal would do to the package as it is now; files are as before while there is a conflict.

    Raises:  RequestError(other_package | invalid_proposal).
    """
    if proposal.statement.package != incoming.facts.package:
        raise RequestError(
            "other_package",
            f"The proposal is for {proposal.statement.package}, and this is {incoming.facts.package}.",
        )
    try:
        merge = merge_release(read_package_tree(incoming.files), proposal.operations)
        if merge.conflicts:
            return Review(merge, incoming.files, ())
        files = write_files(incoming.files, merge.tree)
    except (RidgewayError, TypeError, ValueError, KeyError, AttributeError, RecursionError) as error:
        why = error.detail if isinstance(error, RidgewayError) else type(error).__name__
        raise RequestError("invalid_proposal", f"The proposal cannot be applied: {why}") from error
    require_known(incoming, files)
    concerns = incoming.passing.check(files, incoming.origin, today=today)
    return Review(merge, files, concerns)


def require_known(incoming: Incoming, files: Mapping[str, bytes]) -> None:
    """Hold only where every file has a name that a package of the service may have.

    Raises:  RequestError(invalid_proposal).
    """
    for name in files:
        if name not in incoming.files and not incoming.passing.is_known(name):
            shown = ascii(name[:100])
            raise RequestError("invalid_proposal", f"The proposal would write {shown}, which no such package holds.")


def compare_result(incoming: Incoming, files: Mapping[str, bytes], *, today: date) -> tuple[str, ...]:
    """Who gets another outcome, in the words of the service."""
    return incoming.passing.compare(incoming.files, files, today=today)


def make_vote(proposal: Proposal, incoming: Incoming, *, by: str, at: datetime) -> bytes:
    """A member's word, as a statement, that the proposal is to be accepted."""
    return make_payload(Kind.ACCEPTANCE, incoming.manifest, by=by, at=at, proposal=proposal.told.mark)


def read_votes(files: Iterable[Path], proposal: Proposal) -> tuple[Told, ...]:
    """The votes in these files, each for this proposal.

    Raises:  ContainerError, RequestError(other_proposal).
    """
    votes = tuple(read_told(file) for file in files)
    for vote in votes:
        if vote.statement.kind is not Kind.ACCEPTANCE:
            raise ContainerError("malformed_statement", f"{vote.file} is a statement, and no vote.")
        is_for_it = get_text(vote.statement, "proposal", MARK_CHARACTERS) == proposal.told.mark
        if not is_for_it or vote.statement.package != proposal.statement.package:
            raise RequestError("other_proposal", f"{vote.file} is a vote for another proposal.")
    return votes


def accept(proposal: Proposal, incoming: Incoming, found: Review, *, voters: Iterable[str], at: datetime) -> list[str]:
    """The proposal is in the publisher's source; the names of the files that were written.

    Raises:  RequestError(unsettled_conflicts | broken_result | missing_votes | not_a_member | not_a_folder).
    """
    _ = found.merge.tree  # refused while there is a conflict
    if found.errors:
        first = found.errors[0]
        raise RequestError("broken_result", f"The package would have errors: {first.where}: {first.message}")
    if not found.merge.kept:
        return []
    voters = tuple(dict.fromkeys(voters))
    require_votes(read_stewardship(incoming.files), found.merge.kept, voters)
    files = dict(found.files)
    if incoming.passing.is_known(SOURCES):
        files[SOURCES] = note_origin(files.get(SOURCES, b""), proposal, found.merge.kept, voters=voters, at=at)
    return write_source(Path(incoming.origin), incoming.files, files)


def note_origin(
    before: bytes, proposal: Proposal, operations: Iterable[Operation], *, voters: Iterable[str], at: datetime
) -> bytes:
    """The list of origins with one entry more."""
    statement = proposal.statement
    proof = "signed" if proposal.told.is_signed else "not signed"
    head = (
        f"- {at:%Y-%m-%d}: from {say(statement.by)}, who runs {statement.package} {statement.version}, "
        f"accepted by {say(', '.join(voters))} (proposal {proposal.told.mark}, {proof}): {say(proposal.reason)}"
    )
    lines = [head]
    for each in operations:
        why = "; ".join(say(word) for word in (each.reason, each.author, each.basis) if word)
        lines.append(f"    - `{each.place}`" + (f": {why}" if why else ""))
    text = before.decode() if before else HEAD
    return (text.rstrip("\n") + "\n\n" + "\n".join(lines) + "\n").encode()


def say(text: str) -> str:
    """A stranger's words on one line of a list: nothing in them begins a line, a link or an address."""
    plain = "".join(each if each.isprintable() else " " for each in text)
    kept = "".join(f"\\{each}" if each in "`*_[]<>\\" else each for each in plain)
    return kept if len(kept) <= MAX_SAID_CHARACTERS else kept[: MAX_SAID_CHARACTERS - 1] + "…"


def write_source(folder: Path, before: Mapping[str, bytes], after: Mapping[str, bytes]) -> list[str]:
    """The source says what `after` says; the names of the files that changed. All are ready before the first is put.

    Raises:  RequestError(not_a_folder), OSError.
    """
    if not folder.is_dir():
        raise RequestError(
            "not_a_folder", f"{folder} is no folder.", action="Name the folder in which the package is written."
        )
    changed = [name for name, data in after.items() if before.get(name) != data]
    ready = []
    for name in changed:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        beside = file.with_name(f".{file.name}.part")
        with beside.open("wb") as opened:
            opened.write(after[name])
            opened.flush()
            os.fsync(opened.fileno())
        ready.append((beside, file))
    for beside, file in ready:
        beside.replace(file)
    gone = [name for name in before if name not in after]
    for name in gone:
        (folder / name).unlink()
    return [*changed, *gone]


def require_source(incoming: Incoming) -> None:
    """Hold only for a package that lies in a folder.

    Raises:  SettingsError(not_a_folder).
    """
    if not Path(incoming.origin).is_dir():
        raise SettingsError("not_a_folder", f"{incoming.origin} is no folder in which a package is written.")
