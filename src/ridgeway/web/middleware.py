"""What every request to a site passes: headers that keep browsers safe, a guard against broken input, the language.

Law: a page says nothing that a cache may not keep unless it says so itself; no reading page varies by a header.
Refusals (our errors) become pages here and nowhere else.
"""

import logging
import re
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.urls import get_script_prefix, set_script_prefix
from django.utils import translation
from django.utils.encoding import escape_uri_path

from ridgeway.errors import RidgewayError
from ridgeway.http.forwarded import find_client_address, parse_networks
from ridgeway.web.sites import Site

log = logging.getLogger(__name__)

Next = Callable[[HttpRequest], HttpResponseBase]
HSTS = "max-age=31536000; includeSubDomains"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), interest-cohort=()"
MAX_QUERY_BYTES = 4096
MAX_LENGTH_DIGITS = 18
BROKEN_PATH = re.compile(r"[\x00\ufffd]|%[89A-Fa-f][0-9A-Fa-f]")
"""What Django leaves of bytes in a path that are no text."""
MAX_PUBLIC_BYTES = 256 * 1024
"""Most bytes of what the public sends: no form of theirs takes a file."""
MAX_DESK_BYTES = 4 * 1024 * 1024
"""Most bytes of what staff send, a picture among it; Django's `DATA_UPLOAD_MAX_MEMORY_SIZE` counts no files."""


class SecurityHeaders:
    """Every answer has the headers that keep a browser from doing what no page of ours needs."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response
        self.site: Site = settings.RIDGEWAY_SITE

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer with the headers that it does not have yet."""
        response = self.get_response(request)
        said = {
            "Content-Security-Policy": POLICY,
            "Cross-Origin-Opener-Policy": "same-origin",
            "Permissions-Policy": PERMISSIONS,
            "Referrer-Policy": "same-origin" if self.site.is_desk else "strict-origin-when-cross-origin",
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
        }
        if self.site.is_secure:
            said["Strict-Transport-Security"] = HSTS
        if self.site.is_desk:
            said |= {"Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow"}
        for name, value in said.items():
            response.headers.setdefault(name, value)
        return response


class Guard:
    """What no browser sends is refused before a view sees it: null bytes, broken text, endless queries.

    The address of whoever asks is `request.client_ip`: the connection's, or the last one of `X-Forwarded-For` that no
    trusted proxy added, where the connection comes from a trusted proxy.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response
        proxies = settings.RIDGEWAY_SETTINGS.web.trusted_proxies
        self.trusted = parse_networks(proxies, key="web.trusted_proxies")
        self.limit = MAX_DESK_BYTES if settings.RIDGEWAY_SITE.is_desk else MAX_PUBLIC_BYTES

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer, 413 for what is too large to be read at all, or 400."""
        request.client_ip = self.find_address(request)  # type: ignore[attr-defined]
        if read_length(request) > self.limit:
            return render(request, "400.html", status=413)
        if not is_clean(request):
            return render(request, "400.html", status=400)
        return self.get_response(request)

    def find_address(self, request: HttpRequest) -> str | None:
        """The address of whoever asks, in its shortest spelling; None where the server does not know it."""
        forwarded = request.headers.get("X-Forwarded-For", "")
        return find_client_address(request.META.get("REMOTE_ADDR", ""), forwarded, self.trusted)


def read_length(request: HttpRequest) -> int:
    """How many bytes of body the request announces; Django reads no more, and none of one that announces nothing."""
    length = request.META.get("CONTENT_LENGTH") or ""
    return int(length) if length.isascii() and length.isdigit() and len(length) <= MAX_LENGTH_DIGITS else 0


def is_clean(request: HttpRequest) -> bool:
    """Whether path, query and form are text that a browser could have sent."""
    query = request.META.get("QUERY_STRING", "")
    if len(query) > MAX_QUERY_BYTES or BROKEN_PATH.search(request.path_info):
        return False
    try:
        read = [QueryDict(query, encoding="utf-8")]
        if request.method == "POST":
            read.append(request.POST)
    except (UnicodeError, LookupError, MultiPartParserError, BadRequest, SuspiciousOperation):
        return False  # broken, in a charset that is none, or of more parts than Django reads
    texts = [text for values in read for name, each in values.lists() for text in (name, *each)]
    return not any("\x00" in str(text) or "\ufffd" in str(text) for text in texts)


class Language:
    """The language is the path's first part, as `/ar/petitions`; without one it is the site's own.

    The part is taken off before urls are resolved, and put before every address that a page makes.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response
        self.own = settings.LANGUAGE_CODE
        self.others = {code for code, _ in settings.LANGUAGES} - {self.own}

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer in the language of the path."""
        first, _, rest = request.path_info.lstrip("/").partition("/")
        before = get_script_prefix()
        language = first if first in self.others else self.own
        if first in self.others:
            request.path_info = f"/{rest}"
            set_script_prefix(f"/{first}/")
        try:
            with translation.override(language):
                request.LANGUAGE_CODE = language
                response = self.get_response(request)
        finally:
            set_script_prefix(before)
        response.headers.setdefault("Content-Language", language)
        return response


class Refusals:
    """One of our errors becomes a page: what happened, and what to do."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A page for an error of ours; any other goes on."""
        if not isinstance(exception, RidgewayError):
            return None
        status = exception.status
        if status >= 500:
            path = escape_uri_path(request.path_info)  # a line break in it would begin a line of the log
            log.error("%s %s: %s", request.method, path, exception.explain())
        context: dict[str, Any] = {"error": exception}
        return render(request, "refused.html", context, status=status)
