"""What is signed in a constituency: found by a postcode, by a list, or by its own address.

Law: only while a Parliament sits. A postcode stands in nobody's cache: what it leads to does.
"""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone

from ridgeway.services.petitions.forms.reading import PlaceForm
from ridgeway.services.petitions.links import link_to
from ridgeway.services.petitions.models import Constituency
from ridgeway.services.petitions.pages.caching import COUNTS, FORMS, never, public
from ridgeway.services.petitions.queries.local import (
    find_constituency,
    has_constituencies,
    list_constituencies_at,
    list_local,
)
from ridgeway.services.petitions.queries.parliaments import find_parliament, is_sitting
from ridgeway.services.petitions.queries.site import read_site


@public(FORMS)
def ask_place(request: HttpRequest) -> HttpResponse:
    """`/petitions/local`, with `?postcode=` what it leads to."""
    site = read_site()
    if not is_open():
        return render(request, "petitions/local/closed.html")
    if not site.finds_constituencies or not has_constituencies():
        return never(render(request, "petitions/local/unknown.html", {"reason": "off"}))
    form = PlaceForm(request.GET if "postcode" in request.GET else None, home_code=site.country_code)
    if not form.is_bound:
        places = Constituency.objects.filter(ends_on=None).order_by("name")
        context = {"form": form, "places": places, "indexable": True, "canonical_url": link_to("local")}
        return render(request, "petitions/local/form.html", context)
    if not form.is_valid():
        return never(render(request, "petitions/local/form.html", {"form": form, "places": []}))
    return never(lead_on(request, list_constituencies_at(form.cleaned_data["postcode"])))


def lead_on(request: HttpRequest, found: list[Constituency]) -> HttpResponse:
    """To the constituency; to a choice where there are several; to what one can do where there is none."""
    if len(found) == 1:
        return redirect(reverse("local-petitions", kwargs={"slug": found[0].slug}))
    if found:
        return render(request, "petitions/local/choose.html", {"places": found})
    return render(request, "petitions/local/unknown.html", {"reason": "postcode"})


@public(COUNTS)
def show_open(request: HttpRequest, slug: str) -> HttpResponse:
    """`/petitions/local/SLUG`: open petitions."""
    return show_local(request, slug, is_all=False)


@public(COUNTS)
def show_all(request: HttpRequest, slug: str) -> HttpResponse:
    """`/petitions/local/SLUG/all`: all petitions that were published."""
    return show_local(request, slug, is_all=True)


def show_local(request: HttpRequest, slug: str, *, is_all: bool) -> HttpResponse:
    """The petitions that were signed most there.

    Raises:  Http404.
    """
    if not is_open():
        return render(request, "petitions/local/closed.html")
    constituency = find_constituency(slug)
    if constituency is None:
        raise Http404
    name = "local-petitions-all" if is_all else "local-petitions"
    context = {
        "constituency": constituency,
        "rows": list_local(constituency, is_all=is_all),
        "is_all": is_all,
        "indexable": True,
        "canonical_url": link_to(name, slug=slug),
    }
    return render(request, "petitions/local/petitions.html", context)


def is_open() -> bool:
    """Whether a Parliament sits."""
    return is_sitting(find_parliament(), now=timezone.now())


urlpatterns = [
    path("petitions/local", ask_place, name="local"),
    path("petitions/local/<slug:slug>", show_open, name="local-petitions"),
    path("petitions/local/<slug:slug>/all", show_all, name="local-petitions-all"),
]
