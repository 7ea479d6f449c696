"""The keeper: one snapshot of trust for a process that carries messages, renewed when the files change.

Law: looking costs a few calls of stat. What cannot be read never replaces what could: the last good snapshot stays,
and its own expiry decides when exchange must stop (`TrustSnapshot.require_current`). Federated instances leave when
they expire.
Read next: `../protocol/globalconf/disk.py`.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from ridgeway.errors import TrustError
from ridgeway.protocol.certificates.snapshot import TrustSnapshot
from ridgeway.protocol.globalconf import ConfigurationReading, build_snapshot, read_folder, without_expired
from ridgeway.settings import Settings
from ridgeway.trust.files import Fingerprint, read_files, take_fingerprint
from ridgeway.trust.places import places_of

OCSP_SUFFIX = ".ocsp"
MAX_OCSP_BYTES = 1024 * 1024


class TrustKeeper:
    """Reads both folders when they change. `faults` says what could not be read the last time."""

    def __init__(self, settings: Settings) -> None:
        self.places = places_of(settings)
        self.reading: ConfigurationReading | None = None
        self.whole: TrustSnapshot | None = None
        self.current: TrustSnapshot | None = None
        self.ocsp_responses: Mapping[str, bytes] = MappingProxyType({})
        self.faults: Mapping[str, TrustError] = MappingProxyType({})
        self.configuration_files: Fingerprint | None = None
        self.ocsp_files: Fingerprint | None = None

    @property
    def snapshot(self) -> TrustSnapshot:
        """The trust that was read last; `reload_if_changed` must have been called once.

        Raises:  TrustError(malformed_global_conf) when no configuration could be read yet.
        """
        if self.current is not None:
            return self.current
        raise next(iter(self.faults.values()), None) or TrustError(
            "malformed_global_conf", "No configuration was read yet.", action="Fetch one: ridgeway trust fetch."
        )

    def reload_if_changed(self, now: datetime) -> bool:
        """Both folders are read again if a file changed; says whether the snapshot or an answer is another now."""
        configuration = self.reload_configuration()
        answers = self.reload_ocsp()
        before = self.current
        if self.whole is not None:
            current = without_expired(self.whole, now)
            if before is None or configuration or current.instances.keys() != before.instances.keys():
                self.current = current
        return answers or self.current is not before

    def reload_configuration(self) -> bool:
        """The configuration is read again if a file changed; says whether it was."""
        files = take_fingerprint(self.places.globalconf_dir)
        if files == self.configuration_files and self.whole is not None:
            return False
        try:
            content = read_files(self.places.globalconf_dir, max_bytes=self.places.limits.max_configuration_bytes)
            reading = read_folder(content, previous=self.reading)
            self.whole = build_snapshot(reading)
        except TrustError as error:
            self.faults = MappingProxyType({"": error})
            self.configuration_files = files
            return False
        self.reading, self.faults = reading, reading.faults
        self.configuration_files = files
        return True

    def reload_ocsp(self) -> bool:
        """The revocation answers are read again if a file changed; says whether they were."""
        files = take_fingerprint(self.places.ocsp_dir)
        if files == self.ocsp_files:
            return False
        self.ocsp_files = files
        self.ocsp_responses = MappingProxyType(read_ocsp_files(self) if files else {})
        return True


def read_ocsp_files(keeper: TrustKeeper) -> dict[str, bytes]:
    """The revocation answers on disk: SHA-1 of the certificate (hex, lower case) → answer (DER)."""
    try:
        files = read_files(keeper.places.ocsp_dir, max_bytes=MAX_OCSP_BYTES)
    except TrustError:
        return {}
    return {
        name.removesuffix(OCSP_SUFFIX).lower(): content
        for name, content in files.items()
        if name.endswith(OCSP_SUFFIX) and "/" not in name
    }
