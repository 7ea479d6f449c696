"""How long a page may be kept, by whom; and how programs ask whether it is still the same.

Law: a page that is the same for everybody says so, with how long it is fresh, how long it may be shown while a newer
one is fetched, and how long when none can be fetched. Everything else is not kept at all. The same process keeps what
it drew for a moment, and shows it for a few more while one thread draws it anew, so that a crowd costs what one visitor
costs.
Units:   seconds.
"""

import hashlib
import json
import time
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar, cast

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import http_date, parse_http_date_safe

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
KEPT_HEADERS = (
    "Content-Type",
    "Content-Disposition",
    "Content-Language",
    "Content-Security-Policy",
    "Cache-Control",
    "ETag",
    "Last-Modified",
)
STALE_TIMES = 10
"""What was drawn is shown while it is drawn anew, for so many times as long as it counts as fresh."""
DRAWING_SECONDS = 5
"""So long one thread may draw before another tries."""
READING = frozenset({"GET", "HEAD"})
ANYBODY = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "ETag"}
PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "If-Modified-Since, If-None-Match",
    "Access-Control-Max-Age": "86400",
}

View = TypeVar("View", bound=Callable[..., HttpResponse])
Answer = TypeVar("Answer", bound=HttpResponseBase)


def public(seconds: int, *, cors: bool = False) -> Callable[[View], View]:
    """A view whose answers are the same for everybody and fresh for `seconds`; with `cors` it is for programs.

    Any site's scripts may read what is for programs, and its refusals are JSON.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def kept(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method not in READING:
                return refuse_verb(request, cors=cors)
            response = recall(request)
            if response is None:
                drawn = answer_programs(view, request, *args, **kwargs) if cors else view(request, *args, **kwargs)
                response = remember(request, mark(drawn, seconds))
            if cors:
                allow_anybody(response)
            return shorten(request, response)

        return cast("View", kept)

    return decorate


def refuse_verb(request: HttpRequest, *, cors: bool) -> HttpResponse:
    """405, or what a browser asks before a script of another site may read."""
    if cors and request.method == "OPTIONS":
        return HttpResponse(status=204, headers=ANYBODY | PREFLIGHT)
    return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})


def allow_anybody(response: HttpResponse) -> None:
    """Any site's scripts may read the answer."""
    for name, value in ANYBODY.items():
        response.headers[name] = value


def answer_programs(view: Callable[..., HttpResponse], request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """The answer; a refusal as JSON."""
    try:
        return view(request, *args, **kwargs)
    except Http404:
        return refuse_program("not_found", status=404)
    except BadRequest:
        return refuse_program("bad_request", status=400)


def refuse_program(code: str, *, status: int) -> HttpResponse:
    """A refusal for programs."""
    return HttpResponse(json.dumps({"error": code}), status=status, content_type="application/json; charset=utf-8")


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


def say_modified(response: HttpResponse, *times: datetime | None) -> HttpResponse:
    """When what the page shows changed last, the latest of `times`, in steps of ten seconds."""
    known = [at for at in times if at is not None]
    if known:
        seconds = int(max(known).timestamp()) // FLOOR_SECONDS * FLOOR_SECONDS
        response.headers["Last-Modified"] = http_date(seconds)
    return response


def shorten(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """304 without a body where the asker has the same already."""
    etag = response.headers.get("ETag")
    if etag is None:
        return response
    changed = parse_http_date_safe(response.headers.get("Last-Modified", ""))
    told = get_conditional_response(request, etag=etag, last_modified=changed, response=response)
    answer: HttpResponse = told if isinstance(told, HttpResponse) else response
    for name in ("Access-Control-Allow-Origin", "Access-Control-Expose-Headers", "Cache-Control"):
        if name in response.headers:
            answer.headers[name] = response.headers[name]
    return answer


def key_of(request: HttpRequest) -> str:
    """What an answer is kept under: the whole address and its language, digested."""
    language = getattr(request, "LANGUAGE_CODE", "")
    whole = f"{language} {request.path_info}?{request.META.get('QUERY_STRING', '')}"
    return f"petitions.page.{hashlib.sha256(whole.encode()).hexdigest()}"


def recall(request: HttpRequest) -> HttpResponse | None:
    """What this process answered a moment ago; None when this thread is to draw it."""
    seconds = settings.RIDGEWAY_PAGE_SECONDS
    if not seconds:
        return None
    key = key_of(request)
    kept: tuple[float, bytes, dict[str, Any]] | None = cache.get(key)
    if kept is None:
        return None
    is_fresh = time.monotonic() - kept[0] <= seconds
    if not is_fresh and cache.add(f"{key}.drawing", 1, DRAWING_SECONDS):
        return None
    return HttpResponse(kept[1], headers=kept[2])


def remember(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Keep the answer for a moment."""
    seconds = settings.RIDGEWAY_PAGE_SECONDS
    if seconds and response.status_code == 200 and not response.streaming:
        headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
        key = key_of(request)
        cache.set(key, (time.monotonic(), response.content, headers), seconds * STALE_TIMES)
        cache.delete(f"{key}.drawing")
    return response


def never(response: Answer) -> Answer:
    """Nobody keeps this."""
    response.headers["Cache-Control"] = "no-store"
    return response


def revalidate(response: Answer) -> Answer:
    """Kept by the browser alone, and asked about each time."""
    response.headers["Cache-Control"] = "private, max-age=0, must-revalidate"
    return response
