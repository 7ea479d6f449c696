"""What every page of a site is told: its name, its languages, and on the desk what one may go to."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext

from ridgeway.office.people.gates import find_actor, may
from ridgeway.services import installed


def describe_site(request: HttpRequest) -> dict[str, Any]:
    """The context that layouts read.

    Shapes:  languages is a list of (code, name, path of this page in it); navigation of (title, address, is here).
    """
    site = settings.RIDGEWAY_SITE
    code = getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE)
    described: dict[str, Any] = {
        "site": site,
        "site_name": gettext(site.title),
        "languages": [(each, name, path_in(request, each)) for each, name in settings.LANGUAGES],
        "language": code,
        "actor": find_actor(request),
    }
    if site.is_desk:
        described["navigation"] = list_navigation(request)
    return described


def path_in(request: HttpRequest, code: str) -> str:
    """The path of the same page in the language `code`."""
    prefix = "" if code == settings.LANGUAGE_CODE else f"/{code}"
    query = request.META.get("QUERY_STRING", "")
    return f"{prefix}{request.path_info}{'?' if query else ''}{query}"


def list_navigation(request: HttpRequest) -> list[tuple[str, str, bool]]:
    """What somebody at the desk may go to."""
    actor = find_actor(request)
    entries = [entry for service in installed().values() for entry in service.menu if may(actor, entry.permission)]
    rows = [(gettext(entry.title), reverse(entry.view)) for entry in entries]
    return [(title, address, request.path_info.startswith(address)) for title, address in rows]
