"""Addresses of before, led to where their matter stands now, for good."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse

from ridgeway.services.petitions.pages.caching import AGES, public

MOVED = {
    "api/petitions": ("petitions", ""),
    "api/petitions.json": ("petitions-json", ""),
    "departments": ("home", ""),
    "departments/info": ("home", ""),
    "faq": ("content-page", "help"),
    "how-it-works": ("content-page", "help"),
    "terms-and-conditions": ("content-page", "help"),
    "crown-copyright": ("content-page", "help"),
    "privacy-policy": ("content-page", "privacy"),
    "accessibility-statement": ("content-page", "accessibility"),
    "help/standards": ("content-page", "standards"),
    "help/privacy": ("content-page", "privacy"),
    "petitions/check": ("start-petition", ""),
    "petitions/check_results": ("start-petition", ""),
}
"""Old path → the name of a page, and its slug where it is a content page."""


def lead_to(name: str, slug: str) -> Callable[[HttpRequest], HttpResponse]:
    """A view that leads there."""

    @public(AGES)
    def view(request: HttpRequest) -> HttpResponse:
        query = request.META.get("QUERY_STRING", "")
        address = reverse(name, kwargs={"slug": slug} if slug else None)
        return redirect(f"{address}?{query}" if query and not slug else address, permanent=True)

    return view


@public(AGES)
def move_petition(request: HttpRequest, petition_id: str) -> HttpResponse:
    """`/api/petitions/ID.json`."""
    return redirect(reverse("petition-json", kwargs={"petition_id": petition_id}), permanent=True)


urlpatterns = [
    *(path(old, lead_to(name, slug)) for old, (name, slug) in MOVED.items()),
    path("api/petitions/<str:petition_id>.json", move_petition),
]
