"""Parliaments: entered, described, and brought to their end step by step.

Law: each step is one button, which is there only when what must come before has come; why it is not is said in its
place. Next: `../actions/dissolving.py`, `archiving.py`, `anonymising.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from ridgeway.office.people.actor import Actor
from ridgeway.office.people.gates import gate, get_actor
from ridgeway.services.petitions.actions.anonymising import KEPT
from ridgeway.services.petitions.actions.archiving import WAIT, start_archiving
from ridgeway.services.petitions.actions.dissolving import (
    ParliamentError,
    announce,
    cancel_closure,
    schedule_closure,
    send_mails,
)
from ridgeway.services.petitions.actions.founding import describe_parliament, enter_parliament
from ridgeway.services.petitions.actions.informing import mail_privacy_notice
from ridgeway.services.petitions.forms.parliament import CutoffForm, DescribeForm, DissolutionForm, PrivacyForm
from ridgeway.services.petitions.models import Parliament, Petition
from ridgeway.services.petitions.operating.reporting import find_stage
from ridgeway.services.petitions.pages.ids import parse_id
from ridgeway.services.petitions.service import PARLIAMENT
from ridgeway.services.petitions.staff.saying import say, show
from ridgeway.services.petitions.states import UNPUBLISHED, State

ERROR = "error"
Act = Callable[..., Parliament]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a Parliament's end; `why_not` is empty where it can be taken now."""

    name: str
    title: str
    hint: str
    label: str
    why_not: str
    done_at: datetime | None = None
    kind: str = "secondary"


def name_stage(stage: str) -> str:
    """Where a Parliament is, in words."""
    return {
        "pending": gettext("Not open yet"),
        "sitting": gettext("Sitting"),
        "dissolution announced": gettext("Dissolution announced"),
        "dissolved": gettext("Dissolved"),
        "archiving": gettext("Being archived"),
        "archived": gettext("Archived"),
        "anonymous": gettext("Archived, signers anonymous"),
    }[stage]


def get_parliament(parliament_id: str) -> Parliament:
    """The Parliament of the address.

    Raises:  Http404.
    """
    found = Parliament.objects.filter(pk=parse_id(parliament_id)).first()
    if found is None:
        raise Http404
    return found


def link_to_parliament(parliament: Parliament) -> str:
    """The page of a Parliament."""
    return reverse("petitions-staff:parliament", kwargs={"parliament_id": parliament.pk})


def list_steps(parliament: Parliament, now: datetime) -> list[Step]:
    """The steps in their order."""
    return [
        step_of_mails(parliament),
        step_of_closure(parliament, now),
        step_of_archive(parliament, now),
        step_of_anonymity(parliament, now),
    ]


def step_of_mails(parliament: Parliament) -> Step:
    """Everybody is told."""
    why_not = ""
    has_links = parliament.dissolution_faq_url and parliament.registration_closes_at and parliament.election_on
    if parliament.archiving_started_at is not None:
        why_not = gettext("The Parliament is being archived, or is in the archive.")
    elif not parliament.dissolution_at or not has_links:
        why_not = gettext(
            "Fill in first the day of the dissolution, the page with questions and answers, the end of registration "
            "and the day of the election."
        )
    return Step(
        "mail",
        gettext("Mail everybody"),
        gettext("Each person who started or signed open petitions gets one mail, which lists up to five of them."),
        gettext("Send the mails"),
        why_not,
        parliament.notified_at,
    )


def step_of_closure(parliament: Parliament, now: datetime) -> Step:
    """Petitions close at the instant."""
    why_not = ""
    if parliament.archiving_started_at is not None:
        why_not = gettext("The Parliament is being archived, or is in the archive.")
    elif parliament.dissolution_at is None:
        why_not = gettext("Fill in first the day of the dissolution.")
    elif parliament.closure_scheduled_at is not None and parliament.closure_scheduled_at <= now:
        why_not = gettext("The petitions have closed.")
    return Step(
        "close",
        gettext("Close petitions at the dissolution"),
        gettext("At that moment open petitions close, and those that are not published are stopped."),
        gettext("Schedule the closure"),
        why_not,
        parliament.closure_scheduled_at,
        "warning",
    )


