"""Deciding about a petition: publish, refuse or hide, set aside, park, restore, remove; and agreeing as a second."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from ridgeway.office.people.gates import gate, get_actor, may
from ridgeway.services.petitions.actions import moderating, proposing
from ridgeway.services.petitions.forms.moderating import ReasonForm, RejectForm
from ridgeway.services.petitions.models import Petition, Proposal
from ridgeway.services.petitions.pages.ids import parse_id
from ridgeway.services.petitions.service import MODERATE, REMOVE
from ridgeway.services.petitions.staff.petition import get_petition
from ridgeway.services.petitions.staff.saying import SILENT, back_to, say, show
from ridgeway.services.petitions.states import Event, State

SETTING_ASIDE = {"flag": Event.FLAG, "park": Event.PARK}
NEEDS_SYSADMIN = frozenset({State.REJECTED, State.HIDDEN, State.REMOVED})
"""To bring one of these back is for system administrators."""


def require_power(request: HttpRequest, petition: Petition) -> None:
    """Hold only where this person may bring the petition back.

    Raises:  PermissionDenied.
    """
    if petition.state in NEEDS_SYSADMIN and not may(get_actor(request), REMOVE):
        raise PermissionDenied(REMOVE)


@gate(MODERATE)
@require_POST
def approve(request: HttpRequest, petition_id: str) -> HttpResponse:
    """The petition is published."""
    petition = get_petition(petition_id)
    require_power(request, petition)
    mails = SILENT not in request.POST
    moderating.approve(petition.pk, actor=get_actor(request), now=timezone.now(), mails=mails)
    say(request, gettext("The petition is published."))
    return back_to(petition.pk)


@gate(MODERATE)
def reject(request: HttpRequest, petition_id: str) -> HttpResponse:
    """The petition is refused, or proposed to be hidden."""
    petition = get_petition(petition_id)
    initial = {
        "code": petition.rejection_reason.code if petition.rejection_reason else None,
        "details": petition.rejection_details,
    }
    form = RejectForm(request.POST or None, initial=initial)
    if request.method != "POST" or not form.is_valid():
        context = {"petition": petition, "form": form, "title": gettext("Reject this petition")}
        return show(request, "reject.html", context, status=422 if form.is_bound else 200)
    values = {**form.cleaned_data, "actor": get_actor(request), "now": timezone.now()}
    values["mails"] = SILENT not in request.POST
    if moderating.is_hiding(values["code"], hides=values["hides"]):
        proposal = proposing.hide(petition.pk, **values)
        text = gettext("The petition is hidden.") if proposal is None else gettext("A second person has to agree now.")
    else:
        moderating.reject(petition.pk, **values)
        text = gettext("The petition is rejected.")
    say(request, text)
    return back_to(petition.pk)


@gate(MODERATE)
@require_POST
def set_aside(request: HttpRequest, petition_id: str, act: str) -> HttpResponse:
    """The petition is flagged or parked."""
    if act not in SETTING_ASIDE:
        raise Http404
    petition = get_petition(petition_id)
    moderating.set_aside(petition.pk, SETTING_ASIDE[act], actor=get_actor(request), now=timezone.now())
    say(request, gettext("The petition is flagged.") if act == "flag" else gettext("The petition is parked."))
    return back_to(petition.pk)


@gate(MODERATE)
@require_POST
def restore(request: HttpRequest, petition_id: str) -> HttpResponse:
    """The petition is back where it was."""
    petition = get_petition(petition_id)
    require_power(request, petition)
    moderating.restore(petition.pk, actor=get_actor(request), now=timezone.now())
    say(request, gettext("The petition is restored."))
    return back_to(petition.pk)


@gate(REMOVE)
def remove(request: HttpRequest, petition_id: str) -> HttpResponse:
    """The petition is proposed to be removed."""
    petition = get_petition(petition_id)
    form = ReasonForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        context = {"petition": petition, "form": form, "title": gettext("Remove this petition for good")}
        return show(request, "form.html", {**context, "kind": "warning"}, status=422 if form.is_bound else 200)
    reason = form.cleaned_data["reason"]
    proposal = proposing.take_off(petition.pk, reason=reason, actor=get_actor(request), now=timezone.now())
    text = gettext("The petition is removed.") if proposal is None else gettext("A second person has to agree now.")
    say(request, text)
    return back_to(petition.pk)


@gate(MODERATE)
@require_POST
def decide_proposal(request: HttpRequest, proposal_id: str, act: str) -> HttpResponse:
    """A second person agrees or declines; the first withdraws. To remove is for system administrators."""
    proposal = Proposal.objects.filter(pk=parse_id(proposal_id)).first()
    if proposal is None or act not in {"agree", "decline"}:
        raise Http404
    if proposal.act == proposing.REMOVE and not may(get_actor(request), REMOVE):
        raise PermissionDenied(REMOVE)
    verb = proposing.agree if act == "agree" else proposing.decline
    verb(proposal.pk, actor=get_actor(request), now=timezone.now())
    say(request, gettext("It is done.") if act == "agree" else gettext("The proposal is off the table."))
    return redirect(reverse("petitions-staff:petition", kwargs={"petition_id": proposal.petition_id}))


urlpatterns = [
    path("<str:petition_id>/approve", approve, name="approve"),
    path("<str:petition_id>/reject", reject, name="reject"),
    path("<str:petition_id>/restore", restore, name="restore"),
    path("<str:petition_id>/remove", remove, name="remove"),
    path("<str:petition_id>/aside/<str:act>", set_aside, name="aside"),
    path("proposals/<str:proposal_id>/<str:act>", decide_proposal, name="proposal"),
]
