"""What every page of a site is told: its name, its languages, and on the desk what one may go to."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.encoding import escape_uri_path
from django.utils.translation import gettext

from ridgeway.office.people.gates import find_actor, may
from ridgeway.services import Service, installed

PUBLIC_LAYOUT = "design/public.html"
DESK_LAYOUT = "design/desk.html"


def describe_site(request: HttpRequest) -> dict[str, Any]:
    """The context that layouts read (see design/public.html and design/desk.html).

    Shapes:  `layout` is the layout for a page that any site may show.
    """
    site = settings.RIDGEWAY_SITE
    described: dict[str, Any] = {
        "site": site,
        "site_name": gettext(site.title),
        "organisation": settings.RIDGEWAY_SETTINGS.web.organisation,
        "language_links": list_languages(request),
        "actor": find_actor(request),
        "layout": DESK_LAYOUT if site.is_desk else PUBLIC_LAYOUT,
    }
    return described | {"desk_navigation": list_navigation(request)} if site.is_desk else described


def list_languages(request: HttpRequest) -> list[dict[str, Any]]:
    """This page in each language."""
    here = getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE)
    return [{"code": code, "href": path_in(request, code), "current": code == here} for code, _ in settings.LANGUAGES]


def path_in(request: HttpRequest, code: str) -> str:
    """The path of the same page in the language `code`."""
    prefix = "" if code == settings.LANGUAGE_CODE else f"/{code}"
    query = request.META.get("QUERY_STRING", "")
    # One slash alone in front: an address that begins with two, or with a backslash, leads to another site.
    path = escape_uri_path(request.path_info.lstrip("/\\"))
    return f"{prefix}/{path}{'?' if query else ''}{query}"


def list_navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """What somebody at the desk may go to, a group for each service."""
    groups = [(gettext(plate.title), list_entries(request, plate)) for plate in installed().values()]
    groups.append(("", list_office_entries(request)))
    return [{"title": title, "links": links} for title, links in groups if links]


def list_entries(request: HttpRequest, plate: Service) -> list[dict[str, Any]]:
    """The pages of one service that somebody may see."""
    actor = find_actor(request)
    entries = [entry for entry in plate.menu if may(actor, entry.permission)]
    links = [(gettext(entry.title), reverse(entry.view)) for entry in entries]
    here = max((href for _, href in links if request.path_info.startswith(href)), key=len, default="")
    return [{"href": href, "label": title, "current": href == here} for title, href in links]


def list_office_entries(request: HttpRequest) -> list[dict[str, Any]]:
    """Accounts and the audit log, for those who may see them."""
    actor = find_actor(request)
    known = [
        (gettext("Accounts"), "people:list", "people.manage"),
        (gettext("Audit log"), "audit:log", "audit.read"),
    ]
    links = [(title, reverse(view)) for title, view, permission in known if may(actor, permission)]
    return [{"href": href, "label": title, "current": request.path_info == href} for title, href in links]
