"""One version: what it is, what the checks said, who signed it off, how it flows; and its package as a file."""

import json
from functools import lru_cache
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone

from ridgeway.office.people.gates import gate, get_actor, may
from ridgeway.services.assessments.checks.differing import compare
from ridgeway.services.assessments.deployment import read_own_settings
from ridgeway.services.assessments.models import Comment, Version
from ridgeway.services.assessments.operating.previewing import make_preview_name
from ridgeway.services.assessments.service import APPROVE, AUTHOR, PUBLISH, VIEW
from ridgeway.services.assessments.staff.drawing import Drawing, draw_flow
from ridgeway.services.assessments.staff.showing import get_version, show
from ridgeway.services.assessments.states import VERSION, Event, State
from ridgeway.services.assessments.statistics.labels import label_names

MAX_DRAWN = 16
MAX_WORDS = 200
"""Most changed texts that a page tells."""


@gate(VIEW)
def show_version(request: HttpRequest, version_id: str) -> HttpResponse:
    """`/assessments/versions/ID`."""
    version = get_version(version_id)
    actor = get_actor(request)
    moves = VERSION[State(version.state)] if may(actor, PUBLISH) else {}
    signed = list(version.sign_offs.order_by("pk"))
    context = {
        "version": version,
        "moves": [event for event in Event if event in moves and event is not Event.REPLACE],
        "sign_offs": signed,
        "open_comments": Comment.objects.filter(version__package=version.package, settled_at=None).count(),
        "may_sign": may(actor, APPROVE) and all(each.account_id != actor.account_id for each in signed),
        "may_write": may(actor, AUTHOR),
        "needed": read_own_settings().sign_offs,
        "drawing": draw(version.pk, version.digest),
        "compiled": read_compiled(version),
        "versions": Version.objects.filter(package=version.package).exclude(pk=version.pk).values("pk", "version"),
    }
    return show(request, "version.html", context)


def read_compiled(version: Version) -> dict[str, Any]:
    """The document."""
    document: dict[str, Any] = json.loads(Version.objects.values_list("compiled", flat=True).get(pk=version.pk))
    return document


@lru_cache(maxsize=MAX_DRAWN)
def draw(version_id: int, digest: str) -> Drawing:
    """The flow of a version; `digest` tells one content from another."""
    return draw_flow(json.loads(Version.objects.values_list("compiled", flat=True).get(pk=version_id)))


@gate(VIEW)
def show_drawing(request: HttpRequest, version_id: str) -> HttpResponse:
    """`/assessments/versions/ID/flow.svg`."""
    version = get_version(version_id)
    return HttpResponse(draw(version.pk, version.digest).svg, content_type="image/svg+xml")


@gate(VIEW)
def download(request: HttpRequest, version_id: str) -> HttpResponse:
    """`/assessments/versions/ID/package.zip`: the package as it was added."""
    version = get_version(version_id)
    answer = HttpResponse(bytes(version.archive), content_type="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="{version.package}-{version.pk}.zip"'
    return answer


@gate(VIEW)
def preview(request: HttpRequest, version_id: str) -> HttpResponse:
    """`/assessments/versions/ID/preview`: to the public site, by a link that shows this version and counts nothing."""
    name = make_preview_name(get_version(version_id).pk, now=timezone.now())
    return redirect(f"{read_own_settings().address.rstrip('/')}/{name}/")


@gate(VIEW)
def show_changes(request: HttpRequest, version_id: str, other_id: str) -> HttpResponse:
    """`/assessments/versions/ID/changes/OTHER`: who gets another result than from the other version."""
    new, old = get_version(version_id), get_version(other_id)
    if new.package != old.package:
        raise Http404
    comparison = compare(read_compiled(old), read_compiled(new), today=timezone.localdate())
    outcomes = label_names([read_compiled(new), read_compiled(old)])["outcome"]
    context = {"new": new, "old": old, "comparison": comparison, "outcomes": outcomes, "max_words": MAX_WORDS}
    return show(request, "changes.html", context)


urlpatterns = [
    path("versions/<str:version_id>", show_version, name="version"),
    path("versions/<str:version_id>/flow.svg", show_drawing, name="drawing"),
    path("versions/<str:version_id>/package.zip", download, name="download"),
    path("versions/<str:version_id>/preview", preview, name="preview"),
    path("versions/<str:version_id>/changes/<str:other_id>", show_changes, name="changes"),
]
