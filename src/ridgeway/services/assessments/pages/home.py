"""The first page of the site: every assessment that is live."""

from datetime import date

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils import timezone, translation

from ridgeway.services.assessments import engine
from ridgeway.services.assessments.operating.shelf import list_assessments
from ridgeway.services.assessments.operating.today import find_today
from ridgeway.services.assessments.pages.caching import START_SECONDS, keep_publicly


def show_home(request: HttpRequest) -> HttpResponse:
    """`/`."""
    if request.method not in {"GET", "HEAD"}:
        return HttpResponseNotAllowed(["GET", "HEAD"])
    now, wanted = timezone.now(), translation.get_language() or ""
    listed = [describe(each, wanted, find_today(each.compiled["zone"], now)) for each in list_assessments(now)]
    context = {"listed": [each for each in listed if each is not None], "indexable": True}
    return keep_publicly(request, render(request, "assessments/home.html", context), START_SECONDS)


def describe(assessment: engine.Assessment, wanted: str, today: date) -> dict[str, object] | None:
    """One entry of the list, in the language of the site where the assessment has it; None while it is not valid."""
    if engine.state_of(assessment, today) != "valid":
        return None
    languages = {each["code"]: each for each in assessment.compiled["languages"]}
    code = wanted if wanted in languages else next(iter(languages))
    view = engine.build_start_view(assessment, code, today)
    return {
        "title": view["title"],
        "minutes": view["minutes"],
        "language": languages[code],
        "is_other": code != wanted,
        "publisher": assessment.compiled["publisher"]["name"],
        "name": assessment.id,
        "languages": list(languages.values()),
    }


urlpatterns: list[URLPattern] = [path("", show_home, name="assessments")]
