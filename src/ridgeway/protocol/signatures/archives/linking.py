"""The chain that runs through an archive and from one archive to the next (`linkinginfo`).

Law: each link is the digest of the link before it, in hex, followed by the digest of a container, in hex; the first
link of an archive takes the last of the archive before it, or nothing. So nobody can take a container out, put one in
or swap two without every later link changing.
Source: UG-SS §11; X-Road's archive verifier. Read next: `verify.py`.
"""

import hashlib
import re
from dataclasses import dataclass

from ridgeway.errors import ArchiveError
from ridgeway.protocol.signatures.archives.names import is_plain_name

ALGORITHMS = {"SHA-224": "sha224", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}
BY_LENGTH = {hashlib.new(name).digest_size * 2: algorithm for algorithm, name in ALGORITHMS.items()}
USUAL_ALGORITHM = "SHA-512"
NONE = "-"
HEX = re.compile(r"[0-9a-f]+")
MAX_LINKING_BYTES = 64 * 1024 * 1024
MAX_LINE_CHARACTERS = 1000


@dataclass(frozen=True, slots=True)
class Link:
    """The end of a chain so far: the last digest (hex), and the archive that it stands in; empty before the first."""

    digest: str = ""
    file_name: str = ""


FIRST = Link()


@dataclass(frozen=True, slots=True)
class LinkedFile:
    """One container of an archive, and the link (hex) that it ends."""

    digest: str
    name: str


@dataclass(frozen=True, slots=True)
class LinkingInfo:
    """What an archive says of its chain; nothing of it is proven yet."""

    previous: Link
    algorithm: str
    files: tuple[LinkedFile, ...]


def link_digest(previous: str, content_digest: bytes, *, algorithm: str = USUAL_ALGORITHM) -> str:
    """The next link (hex) after `previous`, over the raw digest of a container."""
    text = previous + content_digest.hex()
    return hashlib.new(ALGORITHMS[algorithm], text.encode("ascii")).hexdigest()


def write_linking_info(info: LinkingInfo) -> bytes:
    """The document: a line about the archive before, then a line for each container, each with its line end."""
    lines = [f"{info.previous.digest or NONE} {info.previous.file_name or NONE} {info.algorithm}"]
    lines += [f"{each.digest} {each.name}" for each in info.files]
    return "".join(f"{line}\n" for line in lines).encode()


def read_linking_info(data: bytes) -> LinkingInfo:
    """The document as values.

    Raises:  ArchiveError(invalid_log_archive) naming the line that is wrong.
    """
    if len(data) > MAX_LINKING_BYTES:
        raise invalid(f"its linking info has {len(data)} bytes; at most {MAX_LINKING_BYTES} are read")
    try:
        lines = data.decode("utf-8").replace("\r\n", "\n").removesuffix("\n").split("\n")
    except UnicodeDecodeError as error:
        raise invalid("its linking info is no text in UTF-8") from error
    digest, file_name, algorithm = split_line(lines[0], 1, parts=3)
    if algorithm not in ALGORITHMS:
        raise invalid(f"its chain is made with {algorithm[:40]!r}; known are {', '.join(ALGORITHMS)}")
    files = tuple(read_line(line, number) for number, line in enumerate(lines[1:], 2))
    if len({each.name for each in files}) != len(files):
        raise invalid("its linking info names a container twice")
    previous = Link("" if digest == NONE else digest, "" if file_name == NONE else file_name)
    return LinkingInfo(previous, algorithm, files)


def read_line(line: str, number: int) -> LinkedFile:
    """One container's line."""
    digest, name = split_line(line, number, parts=2)
    if not is_plain_name(name):
        raise invalid(f"line {number} of its linking info names {name[:100]!r}, which is no plain file name")
    return LinkedFile(digest, name)


def split_line(line: str, number: int, *, parts: int) -> list[str]:
    """The words of a line, of which there must be so many."""
    words = line.split() if len(line) <= MAX_LINE_CHARACTERS else []
    if len(words) != parts:
        raise invalid(f"line {number} of its linking info is {line[:100]!r}; expected {parts} words")
    return words


def parse_digest(text: str) -> tuple[str, str]:
    """The algorithm and the hex digest, in lower case, of `ALGORITHM:HEX` or of the hex alone.

    Raises:  ArchiveError(invalid_log_archive) when it is neither.
    """
    stated, colon, digest = text.rpartition(":")
    digest = digest.lower()
    algorithm = BY_LENGTH.get(len(digest), "")
    if not algorithm or not HEX.fullmatch(digest) or (colon and stated != algorithm):
        raise invalid(f"{text[:200]!r} is no digest; expected hex digits, as the last link of an archive has them")
    return algorithm, digest


def invalid(why: str) -> ArchiveError:
    """Why an archive proves nothing."""
    return ArchiveError("invalid_log_archive", f"The archive is not proven: {why}.")
