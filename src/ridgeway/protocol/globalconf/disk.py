"""A configuration as it lies in files, in X-Road's layout, without touching a disk: names and bytes in, trust out.

    instance-identifier                  the own instance, one line
    {instance}/shared-params.xml         URL-encoded instance; federated ones beside the own
    {instance}/private-params.xml        of the own instance alone
    {instance}/…                         optional parts
    {instance}/{part}.metadata           JSON: what the part is, until when it counts, its version

Law: the own instance must be whole. A federated instance that cannot be read, or has expired, is left out and its
fault kept, so that one partner's mistake stops nobody else.
Source: PR-GCONF §4; UG-SYSPAR. Read next: `../certificates/snapshot.py`.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from urllib.parse import quote_plus, unquote_plus

from ridgeway.errors import TrustError
from ridgeway.protocol.certificates.snapshot import (
    DEFAULT_OCSP_FETCH_INTERVAL_SECONDS,
    InstanceTrust,
    TrustSnapshot,
)
from ridgeway.protocol.globalconf.metadata import METADATA_SUFFIX, read_part_metadata
from ridgeway.protocol.globalconf.optional import (
    FETCHINTERVAL,
    FILE_NAMES,
    MONITORING,
    NEXTUPDATE,
    read_fetch_interval,
    read_monitoring,
    read_next_update,
)
from ridgeway.protocol.globalconf.private import PrivateParameters, read_private_parameters
from ridgeway.protocol.globalconf.shared import read_shared_parameters
from ridgeway.protocol.globalconf.xml import MALFORMED
from ridgeway.protocol.identifiers import ClientId

INSTANCE_FILE = "instance-identifier"
SHARED_FILE = "shared-params.xml"
PRIVATE_FILE = "private-params.xml"
MAX_INSTANCE_CHARACTERS = 255


@dataclass(frozen=True, slots=True)
class ConfigurationReading:
    """All that could be read of a folder; `faults` maps a file, or an instance, to what is wrong with it.

    `digests` of each instance's shared parameters let the next reading take over what has not changed.
    """

    own_instance: str
    instances: Mapping[str, InstanceTrust]
    private: PrivateParameters | None = None
    monitoring_client: ClientId | None = None
    verify_next_update: bool = True
    ocsp_fetch_interval_seconds: int = DEFAULT_OCSP_FETCH_INTERVAL_SECONDS
    faults: Mapping[str, TrustError] = field(default_factory=dict)
    digests: Mapping[str, bytes] = field(default_factory=dict)


def read_configuration_files(
    files: Mapping[str, bytes], *, check_expiry: bool = False, now: datetime | None = None
) -> TrustSnapshot:
    """Read a folder into the trust it states.

    Shapes:  files maps a path below the folder, with `/`, → its bytes; other files are ignored.
    Units:   with `check_expiry`, `now` is needed: an expired own instance is refused, an expired other one left out.
    Raises:  TrustError(malformed_global_conf | global_conf_outdated) for the own instance.
    """
    snapshot = build_snapshot(read_folder(files))
    if not check_expiry:
        return snapshot
    if now is None:
        raise ValueError("Expiry is checked against a moment; give `now`.")
    snapshot.require_current(now)
    return without_expired(snapshot, now)


def build_snapshot(reading: ConfigurationReading) -> TrustSnapshot:
    """The trust that a reading states; the own instance must be whole. Nothing is asked about time.

    Raises:  TrustError(malformed_global_conf).
    """
    own = reading.own_instance
    if own not in reading.instances:
        raise reading.faults.get(own) or TrustError(
            MALFORMED,
            f"The configuration has no shared parameters of its own instance {own!r}.",
            action="Fetch the configuration: ridgeway trust fetch.",
        )
    private = reading.private or PrivateParameters(own)
    return TrustSnapshot(
        own_instance=own,
        instances=reading.instances,
        timestamping_interval_seconds=private.timestamping_interval_seconds,
        ocsp_fetch_interval_seconds=reading.ocsp_fetch_interval_seconds,
        verify_next_update=reading.verify_next_update,
        management=private.management,
        monitoring_client=reading.monitoring_client,
    )


def without_expired(snapshot: TrustSnapshot, now: datetime) -> TrustSnapshot:
    """The same trust without federated instances whose parameters have expired; the own instance stays."""
    counting = {
        name: trust
        for name, trust in snapshot.instances.items()
        if name == snapshot.own_instance or not is_expired(trust, now)
    }
    return snapshot if len(counting) == len(snapshot.instances) else replace(snapshot, instances=counting)


def is_expired(trust: InstanceTrust, now: datetime) -> bool:
    """Whether the parameters of an instance no longer count; without a date they never did."""
    return trust.expires_at is None or trust.expires_at <= now


def read_folder(files: Mapping[str, bytes], *, previous: ConfigurationReading | None = None) -> ConfigurationReading:
    """Read whatever can be read of a folder, and say what cannot.

    Shared parameters whose bytes are those of the `previous` reading are not read again; only their expiry is.

    Raises:  TrustError(malformed_global_conf) only when the own instance is not named.
    """
    own = read_instance_identifier(files.get(INSTANCE_FILE))
    instances: dict[str, InstanceTrust] = {}
    faults: dict[str, TrustError] = {}
    digests: dict[str, bytes] = {}
    for path in sorted(files):
        folder, slash, name = path.partition("/")
        if not slash or name != SHARED_FILE:
            continue
        instance = unquote_plus(folder)
        digests[instance] = hashlib.sha256(files[path]).digest()
        is_known = previous is not None and previous.digests.get(instance) == digests[instance]
        known = previous.instances.get(instance) if previous is not None and is_known else None
        try:
            instances[instance] = read_instance(files, instance, known=known)
        except TrustError as error:
            faults[instance] = error
    options = OwnOptions(files, folder_of(own), faults)
    return ConfigurationReading(
        own_instance=own,
        instances=instances,
        private=options.read_private(own),
        monitoring_client=options.read_monitoring(),
        verify_next_update=options.read_next_update(),
        ocsp_fetch_interval_seconds=options.read_fetch_interval(),
        faults=faults,
        digests=digests,
    )


def read_instance(files: Mapping[str, bytes], instance: str, *, known: InstanceTrust | None = None) -> InstanceTrust:
    """The shared parameters of one instance of a folder; `known` is what the same bytes gave before.

    Raises:  TrustError(malformed_global_conf).
    """
    path = f"{folder_of(instance)}/{SHARED_FILE}"
    if path not in files:
        raise TrustError(MALFORMED, f"The folder of {instance!r} is not spelled {folder_of(instance)!r}.")
    metadata = read_part_metadata(files.get(path + METADATA_SUFFIX))
    if known is not None and known.version == metadata.version:
        return replace(known, expires_at=metadata.expires_at)
    trust = read_shared_parameters(files[path], metadata.version, expires_at=metadata.expires_at)
    if trust.instance != instance:
        raise TrustError(MALFORMED, f"The shared parameters of {trust.instance!r} lie in the folder of {instance!r}.")
    return trust


@dataclass(frozen=True, slots=True)
class OwnOptions:
    """The private and optional parts of the own instance; one that cannot be read leaves the default and a fault."""

    files: Mapping[str, bytes]
    folder: str
    faults: dict[str, TrustError]

    def find(self, name: str) -> bytes | None:
        """The bytes of a part."""
        return self.files.get(f"{self.folder}/{name}")

    def read_private(self, own: str) -> PrivateParameters | None:
        """The private parameters."""
        data = self.find(PRIVATE_FILE)
        try:
            if data is None:
                return None
            private = read_private_parameters(data)
            if private.instance != own:
                raise TrustError(MALFORMED, f"The private parameters are of {private.instance!r}, not of {own!r}.")
        except TrustError as error:
            self.faults[PRIVATE_FILE] = error
            return None
        return private

    def read_monitoring(self) -> ClientId | None:
        """Who may monitor; nobody by default."""
        data = self.find(FILE_NAMES[MONITORING])
        try:
            return None if data is None else read_monitoring(data)
        except TrustError as error:
            self.faults[FILE_NAMES[MONITORING]] = error
            return None

    def read_next_update(self) -> bool:
        """Whether a stated next update is a limit; it is by default."""
        data = self.find(FILE_NAMES[NEXTUPDATE])
        try:
            return True if data is None else read_next_update(data)
        except TrustError as error:
            self.faults[FILE_NAMES[NEXTUPDATE]] = error
            return True

    def read_fetch_interval(self) -> int:
        """How often revocation answers are fetched."""
        data = self.find(FILE_NAMES[FETCHINTERVAL])
        try:
            return DEFAULT_OCSP_FETCH_INTERVAL_SECONDS if data is None else read_fetch_interval(data)
        except TrustError as error:
            self.faults[FILE_NAMES[FETCHINTERVAL]] = error
            return DEFAULT_OCSP_FETCH_INTERVAL_SECONDS


def read_instance_identifier(data: bytes | None) -> str:
    """The own instance that the folder names.

    Raises:  TrustError(malformed_global_conf).
    """
    text = (data or b"").decode("utf-8", "replace").strip()
    if not is_instance_name(text):
        raise TrustError(
            MALFORMED,
            f"The configuration folder does not name its instance in {INSTANCE_FILE} (found {text[:80]!r}).",
            action="Give the server its anchor and fetch the configuration: ridgeway trust fetch.",
        )
    return text


def is_instance_name(text: str) -> bool:
    """Whether `text` may name an instance, and hence a folder."""
    return (
        0 < len(text) <= MAX_INSTANCE_CHARACTERS
        and text not in {".", ".."}
        and all(character.isprintable() for character in text)
        and text == text.strip()
    )


def folder_of(instance: str) -> str:
    """The folder of an instance: its URL-encoded name, which is never a path.

    Raises:  TrustError(malformed_global_conf) for a name that cannot be a folder.
    """
    if not is_instance_name(instance):
        raise TrustError(MALFORMED, f"{instance[:80]!r} cannot name an instance.")
    try:
        return quote_plus(instance, safe="*-._")
    except UnicodeEncodeError as error:
        raise TrustError(MALFORMED, f"{instance[:80]!r} cannot name an instance.") from error
