"""The files of the private mode as a site serves them: page, script, sheet, definition, worker, manifest.

Law: they depend on the definition alone and hold nothing of a person, so any cache may keep them; each but the page,
the worker and the manifest has a digest in its name and never changes under it.
"""

import gzip
import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from ridgeway.services.assessments.offline.documents import (
    Compiled,
    Parts,
    name_digest,
    read_title,
    render_document,
    render_json,
)
from ridgeway.services.assessments.offline.modules import join_modules
from ridgeway.services.assessments.offline.styles import DESIGN, join_styles, name_picture, render_theme
from ridgeway.services.assessments.offline.worker import render_worker

KEPT: Final = "public, max-age=31536000, immutable"
ASKED: Final = "no-cache"
POLICY: Final = (
    "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True, slots=True)
class File:
    """A file with its type and how long it may be kept; `policy` is what a page may do, "" for what is no page."""

    content_type: str
    body: bytes
    cache_control: str
    policy: str = ""

    @property
    def packed(self) -> bytes:
        """The body compressed for those who take gzip; the same for the same body."""
        return pack(self.body)


@lru_cache(maxsize=256)
def pack(body: bytes) -> bytes:
    """The body as gzip."""
    return gzip.compress(body, mtime=0)


def make_files(compiled: Compiled, *, base: str, exit_href: str = "", home_href: str = "") -> dict[str, File]:
    """Every file by its name below `base` (which ends with a slash); the page has the name "".

    Shapes:  `exit_href` is where the way out leads ("" for none), `home_href` where the name at the top leads.
    """
    kept = make_kept_files(compiled)
    names = {name.split("-")[0]: base + name for name in kept}
    parts = Parts(
        styles=(names["styles"],),
        script_href=names["app"],
        definition_href=names["definition"],
        integrity=name_digest(render_json(compiled)),
        worker_href=f"{base}worker.js",
        manifest_href=f"{base}manifest.webmanifest",
        icon_href=name_picture("icon.svg"),  # a browser asks for a file's address at every step
        exit_href=exit_href,
        home_href=home_href,
    )
    page = render_document(compiled, parts).encode()
    manifest = render_manifest(compiled, base=base, icon=names["icon"]).encode()
    digest = hashlib.sha256(page + manifest).hexdigest()[:16]
    files = [*(base + name for name in kept), f"{base}manifest.webmanifest"]
    worker = render_worker(name=compiled["id"], digest=digest, page=base, files=files)
    return kept | {
        "": File("text/html; charset=utf-8", page, ASKED, POLICY),
        "worker.js": File("text/javascript; charset=utf-8", worker.encode(), ASKED, POLICY),
        "manifest.webmanifest": File("application/manifest+json", manifest, ASKED),
    }


def make_kept_files(compiled: Compiled) -> dict[str, File]:
    """The files that have their digest in their name."""
    sources = (
        ("styles", "css", "text/css; charset=utf-8", (join_styles() + render_theme(compiled["theme"])).encode()),
        ("app", "js", "text/javascript; charset=utf-8", join_modules("app.js").encode()),
        ("definition", "json", "application/json", render_json(compiled).encode()),
        ("icon", "svg", "image/svg+xml", (DESIGN / "icon.svg").read_bytes()),
    )
    return {f"{name}-{digest_of(body)}.{suffix}": File(kind, body, KEPT) for name, suffix, kind, body in sources}


def digest_of(body: bytes) -> str:
    """The part of a digest that stands in a name."""
    return hashlib.sha256(body).hexdigest()[:16]


def render_manifest(compiled: Compiled, *, base: str, icon: str) -> str:
    """What a browser reads to install the assessment like a program of its own."""
    language = compiled["languages"][0]
    title = read_title(compiled, language["code"])
    return json.dumps(
        {
            "id": base,
            "name": title,
            "short_name": title[:30],
            "lang": language["code"],
            "dir": language["dir"],
            "start_url": base,
            "scope": base,
            "display": "standalone",
            "icons": [{"src": icon, "sizes": "any", "type": "image/svg+xml", "purpose": "any"}],
        },
        ensure_ascii=False,
        sort_keys=True,
    )
