"""What every request to the public site passes besides: whether the site is open, and in which form a page is wanted.

Law: decided by the address alone, so that nothing varies by a header. A shut site keeps nothing in anybody's cache.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from mimetypes import types_map

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import Resolver404, get_script_prefix, resolve

from ridgeway.services.petitions.pages.access import is_admitted, mark_of
from ridgeway.services.petitions.queries.site import read_site

Next = Callable[[HttpRequest], HttpResponseBase]
OPEN_TO_ALL = frozenset({"/ping", "/health-check", "/login", "/logout", "/robots.txt"})
RETRY_AFTER_SECONDS = "600"
RULES_KEY = "petitions.access.rules"
EXTENSION = re.compile(r"(?P<page>/.*[^./])\.(?P<extension>[A-Za-z0-9]{1,12})")


@dataclass(frozen=True, slots=True)
class Rules:
    """Who may see the site. `mark` stands for the password that holds now; empty: there is none."""

    is_public: bool
    asks_all: bool
    mark: str


def read_rules() -> Rules:
    """The rules as staff have set them; a process asks again as often as it draws pages anew."""
    kept: Rules | None = cache.get(RULES_KEY) if settings.RIDGEWAY_PAGE_SECONDS else None
    if kept is not None:
        return kept
    site = read_site()
    mark = mark_of(site) if site.access_password else ""
    rules = Rules(site.is_public, bool(site.access_user and mark), mark)
    if settings.RIDGEWAY_PAGE_SECONDS:
        cache.set(RULES_KEY, rules, settings.RIDGEWAY_PAGE_SECONDS)
    return rules


class Access:
    """A site that is shut answers 503, one with a password asks for it; who knows the password passes in both cases."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer, when whoever asks may have it."""
        rules = read_rules()
        if (rules.is_public and not rules.asks_all) or request.path_info in OPEN_TO_ALL:
            return self.get_response(request)
        if rules.mark and is_admitted(request, rules.mark):
            response = self.get_response(request)
            response.headers["Cache-Control"] = "private, no-store"
            return response
        return self.ask(request) if rules.is_public else self.refuse(request)

    def refuse(self, request: HttpRequest) -> HttpResponse:
        """The site is shut for a while."""
        response = render(request, "503.html", status=503)
        response.headers["Retry-After"] = RETRY_AFTER_SECONDS
        response.headers["Cache-Control"] = "no-store"
        return response

    def ask(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002 - as its sister
        """To the page that asks for the password."""
        response = redirect("site-login")
        response.headers["Cache-Control"] = "no-store"
        return response


class Formats:
    """An address that ends in a form which its page does not have leads to the page, or is refused.

    `/petitions/1.json` is a page of its own; `/petitions/1.pdf` is 406; of `/petitions/1.` and an ending that nobody
    knows the ending is taken off.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer, or the page without the ending, or 406."""
        found = EXTENSION.fullmatch(request.path_info)
        if found is None or has_format(request.path_info, found["extension"]) or not is_page(found["page"]):
            return self.get_response(request)
        if f".{found['extension'].lower()}" in types_map:
            return HttpResponse("This page does not come in this form.\n", status=406, content_type="text/plain")
        query = request.META.get("QUERY_STRING", "")
        return redirect(f"{get_script_prefix()}{found['page'][1:]}{'?' if query else ''}{query}")


def has_format(path: str, extension: str) -> bool:
    """Whether some page's address ends in exactly this."""
    try:
        return resolve(path).route.endswith(f".{extension}")
    except Resolver404:
        return False


def is_page(path: str) -> bool:
    """Whether there is a page at this address."""
    try:
        resolve(path)
    except Resolver404:
        return False
    return True
