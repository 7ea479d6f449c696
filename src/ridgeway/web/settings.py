"""Django's settings, derived from ours; nothing here is set twice.

Law: an app is installed only when its folder has models, so a room that is taken out is gone. What sites need is added
for the room `office` alone; a process of another room loads none of it. Next: `sites.py`, `middleware.py`.
"""

import importlib.util
import secrets
from functools import partial
from pathlib import Path
from typing import Any

from django.utils.functional import SimpleLazyObject

from ridgeway.office.jobs.django_settings import derive_jobs_settings
from ridgeway.office.jobs.duty import Duty
from ridgeway.office.people.django_settings import derive_people_settings
from ridgeway.services import installed
from ridgeway.settings import Mode, Settings
from ridgeway.web.databases import Room, derive_databases
from ridgeway.web.secret import read_secret_key
from ridgeway.web.sites import DESK, Site, list_sites
from ridgeway.web.theme import list_theme_urls

ROOMS_WITH_TABLES = ("messagelog", "opmonitor", "securityserver", "centralserver")
OFFICE = "office"
OFFICE_APPS = ("people", "audit", "notices", "jobs", "design")
LANGUAGES = (("en", "English"), ("ar", "العربية"))
RIGHT_TO_LEFT = ("ar", "fa", "he", "ur")
PAGE_SECONDS = 1
"""How long a process may show again what it drew for everybody: a crowd then costs what one visitor costs."""
SIGN_IN = "allauth"
"""Apps of this library are the desk's alone: a public process neither needs nor loads them."""
DESK_CACHE = "ridgeway.office.people.cache.SharedCache"
"""Limits on signing in hold for all processes of the desk together."""
LOCAL_CACHE = "django.core.cache.backends.locmem.LocMemCache"
PACKAGE = Path(__file__).parent.parent
CATALOGUE = "ridgeway.catalogue"
"""A room that may be missing; its duty is named, not imported."""


def derive_django_settings(settings: Settings, room: Room, site: Site | None = None) -> dict[str, Any]:
    """Everything that Django is told, for the process of one room; `site` is the one that an office process serves."""
    derived: dict[str, Any] = {
        "DATABASES": derive_databases(settings, room),
        "DATABASE_ROUTERS": ["ridgeway.web.databases.ByAppLabel"],
        "DEBUG": False,
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
        "INSTALLED_APPS": [f"ridgeway.{name}" for name in ROOMS_WITH_TABLES if has_models(name)],
        "LANGUAGE_CODE": "en-gb",
        "LOGGING_CONFIG": None,
        "RIDGEWAY_MODE": settings.mode,
        "RIDGEWAY_ROOM": room,
        "RIDGEWAY_SETTINGS": settings,
        # Without a site nothing is signed with it; a fresh one a start keeps it from being a shared secret.
        "SECRET_KEY": settings.web.secret_key or secrets.token_urlsafe(48),
        "SILENCED_SYSTEM_CHECKS": [] if settings.mode is Mode.PRODUCTION else ["security.W009"],
        "TIME_ZONE": "UTC",
        "USE_TZ": True,
    }
    return derived | derive_office_settings(settings, site, derived["INSTALLED_APPS"]) if room == OFFICE else derived


