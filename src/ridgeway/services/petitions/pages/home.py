"""The first page: find a petition, start one, see what is signed, answered and debated."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext

from ridgeway.services.petitions.links import link_to
from ridgeway.services.petitions.pages.caching import COUNTS, public
from ridgeway.services.petitions.queries.parliaments import find_parliament, is_dissolved, is_pending
from ridgeway.services.petitions.queries.published import FACETS, count_facets, list_current, list_trending
from ridgeway.services.petitions.queries.site import read_site

TRENDING = 3
LATEST = 2


@public(COUNTS)
def show_home(request: HttpRequest) -> HttpResponse:
    """`/`."""
    site, parliament, now = read_site(), find_parliament(), timezone.now()
    current = list_current()
    counted = count_facets(current, {name: FACETS[name] for name in ("open", "with_response", "debated")})
    context = {
        "parliament": parliament,
        "is_dissolved": is_dissolved(parliament, now=now),
        "is_pending": is_pending(parliament, now=now),
        "trending": list_trending(now=now, limit=TRENDING) if site.shows_trending else [],
        "answered": list_latest("with_response"),
        "debated": list_latest("debated"),
        "counts": counted,
        "indexable": True,
        "canonical_url": link_to("home"),
        "feeds": [{"href": reverse("petitions-atom") + "?state=recent", "title": gettext("Recent petitions")}],
    }
    return render(request, "petitions/home.html", context)


def list_latest(facet: str) -> list[object]:
    """The first petitions of a facet."""
    wanted = FACETS[facet]
    found = list_current().filter(wanted.where).order_by(*wanted.order)
    return list(found.select_related("government_response", "debate_outcome")[:LATEST])


urlpatterns = [path("", show_home, name="home")]
