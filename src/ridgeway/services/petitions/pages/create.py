"""Starting a petition, one question a page: each is shown by GET, and a POST keeps the answer and leads on.

Law: the answers stand in a draft in the database, right or wrong, so that going back and forth loses nothing; the last
page judges all of them once more and leads to the first that is wrong. A cookie of these pages alone holds the draft's
token. Nobody learns from a page whether a petition came of it.
Next: `steps.py`, `actions/drafting.py`, `actions/creating.py`.
"""

from collections.abc import Mapping

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone, translation

from ridgeway.office.design.formtoken import require_form_token
from ridgeway.services.petitions.actions.creating import submit_petition
from ridgeway.services.petitions.actions.drafting import (
    LIFETIME,
    discard_draft,
    find_draft,
    is_sent,
    open_draft,
    save_answers,
)
from ridgeway.services.petitions.deployment import read_own_settings
from ridgeway.services.petitions.forms.creating import YES, EligibilityForm
from ridgeway.services.petitions.models import Draft
from ridgeway.services.petitions.pages.asking import describe_asked, say_likely
from ridgeway.services.petitions.pages.caching import FORMS, public
from ridgeway.services.petitions.pages.cookies import forget_page_cookie, read_page_cookie, set_page_cookie
from ridgeway.services.petitions.pages.private import find_ip, private_page
from ridgeway.services.petitions.pages.steps import (
    ASKING,
    NEXT,
    Step,
    address_of,
    find_back,
    find_faulty,
    make_form,
    read_proposed,
)
from ridgeway.services.petitions.queries.parliaments import find_parliament, is_dissolved, is_sitting
from ridgeway.services.petitions.queries.similar import list_similar
from ridgeway.services.petitions.queries.site import read_site
from ridgeway.services.petitions.rules.postcodes import render_postcode

PURPOSE = "petitions.create"
COOKIE = "draft"
COOKIE_PATH = "/petitions/new"
DRAFT_SECONDS = int(LIFETIME.total_seconds())


@public(FORMS)
def show_start(request: HttpRequest) -> HttpResponse:
    """What a petition is and what one needs to start one."""
    site = read_site()
    context = {"asked": describe_asked(site), "minimum": site.minimum_sponsors}
    return refuse_for_now(request) or render(request, "petitions/create/start.html", context)


@private_page()
def ask_eligibility(request: HttpRequest) -> HttpResponse:
    """The first question; a draft begins with its answer."""
    refused = refuse_for_now(request)
    if refused is not None:
        return refused
    country = describe_asked().home_name
    if request.method == "POST":
        return take_eligibility(request, country)
    draft = find_own_draft(request)
    answers = draft.answers if draft else {}
    form = EligibilityForm(answers if has_problem(request) else None, initial=answers, country=country)
    context = {
        "form": form,
        "back": reverse("start-petition"),
        "is_lost": "lost" in request.GET,
        "begun": answers.get("action", ""),
    }
    return render(request, "petitions/create/eligibility.html", context)


def take_eligibility(request: HttpRequest, country: str) -> HttpResponse:
    """Yes leads on, no to a page that says why, anything else back to the question."""
    require_form_token(request, PURPOSE, now=timezone.now(), max_age_seconds=DRAFT_SECONDS)
    form = EligibilityForm(request.POST, country=country)
    if not form.is_valid():
        return redirect(f"{reverse('new-petition')}?problem=1")
    if form.cleaned_data["eligible"] != YES:
        return redirect("cannot-create")
    return keep_answers(request, {"eligible": YES}, leads_to=address_of(Step.TITLE))


@private_page(takes_forms=False)
def show_not_eligible(request: HttpRequest) -> HttpResponse:
    """Why somebody cannot start a petition, and what they can do."""
    return render(request, "petitions/create/not-eligible.html", {"asked": describe_asked()})


@private_page()
def ask_step(request: HttpRequest, step: str) -> HttpResponse:
    """One page of the rest."""
    if step not in set(Step):
        raise Http404
    refused = refuse_for_now(request)
    if refused is not None:
        return refused
    here = Step(step)
    if request.method == "POST" and here in ASKING:
        return take_answers(request, here)
    draft = find_own_draft(request)
    if draft is None:
        return redirect(f"{reverse('new-petition')}?lost=1")
    if is_sent(draft):
        return finish()
    if here is Step.CHECK:
        return submit(request, draft) if request.method == "POST" else show_check(request, draft)
    return show_similar(request, draft) if here is Step.SIMILAR else show_question(request, here, draft)


def take_answers(request: HttpRequest, step: Step) -> HttpResponse:
    """The answers are kept; the next page comes when they are right, else the same with what is wrong."""
    require_form_token(request, PURPOSE, now=timezone.now(), max_age_seconds=DRAFT_SECONDS)
    names = list(make_form(step, {}).fields)
    answers = {name: request.POST.get(name, "") for name in names}
    comes_back = request.POST.get("return") == Step.CHECK
    if not make_form(step, answers).is_valid():
        leads_to = f"{address_of(step)}?problem=1{'&return=check' if comes_back else ''}"
    else:
        leads_to = address_of(Step.CHECK if comes_back else NEXT[step])
    return keep_answers(request, answers, leads_to=leads_to)