def step_of_archive(parliament: Parliament, now: datetime) -> Step:
    """The Parliament goes into the archive."""
    why_not = ""
    left = Petition.objects.filter(parliament=parliament, state__in=[State.OPEN, *UNPUBLISHED]).count()
    if parliament.archiving_started_at is not None:
        why_not = gettext("It has begun.") if parliament.archived_at is None else gettext("It is done.")
    elif parliament.dissolution_at is None or parliament.dissolution_at + WAIT > now:
        why_not = gettext("This can begin two days after the dissolution.")
    elif left:
        why_not = gettext("Some petitions are still open or not published: schedule the closure first.")
    return Step(
        "archive",
        gettext("Archive"),
        gettext("Petitions move to the archive with their counts; old addresses lead there."),
        gettext("Archive the petitions"),
        why_not,
        parliament.archived_at,
        "warning",
    )


def step_of_anonymity(parliament: Parliament, now: datetime) -> Step:
    """Signers are nobody any more; the service does it by itself."""
    why_not = gettext("The service does this by itself, six months after the dissolution.")
    ended = parliament.dissolution_at
    if parliament.archived_at is not None and ended and ended + KEPT <= now and parliament.anonymized_at is None:
        why_not = gettext("It is due, and begins at night.")
    return Step(
        "",
        gettext("Make signers anonymous"),
        gettext("Names and addresses are overwritten; petitions that must be kept as they are stay."),
        "",
        why_not,
        parliament.anonymized_at,
    )


@gate(PARLIAMENT)
def list_parliaments(request: HttpRequest) -> HttpResponse:
    """`/petitions/parliaments`: all of them, the newest first."""
    now = timezone.now()
    rows = [
        {"parliament": each, "href": link_to_parliament(each), "stage": name_stage(find_stage(each, now=now))}
        for each in Parliament.objects.order_by("-opening_at", "-pk")
    ]
    return show(request, "parliament/list.html", {"rows": rows, "form": PrivacyForm()})


