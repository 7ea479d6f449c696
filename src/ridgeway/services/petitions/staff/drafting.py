"""Putting the creator's name and address right, and the pad for rewriting a draft."""

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext

from ridgeway.office.people.gates import gate, get_actor
from ridgeway.services.petitions.actions.correcting import correct_creator
from ridgeway.services.petitions.forms.drafting import CreatorForm, PadForm
from ridgeway.services.petitions.service import ANNOTATE, MODERATE
from ridgeway.services.petitions.staff.locking import describe_lock, is_free
from ridgeway.services.petitions.staff.petition import get_petition
from ridgeway.services.petitions.staff.saying import back_to, say, show


@gate(MODERATE)
def edit_creator(request: HttpRequest, petition_id: str) -> HttpResponse:
    """`/petitions/ID/creator`."""
    petition = get_petition(petition_id)
    creator = petition.creator
    initial = {"name": creator.name, "email": creator.email} if creator else {}
    form = CreatorForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid() and is_free(request, petition, form):
        values = form.cleaned_data
        actor, now = get_actor(request), timezone.now()
        correct_creator(petition.pk, name=values["name"], email=values["email"], actor=actor, now=now)
        say(request, gettext("The creator's name and address are saved."))
        return back_to(petition.pk)
    title = gettext("Name and address of the creator")
    context = {"form": form, "title": title, **describe_lock(request, petition)}
    return show(request, "form.html", context, status=422 if form.is_bound else 200)


@gate(ANNOTATE)
def show_pad(request: HttpRequest) -> HttpResponse:
    """`/petitions/pad`: a place to try words on; nothing is kept."""
    form = PadForm(request.POST if request.method == "POST" else None)
    is_wrong = request.method == "POST" and not form.is_valid()
    counts = [(bound.label, len(form.cleaned_data.get(bound.name, ""))) for bound in form] if form.is_bound else []
    return show(request, "pad.html", {"form": form, "counts": counts}, status=422 if is_wrong else 200)


urlpatterns = [
    path("pad", show_pad, name="pad"),
    path("<str:petition_id>/creator", edit_creator, name="creator"),
]
