"""The page of one petition, in every state that it may be in; of this Parliament or of one before."""

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse

from ridgeway.services.petitions.api.attributes import find_outcome, find_response
from ridgeway.services.petitions.links import link_to
from ridgeway.services.petitions.models import Petition
from ridgeway.services.petitions.pages.caching import ARCHIVE, COUNTS, never, public, say_modified
from ridgeway.services.petitions.pages.chart import Chart, draw_chart
from ridgeway.services.petitions.pages.ids import parse_id
from ridgeway.services.petitions.pages.timeline import list_happenings
from ridgeway.services.petitions.queries.growth import list_growth
from ridgeway.services.petitions.queries.lines import Lines, find_lines
from ridgeway.services.petitions.queries.parliaments import find_parliament
from ridgeway.services.petitions.queries.places import count_places
from ridgeway.services.petitions.queries.published import find_petition
from ridgeway.services.petitions.queries.site import read_site
from ridgeway.services.petitions.rules.closing import clip_deadline, last_day
from ridgeway.services.petitions.states import GATHERING, IN_QUEUE, PUBLISHED, VISIBLE, State

TOP_PLACES = 10
CHART_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Goal:
    """The line that a petition is on its way to."""

    code: str
    count: int


@public(COUNTS)
def show_petition(request: HttpRequest, petition_id: str) -> HttpResponse:
    """`/petitions/ID`."""
    petition = get_petition(petition_id)
    if petition.archived_at:
        return redirect(reverse("archived-petition", kwargs={"petition_id": petition.pk}), permanent=True)
    state = State(petition.state)
    if state in GATHERING:
        return lead_to("gathering-support", petition)
    if state in IN_QUEUE:
        return lead_to("moderation-info", petition)
    if state is State.STOPPED:
        return never(redirect(reverse("home")))
    return show_visible(request, petition)


@public(ARCHIVE)
def show_archived(request: HttpRequest, petition_id: str) -> HttpResponse:
    """`/archived/petitions/ID`."""
    petition = get_petition(petition_id)
    if not petition.archived_at:
        return redirect(reverse("petition", kwargs={"petition_id": petition.pk}))
    return show_visible(request, petition)


def get_petition(petition_id: str) -> Petition:
    """The petition.

    Raises:  Http404; BadRequest for what is no number.
    """
    petition = find_petition(parse_id(petition_id))
    if petition is None:
        raise Http404
    return petition


def lead_to(name: str, petition: Petition) -> HttpResponse:
    """To the page that tells what a petition waits for; not for long, for it will be published."""
    return never(redirect(reverse(name, kwargs={"petition_id": petition.pk})))


def show_visible(request: HttpRequest, petition: Petition) -> HttpResponse:
    """The whole page; 410 for what was public once, 404 for what never was.

    Raises:  Http404.
    """
    if petition.state not in VISIBLE:
        was_public = petition.state == State.REMOVED or (petition.state == State.HIDDEN and petition.opened_at)
        if not was_public:
            raise Http404
        return render(request, "410.html", status=410)
    site = read_site()
    lines = find_lines(petition.parliament, site)
    places = count_places(petition) if petition.state in PUBLISHED else None
    context = {
        "petition": petition,
        "response": find_response(petition),
        "outcome": find_outcome(petition),
        "goal": find_goal(petition, lines),
        "response_line": lines.response,
        "debate_line": lines.debate,
        "deadline": find_deadline(petition),
        "happenings": list_happenings(petition, lines),
        "business": sorted(petition.other_business.all(), key=lambda item: (item.occurred_on, item.pk), reverse=True),
        "places": places,
        "top_places": sorted(places.constituencies, key=lambda each: -each.count)[:TOP_PLACES] if places else [],
        "chart": find_chart(petition) if places else None,
        "feeds": [{"href": reverse("petition-atom", kwargs={"petition_id": petition.pk}), "title": petition.action}],
        "canonical_url": link_to("archived-petition" if petition.archived_at else "petition", petition_id=petition.pk),
        "description": petition.background,
        "indexable": True,
    }
    return say_modified(render(request, "petitions/show.html", context), petition.updated_at, petition.last_signed_at)


def find_chart(petition: Petition) -> Chart | None:
    """How it has grown; drawn anew every few minutes, since days are what it shows."""
    if not settings.RIDGEWAY_PAGE_SECONDS:
        return draw_chart(list_growth(petition))
    key = f"petitions.chart.{petition.pk}"
    return cache.get_or_set(key, lambda: draw_chart(list_growth(petition)) or False, CHART_SECONDS) or None


def find_goal(petition: Petition, lines: Lines) -> Goal | None:
    """The next line, or the last one reached; nothing for a petition that was refused."""
    if petition.state not in PUBLISHED:
        return None
    if petition.signature_count < lines.response:
        return Goal("response", lines.response)
    return Goal("debate", lines.debate)


def find_deadline(petition: Petition) -> date | None:
    """The last day on which it can be signed: by its own time, or by the Parliament's when that ends first."""
    if petition.state != State.OPEN or petition.closes_at is None:
        return None
    parliament = find_parliament()
    announced = parliament.dissolution_at if parliament and parliament.shows_dissolution else None
    return last_day(clip_deadline(petition.closes_at, announced), ZoneInfo(settings.TIME_ZONE))


urlpatterns = [
    path("petitions/<str:petition_id>", show_petition, name="petition"),
    path("archived/petitions/<str:petition_id>", show_archived, name="archived-petition"),
]
