"""Where this server keeps what it trusts, and within which limits it is fetched.

Law: paths are absolute here; a relative one in the settings was one below the state folder.
"""

from dataclasses import dataclass
from pathlib import Path

from ridgeway.settings import Settings, TrustSettings

STATUS_FILE = ".status.json"


@dataclass(frozen=True, slots=True)
class TrustPlaces:
    """The anchor, the folder of the configuration, the folder of revocation answers, and the limits."""

    anchor: Path
    globalconf_dir: Path
    ocsp_dir: Path
    limits: TrustSettings
    source_certificates: Path | None = None

    @property
    def status(self) -> Path:
        """Where the last result of each source is noted, for `ridgeway trust explain`."""
        return self.globalconf_dir / STATUS_FILE


def places_of(settings: Settings) -> TrustPlaces:
    """The places that the settings name."""
    trust = settings.trust
    return TrustPlaces(
        anchor=settings.path(trust.anchor),
        globalconf_dir=settings.path(trust.globalconf_dir),
        ocsp_dir=settings.path(trust.ocsp_dir),
        limits=trust,
        source_certificates=settings.path(Path(trust.source_certificates)) if trust.source_certificates else None,
    )
