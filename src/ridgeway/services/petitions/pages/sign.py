"""Signing a petition that is open, the link that confirms it, and the page that thanks for it.

Law: what a link opens depends on its secret alone. The page that says where the signer votes opens to the browser that
confirmed, by a cookie of that page; whoever was handed the address is led to the petition.
Next: `signing.py`, `writing.py`.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import get_language

from ridgeway.errors import WorldError
from ridgeway.services.petitions.links import link_to
from ridgeway.services.petitions.models import Petition, Signature
from ridgeway.services.petitions.pages.cookies import read_page_cookie, set_page_cookie
from ridgeway.services.petitions.pages.holding import address_for, find_petition
from ridgeway.services.petitions.pages.ids import parse_id
from ridgeway.services.petitions.pages.private import find_ip, private_page
from ridgeway.services.petitions.pages.signing import AWAY, RETRY_SECONDS, Flow, answer_flow, refuse
from ridgeway.services.petitions.pages.writing import Confirmed, confirm_signature
from ridgeway.services.petitions.queries.signing import describe_signable, is_token_of, list_constituencies_of
from ridgeway.services.petitions.queries.site import read_site
from ridgeway.services.petitions.rules.signing import Answer, decide_taking
from ridgeway.services.petitions.states import PUBLISHED, SignatureRole, SignatureState

SIGNED_SECONDS = 24 * 3600
SPONSOR = SignatureRole.SPONSOR


@private_page()
def ask_signer(request: HttpRequest, petition_id: str) -> HttpResponse:
    """The way to a signature, while the petition takes any."""
    petition, site = find_petition(petition_id), read_site()
    answer = decide_taking(describe_signable(petition, site), SignatureRole.SIGNER, now=timezone.now())
    if answer is not Answer.ACCEPTED:
        return refuse(request, petition, answer)
    numbers = {"petition_id": petition.pk}
    flow = Flow(
        petition=petition,
        site=site,
        role=SignatureRole.SIGNER,
        here=reverse("sign", kwargs=numbers),
        back=reverse("petition", kwargs=numbers),
        thanks=reverse("sign-thank-you", kwargs=numbers),
    )
    return answer_flow(request, flow)


@private_page(takes_forms=False)
def show_signer_thanks(request: HttpRequest, petition_id: str) -> HttpResponse:
    """Look into your mail; the same for everybody."""
    petition = find_petition(petition_id)
    if petition.state not in PUBLISHED:
        return redirect(address_for(petition))
    return render(request, "petitions/sign/thank-you.html", {"petition": petition, "is_sponsor": False})


@private_page(takes_forms=False)
def verify_signature(request: HttpRequest, signature_id: str) -> HttpResponse:
    """The link of a signer's mail was followed."""
    return follow_link(request, parse_id(signature_id))


def follow_link(request: HttpRequest, signature_id: int) -> HttpResponse:
    """The signature is confirmed, and the browser led to the page that says so; looking ahead confirms nothing."""
    if request.method == "HEAD":
        return HttpResponse()
    token = request.GET.get("token", "")
    try:
        confirmed = confirm_signature(signature_id, token, ip=find_ip(request))
    except WorldError:
        response = render(request, "petitions/sign/away.html", status=AWAY)
        response.headers["Retry-After"] = str(RETRY_SECONDS)
        return response
    if confirmed.answer is Answer.ACCEPTED:
        return welcome(signature_id, confirmed)
    signature = get_object_or_404(Signature.objects.select_related("petition"), pk=signature_id)
    return explain(request, signature.petition, confirmed.answer)


def welcome(signature_id: int, confirmed: Confirmed) -> HttpResponse:
    """To the page that thanks, which opens to this browser alone."""
    name, folder = ("sponsored", "sponsors") if confirmed.role is SPONSOR else ("signed", "signatures")
    response = redirect(name, signature_id=signature_id)
    set_page_cookie(
        response,
        f"signed_{signature_id}",
        confirmed.signed_token,
        path=f"/{folder}/{signature_id}",
        max_age_seconds=SIGNED_SECONDS,
    )
    return response


def explain(request: HttpRequest, petition: Petition, answer: Answer) -> HttpResponse:
    """What a link that does not confirm leads to."""
    if answer is Answer.STALE:
        return redirect(f"{reverse('sponsor', kwargs={'petition_id': petition.pk})}?token={petition.sponsor_token}")
    if answer is Answer.NOT_OPEN and petition.state in PUBLISHED:
        return render(request, "petitions/sign/too-late.html", {"petition": petition})
    return refuse(request, petition, answer)


@private_page(takes_forms=False)
def show_signed(request: HttpRequest, signature_id: str) -> HttpResponse:
    """Thank you, and who represents you."""
    return show_counted(request, parse_id(signature_id), roles={SignatureRole.SIGNER, SignatureRole.CREATOR})


def show_counted(request: HttpRequest, signature_id: int, *, roles: set[SignatureRole]) -> HttpResponse:
    """The page after confirming, for the browser that confirmed; others are led to the petition."""
    found = Signature.objects.select_related("petition", "constituency")
    signature = get_object_or_404(found, pk=signature_id, role__in=roles)
    is_own = is_token_of(read_page_cookie(request, f"signed_{signature_id}"), signature.signed_token)
    if not is_own or signature.state == SignatureState.PENDING:
        return redirect(address_for(signature.petition))
    site = read_site()
    context = {
        "petition": signature.petition,
        "address": link_to("petition", language=get_language() or "", petition_id=signature.petition_id),
        "is_sponsor": signature.role == SPONSOR,
        "is_home": signature.country_code == site.country_code,
        "constituencies": list_constituencies_of(signature, home_code=site.country_code),
    }
    return render(request, "petitions/sign/signed.html", context)


urlpatterns = [
    path("petitions/<str:petition_id>/signatures/new", ask_signer, name="sign"),
    path("petitions/<str:petition_id>/signatures/thank-you", show_signer_thanks, name="sign-thank-you"),
    path("signatures/<str:signature_id>/verify", verify_signature, name="verify-signature"),
    path("signatures/<str:signature_id>/signed", show_signed, name="signed"),
]
