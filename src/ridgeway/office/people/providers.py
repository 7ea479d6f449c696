"""The sign-on services of this deployment, as `sign-on.toml` names them now.

Law: the file is read anew when it changes, so a service that is taken out lets nobody in from that moment on. Next:
`signon.py`, which reads it.
"""

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from ridgeway.office.people.signon import Provider, find_provider, read_providers


def list_providers() -> tuple[Provider, ...]:
    """Every sign-on service.

    Raises:  SettingsError when the file is wrong.
    """
    told = settings.RIDGEWAY_SETTINGS
    file: Path = told.path(told.web.sign_on)
    try:
        changed_at = file.stat().st_mtime_ns
    except FileNotFoundError:
        return ()
    return remember_providers(file, changed_at)


@lru_cache(maxsize=8)
def remember_providers(file: Path, _changed_at: int) -> tuple[Provider, ...]:
    """The sign-on services of the file as it was at that time."""
    return read_providers(file)


def find_own_provider(email: str) -> Provider | None:
    """The sign-on service to which an address belongs."""
    return find_provider(list_providers(), email)


def find_provider_by_id(provider_id: str) -> Provider | None:
    """The sign-on service of this id."""
    return next((each for each in list_providers() if each.id == provider_id), None)
