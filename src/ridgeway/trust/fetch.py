"""Fetching the configuration: sources in their order, the order of trust at each, then files in one step.

Law: the own instance comes first and depends on nobody else. A source that fails is noted and the next one tried; what
is held stays until something better is proven. When a source serves what was taken last, nothing is read, hashed or
written again.
Source: PR-GCONF §4. Read next: `../protocol/globalconf/trusted.py` (what must be proven, in which order).
"""

import asyncio
import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from ridgeway.errors import NetworkError, TrustError
from ridgeway.protocol.globalconf import (
    Anchor,
    Held,
    Location,
    PrivateParameters,
    TrustedConfiguration,
    folder_of,
    is_federation_allowed,
    read_anchor,
    read_part_metadata,
    read_private_parameters,
    read_shared_parameters,
)
from ridgeway.protocol.globalconf.disk import INSTANCE_FILE, PRIVATE_FILE, SHARED_FILE
from ridgeway.protocol.globalconf.metadata import METADATA_SUFFIX
from ridgeway.protocol.globalconf.trusted import file_name_of
from ridgeway.trust.download import Downloaded, Downloader
from ridgeway.trust.files import (
    Fingerprint,
    delete_folders,
    delete_others,
    find_bytes,
    folder_lock,
    take_fingerprint,
    write_files,
)
from ridgeway.trust.places import TrustPlaces
from ridgeway.trust.reports import FetchReport, InstanceReport, Result, SourceAttempt

MAX_FEDERATED_INSTANCES = 100


@dataclass(slots=True)
class Memory:
    """What is remembered of one instance: the source that worked, what it served, and how the files were then."""

    url: str = ""
    served: dict[str, bytes] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    files: Fingerprint = ()
    held: Held | None = None


