"""What this deployment is told of the service: `[services.petitions]`, read through the plate."""

from django.conf import settings

from ridgeway.services.petitions.service import PetitionsSettings
from ridgeway.settings import read_service_settings


def read_own_settings() -> PetitionsSettings:
    """The service's own settings.

    Raises:  SettingsError.
    """
    return read_service_settings(settings.RIDGEWAY_SETTINGS, "petitions", PetitionsSettings())
