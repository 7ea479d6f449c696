"""The statistics of an assessment: a chart with its table for each month, and all months as CSV."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import path
from django.utils import timezone

from ridgeway.office.design.formats import render_date
from ridgeway.office.people.gates import gate
from ridgeway.services.assessments.deployment import read_own_settings
from ridgeway.services.assessments.models import Version
from ridgeway.services.assessments.service import VIEW
from ridgeway.services.assessments.staff.showing import show
from ridgeway.services.assessments.statistics.figures import (
    Figures,
    list_months,
    list_rows,
    read_figures,
    read_names,
)
from ridgeway.services.assessments.statistics.labels import label_names

MAX_DOCUMENTS = 5
HEADER = ("month", "table", "name", "number")


@gate(VIEW)
def show_statistics(request: HttpRequest, package: str) -> HttpResponse:
    """`/assessments/of/PACKAGE/statistics`: of one month, the last one without a choice."""
    documents = read_documents(package)
    months = list_months(package)
    month = choose_month(request.GET.get("month", ""), months)
    figures = read_month(package, month, documents)
    context = {
        "package": package,
        "figures": figures,
        "labels": label_names(documents),
        "days": {day: render_date(date.fromisoformat(day)) for day in figures.starts.cells},
        "languages": {each["code"]: each["name"] for document in documents for each in document["languages"]},
        "months": months,
        "month": month,
    }
    return show(request, "statistics.html", context)


@gate(VIEW)
def export(request: HttpRequest, package: str) -> HttpResponseBase:
    """`/assessments/of/PACKAGE/statistics.csv`: every month, as its page tells it."""
    documents = read_documents(package)
    months = sorted(list_months(package))
    answer = StreamingHttpResponse(write_months(package, months, documents), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="statistics.csv"'
    return answer


def read_documents(package: str) -> list[dict[str, Any]]:
    """The newest documents of the package, newest first.

    Raises:  Http404 where there is none.
    """
    rows = Version.objects.filter(package=package).order_by("-pk").values_list("compiled", flat=True)[:MAX_DOCUMENTS]
    if not rows:
        raise Http404
    return [json.loads(row) for row in rows]


def choose_month(asked: str, months: list[date]) -> date:
    """The month that is asked for, where anything was counted in it; else the last one."""
    found = next((month for month in months if f"{month:%Y-%m}" == asked), None)
    return found or (months[0] if months else timezone.localdate().replace(day=1))


def read_month(package: str, month: date, documents: list[dict[str, Any]]) -> Figures:
    """What is told of a month."""
    smallest = read_own_settings().smallest_count
    names = read_names(documents)
    return read_figures(package, month, names=names, today=timezone.localdate(), smallest=smallest)


def write_months(package: str, months: list[date], documents: list[dict[str, Any]]) -> Iterator[str]:
    """The lines of the file."""
    yield write_line(HEADER)
    for month in months:
        yield "".join(write_line(row) for row in list_rows(read_month(package, month, documents)))


def write_line(cells: tuple[object, ...]) -> str:
    """One line; every cell is an id, a day or a number."""
    written = io.StringIO()
    csv.writer(written).writerow(cells)
    return written.getvalue()


urlpatterns = [
    path("of/<str:package>/statistics", show_statistics, name="statistics"),
    path("of/<str:package>/statistics.csv", export, name="export"),
]
