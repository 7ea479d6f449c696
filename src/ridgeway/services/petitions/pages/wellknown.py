"""What machines ask every site for: robots.txt, the manifest, and whether it is up.

Law: `/ping` says that a process answers and asks nothing else of it, so that a database in trouble empties no pool;
`/health-check` asks the database too.
"""

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import get_script_prefix, path
from django.utils import translation
from django.utils.translation import gettext

from ridgeway.services.petitions.api.answers import answer_json
from ridgeway.services.petitions.pages.caching import FORMS, never, public
from ridgeway.services.petitions.queries.health import is_migrated, is_writable
from ridgeway.services.petitions.queries.site import read_site

MANIFEST = "application/manifest+json"
KEPT_AWAY = (
    "petitions/*/signatures",
    "petitions/*/sponsors",
    "petitions/*/gathering-support",
    "petitions/*/moderation-info",
    "petitions/new",
    "petitions/thank-you",
    "petitions/local?",
    "signatures/",
    "sponsors/",
    "archived/signatures/",
    "login",
)
HEALTH_KEY, HEALTH_SECONDS = "petitions.health", 5
THEME_COLOUR = "#ffffff"


@public(FORMS)
def show_robots(request: HttpRequest) -> HttpResponse:
    """`/robots.txt`: bots keep off what sends mail, confirms or asks; nobody else's pages are kept from them."""
    prefixes = ["", *(f"{code}/" for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE)]
    lines = [f"Disallow: /{prefix}{path}" for prefix in prefixes for path in KEPT_AWAY]
    if not read_site().is_public:
        lines = ["Disallow: /"]
    return HttpResponse("\n".join(["User-agent: *", *lines, ""]), content_type="text/plain; charset=utf-8")


@public(FORMS)
def show_manifest(request: HttpRequest) -> HttpResponse:
    """`/manifest.json`: what a telephone needs to put the site among its programs."""
    site = read_site()
    response = answer_json(
        {
            "name": gettext(site.title),
            "short_name": gettext(site.title),
            "lang": translation.get_language(),
            "dir": "rtl" if translation.get_language_bidi() else "ltr",
            "start_url": get_script_prefix(),
            "scope": get_script_prefix(),
            "display": "browser",
            "background_color": THEME_COLOUR,
            "theme_color": THEME_COLOUR,
            "icons": [{"src": static("design/icon.svg"), "sizes": "any", "type": "image/svg+xml"}],
        }
    )
    response.headers["Content-Type"] = MANIFEST
    return response


def show_ping(request: HttpRequest) -> HttpResponse:
    """`/ping`."""
    return never(HttpResponse("PONG", content_type="text/plain; charset=utf-8"))


def show_health(request: HttpRequest) -> HttpResponse:
    """`/health-check`: 200 when all is well, else 503; asked of the database at most every few seconds."""
    found: dict[str, str] | None = cache.get(HEALTH_KEY)
    if found is None:
        writable = is_writable()
        migrated = writable and is_migrated()
        found = {"database": "OK" if writable else "FAILED", "migrations": "OK" if migrated else "FAILED"}
        cache.set(HEALTH_KEY, found, HEALTH_SECONDS)
    is_well = set(found.values()) == {"OK"}
    return never(answer_json(found, status=200 if is_well else 503))


@public(FORMS)
def show_icon(request: HttpRequest) -> HttpResponse:
    """`/favicon.ico`, which browsers ask for where a page names no picture."""
    return redirect(static("design/icon.svg"))


urlpatterns = [
    path("favicon.ico", show_icon),
    path("robots.txt", show_robots, name="robots"),
    path("manifest.json", show_manifest, name="manifest"),
    path("manifest", show_manifest),
    path("ping", show_ping, name="ping"),
    path("health-check", show_health, name="health-check"),
]
