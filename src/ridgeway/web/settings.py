"""Django's settings, derived from ours; nothing here is set twice.

Law: an app is installed only when its folder has models, so a room that is taken out is gone. Sites add their urls,
templates and middleware here when they come; the secret key is theirs alone.
"""

import importlib.util
import secrets
from typing import Any

from ridgeway.settings import Mode, Settings
from ridgeway.web.databases import Room, derive_databases

ROOMS_WITH_TABLES = ("messagelog", "opmonitor", "securityserver", "centralserver")


def derive_django_settings(settings: Settings, room: Room) -> dict[str, Any]:
    """Everything that Django is told, for the process of one room."""
    return {
        "DATABASES": derive_databases(settings, room),
        "DATABASE_ROUTERS": ["ridgeway.web.databases.ByAppLabel"],
        "DEBUG": False,
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
        "INSTALLED_APPS": [f"ridgeway.{name}" for name in ROOMS_WITH_TABLES if has_models(name)],
        "LANGUAGE_CODE": "en-gb",
        "LOGGING_CONFIG": None,
        "RIDGEWAY_MODE": settings.mode,
        "RIDGEWAY_ROOM": room,
        # Without a site nothing is signed with it; a fresh one a start keeps it from being a shared secret.
        "SECRET_KEY": settings.web.secret_key or secrets.token_urlsafe(48),
        "SILENCED_SYSTEM_CHECKS": [] if settings.mode is Mode.PRODUCTION else ["security.W009"],
        "TIME_ZONE": "UTC",
        "USE_TZ": True,
    }


def has_models(name: str) -> bool:
    """Whether the room `name` is there and keeps tables."""
    try:
        return importlib.util.find_spec(f"ridgeway.{name}.models") is not None
    except ModuleNotFoundError:
        return False
