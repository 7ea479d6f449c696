"""Files that pages refer to: served by the site's own processes, under addresses that change with their content.

Law: an address with a digest may be kept for a year; nothing is collected or built at installation.
"""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.storage import StaticFilesStorage
from whitenoise import WhiteNoise

from ridgeway.web.theme import list_theme_files

KEPT_SECONDS = 365 * 24 * 3600
THEME_SECONDS = 300
DIGEST_LETTERS = 12


class DigestStorage(StaticFilesStorage):
    """Addresses with `?v=` and the digest of what they serve."""

    def url(self, name: str | None, force: bool = False) -> str:  # noqa: ARG002 - Django's signature
        """The address of the file `name`, as `design/design.css`."""
        digest = digest_of(name or "")
        return f"{settings.STATIC_URL}{name}?v={digest}" if digest else f"{settings.STATIC_URL}{name}"


def list_folders() -> list[Path]:
    """The `static` folder of every app that has one."""
    return [folder for app in apps.get_app_configs() if (folder := Path(app.path) / "static").is_dir()]


@cache
def digest_of(name: str) -> str:
    """The digest of a file, or nothing when no app has it."""
    for folder in list_folders():
        file = folder / name
        if file.is_file():
            return hashlib.sha256(file.read_bytes()).hexdigest()[:DIGEST_LETTERS]
    return ""


def serve_static(application: Any) -> WhiteNoise:
    """`application` with every app's files before it."""
    served = WhiteNoise(application, max_age=KEPT_SECONDS)
    for folder in list_folders():
        served.add_files(str(folder), prefix="static")
    # What a theme refers to has no digest in its address, so nobody keeps it for long.
    themed = WhiteNoise(served, max_age=THEME_SECONDS)
    for address, file in list_theme_files(settings.RIDGEWAY_SETTINGS).items():
        themed.add_file_to_dictionary(address, str(file))
    return themed