def keep_answers(request: HttpRequest, answers: Mapping[str, str], *, leads_to: str) -> HttpResponse:
    """The answers stand in the browser's draft, a new one where it has none."""
    now = timezone.now()
    draft, token = find_own_draft(request), read_page_cookie(request, COOKIE)
    if draft is None or is_sent(draft):
        draft, token = open_draft(now=now)
    save_answers(draft, answers, now=now)
    response = redirect(leads_to)
    set_page_cookie(response, COOKIE, token, path=COOKIE_PATH, max_age_seconds=DRAFT_SECONDS)
    return response


def show_question(request: HttpRequest, step: Step, draft: Draft) -> HttpResponse:
    """A question with the answer that it has."""
    comes_back = request.GET.get("return") == Step.CHECK
    context = {
        "form": make_form(step, draft.answers, judged=has_problem(request)),
        "step": step,
        "back": address_of(Step.CHECK) if comes_back else find_back(step, draft),
        "comes_back": comes_back,
        "asked": describe_asked(),
    }
    name = "your-details" if step is Step.YOU else "question"
    return render(request, f"petitions/create/{name}.html", context)


def show_similar(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Open petitions that ask for something alike; where there are none the next question comes at once."""
    found = list_similar(draft.answers.get("action", ""))
    if not found:
        return redirect(address_of(Step.BACKGROUND))
    context = {"petitions": found, "back": address_of(Step.TITLE), "onward": address_of(Step.BACKGROUND)}
    return render(request, "petitions/create/similar.html", context)


def show_check(request: HttpRequest, draft: Draft) -> HttpResponse:
    """All answers, to be read once more."""
    faulty = find_faulty(draft)
    if faulty:
        return redirect(faulty)
    person = make_form(Step.YOU, draft.answers)
    person.is_valid()
    context = {
        "answers": draft.answers,
        "person": person.cleaned_data,
        "country": dict(describe_asked().countries).get(draft.answers["location"], ""),
        "changes": {step.name: f"{address_of(step)}?return=check" for step in ASKING},
        "postcode": render_postcode(person.cleaned_data["postcode"]),
        "likely": say_likely(person.cleaned_data["email"]),
        "back": address_of(Step.YOU),
    }
    return render(request, "petitions/create/check.html", context)


def submit(request: HttpRequest, draft: Draft) -> HttpResponse:
    """The petition is sent off once, whatever becomes of it."""
    now = timezone.now()
    require_form_token(request, PURPOSE, now=now, max_age_seconds=DRAFT_SECONDS)
    faulty = find_faulty(draft)
    if faulty:
        return redirect(faulty)
    proposed = read_proposed(draft, language=translation.get_language() or "en", ip=find_ip(request))
    submit_petition(draft.pk, proposed, first_id=read_own_settings().first_id, now=now)
    return finish()


def finish() -> HttpResponse:
    """The last page; the browser forgets the draft."""
    response = redirect("petition-thank-you")
    forget_page_cookie(response, COOKIE, path=COOKIE_PATH)
    return response


@private_page()
def discard(request: HttpRequest) -> HttpResponse:
    """What was written is thrown away, as one does on a computer that others use."""
    if request.method != "POST":
        return redirect("new-petition")
    require_form_token(request, PURPOSE, now=timezone.now(), max_age_seconds=DRAFT_SECONDS)
    draft = find_own_draft(request)
    if draft is not None:
        discard_draft(draft)
    response = redirect("start-petition")
    forget_page_cookie(response, COOKIE, path=COOKIE_PATH)
    return response


@private_page(takes_forms=False)
def show_thanks(request: HttpRequest) -> HttpResponse:
    """What happens next, the same for everybody."""
    return render(request, "petitions/create/thank-you.html", {"minimum": read_site().minimum_sponsors})


def find_own_draft(request: HttpRequest) -> Draft | None:
    """The draft of this browser."""
    return find_draft(read_page_cookie(request, COOKIE), now=timezone.now())


def has_problem(request: HttpRequest) -> bool:
    """Whether the page is shown again to say what is wrong."""
    return "problem" in request.GET


def refuse_for_now(request: HttpRequest) -> HttpResponse | None:
    """A page that says why nobody can start a petition now; None when everybody can."""
    site, parliament, now = read_site(), find_parliament(), timezone.now()
    if site.accepts_petitions and is_sitting(parliament, now=now):
        return None
    context = {"is_dissolved": is_dissolved(parliament, now=now), "is_stopped": not site.accepts_petitions}
    response = render(request, "petitions/create/stopped.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


urlpatterns = [
    path("petitions/start", show_start, name="start-petition"),
    path("petitions/new", ask_eligibility, name="new-petition"),
    path("petitions/new/not-eligible", show_not_eligible, name="cannot-create"),
    path("petitions/new/discard", discard, name="discard-draft"),
    path("petitions/new/<str:step>", ask_step, name="new-petition-step"),
    path("petitions/thank-you", show_thanks, name="petition-thank-you"),
]
