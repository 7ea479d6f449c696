"""The government's response, as a minister's clerk or a moderator writes it."""

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from ridgeway.office.people.gates import gate, get_actor
from ridgeway.services.petitions.actions.responding import KIND, Given, respond, withdraw_response
from ridgeway.services.petitions.api.attributes import find_response
from ridgeway.services.petitions.forms.moderating import ResponseForm
from ridgeway.services.petitions.service import RESPOND
from ridgeway.services.petitions.staff.copying import send_copy
from ridgeway.services.petitions.staff.locking import describe_lock, is_free
from ridgeway.services.petitions.staff.petition import get_petition
from ridgeway.services.petitions.staff.saying import PREVIEW, SILENT, back_to, say, show


@gate(RESPOND)
def edit_response(request: HttpRequest, petition_id: str) -> HttpResponse:
    """The response is written or corrected."""
    petition = get_petition(petition_id)
    given = find_response(petition)
    initial = {"responded_on": timezone.localdate()}
    if given is not None:
        initial = {name: getattr(given, name) for name in ("responded_on", "summary", "details")}
    form = ResponseForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid() and is_free(request, petition, form):
        actor, now = get_actor(request), timezone.now()
        mails = not {SILENT, PREVIEW} & set(request.POST)
        respond(petition.pk, Given(**form.cleaned_data), actor=actor, now=now, mails=mails)
        text = gettext("The response is published, and mailed to those who want to hear of it.")
        say(request, text if mails else gettext("The response is published."))
        if PREVIEW in request.POST:
            send_copy(request, petition.pk, KIND)
        return back_to(petition.pk)
    context = {"petition": petition, "form": form, "title": gettext("The government's response"), "mails": True}
    context |= describe_lock(request, petition)
    withdraws = "withdraw-response" if given is not None else ""
    return show(request, "form.html", {**context, "withdraws": withdraws}, status=422 if form.is_bound else 200)


@gate(RESPOND)
@require_POST
def withdraw(request: HttpRequest, petition_id: str) -> HttpResponse:
    """The response is taken back."""
    petition = get_petition(petition_id)
    withdraw_response(petition.pk, actor=get_actor(request), now=timezone.now())
    say(request, gettext("The response is withdrawn; mail that waited is not sent."))
    return back_to(petition.pk)


urlpatterns = [
    path("<str:petition_id>/response", edit_response, name="response"),
    path("<str:petition_id>/response/withdraw", withdraw, name="withdraw-response"),
]
