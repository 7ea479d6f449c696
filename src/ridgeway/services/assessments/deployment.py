"""What this deployment is told of the service: `[services.assessments]`, read through the plate."""

from pathlib import Path

from django.conf import settings

from ridgeway.services.assessments.service import AssessmentsSettings
from ridgeway.settings import Settings, read_service_settings


def read_own_settings() -> AssessmentsSettings:
    """The service's own settings.

    Raises:  SettingsError.
    """
    return read_service_settings(settings.RIDGEWAY_SETTINGS, "assessments", AssessmentsSettings())


def list_package_paths() -> tuple[Path, ...]:
    """The packages that are served from disk; none where the tables say what is served."""
    deployment: Settings = settings.RIDGEWAY_SETTINGS
    named = (each.strip() for each in read_own_settings().packages.split(","))
    return tuple(deployment.path(Path(each)) for each in named if each)
