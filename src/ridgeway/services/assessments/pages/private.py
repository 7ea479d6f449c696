"""The files of private mode, where everything happens on the device: a shell, scripts, the definition, a worker.

Law: the same for everybody and without answers, so any cache may keep them; what has a digest in its address for ever.
"""

import json
from functools import lru_cache
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.templatetags.static import static
from django.urls import URLPattern, path

from ridgeway.office.design.environment import list_theme_urls
from ridgeway.services.assessments import offline
from ridgeway.services.assessments.pages.caching import AGES, START_SECONDS, keep_publicly
from ridgeway.services.assessments.pages.place import Place, find_place

MAX_KEPT = 64
SHEETS = ("design/tokens.css", "design/design.css", "assessments/assessments.css")


def show_private(request: HttpRequest, name: str, rest: str = "") -> HttpResponse:
    """`/PACKAGE/private/…`."""
    place = find_place(name)
    if place.state != "valid":
        raise Http404
    file = list_files(place).get(rest)
    if file is None:
        raise Http404
    response = HttpResponse(file.body, content_type=file.type, headers=dict(file.headers))
    return keep_publicly(request, response, START_SECONDS)


KEPT: dict[tuple[str, str], Any] = {}


def list_files(place: Place) -> Any:
    """Every file of private mode of this version, by its path."""
    key = (place.name, place.digest)
    if key not in KEPT:
        while len(KEPT) >= MAX_KEPT:
            KEPT.pop(next(iter(KEPT)), None)
        styles = (*(static(sheet) for sheet in SHEETS), *list_theme_urls())
        KEPT[key] = offline.make_files(place.compiled, base=f"/{place.name}/private/", styles=styles)
    return KEPT[key]


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


urlpatterns: list[URLPattern] = [
    path("<slug:name>/private/", show_private),
    path("<slug:name>/private/<path:rest>", show_private),
    path("<slug:name>/compiled-<slug:digest>.json", show_compiled, name="assessment-compiled"),
]
