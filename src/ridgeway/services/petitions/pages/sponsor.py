"""Supporting a petition that is not public yet, by the private link that its creator passes on.

Law: the link's secret opens the petition's text; opening it shows that the creator's mail came through, which confirms
the creator. A link that is wrong leads to where everybody sees how far the petition is.
Next: `signing.py`, `holding.py`.
"""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone

from ridgeway.errors import WorldError
from ridgeway.services.petitions.models import Petition
from ridgeway.services.petitions.pages.holding import address_for, find_petition
from ridgeway.services.petitions.pages.ids import parse_id
from ridgeway.services.petitions.pages.private import find_ip, private_page
from ridgeway.services.petitions.pages.sign import follow_link, show_counted
from ridgeway.services.petitions.pages.signing import AWAY, RETRY_SECONDS, Flow, answer_flow, refuse
from ridgeway.services.petitions.pages.writing import confirm_creator
from ridgeway.services.petitions.queries.signing import describe_signable, is_token_of
from ridgeway.services.petitions.queries.site import read_site
from ridgeway.services.petitions.rules.signing import SPONSORED_IN, Answer, decide_taking
from ridgeway.services.petitions.states import SignatureRole, State

SPONSOR = SignatureRole.SPONSOR


@private_page()
def ask_sponsor(request: HttpRequest, petition_id: str) -> HttpResponse:
    """The way to supporting a petition, for who has its link."""
    petition, token = find_petition(petition_id), request.GET.get("token", "")
    if not is_token_of(token, petition.sponsor_token) or petition.state not in SPONSORED_IN:
        return redirect(address_for(petition))
    if petition.state == State.PENDING and request.method != "HEAD":
        away = confirm(request, petition, token)
        if away is not None:
            return away
    site = read_site()
    answer = decide_taking(describe_signable(petition, site), SPONSOR, now=timezone.now())
    if answer is Answer.FULL:
        return redirect("moderation-info", petition_id=petition.pk)
    if answer is not Answer.ACCEPTED:
        return refuse(request, petition, answer)
    numbers = {"petition_id": petition.pk}
    here = f"{reverse('sponsor', kwargs=numbers)}?{urlencode({'token': token})}"
    flow = Flow(
        petition=petition,
        site=site,
        role=SPONSOR,
        here=here,
        back="",
        thanks=reverse("sponsor-thank-you", kwargs=numbers),
    )
    return answer_flow(request, flow)


def confirm(request: HttpRequest, petition: Petition, token: str) -> HttpResponse | None:
    """The creator is confirmed; a page instead, while the writer is away."""
    try:
        confirm_creator(petition.pk, token, ip=find_ip(request))
    except WorldError:
        response = render(request, "petitions/sign/away.html", status=AWAY)
        response.headers["Retry-After"] = str(RETRY_SECONDS)
        return response
    petition.refresh_from_db()
    return None


@private_page(takes_forms=False)
def show_sponsor_thanks(request: HttpRequest, petition_id: str) -> HttpResponse:
    """Look into your mail; the same for everybody, and nothing of the petition's text."""
    petition = find_petition(petition_id)
    return render(request, "petitions/sign/thank-you.html", {"petition": petition, "is_sponsor": True})


@private_page(takes_forms=False)
def verify_sponsor(request: HttpRequest, signature_id: str) -> HttpResponse:
    """The link of a sponsor's mail was followed."""
    return follow_link(request, parse_id(signature_id))


@private_page(takes_forms=False)
def show_sponsored(request: HttpRequest, signature_id: str) -> HttpResponse:
    """Thank you, and what happens next."""
    return show_counted(request, parse_id(signature_id), roles={SPONSOR})


urlpatterns = [
    path("petitions/<str:petition_id>/sponsors/new", ask_sponsor, name="sponsor"),
    path("petitions/<str:petition_id>/sponsors/thank-you", show_sponsor_thanks, name="sponsor-thank-you"),
    path("sponsors/<str:signature_id>/verify", verify_sponsor, name="verify-sponsor"),
    path("sponsors/<str:signature_id>/sponsored", show_sponsored, name="sponsored"),
]
