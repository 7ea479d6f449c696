"""One publication in memory: the parts of every version, and the directories that list them, ready to be signed.

Law: the same state and time give the same bytes, but for the boundaries. Internal is private and shared parameters,
external is shared parameters alone.
Source: PR-GCONF §3; the layout of a central server of release 7.8. Read next: `publishing.py`.
"""

import dataclasses
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from ridgeway.centralserver.meaning import Governed
from ridgeway.centralserver.signing import ConfigurationKey, Kind
from ridgeway.errors import SettingsError
from ridgeway.protocol.certificates.snapshot import ConfigurationSource
from ridgeway.protocol.globalconf import (
    NEWEST_VERSION,
    OLDEST_VERSION,
    PRIVATE_PARAMETERS,
    SHARED_PARAMETERS,
    Anchor,
    AnchorSource,
    DirectoryContent,
    PublishedPart,
    write_directory_content,
    write_private_parameters,
    write_shared_parameters,
)

VERSIONS = range(OLDEST_VERSION, NEWEST_VERSION + 1)
PATHS = {Kind.INTERNAL: "internalconf", Kind.EXTERNAL: "externalconf"}


@dataclass(frozen=True, slots=True)
class Unsigned:
    """A directory of one version and kind that waits for its signature."""

    version: int
    kind: Kind
    content: DirectoryContent

    @property
    def location(self) -> str:
        """Its path below the public folder."""
        return f"V{self.version}/{PATHS[self.kind]}"


@dataclass(frozen=True, slots=True)
class Draft:
    """Everything that one publication consists of, but for the signatures."""

    stamp: str
    parts: tuple[PublishedPart, ...]
    directories: tuple[Unsigned, ...]
    expires_at: datetime


def build_draft(
    governed: Governed, keys: Iterable[ConfigurationKey], *, now: datetime, new_boundary: Callable[[], str]
) -> Draft:
    """What would be published now.

    Raises:  TrustError(malformed_global_conf) when the parameters cannot be written.
    """
    trust = dataclasses.replace(governed.trust, sources=build_sources(governed, tuple(keys)))
    expires_at = now.replace(microsecond=0) + timedelta(seconds=governed.expiry_seconds)
    stamp = f"{now:%Y%m%d%H%M%S%f}000"
    every: list[PublishedPart] = []
    directories: list[Unsigned] = []
    for version in VERSIONS:
        contents = [(SHARED_PARAMETERS, "shared-params.xml", write_shared_parameters(trust, version))]
        contents.append((PRIVATE_PARAMETERS, "private-params.xml", write_private_parameters(governed.private)))
        contents += [(part.identifier, part.file_name, part.content) for part in governed.parts]
        parts = [
            PublishedPart(identifier, trust.instance, f"/V{version}/{stamp}/{name}", content)
            for identifier, name, content in contents
        ]
        every += parts
        for kind in Kind:
            listed = parts if kind is Kind.INTERNAL else parts[:1]
            content = write_directory_content(listed, expires_at=expires_at, version=version, boundary=new_boundary())
            directories.append(Unsigned(version, kind, content))
    return Draft(stamp, tuple(every), tuple(directories), expires_at)


def build_sources(governed: Governed, keys: tuple[ConfigurationKey, ...]) -> tuple[ConfigurationSource, ...]:
    """Where the configuration is found, each place with every certificate that verifies it there, now or soon."""
    return tuple(
        ConfigurationSource(
            address=address,
            internal_certificates=certificates_of(keys, node, Kind.INTERNAL),
            external_certificates=certificates_of(keys, node, Kind.EXTERNAL),
        )
        for node, address in list_nodes(governed, keys)
    )


def list_nodes(governed: Governed, keys: Iterable[ConfigurationKey]) -> list[tuple[str, str]]:
    """Each central server that has keys and an address, by name: the document's order, one without a name first."""
    have = {key.node for key in keys}
    named = [("", governed.address), *governed.node_addresses.items()]
    return [(node, address) for node, address in named if node in have]


def certificates_of(keys: Iterable[ConfigurationKey], node: str, kind: Kind) -> tuple[bytes, ...]:
    """The certificates of one central server's keys of one kind."""
    return tuple(key.certificate for key in keys if (key.node, key.kind) == (node, kind))


def build_anchor(governed: Governed, keys: Iterable[ConfigurationKey], kind: Kind, *, now: datetime) -> Anchor:
    """The anchor of one kind, with every central server."""
    keys = tuple(keys)
    sources = tuple(
        AnchorSource(f"http://{address}/{PATHS[kind]}", certificates_of(keys, node, kind))
        for node, address in list_nodes(governed, keys)
    )
    return Anchor(governed.trust.instance, sources, now)


def get_active(keys: Iterable[ConfigurationKey], kind: Kind, *, node: str = "") -> ConfigurationKey:
    """The key with which the central server `node` signs one kind.

    Raises:  SettingsError(key_not_found).
    """
    found = next((key for key in keys if (key.node, key.kind) == (node, kind) and key.is_active), None)
    if found is None:
        where = f" of node {node}" if node else ""
        raise SettingsError(
            "key_not_found", f"There is no active {kind} key{where}.", action="Make both: ridgeway centralserver init."
        )
    return found
