"""Figures: of one petition, of all of them as a file, and of the machinery behind the pages."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from ridgeway.office.notices.status import MailingStatus, list_mailings
from ridgeway.office.people.gates import gate, get_actor
from ridgeway.services.petitions.actions.opening import Doer
from ridgeway.services.petitions.actions.placing import SPANS, request_places
from ridgeway.services.petitions.actions.retrying import retry_task
from ridgeway.services.petitions.models import Petition
from ridgeway.services.petitions.queries.desk import PILES, find_petitions
from ridgeway.services.petitions.queries.exporting import COLUMNS, list_rows
from ridgeway.services.petitions.queries.growth import list_growth
from ridgeway.services.petitions.queries.listing import MAX_WORDS_LENGTH, parse_number
from ridgeway.services.petitions.queries.places import Counted, count_places
from ridgeway.services.petitions.queries.published import Petitions
from ridgeway.services.petitions.queries.statistics import measure
from ridgeway.services.petitions.queries.workings import read_workings
from ridgeway.services.petitions.service import CONFIGURE, MODERATE, VIEW
from ridgeway.services.petitions.staff.csvfiles import answer_csv
from ridgeway.services.petitions.staff.lists import MAX_NUMBER, keep_marks, read_marks
from ridgeway.services.petitions.staff.petition import get_petition
from ridgeway.services.petitions.staff.saying import say, show

MAX_PLACES = 10
MAX_DAYS = 30
FILE = "petitions.csv"


@gate(VIEW)
def show_statistics(request: HttpRequest, petition_id: str) -> HttpResponse:
    """`/petitions/ID/statistics`."""
    petition = get_petition(petition_id)
    places = count_places(petition)
    context = {
        "petition": petition,
        "statistics": measure(petition),
        "countries": list_largest(places.countries),
        "constituencies": list_largest(places.constituencies),
        "growth": list(list_growth(petition))[-MAX_DAYS:],
        "mailings": list_all_mailings(petition),
    }
    return show(request, "statistics.html", context)


def list_all_mailings(petition: Petition) -> list[MailingStatus]:
    """Every mailing about the petition, those of each entry of other business and of each letter too; newest first."""
    about = f"petition:{petition.pk}"
    parts = [f"business:{number}:{about}" for number in petition.other_business.values_list("pk", flat=True)]
    parts += [f"mailshot:{number}:{about}" for number in petition.mailshots.values_list("pk", flat=True)]
    found = (each for subject in (about, *parts) for each in list_mailings(subject=subject))
    return sorted(found, key=lambda mailing: mailing.requested_at, reverse=True)


def list_largest(places: list[Counted]) -> list[Counted]:
    """Those with most signatures."""
    return sorted(places, key=lambda place: -place.count)[:MAX_PLACES]


@gate(MODERATE)
def export_petitions(request: HttpRequest) -> HttpResponseBase:
    """`/petitions/list.csv`: a list as its page shows it; without a pile every petition, archived ones too."""
    found, details = read_list(request.GET)
    with transaction.atomic():
        Doer(get_actor(request), timezone.now()).note("export", "petitions", details=details)
    answer = answer_csv(FILE, list(COLUMNS), list_rows(found))
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def read_list(asked: QueryDict) -> tuple[Petitions, dict[str, Any]]:
    """The petitions that are asked for, and what the audit line says of that; words may be a person's."""
    words = " ".join(asked.get("q", "").split())[:MAX_WORDS_LENGTH]
    pile = asked.get("pile", "") if asked.get("pile", "") in PILES else ""
    tags, departments = read_marks(asked, "tag"), read_marks(asked, "department")
    details = {"pile": pile, "is_searched": bool(words), **keep_marks("tag", tags)}
    details |= keep_marks("department", departments)
    if not any(details.values()):
        return Petition.objects.order_by("pk"), details
    return find_petitions(words=words, pile=pile or "all", tags=tags, departments=departments), details


@gate(CONFIGURE)
def show_workings(request: HttpRequest) -> HttpResponse:
    """`/petitions/workings`: mails, tasks and duties."""
    return show(request, "workings.html", {"workings": read_workings(now=timezone.now()), "spans": SPANS})


@gate(CONFIGURE)
@require_POST
def find_places(request: HttpRequest) -> HttpResponse:
    """`/petitions/workings/places`: signatures without a constituency are looked at again."""
    days = parse_number(request.POST.get("days", ""), usual=0, most=MAX_NUMBER)
    request_places(days, actor=get_actor(request), now=timezone.now())
    say(request, gettext("Constituencies are being looked for in the background."))
    return redirect(reverse("petitions-staff:workings"))


@gate(CONFIGURE)
@require_POST
def retry(request: HttpRequest, task_id: str) -> HttpResponse:
    """`/petitions/workings/tasks/ID/retry`: a task that failed is tried again."""
    try:
        number = UUID(task_id)
    except ValueError as error:
        raise Http404 from error
    retry_task(number, actor=get_actor(request), now=timezone.now())
    say(request, gettext("The task is tried again."))
    return redirect(reverse("petitions-staff:workings"))


urlpatterns = [
    path("list.csv", export_petitions, name="export"),
    path("workings", show_workings, name="workings"),
    path("workings/tasks/<str:task_id>/retry", retry, name="retry-task"),
    path("workings/places", find_places, name="find-places"),
    path("<str:petition_id>/statistics", show_statistics, name="statistics"),
]
