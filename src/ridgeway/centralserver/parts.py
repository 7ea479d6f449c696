"""The optional parts of a configuration, beside shared and private parameters: the three that X-Road knows, and others.

Law: a known part is read as every server will read it, before it is published; another one must at least be XML
without a DOCTYPE. Parts are for the instance's own servers alone.
Source: UG-CS §5.3 (configuration parts); PR-GCONF §3.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from ridgeway.centralserver.documents import PartRow
from ridgeway.centralserver.translating import Meaning, Place
from ridgeway.errors import TrustError
from ridgeway.protocol.globalconf import (
    PRIVATE_PARAMETERS,
    SHARED_PARAMETERS,
    read_fetch_interval,
    read_monitoring,
    read_next_update,
    write_monitoring,
)
from ridgeway.protocol.globalconf.disk import PRIVATE_FILE, SHARED_FILE
from ridgeway.protocol.globalconf.optional import FETCHINTERVAL, FILE_NAMES, MONITORING, NEXTUPDATE
from ridgeway.protocol.globalconf.xml import parse_any

IDENTIFIER = re.compile(r"[A-Z][A-Z0-9-]{0,99}", re.ASCII)
FILE_NAME = re.compile(r"[a-z][a-z0-9-]{0,60}\.xml", re.ASCII)
"""What the central server serves; see `serving.py`."""

READERS: dict[str, Callable[[bytes], object]] = {
    MONITORING: read_monitoring,
    NEXTUPDATE: read_next_update,
    FETCHINTERVAL: read_fetch_interval,
}


@dataclass(frozen=True, slots=True)
class OptionalPart:
    """One optional part, ready to be published."""

    identifier: str
    file_name: str
    content: bytes


def build_parts(meaning: Meaning) -> tuple[OptionalPart, ...]:
    """The optional parts of the document; who may monitor is one even where it is said in a line."""
    found: dict[str, OptionalPart] = {}
    monitoring = meaning.value.monitoring_client
    if monitoring is not None:
        content = write_monitoring(meaning.read_registered(monitoring, ("monitoring_client",)))
        found[MONITORING] = OptionalPart(MONITORING, FILE_NAMES[MONITORING], content)
    for number, row in enumerate(meaning.value.configuration_parts):
        path: Place = ("configuration_parts", number)
        part = build_part(row, path, meaning)
        if part.identifier in found:
            meaning.fail(path, f"{part.identifier} is there twice")
        elif part.file_name in {each.file_name for each in found.values()}:
            meaning.fail((*path, "file_name"), f"{part.file_name} is the file of another part")
        found[part.identifier] = part
    return tuple(found.values())


def build_part(row: PartRow, path: Place, meaning: Meaning) -> OptionalPart:
    """One part, its content read."""
    if not IDENTIFIER.fullmatch(row.identifier) or row.identifier in {SHARED_PARAMETERS, PRIVATE_PARAMETERS}:
        meaning.fail((*path, "identifier"), f"{row.identifier!r}; expected a name of capitals, as in {NEXTUPDATE}")
    known = FILE_NAMES.get(row.identifier)
    name = row.file_name or known or f"{row.identifier.lower()}-params.xml"
    is_taken = name in {PRIVATE_FILE, SHARED_FILE} or (known is None and name in FILE_NAMES.values())
    if known not in {None, name}:
        meaning.fail((*path, "file_name"), f"{name!r}; servers look for {row.identifier} in {known}")
    elif is_taken or not FILE_NAME.fullmatch(name):
        meaning.fail((*path, "file_name"), f"{name!r}; expected small letters, digits and hyphens, then .xml")
    content = row.content.encode()
    try:
        READERS.get(row.identifier, parse_any)(content)
    except TrustError as error:
        meaning.fail((*path, "content"), f"no file here, or not what servers read: {error.detail}")
    return OptionalPart(row.identifier, name, content)
