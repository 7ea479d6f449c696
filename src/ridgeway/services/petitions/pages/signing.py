"""Signing and supporting: who may, who you are, read it once more, look into your mail.

Law: nothing is kept between the pages; what was typed goes with the form from page to page, and is judged each time.
The last page is the same whatever came of it, so that nobody learns who has signed. While the writer is away what was
typed stays on the page.
"""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation

from ridgeway.errors import WorldError
from ridgeway.office.design.formtoken import FormTokenError, require_form_token
from ridgeway.services.petitions.forms.creating import YES, EligibilityForm
from ridgeway.services.petitions.forms.person import PersonForm
from ridgeway.services.petitions.models import Petition, SiteSettings
from ridgeway.services.petitions.pages.asking import describe_asked, say_likely
from ridgeway.services.petitions.pages.holding import address_for
from ridgeway.services.petitions.pages.private import find_ip
from ridgeway.services.petitions.pages.writing import take_signature
from ridgeway.services.petitions.rules.postcodes import render_postcode
from ridgeway.services.petitions.rules.signing import Answer
from ridgeway.services.petitions.states import SignatureRole
from ridgeway.services.petitions.writer.values import Take

PURPOSE = "petitions.sign"
EXPIRED = "expired_form_token"
RETRY_SECONDS = 5
AWAY = 503


@dataclass(frozen=True, slots=True)
class Flow:
    """One way of signing one petition: `here` is where its forms go, `back` and `thanks` lie before and after."""

    petition: Petition
    site: SiteSettings
    role: SignatureRole
    here: str
    back: str
    thanks: str

    def address(self, step: str) -> str:
        """The address of a step."""
        return f"{self.here}{'&' if '?' in self.here else '?'}step={step}"


def answer_flow(request: HttpRequest, flow: Flow) -> HttpResponse:
    """The page that comes next."""
    if request.method == "POST":
        return take_form(request, flow)
    step = request.GET.get("step", "")
    if step == "details":
        return show_details(request, flow, make_form(flow))
    if step == "not-eligible":
        return show(request, flow, "not-eligible", back=flow.here)
    return show_eligibility(request, flow, is_asked_again="problem" in request.GET)


def take_form(request: HttpRequest, flow: Flow) -> HttpResponse:
    """One of the three forms was sent."""
    step, now = request.POST.get("step", ""), timezone.now()
    try:
        nonce = require_form_token(request, PURPOSE, now=now)
    except FormTokenError as error:
        if error.code != EXPIRED or step == "eligibility":
            raise
        return show_details(request, flow, make_form(flow, request), is_expired=True)
    if step == "eligibility":
        return take_eligibility(request, flow)
    form = make_form(flow, request)
    if not form.is_valid() or "change" in request.POST:
        return show_details(request, flow, form)
    return sign(request, flow, form, nonce) if step == "check" else show_check(request, flow, form)


def take_eligibility(request: HttpRequest, flow: Flow) -> HttpResponse:
    """Yes leads on, no to a page that says why, anything else back to the question."""
    form = EligibilityForm(request.POST, country=describe_asked(flow.site).home_name)
    if not form.is_valid():
        return redirect(f"{flow.address('eligibility')}&problem=1")
    return redirect(flow.address("details" if form.cleaned_data["eligible"] == YES else "not-eligible"))


def sign(request: HttpRequest, flow: Flow, form: PersonForm, nonce: str) -> HttpResponse:
    """The signature is with the writer, whatever became of it."""
    try:
        answer = take_signature(read_take(request, flow, form, nonce))
    except WorldError:
        response = show_check(request, flow, form, is_away=True)
        response.status_code = AWAY
        response.headers["Retry-After"] = str(RETRY_SECONDS)
        return response
    if answer is Answer.ACCEPTED:
        return redirect(flow.thanks)
    return refuse(request, flow.petition, answer)


def read_take(request: HttpRequest, flow: Flow, form: PersonForm, nonce: str) -> Take:
    """The form as the writer takes it."""
    values = form.cleaned_data
    return Take(
        petition_id=flow.petition.pk,
        role=flow.role.value,
        name=values["name"],
        email=values["email"],
        postcode=values["postcode"],
        country_code=values["location"],
        wants_updates=bool(values.get("wants_updates")),
        language=translation.get_language() or "en",
        ip=find_ip(request),
        nonce=nonce,
    )


def refuse(request: HttpRequest, petition: Petition, answer: Answer) -> HttpResponse:
    """Why one cannot sign: signing is paused, or the petition takes no signatures (any more)."""
    if answer is Answer.PAUSED:
        return render(request, "petitions/sign/paused.html", {"petition": petition})
    return redirect(address_for(petition))


def show_eligibility(request: HttpRequest, flow: Flow, *, is_asked_again: bool) -> HttpResponse:
    """Who may sign."""
    form = EligibilityForm({} if is_asked_again else None, country=describe_asked(flow.site).home_name)
    return show(request, flow, "eligibility", back=flow.back, form=form)


def show_details(request: HttpRequest, flow: Flow, form: PersonForm, *, is_expired: bool = False) -> HttpResponse:
    """Who you are."""
    return show(request, flow, "details", back=flow.here, form=form, is_expired=is_expired)


def show_check(request: HttpRequest, flow: Flow, form: PersonForm, *, is_away: bool = False) -> HttpResponse:
    """What was typed, to be read once more; it goes along in the form."""
    values = form.cleaned_data
    shown = {
        "person": values,
        "country": dict(form.asked.countries).get(values["location"], ""),
        "postcode": render_postcode(values["postcode"]),
        "likely": say_likely(values["email"]),
        "is_away": is_away,
    }
    return show(request, flow, "check", back="", form=form, **shown)


def show(request: HttpRequest, flow: Flow, page: str, *, back: str, **context: object) -> HttpResponse:
    """One page of the way."""
    told = {"flow": flow, "back": back, "asked": describe_asked(flow.site), **context}
    return render(request, f"petitions/sign/{page}.html", told)


def make_form(flow: Flow, request: HttpRequest | None = None) -> PersonForm:
    """The form, with what was sent."""
    data = None if request is None else request.POST
    return PersonForm(data, asked=describe_asked(flow.site), asks_updates=True)
