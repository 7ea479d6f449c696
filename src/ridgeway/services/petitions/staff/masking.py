"""Making the creator of a hidden or removed petition anonymous."""

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext

from ridgeway.office.people.gates import gate, get_actor
from ridgeway.services.petitions.actions.masking import mask_creator, may_mask
from ridgeway.services.petitions.service import REMOVE
from ridgeway.services.petitions.staff.petition import get_petition
from ridgeway.services.petitions.staff.saying import back_to, say, show


@gate(REMOVE)
def mask(request: HttpRequest, petition_id: str) -> HttpResponse:
    """`/petitions/ID/mask`: asked, then done."""
    petition = get_petition(petition_id)
    if request.method != "POST":
        return show(request, "mask.html", {"petition": petition, "is_possible": may_mask(petition)})
    mask_creator(petition.pk, actor=get_actor(request), now=timezone.now())
    say(request, gettext("The creator is anonymous now."))
    return back_to(petition.pk)


urlpatterns = [path("<str:petition_id>/mask", mask, name="mask")]