@dataclass(slots=True)
class Fetcher:
    """Keeps the folder of the configuration up to date, one look at a time."""

    places: TrustPlaces
    downloader: Downloader
    memories: dict[str, Memory] = field(default_factory=dict)

    async def fetch(self, now: datetime) -> FetchReport:
        """The own instance and every allowed federated one were looked for, and taken where they were proven.

        Raises:  TrustError(malformed_anchor) when there is no anchor to begin with.
        """
        own = await self.fetch_own(now)
        federated, removed = await self.fetch_federated(now)
        return FetchReport(own, federated, removed)

    async def fetch_own(self, now: datetime) -> InstanceReport:
        """The own instance was looked for.

        Raises:  TrustError(malformed_anchor).
        """
        anchor = self.read_anchor()
        name_instance(self.places, anchor.instance)
        return await self.fetch_instance(anchor, only_shared=False, now=now)

    async def fetch_federated(self, now: datetime) -> tuple[tuple[InstanceReport, ...], tuple[str, ...]]:
        """Every federated instance that is trusted and allowed was looked for; others are no longer kept.

        Raises:  TrustError(malformed_anchor).
        """
        own = self.read_anchor().instance
        private = self.find_private(own)
        if private is None:
            return (), ()
        setting = self.places.limits.allowed_federations
        anchors = {
            anchor.instance: anchor
            for anchor in private.federation_anchors[:MAX_FEDERATED_INSTANCES]
            if anchor.instance != own and is_federation_allowed(anchor.instance, own=own, setting=setting)
        }
        folders = {folder_of(instance) for instance in (own, *anchors)}
        with folder_lock(self.places.globalconf_dir):
            removed = delete_folders(self.places.globalconf_dir, folders)
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(self.fetch_instance(anchor, only_shared=True, now=now)) for anchor in anchors.values()
            ]
        return tuple(task.result() for task in tasks), removed

    def read_anchor(self) -> Anchor:
        """The anchor that the operator gave.

        Raises:  TrustError(malformed_anchor).
        """
        data = find_bytes(self.places.anchor)
        if data is None:
            raise TrustError(
                "malformed_anchor",
                f"There is no anchor at {self.places.anchor}.",
                action="Get the configuration anchor from the authority, compare its hash, and put it there.",
            )
        return read_anchor(data)

    def find_private(self, own: str) -> PrivateParameters | None:
        """The private parameters held, if they can be read."""
        data = find_bytes(self.places.globalconf_dir / folder_of(own) / PRIVATE_FILE)
        try:
            return None if data is None else read_private_parameters(data)
        except TrustError:
            return None

    async def fetch_instance(self, anchor: Anchor, *, only_shared: bool, now: datetime) -> InstanceReport:
        """One instance was looked for at its sources, until one had it."""
        memory = self.memories.setdefault(anchor.instance, Memory())
        trusted = TrustedConfiguration(anchor, held=self.find_held(anchor.instance, memory), only_shared=only_shared)
        attempts: list[SourceAttempt] = []
        for location in order_locations(trusted.list_locations(now), last_good=memory.url):
            try:
                report = await self.try_location(trusted, location, memory=memory, now=now)
            except (TrustError, NetworkError) as error:
                attempts.append(describe_failure(location, error, now))
                continue
            memory.url = location.url
            return replace(report, attempts=(*attempts, *report.attempts))
        reached = any(attempt.result is Result.REFUSED for attempt in attempts)
        result = Result.REFUSED if reached else Result.UNREACHABLE
        held = trusted.held
        return InstanceReport(
            anchor.instance, result, tuple(attempts), expires_at=None if held is None else held.trust.expires_at
        )

    async def try_location(
        self, trusted: TrustedConfiguration, location: Location, *, memory: Memory, now: datetime
    ) -> InstanceReport:
        """The configuration was taken from one source.

        Raises:  TrustError, NetworkError; nothing has changed then.
        """
        instance = trusted.anchor.instance
        folder = self.places.globalconf_dir / folder_of(instance)
        is_settled = memory.held is not None and memory.held.counts(now) and memory.files == take_fingerprint(folder)
        found = await self.downloader.download_directory(location, tags=memory.tags if is_settled else {})
        digest = hashlib.sha256(found.data).digest() if found.data is not None else None
        if memory.held is not None and is_settled and (digest is None or memory.served.get(found.url) == digest):
            held = memory.held.trust
            return describe_success(instance, found, now, (), version=held.version, expires_at=held.expires_at)
        assert found.data is not None
        assert digest is not None
        directory = trusted.accept_directory(found.data, location=location, now=now)
        await self.take_parts(trusted, found)
        changed = self.keep(trusted)
        memory.files = take_fingerprint(folder)
        memory.held = self.read_held(instance)
        memory.served = {found.url: digest}
        memory.tags = {found.url: found.tag} if found.tag else {}
        return describe_success(
            instance, found, now, changed, version=directory.version, expires_at=directory.expires_at
        )

    async def take_parts(self, trusted: TrustedConfiguration, found: Downloaded) -> None:
        """Every part was accepted: from the file that is held where it is the promised one, else from the source."""
        folder = self.places.globalconf_dir / folder_of(trusted.anchor.instance)
        for part in trusted.list_parts():
            content = find_bytes(folder / file_name_of(part))
            if content is None or not part.is_content(content):
                content = await self.downloader.download_part(found.url, part.location)
            trusted.accept_part(part, content)

    def keep(self, trusted: TrustedConfiguration) -> tuple[str, ...]:
        """What was proven is on disk, and nothing else of this instance; returns the files that changed."""
        files = trusted.finish()
        root = self.places.globalconf_dir
        folder = folder_of(trusted.anchor.instance)
        with folder_lock(root):
            changed = write_files(root, files)
            deleted = delete_others(root / folder, {path.partition("/")[2] for path in files})
        return (*changed, *(f"{folder}/{name} (removed)" for name in deleted))

    def find_held(self, instance: str, memory: Memory) -> Held | None:
        """What is held of an instance, read again only when its files changed."""
        folder = self.places.globalconf_dir / folder_of(instance)
        files = take_fingerprint(folder)
        if memory.held is None or memory.files != files:
            memory.held, memory.files, memory.served, memory.tags = self.read_held(instance), files, {}, {}
        return memory.held

    def read_held(self, instance: str) -> Held | None:
        """What is held of an instance; None when it cannot be read."""
        path = self.places.globalconf_dir / folder_of(instance) / SHARED_FILE
        data = find_bytes(path)
        if data is None:
            return None
        try:
            metadata = read_part_metadata(find_bytes(path.with_name(path.name + METADATA_SUFFIX)))
            trust = read_shared_parameters(data, metadata.version, expires_at=metadata.expires_at)
        except TrustError:
            return None
        return Held(trust, metadata.location) if trust.instance == instance else None


def name_instance(places: TrustPlaces, instance: str) -> None:
    """The folder names its own instance."""
    with folder_lock(places.globalconf_dir):
        write_files(places.globalconf_dir, {INSTANCE_FILE: instance.encode()})


def order_locations(groups: Sequence[Sequence[Location]], *, last_good: str) -> list[Location]:
    """The locations to try: the one that worked last, then each group shuffled, HTTPS first, each address once."""
    ordered: dict[Location, None] = {}
    for group in groups:
        shuffled = random.SystemRandom().sample(list(group), len(group))
        ordered |= dict.fromkeys(sorted(shuffled, key=lambda location: not location.is_https))
    return sorted(ordered, key=lambda location: location.url != last_good)


def describe_failure(location: Location, error: TrustError | NetworkError, now: datetime) -> SourceAttempt:
    """One source that did not have it."""
    result = Result.UNREACHABLE if isinstance(error, NetworkError) else Result.REFUSED
    return SourceAttempt(location.url, now, result, code=error.code, detail=error.detail, action=error.action)


def describe_success(
    instance: str,
    found: Downloaded,
    now: datetime,
    changed: tuple[str, ...],
    *,
    version: int,
    expires_at: datetime | None,
) -> InstanceReport:
    """One source that had it."""
    result = Result.CHANGED if changed else Result.UNCHANGED
    attempt = SourceAttempt(found.url, now, result, version=version)
    return InstanceReport(instance, result, (attempt,), changed, version=version, expires_at=expires_at)
