"""Lists of petitions: by facet and topic, found by words, a page at a time; of this Parliament or of those before."""

from collections.abc import Mapping
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ridgeway.office.design.wording import translate_data
from ridgeway.services.petitions.links import link_to
from ridgeway.services.petitions.models import Parliament, Topic
from ridgeway.services.petitions.pages.caching import ARCHIVE, COUNTS, public, revalidate
from ridgeway.services.petitions.queries.listing import Listing, has_unknown_facet, parse_listing
from ridgeway.services.petitions.queries.published import count_facets
from ridgeway.services.petitions.queries.searching import find_by_number, find_matching, read_listed

TITLES: dict[str, Promise] = {
    "all": _("All petitions"),
    "open": _("Open petitions"),
    "recent": _("Recent petitions"),
    "closed": _("Closed petitions"),
    "rejected": _("Rejected petitions"),
    "awaiting_response": _("Waiting for a government response"),
    "with_response": _("Government responses"),
    "awaiting_debate": _("Waiting for a debate"),
    "debated": _("Debated in Parliament"),
    "not_debated": _("Not debated in Parliament"),
    "published": _("Published petitions"),
}


@public(COUNTS)
def list_petitions(request: HttpRequest) -> HttpResponse:
    """`/petitions`."""
    return show_list(request, is_archive=False)


@public(ARCHIVE)
def list_archived_petitions(request: HttpRequest) -> HttpResponse:
    """`/archived/petitions`."""
    return show_list(request, is_archive=True)


def show_list(request: HttpRequest, *, is_archive: bool) -> HttpResponse:
    """The list that the address asks for; a number typed as words leads to that petition."""
    listing = parse_listing(request.GET, is_archive=is_archive)
    view = reverse("archived-petitions" if is_archive else "petitions")
    if has_unknown_facet(request.GET, is_archive=is_archive):
        return redirect(view + listing.query(state="", page=1))
    named = find_by_number(listing)
    if named is not None:
        name = "archived-petition" if is_archive else "petition"
        return redirect(reverse(name, kwargs={"petition_id": named.pk}))
    counts = count_facets(find_matching(listing), listing.facets)
    listed = read_listed(listing, count=counts[listing.facet])
    context = {
        "listing": listing,
        "listed": listed,
        "page": Paginator(range(listed.count), listed.size).get_page(listed.number),
        "page_href": lambda number: view + listing.query(page=number),
        "canonical_url": link_to("archived-petitions" if is_archive else "petitions") + listing.query(),
        "feeds": list_feeds(listing),
        "title": TITLES[listing.facet],
        "facets": list_facets(listing, view, counts),
        "topic_links": list_topics(listing, view),
        "parliament_links": list_parliaments(listing, view),
        "view": view,
        "indexable": True,
    }
    return revalidate(render(request, "petitions/list.html", context))


def list_feeds(listing: Listing) -> list[dict[str, str]]:
    """The feed of this list; an archive has no news."""
    if listing.is_archive:
        return []
    return [{"href": reverse("petitions-atom") + listing.query(page=1), "title": str(TITLES[listing.facet])}]


def list_facets(listing: Listing, view: str, counts: Mapping[str, int]) -> list[dict[str, Any]]:
    """Every facet with how many petitions it has, for the same words and topic."""
    return [
        {
            "href": view + listing.query(state=name, page=1),
            "label": TITLES[name],
            "current": name == listing.facet,
            "count": counts[name],
        }
        for name in listing.facets
    ]


def list_topics(listing: Listing, view: str) -> list[dict[str, Any]]:
    """The topics that there are, before them all of them."""
    names = list(Topic.objects.order_by("name").values_list("code", "name"))
    rows = [("", gettext("Any topic")), *names] if names else []
    return [
        {
            "href": view + listing.query(topic=code, page=1),
            "label": translate_data(name),
            "current": code == listing.topic,
        }
        for code, name in rows
    ]


def list_parliaments(listing: Listing, view: str) -> list[dict[str, Any]]:
    """The Parliaments in the archive, before them all of them."""
    if not listing.is_archive:
        return []
    archived = Parliament.objects.exclude(archived_at=None).order_by("-opening_at").values_list("period", flat=True)
    rows = [("", gettext("Any Parliament")), *((period, period) for period in archived)]
    return [
        {
            "href": view + listing.query(parliament=period, page=1),
            "label": name,
            "current": period == listing.parliament,
        }
        for period, name in rows
    ]


urlpatterns = [
    path("petitions", list_petitions, name="petitions"),
    path("archived/petitions", list_archived_petitions, name="archived-petitions"),
]
