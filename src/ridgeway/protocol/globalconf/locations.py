"""Where a configuration is looked for: which addresses, in which version, and of which instances.

Law: the addresses in held shared parameters come before the anchor's, so that an authority may move and may change its
keys without a new anchor; the anchor stays the last resort. HTTPS comes before HTTP, though neither is trusted: the
signature is. A version in an address is respected; else the newest is asked for first, and the oldest is assumed.
Source: PR-GCONF §4; ARC-CC. Read next: `trusted.py`.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit, urlunsplit

from ridgeway.protocol.certificates.snapshot import ConfigurationSource, InstanceTrust
from ridgeway.protocol.globalconf.anchor import Anchor
from ridgeway.protocol.globalconf.shared import NEWEST_VERSION, OLDEST_VERSION

INTERNAL = "internalconf"
EXTERNAL = "externalconf"
DIRECTORY_PATH = re.compile(r"https?://[^/?#]+/(internalconf|externalconf|[^/?#]+/conf)(?:\?[^#]*)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Location:
    """One address of a directory, and the certificates (DER) of which one must have signed it."""

    url: str
    certificates: tuple[bytes, ...]

    @property
    def is_https(self) -> bool:
        """Whether the way there is encrypted."""
        return self.url.lower().startswith("https:")


def list_locations(anchor: Anchor, held: InstanceTrust | None) -> tuple[tuple[Location, ...], tuple[Location, ...]]:
    """The addresses to try in two groups, those of the held parameters and those of the anchor; HTTPS first in each.

    `held` are parameters that are proven and have not expired; None when there are none.
    """
    from_anchor = anchor_locations(anchor)
    derived: dict[str, Location] = {}
    if held is not None:
        for source in anchor.sources:
            derived |= {each.url: each for each in derive_locations(held, source.url)}
    return https_first(derived.values()), from_anchor


def anchor_locations(anchor: Anchor) -> tuple[Location, ...]:
    """The anchor's own addresses; one with HTTP is tried with HTTPS too."""
    found: dict[str, tuple[bytes, ...]] = {}
    for source in anchor.sources:
        urls = [source.url]
        if source.url.lower().startswith("http:"):
            urls.append("https:" + source.url[len("http:") :])
        for url in urls:
            found[url] = tuple(dict.fromkeys((*found.get(url, ()), *source.certificates)))
    return https_first(Location(url, certificates) for url, certificates in found.items())


def derive_locations(held: InstanceTrust, url: str) -> tuple[Location, ...]:
    """The addresses that held shared parameters give for the directory at `url`; none for a path of no known form."""
    found = DIRECTORY_PATH.fullmatch(url)
    if found is None:
        return ()
    locations = []
    for source in held.sources:
        certificates = certificates_for(source, found[1])
        if certificates:
            locations += [
                Location(f"{scheme}://{source.address}/{found[1]}", certificates) for scheme in ("https", "http")
            ]
    return https_first(locations)


def certificates_for(source: ConfigurationSource, directory: str) -> tuple[bytes, ...]:
    """The certificates that verify one directory of a source; a proxy's may be signed with either kind."""
    if directory == INTERNAL:
        return source.internal_certificates
    if directory == EXTERNAL:
        return source.external_certificates
    return (*source.internal_certificates, *source.external_certificates)


def https_first(locations: Iterable[Location]) -> tuple[Location, ...]:
    """The same, with HTTPS before HTTP, else in order."""
    return tuple(sorted(locations, key=lambda location: not location.is_https))


def versions_to_try(url: str, *, oldest: int = OLDEST_VERSION, newest: int = NEWEST_VERSION) -> Iterator[int | None]:
    """The versions to ask for, newest first; None alone when the address states one itself.

    The last one is assumed to be there: asking for it is no probe.
    """
    if find_version(url) is not None:
        yield None
        return
    yield from range(newest, oldest - 1, -1)


def find_version(url: str) -> str | None:
    """The version that an address states."""
    stated = parse_qs(urlsplit(url).query).get("version")
    return stated[-1] if stated else None


def choose_version(url: str, version: int | None) -> str:
    """The address that asks for `version`; unchanged where it is None."""
    if version is None:
        return url
    parts = urlsplit(url)
    query = f"{parts.query}&version={version}" if parts.query else f"version={version}"
    return urlunsplit(parts._replace(query=query, fragment=""))


def is_federation_allowed(instance: str, *, own: str, setting: str) -> bool:
    """Whether the configuration of `instance` is fetched: the own always, others as the setting says.

    Shapes:  `setting` is `none`, `all`, or names with commas, in any case; `none` beats `all`, `all` beats names.
    """
    if instance == own:
        return True
    words = {word.strip().casefold() for word in setting.split(",") if word.strip()}
    if not words or "none" in words:
        return False
    return "all" in words or instance.casefold() in words
