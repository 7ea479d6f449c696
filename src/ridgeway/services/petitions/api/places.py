"""Constituencies, Parliaments and topics, for programs."""

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path

from ridgeway.services.petitions.api.answers import answer_json, describe_parliament
from ridgeway.services.petitions.api.attributes import Attributes, render_day
from ridgeway.services.petitions.models import Constituency, Parliament, Topic
from ridgeway.services.petitions.pages.caching import CONTENT, public
from ridgeway.services.petitions.queries.parliaments import find_parliament
from ridgeway.services.petitions.queries.site import read_site

CURRENT = "current"
PARLIAMENT_FIELDS = ("period", "dissolution_at", "government", "response_threshold", "debate_threshold")
"""In the order of this page; that of a petition's Parliament is another."""


@public(CONTENT, cors=True)
def list_constituencies(request: HttpRequest) -> HttpResponse:
    """`/constituencies.json`: those in force, by their codes."""
    return answer_json(describe_constituencies(Constituency.objects.filter(ends_on=None)))


@public(CONTENT, cors=True)
def list_constituencies_of(request: HttpRequest, period: str) -> HttpResponse:
    """`/parliaments/PERIOD/constituencies.json`, or those of the Parliament that sits: `current`."""
    return answer_json(describe_constituencies(constituencies_of(get_parliament(period))))


@public(CONTENT, cors=True)
def list_parliaments(request: HttpRequest) -> HttpResponse:
    """`/parliaments.json`, the latest first."""
    found = Parliament.objects.order_by("-opening_at", "-pk")
    return answer_json([describe_sitting(each) for each in found])


@public(CONTENT, cors=True)
def show_parliament(request: HttpRequest, period: str) -> HttpResponse:
    """`/parliaments/PERIOD.json`."""
    parliament = get_parliament(period)
    constituencies = describe_constituencies(constituencies_of(parliament))
    return answer_json({**describe_sitting(parliament), "constituencies": constituencies})


@public(CONTENT, cors=True)
def list_topics(request: HttpRequest) -> HttpResponse:
    """`/topics.json`, by their codes."""
    rows = Topic.objects.order_by("code").values_list("code", "name")
    return answer_json({code: {"code": code, "name": name} for code, name in rows})


def get_parliament(period: str) -> Parliament:
    """The Parliament of these years, or the one that sits.

    Raises:  Http404.
    """
    found = find_parliament() if period == CURRENT else Parliament.objects.filter(period=period).first()
    if found is None:
        raise Http404
    return found


def constituencies_of(parliament: Parliament) -> QuerySet[Constituency]:
    """Those that it names; those in force where it names none."""
    named = parliament.constituencies.all()
    return named if named.exists() else Constituency.objects.filter(ends_on=None)


def describe_sitting(parliament: Parliament) -> Attributes:
    """A Parliament as this list has it."""
    described = describe_parliament(parliament, read_site())
    return {name: described[name] for name in PARLIAMENT_FIELDS}


def describe_constituencies(constituencies: QuerySet[Constituency]) -> Attributes:
    """By code, in the order of codes."""
    return {
        each.code: {
            "mp": each.representative_name or None,
            "party": each.representative_party or None,
            "constituency": each.name,
            "ons_code": each.code,
            "start_date": render_day(each.starts_on),
            "end_date": render_day(each.ends_on),
        }
        for each in constituencies.order_by("code", "pk")
    }


urlpatterns = [
    path("constituencies.json", list_constituencies, name="constituencies-json"),
    path("constituencies", list_constituencies),
    path("parliaments.json", list_parliaments, name="parliaments-json"),
    path("parliaments", list_parliaments),
    path("parliaments/<str:period>/constituencies.json", list_constituencies_of, name="parliament-constituencies-json"),
    path("parliaments/<str:period>/constituencies", list_constituencies_of),
    path("parliaments/<str:period>.json", show_parliament, name="parliament-json"),
    path("parliaments/<str:period>", show_parliament),
    path("topics.json", list_topics, name="topics-json"),
    path("topics", list_topics),
]
