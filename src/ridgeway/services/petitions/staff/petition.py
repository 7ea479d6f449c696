"""One petition at the desk: all that is known of it, and what may be done with it now."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext

from ridgeway.office.audit.models import Entry
from ridgeway.office.people.gates import gate, get_actor, may
from ridgeway.services.petitions.actions.annotating import annotate, correct_text
from ridgeway.services.petitions.forms.moderating import AnnotateForm, TextForm
from ridgeway.services.petitions.links import link_to
from ridgeway.services.petitions.models import Petition
from ridgeway.services.petitions.pages.ids import parse_id
from ridgeway.services.petitions.service import (
    ANNOTATE,
    DEBATE,
    FRAUD,
    MAIL,
    MODERATE,
    REMOVE,
    RESPOND,
    SIGNATURES,
    VIEW,
)
from ridgeway.services.petitions.staff.labels import (
    ACTS,
    DEBATE_STATES,
    PETITION_STATES,
    RESPONSE_STATES,
    STATE_COLOURS,
)
from ridgeway.services.petitions.staff.locking import describe_lock, is_free
from ridgeway.services.petitions.staff.saying import back_to, say, show
from ridgeway.services.petitions.states import UNPUBLISHED, VISIBLE, Event, State, may_take

MAX_LINES = 50
PERMISSIONS = {
    "annotate": ANNOTATE,
    "moderate": MODERATE,
    "respond": RESPOND,
    "debate": DEBATE,
    "remove": REMOVE,
    "signatures": SIGNATURES,
    "mail": MAIL,
    "fraud": FRAUD,
}


def get_petition(petition_id: str) -> Petition:
    """The petition with what its page says.

    Raises:  Http404; BadRequest for what is no number.
    """
    found = Petition.objects.filter(pk=parse_id(petition_id)).select_related(
        "creator", "creator__constituency", "rejection_reason", "moderated_by", "locked_by", "government_response"
    )
    petition = found.select_related("debate_outcome", "parliament").first()
    if petition is None:
        raise Http404
    return petition


def list_moves(petition: Petition) -> dict[str, bool]:
    """What its state allows."""
    state = State(petition.state)
    return {str(event): may_take(state, event) for event in Event}


@gate(VIEW)
def show_petition(request: HttpRequest, petition_id: str) -> HttpResponse:
    """`/petitions/ID`."""
    petition = get_petition(petition_id)
    return show(request, "petition.html", describe(request, petition))


def describe(request: HttpRequest, petition: Petition) -> dict[str, Any]:
    """The context of the petition's page."""
    actor = get_actor(request)
    is_archived = petition.archived_at is not None
    public = "archived-petition" if is_archived else "petition"
    return {
        **describe_lock(request, petition),
        "moves": list_moves(petition),
        "allowed": {name: may(actor, permission) for name, permission in PERMISSIONS.items()},
        "is_unpublished": petition.state in UNPUBLISHED,
        "public_url": link_to(public, petition_id=petition.pk) if petition.state in VISIBLE else "",
        "proposals": petition.proposals.filter(outcome="").select_related("proposed_by"),
        "business": petition.other_business.order_by("-occurred_on", "-pk"),
        "lines": Entry.objects.filter(subject=f"petition:{petition.pk}").order_by("-pk")[:MAX_LINES],
        "now": timezone.now(),
        "labels": PETITION_STATES,
        "acts": ACTS,
        "colours": STATE_COLOURS,
        "response_labels": RESPONSE_STATES,
        "debate_labels": DEBATE_STATES,
        "gathers": petition.state in UNPUBLISHED,
    }


@gate(ANNOTATE)
def edit_text(request: HttpRequest, petition_id: str) -> HttpResponse:
    """`/petitions/ID/text`: the words, the note and the flags."""
    petition = get_petition(petition_id)
    form = TextForm(request.POST or None, instance=petition)
    if request.method == "POST" and form.is_valid() and is_free(request, petition, form):
        correct_text(petition.pk, form.cleaned_data, actor=get_actor(request), now=timezone.now())
        say(request, gettext("The texts are saved."))
        return back_to(petition.pk)
    context = {"form": form, "title": gettext("Texts and note"), **describe_lock(request, petition)}
    return show(request, "form.html", context, status=422 if form.is_bound else 200)


@gate(ANNOTATE)
def edit_marks(request: HttpRequest, petition_id: str) -> HttpResponse:
    """`/petitions/ID/marks`: tags, departments, topics and notes."""
    petition = get_petition(petition_id)
    form = AnnotateForm(request.POST or None, instance=petition)
    if request.method == "POST" and form.is_valid() and is_free(request, petition, form):
        annotate(petition.pk, form.cleaned_data, actor=get_actor(request), now=timezone.now())
        if request.headers.get("Accept") == "application/json":
            return HttpResponse(status=204)
        say(request, gettext("The marks are saved."))
        return back_to(petition.pk)
    title = gettext("Tags, departments, topics and notes")
    context = {"form": form, "title": title, **describe_lock(request, petition)}
    return show(request, "form.html", {**context, "autosaves": True}, status=422 if form.is_bound else 200)


@gate(VIEW)
def lead_to_public(request: HttpRequest, petition_id: str) -> HttpResponse:
    """`/petitions/ID/public`: the page that everybody sees."""
    petition = get_petition(petition_id)
    if petition.state not in VISIBLE:
        return redirect(reverse("petitions-staff:petition", kwargs={"petition_id": petition.pk}))
    return redirect(link_to("petition", petition_id=petition.pk))


urlpatterns = [
    path("<str:petition_id>", show_petition, name="petition"),
    path("<str:petition_id>/text", edit_text, name="text"),
    path("<str:petition_id>/marks", edit_marks, name="marks"),
    path("<str:petition_id>/public", lead_to_public, name="public"),
]
