"""How long a page may be kept, by whom; and how programs ask whether it is still the same.

Law: a page that is the same for everybody says so, with how long it is fresh, how long it may be shown while a newer
one is fetched, and how long when none can be fetched. Everything else is not kept at all. The same process keeps what
it drew for a moment, so that a crowd costs what one visitor costs.
Units:   seconds.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar, cast

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date

COUNTS = 10
"""What shows counts."""
CONTENT = 60
ARCHIVE = 120
FORMS = 300
AGES = 100 * 365 * 24 * 3600
"""A permanent redirect."""
ETAG_LETTERS = 32
FLOOR_SECONDS = 10
"""Times of change are told no finer than this."""
KEPT_HEADERS = ("Content-Type", "Content-Disposition", "Cache-Control", "ETag", "Last-Modified", *("Link", "Location"))

View = TypeVar("View", bound=Callable[..., HttpResponse])


def public(seconds: int, *, cors: bool = False) -> Callable[[View], View]:
    """A view whose answers are the same for everybody and fresh for `seconds`; with `cors` any site's scripts read it."""

    def decorate(view: View) -> View:
        @wraps(view)
        def kept(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method not in {"GET", "HEAD"}:
                return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
            response = recall(request) or remember(request, mark(view(request, *args, **kwargs), seconds))
            if cors:
                response.headers["Access-Control-Allow-Origin"] = "*"
            return shorten(request, response)

        return cast("View", kept)

    return decorate


def mark(response: HttpResponse, seconds: int) -> HttpResponse:
    """Say how long the answer may be kept, and what it is known by."""
    if response.status_code >= 500:
        return response
    response.headers.setdefault("Cache-Control", render_freshness(seconds))
    if response.status_code == 200 and not response.streaming:
        digest = hashlib.sha256(response.content).hexdigest()[:ETAG_LETTERS]
        response.headers.setdefault("ETag", f'"{digest}"')
    return response


def render_freshness(seconds: int) -> str:
    """The header's text."""
    return f"public, max-age={seconds}, stale-while-revalidate={2 * seconds}, stale-if-error={5 * seconds}"


def say_modified(response: HttpResponse, at: datetime | None) -> HttpResponse:
    """When what the page shows changed last, in steps of ten seconds."""
    if at is not None:
        seconds = int(at.timestamp()) // FLOOR_SECONDS * FLOOR_SECONDS
        response.headers["Last-Modified"] = http_date(seconds)
    return response


def shorten(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """304 without a body where the asker has the same already."""
    etag = response.headers.get("ETag")
    if etag is None:
        return response
    told = get_conditional_response(request, etag=etag, response=response)
    answer: HttpResponse = told if isinstance(told, HttpResponse) else response
    for name in ("Access-Control-Allow-Origin", "Cache-Control"):
        if name in response.headers:
            answer.headers[name] = response.headers[name]
    return answer


def key_of(request: HttpRequest) -> str:
    """What an answer is kept under: the whole address and its language, digested."""
    language = getattr(request, "LANGUAGE_CODE", "")
    whole = f"{language} {request.path_info}?{request.META.get('QUERY_STRING', '')}"
    return f"petitions.page.{hashlib.sha256(whole.encode()).hexdigest()}"


def recall(request: HttpRequest) -> HttpResponse | None:
    """What this process answered a moment ago."""
    if not settings.RIDGEWAY_PAGE_SECONDS:
        return None
    kept: tuple[int, bytes, dict[str, Any]] | None = cache.get(key_of(request))
    return None if kept is None else HttpResponse(kept[1], status=kept[0], headers=kept[2])


def remember(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Keep the answer for a moment."""
    if settings.RIDGEWAY_PAGE_SECONDS and response.status_code == 200 and not response.streaming:
        headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
        cache.set(key_of(request), (response.status_code, response.content, headers), settings.RIDGEWAY_PAGE_SECONDS)
    return response


def never(response: HttpResponse) -> HttpResponse:
    """Nobody keeps this."""
    response.headers["Cache-Control"] = "no-store"
    return response


def revalidate(response: HttpResponse) -> HttpResponse:
    """Kept by the browser alone, and asked about each time."""
    response.headers["Cache-Control"] = "private, max-age=0, must-revalidate"
    return response
