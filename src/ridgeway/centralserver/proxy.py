"""A configuration proxy: it takes an instance's configuration, proves it, and hands it on under its own signature.

Law: nothing is handed on that a security server would not believe: each version is fetched by the same fetcher, with
the upstream anchor. What is handed on says that it is found here and verified by our keys, is otherwise what was taken,
and counts no longer than what was taken. A version that cannot be had is left as it was; it expires by itself.
Source: ARC-CP; UG-CP. Read next: `proxy_commands.py`.
"""

import dataclasses
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from ridgeway.centralserver.directories import VERSIONS, certificates_of, get_active
from ridgeway.centralserver.publishing import locked, new_boundary, write_through
from ridgeway.centralserver.signing import ConfigurationKey, Kind, sign_content
from ridgeway.errors import NetworkError, SettingsError, TrustError
from ridgeway.protocol.certificates.snapshot import ConfigurationSource
from ridgeway.protocol.globalconf import (
    SHARED_PARAMETERS,
    Anchor,
    AnchorSource,
    PublishedPart,
    folder_of,
    read_anchor,
    read_part_metadata,
    read_shared_parameters,
    write_directory_content,
    write_shared_parameters,
    write_signed_directory,
)
from ridgeway.protocol.globalconf.metadata import METADATA_SUFFIX
from ridgeway.settings import Settings
from ridgeway.signer import SignerClient
from ridgeway.trust.download import Downloader, open_pool, read_source_tls
from ridgeway.trust.fetch import Fetcher
from ridgeway.trust.files import find_bytes
from ridgeway.trust.places import TrustPlaces, places_of

VALID_SECONDS = 600
SOURCES_SINCE = 3
STAMP = re.compile(r"[0-9]{13,15}")


@dataclass(frozen=True, slots=True)
class Taken:
    """One version as it was taken: its parts by file name, with what each is, and until when it counts."""

    version: int
    instance: str
    parts: Mapping[str, tuple[str, bytes]]
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class HandedOn:
    """What is served now: the versions, and why others could not be had."""

    versions: tuple[int, ...]
    faults: Mapping[int, str]


async def hand_on(
    settings: Settings, signer: SignerClient, keys: tuple[ConfigurationKey, ...], *, now: datetime
) -> HandedOn:
    """Every version that could be taken is served under our signature.

    Raises:  SettingsError(malformed_settings), TrustError or NetworkError when none could, TokenError.
    """
    name, address = require_names(settings)
    anchor = read_upstream(settings)
    taken, faults = await take_versions(settings, anchor, now=now)
    if not taken:
        raise next(iter(faults.values()))
    source = ConfigurationSource(
        address, certificates_of(keys, "", Kind.INTERNAL), certificates_of(keys, "", Kind.EXTERNAL)
    )
    folder = settings.path(settings.centralserver.public_dir)
    with locked(folder):
        for each in taken:
            stamp = int(now.timestamp() * 1000) + each.version
            parts = rewrite(each, source, prefix=f"/{name}/{stamp}")
            for part in parts:
                place = folder / part.location.removeprefix("/")
                place.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
                write_through(place, part.content)
            signed = await sign_directory(each, parts, signer=signer, keys=keys, now=now)
            place = folder / name / f"conf-v{each.version}"
            beside = place.with_name(f"{place.name}.tmp")
            write_through(beside, signed)
            beside.replace(place)
        forget_old(folder / name, now - timedelta(seconds=settings.centralserver.keep_old_seconds))
    return HandedOn(tuple(each.version for each in taken), {key: error.explain() for key, error in faults.items()})


def require_names(settings: Settings) -> tuple[str, str]:
    """The name and the address of the proxy.

    Raises:  SettingsError(malformed_settings).
    """
    chosen = settings.centralserver
    if not chosen.proxy_name or not chosen.proxy_address:
        raise SettingsError(
            "malformed_settings",
            "A configuration proxy needs a name and an address.",
            action="Set centralserver.proxy_name and centralserver.proxy_address.",
        )
    return chosen.proxy_name, chosen.proxy_address


