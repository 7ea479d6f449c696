"""What is done to a version: signed off, put live now or later, ended, withdrawn, restored; each with its reason."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ridgeway.office.people.gates import gate, get_actor
from ridgeway.services.assessments.actions.doing import Doer, RefusedError
from ridgeway.services.assessments.actions.publishing import activate, end, restore, schedule, unschedule, withdraw
from ridgeway.services.assessments.actions.signing import sign_off
from ridgeway.services.assessments.forms import ReasonForm, ScheduleForm, SignOffForm, WithdrawForm
from ridgeway.services.assessments.operating.loading import BrokenVersionError
from ridgeway.services.assessments.service import APPROVE, PUBLISH
from ridgeway.services.assessments.staff.showing import get_version, say, show
from ridgeway.services.assessments.states import StateError

Verb = Callable[..., Any]


def sent(request: HttpRequest) -> QueryDict | None:
    """What was sent, an empty form among it."""
    return request.POST if request.method == "POST" else None


def act(
    request: HttpRequest, version_id: str, verb: Verb, form: forms.Form, words: tuple[Any, Any, str]
) -> HttpResponse:
    """The form of a verb; sent, the verb is done. `words`: the title, what is said after, the kind of button."""
    version = get_version(version_id)
    title, said, kind = words
    if request.method == "POST" and form.is_valid():
        try:
            verb(version.pk, **form.cleaned_data, by=Doer(get_actor(request), timezone.now()))
        except (BrokenVersionError, RefusedError, StateError) as error:
            form.add_error(None, f"{error.detail} {error.action}")
        else:
            say(request, said)
            return redirect(reverse("assessments-staff:version", kwargs={"version_id": version.pk}))
    context = {"version": version, "form": form, "title": title, "kind": kind}
    return show(request, "act.html", context, status=422 if form.is_bound else 200)


@gate(APPROVE)
def sign(request: HttpRequest, version_id: str) -> HttpResponse:
    """`/assessments/versions/ID/sign-off`."""
    form = SignOffForm(sent(request), initial={"digest": get_version(version_id).digest})
    return act(request, version_id, sign_off, form, (_("Sign it off"), _("You have signed it off."), "primary"))


@gate(PUBLISH)
def put_live(request: HttpRequest, version_id: str) -> HttpResponse:
    """`/assessments/versions/ID/activate`."""
    form = ReasonForm(sent(request))
    return act(request, version_id, activate, form, (_("Put it live now"), _("It is live."), "primary"))


@gate(PUBLISH)
def set_time(request: HttpRequest, version_id: str) -> HttpResponse:
    """`/assessments/versions/ID/schedule`."""
    form = ScheduleForm(sent(request))
    return act(request, version_id, schedule, form, (_("Schedule it"), _("It is scheduled."), "primary"))


@gate(PUBLISH)
def clear_time(request: HttpRequest, version_id: str) -> HttpResponse:
    """`/assessments/versions/ID/unschedule`."""
    form = ReasonForm(sent(request))
    words = (_("Take it off the schedule"), _("It is a draft again."), "primary")
    return act(request, version_id, unschedule, form, words)


@gate(PUBLISH)
def take_away(request: HttpRequest, version_id: str) -> HttpResponse:
    """`/assessments/versions/ID/withdraw`."""
    form = WithdrawForm(sent(request))
    words = (_("Withdraw it"), _("It is withdrawn: nobody sees it from now on."), "warning")
    return act(request, version_id, withdraw, form, words)


@gate(PUBLISH)
def put_back(request: HttpRequest, version_id: str) -> HttpResponse:
    """`/assessments/versions/ID/restore`."""
    form = ReasonForm(sent(request))
    return act(request, version_id, restore, form, (_("Restore it"), _("It is a draft again."), "primary"))


@gate(PUBLISH)
def finish(request: HttpRequest, version_id: str) -> HttpResponse:
    """`/assessments/versions/ID/end`."""
    form = ReasonForm(sent(request))
    words = (_("End it"), _("It has ended: people read that it has."), "warning")
    return act(request, version_id, end, form, words)


urlpatterns = [
    path("versions/<str:version_id>/sign-off", sign, name="sign-off"),
    path("versions/<str:version_id>/activate", put_live, name="go_live"),
    path("versions/<str:version_id>/schedule", set_time, name="schedule"),
    path("versions/<str:version_id>/unschedule", clear_time, name="unschedule"),
    path("versions/<str:version_id>/withdraw", take_away, name="withdraw"),
    path("versions/<str:version_id>/restore", put_back, name="restore"),
    path("versions/<str:version_id>/end", finish, name="end"),
]
