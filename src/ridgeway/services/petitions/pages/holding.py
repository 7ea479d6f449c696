"""Where a petition is shown while it is not public, and where every petition is to be looked for.

Law: these pages say how far it is, and nothing of its text.
"""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse

from ridgeway.services.petitions.models import Petition
from ridgeway.services.petitions.pages.ids import parse_id
from ridgeway.services.petitions.pages.private import private_page
from ridgeway.services.petitions.queries.signing import count_needed
from ridgeway.services.petitions.queries.site import read_site
from ridgeway.services.petitions.states import GATHERING, IN_QUEUE, State

PLACES = {
    **dict.fromkeys(GATHERING, "gathering-support"),
    **dict.fromkeys(IN_QUEUE, "moderation-info"),
}


def find_petition(petition_id: str) -> Petition:
    """The petition of an address.

    Raises:  BadRequest; Http404.
    """
    return get_object_or_404(Petition.objects.select_related("parliament", "creator"), pk=parse_id(petition_id))


def address_for(petition: Petition) -> str:
    """Where the public sees this petition, or how far it is.

    Raises:  Http404 for one that moderators have put aside.
    """
    state = State(petition.state)
    if state is State.DORMANT:
        raise Http404
    if state is State.STOPPED:
        return reverse("home")
    return reverse(PLACES.get(state, "petition"), kwargs={"petition_id": petition.pk})


@private_page(takes_forms=False)
def show_gathering(request: HttpRequest, petition_id: str) -> HttpResponse:
    """How many supporters are still needed."""
    petition = find_petition(petition_id)
    if petition.state not in GATHERING:
        return redirect(address_for(petition))
    context = {"needed": count_needed(petition, read_site())}
    return render(request, "petitions/sponsor/gathering.html", context)


@private_page(takes_forms=False)
def show_moderation(request: HttpRequest, petition_id: str) -> HttpResponse:
    """That it is being checked."""
    petition = find_petition(petition_id)
    if petition.state not in IN_QUEUE:
        return redirect(address_for(petition))
    context = {"supporters": max(0, petition.signature_count - 1)}
    return render(request, "petitions/sponsor/moderation.html", context)


urlpatterns = [
    path("petitions/<str:petition_id>/gathering-support", show_gathering, name="gathering-support"),
    path("petitions/<str:petition_id>/moderation-info", show_moderation, name="moderation-info"),
]
