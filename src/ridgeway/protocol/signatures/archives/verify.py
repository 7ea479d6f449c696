"""Proving archives: that nothing was taken out, put in or exchanged, in one archive and from each to the next.

Law: an archive is proven against the end of the chain before it, which comes from outside: the archive before, or a
digest that somebody kept. Whether the containers themselves prove something is another question (`containers/`).
Source: UG-SS §11; X-Road's archive verifier and its order of checks.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from ridgeway.protocol.signatures.archives.linking import ALGORITHMS, FIRST, Link, LinkedFile, invalid, link_digest
from ridgeway.protocol.signatures.archives.read import Archive


@dataclass(frozen=True, slots=True)
class VerifiedArchive:
    """An archive that is whole, from the link `previous` to the link `last`; `containers` are in order."""

    name: str
    algorithm: str
    previous: Link
    last: Link
    containers: tuple[LinkedFile, ...]

    @property
    def is_first(self) -> bool:
        """Whether the chain begins here."""
        return not self.previous.digest


def verify_archive(archive: Archive, *, previous_digest: str | None = None) -> VerifiedArchive:
    """Prove that the archive holds exactly the containers that were linked, after `previous_digest` (hex).

    Empty means that the chain begins here; None takes what the archive says, for `verify_links` to prove later.
    Raises:  ArchiveError(invalid_log_archive) for the first thing that is wrong.
    """
    linking = archive.linking
    if not archive.containers:
        raise invalid(f"{archive.name} holds no container")
    if previous_digest is not None and linking.previous.digest != previous_digest:
        raise invalid(
            f"{archive.name} follows {describe_digest(linking.previous.digest)}, not {describe_digest(previous_digest)}"
        )
    stated = {each.name: each.digest for each in linking.files}
    if differing := set(stated) ^ set(archive.containers):
        raise invalid(f"{min(differing)!r} is in {archive.name} or in its chain, but not in both")
    links = []
    digest = linking.previous.digest
    for name in archive.containers:
        digest = link_digest(digest, hash_container(archive, name), algorithm=linking.algorithm)
        if digest != stated[name]:
            raise invalid(
                f"{name!r} in {archive.name} is not what was linked: its link is {digest}, not {stated[name]}"
            )
        links.append(LinkedFile(digest, name))
    return VerifiedArchive(archive.name, linking.algorithm, linking.previous, Link(digest, archive.name), tuple(links))


def hash_container(archive: Archive, name: str) -> bytes:
    """The raw digest of one container, read once."""
    digest = hashlib.new(ALGORITHMS[archive.linking.algorithm])
    for chunk in archive.iter_container(name):
        digest.update(chunk)
    return digest.digest()


def describe_digest(digest: str) -> str:
    """A link in a sentence."""
    return f"the link {digest}" if digest else "nothing, as the first of its chain"


def verify_links(archives: Sequence[VerifiedArchive], *, previous: Link = FIRST) -> tuple[VerifiedArchive, ...]:
    """Prove that each archive follows another of them, `previous`, or nothing; they are returned in order.

    Several chains may be among them, one after the other: each group of records has its own.
    Raises:  ArchiveError(invalid_log_archive) when one follows something that is not there, or two follow the same.
    """
    by_end = {each.last.digest: each for each in archives}
    if len(by_end) != len(archives):
        raise invalid("the same archive is given twice")
    followers: dict[str, VerifiedArchive] = {}
    begins: list[VerifiedArchive] = []
    for each in archives:
        digest = each.previous.digest
        if not digest or (digest == previous.digest and digest not in by_end):
            begins.append(each)
        elif digest not in by_end:
            raise invalid(
                f"{each.name} follows {describe_digest(digest)}, the end of {each.previous.file_name or 'an archive'}, "
                "which is not here; add that archive, or give its last link"
            )
        if digest:
            if digest in followers:
                raise invalid(f"{each.name} and {followers[digest].name} both follow {describe_digest(digest)}")
            followers[digest] = each
    if previous.digest and previous.digest not in followers:
        raise invalid(f"no archive follows {describe_digest(previous.digest)}")
    return follow(begins, followers)


def follow(begins: Sequence[VerifiedArchive], followers: dict[str, VerifiedArchive]) -> tuple[VerifiedArchive, ...]:
    """The archives of every chain, in order."""
    ordered: list[VerifiedArchive] = []
    for begin in begins:
        current: VerifiedArchive | None = begin
        while current is not None:
            ordered.append(current)
            current = followers.get(current.last.digest)
    return tuple(ordered)
