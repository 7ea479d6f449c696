"""What machines ask every site for: robots.txt, a picture, and whether it is up.

Law: `/ping` says that a process answers and asks nothing else of it; `/health-check` asks the tables too, where there
are any.
"""

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.templatetags.static import static
from django.urls import URLPattern, path
from django.utils import timezone

from ridgeway.services.assessments.operating.shelf import list_assessments
from ridgeway.services.assessments.pages.caching import MACHINE_SECONDS, keep_publicly

KEPT_AWAY = ("continue", "arrive", "calendar", "forget", "leave")


def show_robots(request: HttpRequest) -> HttpResponse:
    """`/robots.txt`: the list and the start pages are for everybody, questions and previews for nobody's index."""
    lines = [f"Disallow: /*/*/{last}" for last in (*KEPT_AWAY, *range(1, 10))]
    text = "\n".join(["User-agent: *", "Disallow: /preview-", *lines, ""])
    return keep_publicly(request, HttpResponse(text, content_type="text/plain; charset=utf-8"), MACHINE_SECONDS)


def show_icon(request: HttpRequest) -> HttpResponse:
    """`/favicon.ico`."""
    return keep_publicly(request, HttpResponseRedirect(static("design/icon.svg")), MACHINE_SECONDS)


def show_ping(request: HttpRequest) -> HttpResponse:
    """`/ping`."""
    return HttpResponse("ok\n", content_type="text/plain", headers={"Cache-Control": "no-store"})


def show_health(request: HttpRequest) -> HttpResponse:
    """`/health-check`: 200 while something can be given out, else 503."""
    try:
        found = {"database": "OK", "assessments": len(list_assessments(timezone.now()))}
    except DatabaseError:
        found = {"database": "FAILED", "assessments": 0}
    status = 200 if found["database"] == "OK" else 503
    return JsonResponse(found, status=status, headers={"Cache-Control": "no-store"})


urlpatterns: list[URLPattern] = [
    path("robots.txt", show_robots, name="robots"),
    path("favicon.ico", show_icon),
    path("ping", show_ping, name="ping"),
    path("health-check", show_health, name="health-check"),
]
