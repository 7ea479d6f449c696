"""Stopping mail about a petition, by the link in each mail and by the mail program's own button.

Law: the link's secret is all that is asked for. Looking at the page changes nothing, since mail programs look at links;
the button's POST does, and so does the one that a mail program sends by itself.
Source:  RFC 8058, section 3.2: a POST of `List-Unsubscribe=One-Click`, without cookies and without a page before it.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone

from ridgeway.office.design.formtoken import require_form_token
from ridgeway.services.petitions.actions.unsubscribing import stop_updates
from ridgeway.services.petitions.models import Signature
from ridgeway.services.petitions.pages.holding import address_for
from ridgeway.services.petitions.pages.ids import parse_id
from ridgeway.services.petitions.pages.private import private_page
from ridgeway.services.petitions.queries.signing import is_token_of
from ridgeway.services.petitions.states import PUBLISHED

PURPOSE = "petitions.unsubscribe"
ONE_CLICK_FIELD, ONE_CLICK = "List-Unsubscribe", "One-Click"


@private_page()
def unsubscribe(request: HttpRequest, signature_id: str) -> HttpResponse:
    """Ask, or do it."""
    found = Signature.objects.select_related("petition")
    signature = get_object_or_404(found, pk=parse_id(signature_id))
    if not is_token_of(request.GET.get("token", ""), signature.unsubscribe_token):
        return redirect(address_for(signature.petition))
    if request.method != "POST":
        if not signature.wants_updates:
            return show_done(request, was_subscribed=False)
        context = {
            "petition": signature.petition,
            "shows_title": signature.petition.state in PUBLISHED,
            "here": request.get_full_path(),
        }
        return render(request, "petitions/unsubscribe/ask.html", context)
    now = timezone.now()
    if request.POST.get(ONE_CLICK_FIELD) != ONE_CLICK:
        require_form_token(request, PURPOSE, now=now)
    return show_done(request, was_subscribed=stop_updates(signature.pk, now=now))


def show_done(request: HttpRequest, *, was_subscribed: bool) -> HttpResponse:
    """It is done, or had been."""
    return render(request, "petitions/unsubscribe/done.html", {"was_subscribed": was_subscribed})


urlpatterns = [
    path("signatures/<str:signature_id>/unsubscribe", unsubscribe, name="unsubscribe"),
    path("archived/signatures/<str:signature_id>/unsubscribe", unsubscribe, name="archived-unsubscribe"),
]
