"""The look of a government: one CSS file, or a folder with `theme.css` and what it refers to.

Law: read after the design's own sheets, so that it needs to name only what differs; served from this site. How such a
file is written: docs/how-to/make-it-yours.md.
"""

import hashlib
from pathlib import Path
from typing import Final

from ridgeway.errors import SettingsError
from ridgeway.settings import Settings

PREFIX: Final = "/static/theme/"
SHEET: Final = "theme.css"
DIGEST_LETTERS: Final = 12


def find_theme_sheet(settings: Settings) -> Path | None:
    """The sheet that `web.theme` names, or None where it names nothing.

    Raises:  SettingsError when it names what is not there.
    """
    if settings.web.theme == Path():
        return None
    named = settings.path(settings.web.theme)
    sheet = named / SHEET if named.is_dir() else named
    if not sheet.is_file():
        raise SettingsError(
            "malformed_settings",
            f"web.theme is {settings.web.theme}, and there is no file {sheet}.",
            action=f"Name a CSS file, or a folder that holds {SHEET}.",
        )
    return sheet


def list_theme_urls(settings: Settings) -> tuple[str, ...]:
    """The addresses of the sheets that pages link after ours; they change with what they serve."""
    sheet = find_theme_sheet(settings)
    if sheet is None:
        return ()
    digest = hashlib.sha256(sheet.read_bytes()).hexdigest()[:DIGEST_LETTERS]
    return (f"{PREFIX}{SHEET}?v={digest}",)


def list_theme_files(settings: Settings) -> dict[str, Path]:
    """The files of the theme by the address at which they are served."""
    sheet = find_theme_sheet(settings)
    if sheet is None:
        return {}
    named = settings.path(settings.web.theme)
    if not named.is_dir():
        return {PREFIX + SHEET: sheet}
    files = [file for file in sorted(named.rglob("*")) if file.is_file() and not file.name.startswith(".")]
    return {PREFIX + file.relative_to(named).as_posix(): file for file in files}
