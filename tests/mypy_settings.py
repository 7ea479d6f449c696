"""What the type checker is told of Django: every app, as an office process has them."""

from pathlib import Path

from ridgeway.settings import Mode, Settings, WebSettings
from ridgeway.web.databases import Room
from ridgeway.web.settings import derive_django_settings
from ridgeway.web.sites import Site

RIDGEWAY_MODE: Mode
RIDGEWAY_PAGE_SECONDS: int
RIDGEWAY_ROOM: Room
RIDGEWAY_SETTINGS: Settings
RIDGEWAY_SITE: Site
RIDGEWAY_SITES: dict[str, str]

globals().update(
    derive_django_settings(
        Settings(mode=Mode.LAB, state_dir=Path("/nonexistent"), web=WebSettings(secret_key="of the type checker")),
        "office",
    )
)
