"""What this deployment is told of the service: `[services.assessments]`, read through the plate.

Law: read once for the settings that a process has; asked for on every page.
"""

from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from ridgeway.services.assessments.service import AssessmentsSettings
from ridgeway.settings import Settings, read_service_settings


@dataclass(slots=True)
class Known:
    """What was read, and of which settings."""

    settings: Settings | None = None
    own: AssessmentsSettings = field(default_factory=AssessmentsSettings)
    packages: tuple[Path, ...] = ()


known = Known()


def read_known() -> Known:
    """What the settings of this process say.

    Raises:  SettingsError.
    """
    deployment: Settings = settings.RIDGEWAY_SETTINGS
    if known.settings is not deployment:
        own = read_service_settings(deployment, "assessments", AssessmentsSettings())
        named = (each.strip() for each in own.packages.split(","))
        known.own, known.packages = own, tuple(deployment.path(Path(each)) for each in named if each)
        known.settings = deployment
    return known


def read_own_settings() -> AssessmentsSettings:
    """The service's own settings.

    Raises:  SettingsError.
    """
    return read_known().own


def list_package_paths() -> tuple[Path, ...]:
    """The packages that are served from disk; none where the tables say what is served."""
    return read_known().packages