@gate(PARLIAMENT)
def add_parliament(request: HttpRequest) -> HttpResponse:
    """A new one."""
    form = DescribeForm.of(None, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            entered = enter_parliament(form.read(), actor=get_actor(request), now=timezone.now())
        except ParliamentError:
            form.add_error("period", gettext("There is a Parliament of these years already."))
        else:
            say(request, gettext("The Parliament is entered."))
            return redirect(link_to_parliament(entered))
    context = {"form": form, "title": gettext("Enter a Parliament"), "back": reverse("petitions-staff:parliaments")}
    return show(request, "parliament/edit.html", context, status=422 if form.is_bound else 200)


@gate(PARLIAMENT)
def show_parliament(request: HttpRequest, parliament_id: str) -> HttpResponse:
    """One, with the steps of its end."""
    parliament, now = get_parliament(parliament_id), timezone.now()
    return show(request, "parliament/show.html", describe(parliament, CutoffForm(), now))


def describe(parliament: Parliament, form: CutoffForm, now: datetime) -> dict[str, Any]:
    """What the page of a Parliament shows."""
    petitions = Petition.objects.filter(parliament=parliament)
    return {
        "parliament": parliament,
        "stage": name_stage(find_stage(parliament, now=now)),
        "steps": list_steps(parliament, now),
        "form": form,
        "petitions": petitions.count(),
        "archived": petitions.exclude(archived_at=None).count(),
        "is_scheduled": parliament.closure_scheduled_at is not None and parliament.closure_scheduled_at > now,
    }


@gate(PARLIAMENT)
def edit_parliament(request: HttpRequest, parliament_id: str) -> HttpResponse:
    """What it is."""
    parliament = get_parliament(parliament_id)
    form = DescribeForm.of(parliament, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            describe_parliament(parliament.pk, form.read(), actor=get_actor(request), now=timezone.now())
        except ParliamentError as error:
            form.add_error("period", error.detail)
        else:
            say(request, gettext("What is said of the Parliament is changed."))
            return redirect(link_to_parliament(parliament))
    context = {"form": form, "title": gettext("What is said of the Parliament"), "back": link_to_parliament(parliament)}
    return show(request, "parliament/edit.html", context, status=422 if form.is_bound else 200)


@gate(PARLIAMENT)
def edit_dissolution(request: HttpRequest, parliament_id: str) -> HttpResponse:
    """How it ends, and what is said of that."""
    parliament = get_parliament(parliament_id)
    form = DissolutionForm.of(parliament, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        act(request, announce, parliament, form.read(), done=gettext("The announcement is saved."))
        return redirect(link_to_parliament(parliament))
    context = {"form": form, "title": gettext("The dissolution"), "back": link_to_parliament(parliament)}
    return show(request, "parliament/edit.html", context, status=422 if form.is_bound else 200)


def act(request: HttpRequest, verb: Act, parliament: Parliament, *arguments: object, done: str) -> None:
    """The verb is done, or why not is said on the next page."""
    actor: Actor = get_actor(request)
    name, now = request.path.rpartition("/")[2], timezone.now()
    try:
        verb(parliament.pk, *arguments, actor=actor, now=now)
    except ParliamentError as error:
        reasons = {step.name: step.why_not for step in list_steps(parliament, now)}
        say(request, reasons.get(name) or error.detail, kind=ERROR)
    else:
        say(request, done)


@gate(PARLIAMENT)
@require_POST
def mail(request: HttpRequest, parliament_id: str) -> HttpResponse:
    """The button that tells everybody."""
    parliament = get_parliament(parliament_id)
    act(request, send_mails, parliament, done=gettext("The mails are on their way."))
    return redirect(link_to_parliament(parliament))


@gate(PARLIAMENT)
@require_POST
def close(request: HttpRequest, parliament_id: str) -> HttpResponse:
    """The button that schedules the closure."""
    parliament, now = get_parliament(parliament_id), timezone.now()
    form = CutoffForm(request.POST)
    if not form.is_valid():
        return show(request, "parliament/show.html", describe(parliament, form, now), status=422)
    act(request, schedule_closure, parliament, form.read(), done=gettext("The closure is scheduled."))
    return redirect(link_to_parliament(parliament))


@gate(PARLIAMENT)
@require_POST
def cancel(request: HttpRequest, parliament_id: str) -> HttpResponse:
    """The button that takes the closure back."""
    parliament = get_parliament(parliament_id)
    act(request, cancel_closure, parliament, done=gettext("Nothing closes early any more."))
    return redirect(link_to_parliament(parliament))


@gate(PARLIAMENT)
@require_POST
def archive(request: HttpRequest, parliament_id: str) -> HttpResponse:
    """The button that archives."""
    parliament = get_parliament(parliament_id)
    act(request, start_archiving, parliament, done=gettext("The petitions are being archived."))
    return redirect(link_to_parliament(parliament))


@gate(PARLIAMENT)
@require_POST
def mail_privacy(request: HttpRequest) -> HttpResponse:
    """The button that tells of a changed privacy notice."""
    form = PrivacyForm(request.POST)
    if form.is_valid():
        mail_privacy_notice(form.cleaned_data["since"], actor=get_actor(request), now=timezone.now())
        say(request, gettext("The mails are on their way."))
    else:
        say(request, gettext("Write the day in numbers, as 5 7 2024, or leave it empty."), kind=ERROR)
    return redirect(reverse("petitions-staff:parliaments"))


urlpatterns = [
    path("parliaments", list_parliaments, name="parliaments"),
    path("parliaments/new", add_parliament, name="new-parliament"),
    path("parliaments/privacy", mail_privacy, name="mail-privacy"),
    path("parliaments/<str:parliament_id>", show_parliament, name="parliament"),
    path("parliaments/<str:parliament_id>/edit", edit_parliament, name="edit-parliament"),
    path("parliaments/<str:parliament_id>/dissolution", edit_dissolution, name="edit-dissolution"),
    path("parliaments/<str:parliament_id>/mail", mail, name="parliament-mail"),
    path("parliaments/<str:parliament_id>/close", close, name="parliament-close"),
    path("parliaments/<str:parliament_id>/cancel", cancel, name="parliament-cancel"),
    path("parliaments/<str:parliament_id>/archive", archive, name="parliament-archive"),
]