def derive_office_settings(settings: Settings, site: Site | None, rooms: list[str]) -> dict[str, Any]:
    """What an office process is told besides: apps, pages, languages, sign-in, and the site that it serves."""
    people, jobs = derive_people_settings(settings.web), derive_jobs_settings(settings.web)
    plates = installed()
    sites = list_sites(settings)
    site = site or sites[DESK]
    services = [f"ridgeway.services.{name}" for name in plates]
    office = [f"ridgeway.office.{name}" for name in OFFICE_APPS]
    apps = [*office, *people.pop("INSTALLED_APPS"), *jobs.pop("INSTALLED_APPS"), *services]
    if not site.is_desk:
        apps = [app for app in apps if not app.startswith(SIGN_IN)]
    return {
        **people,
        **jobs,
        "INSTALLED_APPS": [*rooms, *apps],
        "FORMAT_MODULE_PATH": [],
        "LANGUAGE_CODE": "en",
        "LANGUAGES": LANGUAGES,
        "LANGUAGES_BIDI": RIGHT_TO_LEFT,
        "LOCALE_PATHS": [str(PACKAGE / "web" / "locale")],
        "RIDGEWAY_DUTIES": (*find_catalogue_duties(), *(duty for plate in plates.values() for duty in plate.duties)),
        "RIDGEWAY_NOTICE_MODULES": tuple(plate.notices for plate in plates.values() if plate.notices),
        "RIDGEWAY_THEME_URLS": list_theme_urls(settings),
        "RIDGEWAY_PAGE_SECONDS": PAGE_SECONDS,
        "RIDGEWAY_SITES": {name: each.address for name, each in sites.items()},
        # Read when something is first signed: a command that signs nothing leaves no file behind.
        "SECRET_KEY": SimpleLazyObject(partial(read_secret_key, settings)),
        "SECRET_KEY_FALLBACKS": [key for key in settings.web.old_secret_keys.split(",") if key],
        "STATIC_URL": "/static/",
        "STORAGES": {
            "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
            "staticfiles": {"BACKEND": "ridgeway.web.static.DigestStorage"},
        },
        "TEMPLATES": derive_templates(site, apps),
        "TIME_ZONE": settings.web.time_zone,
        "USE_I18N": True,
        **derive_site_settings(site, people),
    }


def find_catalogue_duties() -> tuple[Duty, ...]:
    """The duties of the catalogue, where it is there."""
    if importlib.util.find_spec(CATALOGUE) is None:
        return ()
    return (Duty("catalogue.keep_recalls", f"{CATALOGUE}.adopters.recalling.keep_recalls", every_seconds=30),)


def derive_site_settings(site: Site, people: dict[str, Any]) -> dict[str, Any]:
    """What only the processes of one site are told."""
    before = ["ridgeway.web.middleware.SecurityHeaders", "ridgeway.web.middleware.Guard"]
    public = ["ridgeway.web.middleware.Language", *(site.service.middleware if site.service else ())]
    staff = ["django.contrib.sessions.middleware.SessionMiddleware", "ridgeway.web.middleware.Language"]
    staff += ["django.middleware.common.CommonMiddleware", "django.middleware.csrf.CsrfViewMiddleware"]
    staff += people.get("MIDDLEWARE", [])
    return {
        "ALLOWED_HOSTS": [site.host_name],
        "APPEND_SLASH": False,
        "CACHES": {"default": {"BACKEND": DESK_CACHE if site.is_desk else LOCAL_CACHE}},
        "CSRF_COOKIE_HTTPONLY": True,
        "CSRF_COOKIE_NAME": f"{site.name}_csrf",
        "CSRF_COOKIE_SAMESITE": "Strict",
        "CSRF_COOKIE_SECURE": site.is_secure,
        "CSRF_TRUSTED_ORIGINS": [site.address],
        "MIDDLEWARE": [*before, *(staff if site.is_desk else public), "ridgeway.web.middleware.Refusals"],
        "RIDGEWAY_SITE": site,
        "ROOT_URLCONF": site.urls,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_NAME": f"{site.name}_session",
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": site.is_secure,
        "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https") if site.is_secure else None,
    }


def derive_templates(site: Site, apps: list[str]) -> list[dict[str, Any]]:
    """Our pages are Jinja's; those of libraries that we do not write ourselves stay Django's."""
    ours = [name.removeprefix("ridgeway.").replace(".", "/") for name in apps if name.startswith("ridgeway.")]
    folders = [PACKAGE / name / "templates" for name in (*ours, "web")]
    context = ["ridgeway.web.context.describe_site"]
    if site.service is not None and site.service.context:
        context.append(site.service.context)
    request = ["django.template.context_processors.request", "django.contrib.auth.context_processors.auth"]
    if site.is_desk:
        context.append("ridgeway.office.people.context.describe_actor")
    return [
        {
            "BACKEND": "django.template.backends.jinja2.Jinja2",
            "DIRS": [str(folder) for folder in folders if folder.is_dir()],
            "OPTIONS": {
                "environment": "ridgeway.office.design.environment.build_environment",
                "context_processors": context,
            },
        },
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {"context_processors": request},
        },
    ]


def has_models(name: str) -> bool:
    """Whether the room `name` is there and keeps tables."""
    try:
        return importlib.util.find_spec(f"ridgeway.{name}.models") is not None
    except ModuleNotFoundError:
        return False
