"""The files of private mode, where everything happens on the device: a shell, scripts, the definition, a worker.

Law: the same for everybody and without answers, so any cache may keep them; what has a digest in its address for ever.
"""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path

from ridgeway.services.assessments import offline
from ridgeway.services.assessments.deployment import read_own_settings
from ridgeway.services.assessments.offline.styles import render_theme
from ridgeway.services.assessments.pages.caching import AGES, START_SECONDS, keep_publicly
from ridgeway.services.assessments.pages.place import Place, find_place
from ridgeway.services.assessments.pages.reading import for_reading

MAX_KEPT = 64


@for_reading
def show_private(request: HttpRequest, name: str, rest: str = "") -> HttpResponse:
    """`/PACKAGE/private/…`."""
    place = find_place(name)
    if place.state != "valid":
        raise Http404
    file = list_files(place).get(rest)
    if file is None:
        raise Http404
    packed = bool(file.packed) and "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(file.packed if packed else file.body, content_type=file.content_type)
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    seconds = AGES if "immutable" in file.cache_control else START_SECONDS
    response = keep_publicly(request, response, seconds)
    response.headers["Vary"] = "Accept-Encoding"
    if file.policy:
        response.headers["Content-Security-Policy"] = file.policy
    if seconds != AGES:
        response.headers["Cache-Control"] = "no-store" if place.is_preview else file.cache_control
    return response


KEPT: dict[tuple[str, str], Mapping[str, offline.File]] = {}


def list_files(place: Place) -> Mapping[str, offline.File]:
    """Every file of private mode of this version, by its path."""
    key = (place.name, place.digest)
    if key not in KEPT:
        while len(KEPT) >= MAX_KEPT:
            KEPT.pop(next(iter(KEPT)), None)
        quick_exit = read_own_settings().quick_exit
        base = f"/{place.name}/private/"
        KEPT[key] = offline.make_files(place.compiled, base=base, exit_href=quick_exit, home_href=f"/{place.name}/")
    return KEPT[key]


@for_reading
def show_compiled(request: HttpRequest, name: str, digest: str) -> HttpResponse:
    """`/PACKAGE/compiled-DIGEST.json`: the definition as the engines read it."""
    place = find_place(name, digest=digest)
    if place.digest != digest:
        raise Http404
    response = HttpResponse(render_compiled(place.assessment), content_type="application/json")
    return keep_publicly(request, response, AGES)


@lru_cache(maxsize=MAX_KEPT)
def render_compiled(assessment: Any) -> bytes:
    """The document as bytes."""
    return json.dumps(assessment.compiled, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


@for_reading
def show_theme(request: HttpRequest, name: str, digest: str) -> HttpResponse:
    """`/PACKAGE/theme-DIGEST.css`: the colours that the package brings."""
    place = find_place(name, digest=digest)
    if place.digest != digest:
        raise Http404
    sheet = render_theme(place.compiled["theme"])
    return keep_publicly(request, HttpResponse(sheet, content_type="text/css; charset=utf-8"), AGES)


@for_reading
def show_file(request: HttpRequest, name: str, digest: str, language: str) -> HttpResponse:
    """`/PACKAGE/one-file-DIGEST-in-LANG.html`: the whole assessment as one file that works without a network."""
    place = find_place(name, language, digest=digest)
    if place.digest != digest or place.state != "valid":
        raise Http404
    headers = {"Content-Disposition": f'attachment; filename="{place.assessment.id}-{language}.html"'}
    body = render_file(place.assessment, language)
    response = HttpResponse(body, content_type="text/html; charset=utf-8", headers=headers)
    return keep_publicly(request, response, START_SECONDS)  # what is withdrawn is soon given out by no cache


@lru_cache(maxsize=MAX_KEPT)
def render_file(assessment: Any, language: str) -> bytes:
    """The file that opens in this language."""
    return offline.make_bundle(assessment.compiled, language=language)


urlpatterns: list[URLPattern] = [
    path("<slug:name>/private/", show_private),
    path("<slug:name>/private/<path:rest>", show_private),
    path("<slug:name>/theme-<slug:digest>.css", show_theme, name="assessment-theme"),
    path("<slug:name>/one-file-<slug:digest>-in-<slug:language>.html", show_file, name="assessment-file"),
    path("<slug:name>/compiled-<slug:digest>.json", show_compiled, name="assessment-compiled"),
]
