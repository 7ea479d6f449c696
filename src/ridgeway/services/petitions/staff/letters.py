"""Letters: to the creators of petitions that wait too long, to those in some constituencies; the private link again."""

import secrets

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST

from ridgeway.office.people.gates import gate, get_actor
from ridgeway.services.petitions.actions.resending import resend_link
from ridgeway.services.petitions.actions.writing import (
    DELAYED,
    SHOT,
    Letter,
    drop_mailshot,
    keep_mailshot,
    list_overdue,
    write_to_overdue,
)
from ridgeway.services.petitions.forms.letters import LetterForm, MailshotForm
from ridgeway.services.petitions.models import Mailshot, Petition
from ridgeway.services.petitions.pages.ids import parse_id
from ridgeway.services.petitions.service import MAIL, MODERATE
from ridgeway.services.petitions.staff.copying import send_copy
from ridgeway.services.petitions.staff.petition import get_petition
from ridgeway.services.petitions.staff.saying import PREVIEW, SILENT, back_to, say, show

MAX_SHOWN = 20


@gate(MAIL)
def write_overdue(request: HttpRequest) -> HttpResponse:
    """`/petitions/overdue`."""
    actor, now = get_actor(request), timezone.now()
    overdue = list_overdue(now=now)
    form = LetterForm(request.POST or None, initial=begin_letter())
    if request.method == "POST" and form.is_valid():
        letter = Letter(form.cleaned_data["subject"], form.cleaned_data["body"])
        first = overdue.first()
        if PREVIEW in request.POST and first is not None:
            said = {"subject": letter.subject, "body": letter.body}
            send_copy(request, first.pk, DELAYED, said)
            return show(request, "overdue.html", describe_overdue(form, overdue))
        posted = write_to_overdue(letter, request_id=form.cleaned_data["request_id"], actor=actor, now=now)
        text = ngettext("%(count)s creator gets the letter.", "%(count)s creators get the letter.", posted)
        say(request, text % {"count": posted})
        return redirect(reverse("petitions-staff:home"))
    return show(request, "overdue.html", describe_overdue(form, overdue), status=422 if form.is_bound else 200)


def begin_letter() -> dict[str, str]:
    """What the letter says before anybody changes it."""
    body = gettext(
        "We are checking more petitions than usual, so we have not decided about yours yet. You do not need to do "
        "anything. We will write to you as soon as we have checked it."
    )
    return {
        "subject": gettext("We have not checked your petition yet"),
        "body": body,
        "request_id": secrets.token_urlsafe(12),
    }


def describe_overdue(form: LetterForm, overdue: "object") -> dict[str, object]:
    """The context of the page."""
    petitions = list(overdue[:MAX_SHOWN])  # type: ignore[index]
    return {"form": form, "petitions": petitions, "count": overdue.count()}  # type: ignore[attr-defined]


@gate(MAIL)
def add_mailshot(request: HttpRequest, petition_id: str) -> HttpResponse:
    """`/petitions/ID/letters/new`."""
    return edit(request, get_petition(petition_id), None)


@gate(MAIL)
def edit_mailshot(request: HttpRequest, petition_id: str, mailshot_id: str) -> HttpResponse:
    """`/petitions/ID/letters/NUMBER`."""
    petition = get_petition(petition_id)
    shot = petition.mailshots.filter(pk=parse_id(mailshot_id)).first()
    if shot is None:
        raise Http404
    return edit(request, petition, shot)


def edit(request: HttpRequest, petition: Petition, shot: Mailshot | None) -> HttpResponse:
    """The form of a letter: kept, copied to the team, or mailed."""
    actor, now = get_actor(request), timezone.now()
    initial = {"subject": shot.subject, "body": shot.body, "constituencies": shot.constituency_codes} if shot else {}
    form = MailshotForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        letter = Letter(form.cleaned_data["subject"], form.cleaned_data["body"])
        codes = form.cleaned_data["constituencies"]
        mails = not {PREVIEW, SILENT} & set(request.POST)
        number = shot.pk if shot else None
        kept = keep_mailshot(petition.pk, letter, codes, actor=actor, now=now, mails=mails, mailshot_id=number)
        if PREVIEW in request.POST:
            send_copy(request, petition.pk, SHOT, {"mailshot_id": kept.pk})
        else:
            say(request, gettext("The letter is on its way.") if mails else gettext("The letter is saved."))
        return redirect(reverse("petitions-staff:mailshots", kwargs={"petition_id": petition.pk}))
    context = {"petition": petition, "form": form, "shot": shot, "title": gettext("Letter to signers")}
    return show(request, "mailshot.html", context, status=422 if form.is_bound else 200)


@gate(MAIL)
def list_mailshots(request: HttpRequest, petition_id: str) -> HttpResponse:
    """`/petitions/ID/letters`."""
    petition = get_petition(petition_id)
    shots = petition.mailshots.order_by("-pk")
    return show(request, "mailshots.html", {"petition": petition, "shots": shots})


@gate(MAIL)
@require_POST
def delete_mailshot(request: HttpRequest, petition_id: str, mailshot_id: str) -> HttpResponse:
    """`/petitions/ID/letters/NUMBER/delete`."""
    petition = get_petition(petition_id)
    drop_mailshot(petition.pk, parse_id(mailshot_id), actor=get_actor(request), now=timezone.now())
    say(request, gettext("The letter is gone; mail that waited is not sent."))
    return redirect(reverse("petitions-staff:mailshots", kwargs={"petition_id": petition.pk}))


@gate(MODERATE)
@require_POST
def resend(request: HttpRequest, petition_id: str) -> HttpResponse:
    """`/petitions/ID/resend`: the creator gets the private link again, and the team a copy."""
    petition = get_petition(petition_id)
    resend_link(petition.pk, actor=get_actor(request), now=timezone.now())
    say(request, gettext("The creator gets the private link again, and the team a copy."))
    return back_to(petition.pk)


urlpatterns = [
    path("overdue", write_overdue, name="overdue"),
    path("<str:petition_id>/resend", resend, name="resend"),
    path("<str:petition_id>/letters", list_mailshots, name="mailshots"),
    path("<str:petition_id>/letters/new", add_mailshot, name="add-mailshot"),
    path("<str:petition_id>/letters/<str:mailshot_id>", edit_mailshot, name="mailshot"),
    path("<str:petition_id>/letters/<str:mailshot_id>/delete", delete_mailshot, name="delete-mailshot"),
]
