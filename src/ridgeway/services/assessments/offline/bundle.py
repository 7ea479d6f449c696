"""One file that is the whole assessment: for a kiosk, a library, a call centre, a stick in a pocket.

Law: it opens from a disk and needs no network; its own policy forbids it to load or send anything whatever.
"""

from ridgeway.services.assessments.offline.documents import (
    Compiled,
    Parts,
    choose_language,
    name_digest,
    render_document,
    render_json,
)
from ridgeway.services.assessments.offline.modules import join_modules
from ridgeway.services.assessments.offline.styles import join_styles, name_picture, render_theme

MAX_IDLE_SECONDS = 24 * 3600


def make_bundle(compiled: Compiled, *, language: str | None = None, idle_seconds: int = 0) -> bytes:
    """The HTML file that holds the engine, the sheets and the definition.

    Shapes:  `language` is the one that it opens in, the source language without it; after `idle_seconds` without a
             touch it asks, and then forgets the answers and returns to its start (0: never).
    """
    document = choose_language(compiled, language)
    script = join_modules("app.js")
    style = join_styles() + render_theme(compiled["theme"])
    policy = (
        f"default-src 'none'; script-src '{name_digest(script)}'; style-src '{name_digest(style)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    parts = Parts(
        policy=policy,
        style=style,
        script=script,
        definition=render_json(document),
        icon_href=name_picture("icon.svg"),
        idle_seconds=max(0, min(idle_seconds, MAX_IDLE_SECONDS)),
    )
    return render_document(document, parts).encode()