def read_upstream(settings: Settings) -> Anchor:
    """The anchor of the instance whose configuration is handed on.

    Raises:  TrustError(malformed_anchor).
    """
    data = find_bytes(settings.path(settings.trust.anchor))
    if data is None:
        raise TrustError(
            "malformed_anchor", "There is no anchor to begin with.", action="Take one: ridgeway trust anchor import."
        )
    return read_anchor(data)


async def take_versions(
    settings: Settings, anchor: Anchor, *, now: datetime
) -> tuple[list[Taken], dict[int, TrustError | NetworkError]]:
    """Each version that could be proven, and why others could not."""
    taken: list[Taken] = []
    faults: dict[int, TrustError | NetworkError] = {}
    places = places_of(settings)
    async with open_pool(settings.trust) as pool:
        for version in VERSIONS:
            kept = dataclasses.replace(places, globalconf_dir=places.globalconf_dir / f"V{version}")
            tls = read_source_tls(places.source_certificates)
            fetcher = Fetcher(kept, Downloader(pool, settings.trust, tls, only_version=version))
            try:
                report = await fetcher.fetch_instance(anchor, only_shared=False, now=now)
                report.raise_error()
            except (TrustError, NetworkError) as error:
                faults[version] = error
            else:
                taken.append(read_taken(kept, anchor.instance, version, report.expires_at or now))
    return taken, faults


def read_taken(places: TrustPlaces, instance: str, version: int, expires_at: datetime) -> Taken:
    """One version as the fetcher left it."""
    folder = places.globalconf_dir / folder_of(instance)
    parts = {}
    for path in sorted(folder.glob("*.xml")):
        metadata = read_part_metadata(find_bytes(path.with_name(path.name + METADATA_SUFFIX)))
        parts[path.name] = (metadata.identifier, path.read_bytes())
    return Taken(version, instance, parts, expires_at)


def rewrite(taken: Taken, source: ConfigurationSource, *, prefix: str) -> list[PublishedPart]:
    """The parts to serve; the shared parameters say that they are found here."""
    parts = []
    for name, (identifier, content) in taken.parts.items():
        written = content
        if identifier == SHARED_PARAMETERS and taken.version >= SOURCES_SINCE:
            trust = read_shared_parameters(content, taken.version)
            written = write_shared_parameters(dataclasses.replace(trust, sources=(source,)), taken.version)
        location = f"{prefix}/{folder_of(taken.instance)}/{name}"
        parts.append(PublishedPart(identifier, taken.instance, location, written))
    return parts


async def sign_directory(
    taken: Taken,
    parts: list[PublishedPart],
    *,
    signer: SignerClient,
    keys: tuple[ConfigurationKey, ...],
    now: datetime,
) -> bytes:
    """The signed directory of one version; it counts no longer than what was taken."""
    expires_at = min(now.replace(microsecond=0) + timedelta(seconds=VALID_SECONDS), taken.expires_at)
    content = write_directory_content(parts, expires_at=expires_at, version=taken.version, boundary=new_boundary())
    key = get_active(keys, Kind.INTERNAL)
    algorithm, value = await sign_content(signer, key, content.signed)
    return write_signed_directory(
        content, value, certificate=key.certificate, boundary=new_boundary(), algorithm=algorithm
    )


def forget_old(folder: Path, before: datetime) -> None:
    """Parts that were superseded before that moment are gone."""
    limit = int(before.timestamp() * 1000)
    for place in folder.iterdir():
        if STAMP.fullmatch(place.name) and int(place.name) < limit:
            shutil.rmtree(place)


def build_proxy_anchor(settings: Settings, keys: tuple[ConfigurationKey, ...], *, now: datetime) -> Anchor:
    """The anchor that leads to this proxy.

    Raises:  SettingsError(malformed_settings), TrustError(malformed_anchor).
    """
    name, address = require_names(settings)
    certificates = certificates_of(keys, "", Kind.INTERNAL)
    source = AnchorSource(f"http://{address}/{name}/conf", certificates)
    return Anchor(read_upstream(settings).instance, (source,), now)
