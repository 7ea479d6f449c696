"""A debate's date and its outcome."""

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from ridgeway.office.people.gates import gate, get_actor
from ridgeway.services.petitions.actions.debating import (
    OUTCOME_KIND,
    SCHEDULED_KIND,
    Told,
    schedule_debate,
    tell_outcome,
    withdraw_outcome,
)
from ridgeway.services.petitions.api.attributes import find_outcome
from ridgeway.services.petitions.forms.moderating import LINKS, OutcomeForm, ScheduleForm
from ridgeway.services.petitions.queries.site import read_site
from ridgeway.services.petitions.service import DEBATE
from ridgeway.services.petitions.staff.copying import send_copy
from ridgeway.services.petitions.staff.petition import get_petition
from ridgeway.services.petitions.staff.saying import PREVIEW, SILENT, back_to, say, show


@gate(DEBATE)
def edit_schedule(request: HttpRequest, petition_id: str) -> HttpResponse:
    """The date is set, moved or taken back."""
    petition = get_petition(petition_id)
    form = ScheduleForm(request.POST or None, initial={"day": petition.scheduled_debate_date})
    if request.method == "POST" and form.is_valid():
        actor, now, day = get_actor(request), timezone.now(), form.cleaned_data["day"]
        mails = not {SILENT, PREVIEW} & set(request.POST)
        schedule_debate(petition.pk, day, today=timezone.localdate(), actor=actor, now=now, mails=mails)
        say(request, gettext("The date of the debate is set.") if day else gettext("The debate has no date any more."))
        if PREVIEW in request.POST and day:
            send_copy(request, petition.pk, SCHEDULED_KIND)
        return back_to(petition.pk)
    context = {"petition": petition, "form": form, "title": gettext("Date of the debate"), "mails": True}
    return show(request, "form.html", context, status=422 if form.is_bound else 200)


@gate(DEBATE)
def edit_outcome(request: HttpRequest, petition_id: str) -> HttpResponse:
    """What came of the debate is told."""
    petition = get_petition(petition_id)
    outcome = find_outcome(petition)
    initial = {"debated": "yes", "debated_on": petition.scheduled_debate_date}
    if outcome is not None:
        initial = {name: getattr(outcome, name) for name in ("debated_on", "overview", *LINKS)}
        initial["debated"] = "yes" if outcome.debated else "no"
    domains = [line.strip().lower() for line in read_site().link_domains.splitlines() if line.strip()]
    files = request.FILES if request.method == "POST" else None
    form = OutcomeForm(request.POST or None, files, initial=initial, domains=domains)
    if request.method == "POST" and form.is_valid():
        values = {**form.cleaned_data, "debated": form.cleaned_data["debated"] == "yes"}
        actor, now, mails = get_actor(request), timezone.now(), not {SILENT, PREVIEW} & set(request.POST)
        tell_outcome(petition.pk, Told(**values), actor=actor, now=now, mails=mails)
        say(request, gettext("The outcome of the debate is published."))
        if PREVIEW in request.POST:
            send_copy(request, petition.pk, OUTCOME_KIND)
        return back_to(petition.pk)
    context = {"petition": petition, "form": form, "title": gettext("Outcome of the debate"), "mails": True}
    withdraws = "withdraw-outcome" if outcome is not None else ""
    more = {"withdraws": withdraws, "has_file": True}
    return show(request, "form.html", {**context, **more}, status=422 if form.is_bound else 200)


@gate(DEBATE)
@require_POST
def withdraw(request: HttpRequest, petition_id: str) -> HttpResponse:
    """What was told is taken back."""
    petition = get_petition(petition_id)
    withdraw_outcome(petition.pk, today=timezone.localdate(), actor=get_actor(request), now=timezone.now())
    say(request, gettext("The outcome is withdrawn; mail that waited is not sent."))
    return back_to(petition.pk)


urlpatterns = [
    path("<str:petition_id>/debate", edit_schedule, name="schedule"),
    path("<str:petition_id>/outcome", edit_outcome, name="outcome"),
    path("<str:petition_id>/outcome/withdraw", withdraw, name="withdraw-outcome"),
]
