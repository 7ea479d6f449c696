"""Statements as files that people hand on: read from a folder or one by one, whoever wrote them.

Law: a file from a stranger is bounded, a link is not followed, and one that cannot be read keeps no other from being
read. `is_signed` says that there is a signature, not that it holds: `ridgeway.catalogue.proving` proves that.
"""

import hashlib
import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ridgeway.catalogue.packages.statement import (
    MAX_ENVELOPE_BYTES,
    Kind,
    Statement,
    read_envelope,
    read_payload,
)
from ridgeway.errors import ContainerError, RidgewayError

PLAIN: Final = ".json"
SIGNED: Final = ".dsse.json"
MAX_FILES: Final = 5_000
MARK_LETTERS: Final = 16


@dataclass(frozen=True, slots=True)
class Told:
    """A statement with the file in which it stood; `mark` tells it from any other, signed or not."""

    statement: Statement
    mark: str
    file: Path
    is_signed: bool
    payload: bytes


@dataclass(frozen=True, slots=True)
class Heard:
    """The statements of a folder, and the files of it that are none."""

    told: tuple[Told, ...] = ()
    broken: tuple[Path, ...] = ()


def name_mark(payload: bytes) -> str:
    """What tells this statement from any other."""
    return hashlib.sha256(payload).hexdigest()[:MARK_LETTERS]


def read_told(file: Path) -> Told:
    """The statement in a file.

    Raises:  ContainerError(malformed_statement | malformed_envelope).
    """
    data = read_plain_file(file, MAX_ENVELOPE_BYTES)
    is_signed = file.name.endswith(SIGNED)
    payload = read_envelope(data).payload if is_signed else data
    return Told(read_payload(payload), name_mark(payload), file, is_signed, payload)


def read_plain_file(file: Path, limit: int) -> bytes:
    """What a file holds; no link, no device, no more than the limit.

    Raises:  ContainerError(malformed_statement).
    """
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise refuse(file, error.strerror or "it cannot be read") from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise refuse(file, "it is no file")
    with os.fdopen(descriptor, "rb") as opened:
        data = opened.read(limit + 1)
    if len(data) > limit:
        raise refuse(file, f"it is larger than {limit} bytes")
    return data


def list_told(folder: Path, kinds: Iterable[Kind]) -> Heard:
    """Every statement of these kinds in a folder, by the name of its file; each once, signed rather than not."""
    wanted = frozenset(kinds)
    found: dict[str, Told] = {}
    broken: list[Path] = []
    for file in list_json(folder):
        try:
            told = read_told(file)
        except RidgewayError:
            broken.append(file)
            continue
        known = found.get(told.mark)
        if told.statement.kind in wanted and (known is None or not known.is_signed):
            found[told.mark] = told
    return Heard(tuple(found.values()), tuple(broken))


def list_json(folder: Path) -> list[Path]:
    """The files of a folder that may be statements, MAX_FILES at most."""
    try:
        with os.scandir(folder) as entries:
            names = sorted(each.name for each in entries if each.name.endswith(PLAIN) and not each.name.startswith("."))
    except (FileNotFoundError, NotADirectoryError):
        return []
    return [folder / name for name in names[:MAX_FILES]]


def write_told(file: Path, payload: bytes) -> Path:
    """The statement is in the file, whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_name(f".{file.name}.part")
    beside.write_bytes(payload)
    beside.replace(file)
    return file


def get_text(statement: Statement, name: str, limit: int, *, is_needed: bool = True) -> str:
    """A text that a statement says besides.

    Raises:  ContainerError(malformed_statement) where it is none, or too long.
    """
    value = statement.more.get(name, "")
    if not isinstance(value, str) or len(value) > limit or (is_needed and not value.strip()):
        raise ContainerError(
            "malformed_statement", f"The {statement.kind} of {statement.package} says no fitting {name!r}."
        )
    return value


def refuse(file: Path, why: str) -> ContainerError:
    """The error of a file that is no statement."""
    return ContainerError("malformed_statement", f"{file} is no statement of a package: {why}.")
