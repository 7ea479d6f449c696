"""Who works on a petition: shown on its pages, taken over, released."""

from datetime import datetime

from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from ridgeway.office.people.gates import background, gate, get_actor
from ridgeway.services.petitions.actions.locking import release, take_over
from ridgeway.services.petitions.service import ANNOTATE, VIEW
from ridgeway.services.petitions.staff.locking import describe_lock, may_change
from ridgeway.services.petitions.staff.petition import get_petition
from ridgeway.services.petitions.staff.saying import back_to, say

MAX_TIME = 40


@gate(VIEW)
@background
def show_lock(request: HttpRequest, petition_id: str) -> HttpResponse:
    """`/petitions/ID/lock`: the part of the page that a script keeps fresh, and the petition with it."""
    petition = get_petition(petition_id)
    return render(request, "petitions/staff/lock.html", describe_lock(request, petition))


@gate(VIEW)
@require_POST
def take(request: HttpRequest, petition_id: str) -> HttpResponse:
    """`/petitions/ID/lock/take`."""
    if not may_change(get_actor(request)):
        raise PermissionDenied(ANNOTATE)
    petition = get_petition(petition_id)
    take_over(petition.pk, actor=get_actor(request), now=timezone.now())
    say(request, gettext("You are working on this petition now."))
    return back_to(petition.pk)


@gate(VIEW)
@require_POST
def let_go(request: HttpRequest, petition_id: str) -> HttpResponse:
    """`/petitions/ID/lock/release`: a page that is left says until when it held the petition.

    Raises:  BadRequest for what is no time.
    """
    petition = get_petition(petition_id)
    release(petition.pk, actor=get_actor(request), held_at=read_time(request.POST.get("held_at", "")))
    return back_to(petition.pk)


def read_time(text: str) -> datetime | None:
    """The time; None for no text.

    Raises:  BadRequest for what is no time with its zone.
    """
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text[:MAX_TIME])
    except ValueError as error:
        raise BadRequest("This is no time.") from error
    if found.tzinfo is None:
        raise BadRequest("A time without its zone.")
    return found


urlpatterns = [
    path("<str:petition_id>/lock", show_lock, name="lock"),
    path("<str:petition_id>/lock/take", take, name="take-lock"),
    path("<str:petition_id>/lock/release", let_go, name="release-lock"),
]
