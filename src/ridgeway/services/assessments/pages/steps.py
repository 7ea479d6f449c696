"""The pages that a person goes through: each question, the check of the answers, the result.

Law: what is sent is read, then the browser is led to the next page and asks for it (POST, redirect, GET). A browser
that keeps no cookie gets the next page as the answer to its form, with the answers sealed in the page. Whoever asks
for a page that their answers do not lead to gets the furthest one that they do, and a sentence.
Next: `visiting.py`, `guarding.py`.
"""

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from markupsafe import Markup

from ridgeway.services.assessments import engine
from ridgeway.services.assessments.carrying import Purpose, seal
from ridgeway.services.assessments.pages.cookies import set_cookie
from ridgeway.services.assessments.pages.drawing import Sheet, find_press
from ridgeway.services.assessments.pages.guarding import at_place, give_token
from ridgeway.services.assessments.pages.links import link_step
from ridgeway.services.assessments.pages.visiting import FIELD, Visit, open_visit

log = logging.getLogger(__name__)
FIRST: Final = 1
MOVED: Final = "moved"
EXTENDED: Final = "extended"
UPDATED: Final = "updated"
SAID: Final = "said"
GO: Final = "go"
"""The field of a form that only wants to see a page, and sends no answer."""
WORDS_SAID: Final = {MOVED: "moved", EXTENDED: "extended", UPDATED: "updated_kept"}


@at_place(with_answers=True)
def show_step(request: HttpRequest, place: Any, *, step: int, is_change: bool = False) -> HttpResponse:
    """`/PACKAGE/LANG/STEP` and `/PACKAGE/LANG/STEP/change`."""
    visit = open_visit(request, place, fresh=step <= FIRST)
    if request.method == "POST" and GO not in request.POST:
        return take_answers(request, visit, step, is_change=is_change)
    said = EXTENDED if request.method == "POST" else request.GET.get(SAID, "")
    if visit.is_updated:
        said = UPDATED
    if not FIRST <= step <= visit.furthest or visit.is_updated:
        said = said if visit.is_updated else MOVED
        return lead(request, visit, limit_step(visit, step), said=said)
    if request.method == "POST":
        return lead(request, visit, step, said=said, is_change=is_change)
    return answer_step(visit, step, said=said, is_change=is_change)


def take_answers(request: HttpRequest, visit: Visit, step: int, *, is_change: bool) -> HttpResponse:
    """The answers of a page are read, and its next one follows; or the page again, saying what is wrong."""
    if not FIRST <= step <= len(visit.trail.steps) or visit.is_updated:
        return lead(request, visit, limit_step(visit, step), said=UPDATED if visit.is_updated else MOVED)
    asked = visit.trail.steps[step - 1]
    form = {name: request.POST.getlist(name) for name in request.POST}
    read = engine.read_answers(
        visit.place.assessment,
        asked.page,
        form,
        today=visit.place.today,
        item=asked.item,
        trail=visit.trail,
        language=visit.place.language,
    )
    if read.errors:
        return answer_step(visit, step, is_change=is_change, form=form, errors=read.errors, in_page=FIELD in form)
    answers = engine.with_answers(visit.carried.answers, asked.page, asked.item, read.values)
    after = visit.holding(answers)
    following = find_following(after, step) if is_change else min(step + 1, after.furthest)
    if after.furthest > visit.furthest or step == visit.furthest:
        count_step(after, following)
    return lead(request, after, following, is_change=is_change and not after.is_outcome(following))


def limit_step(visit: Visit, step: int) -> int:
    """The step, or the nearest that there is."""
    return min(max(step, FIRST), visit.furthest)


def find_following(visit: Visit, step: int) -> int:
    """Where somebody goes on who has changed an answer: to the first page that lacks one, else to check or result."""
    if visit.trail.is_over:
        pages = visit.place.assessment.pages
        later = enumerate(visit.trail.steps[step:], start=step + 1)
        return next((number for number, each in later if pages[each.page].spec.kind == "check"), visit.furthest)
    return visit.furthest


def count_step(visit: Visit, step: int) -> None:
    """Somebody has come to this step for the first time."""
    if visit.is_outcome(step):
        visit.place.count("outcome", visit.trail.outcome or "")
        if visit.trail.outcome is None:
            log.warning("%s %s has no result for somebody's answers", visit.place.name, visit.place.assessment.version)
    else:
        visit.place.count("page", visit.trail.steps[step - 1].page)


def lead(request: HttpRequest, visit: Visit, step: int, *, said: str = "", is_change: bool = False) -> HttpResponse:
    """To a step: by a redirect where the browser keeps cookies, else the page itself."""
    is_change = is_change and not visit.is_outcome(step)
    if visit.has_cookie:
        suffix = f"{step}/change" if is_change else str(step)
        query = f"?{SAID}={said}" if said else ""
        response: HttpResponse = HttpResponseRedirect(visit.place.address(suffix) + query, status=303)
        if set_cookie(response, visit.extended()):
            return response
    return answer_step(visit, step, said=said, is_change=is_change, in_page=True)


def answer_step(
    visit: Visit,
    step: int,
    *,
    said: str = "",
    is_change: bool = False,
    form: Mapping[str, list[str]] | None = None,
    errors: Any = (),
    in_page: bool = False,
) -> HttpResponse:
    """The page of a step, with the answers' time begun anew."""
    view = engine.build_view(
        visit.place.assessment,
        visit.trail,
        step=step,
        language=visit.place.language,
        form=form,
        errors=errors,
        answers=visit.carried.answers,
    )
    kept, is_longer = visit.prolonged(in_page=in_page)
    fields = give_token() + (give_field(seal(kept, Purpose.PAGE)) if in_page else Markup())
    links = link_step(visit, step, is_change=is_change, in_page=in_page, lists_answers=bool(view["answers"]))
    sheet = Sheet(
        title=view["title"],
        main=find_press().draw_view(visit.place, view, links, fields),
        suffix=f"{step}/change" if is_change else str(step),
        back="" if view["back"] is None else visit.place.address(view["back"] or ""),
        message=find_message(visit, said, kept.expires_at),
        until=say_until(visit, kept.expires_at, in_page=in_page),
        fields=fields,
        in_page=in_page,
        has_errors=bool(errors),
    )
    response = HttpResponse(find_press().draw_page(visit.place, sheet), status=422 if errors else 200)
    if is_longer:
        set_cookie(response, kept)
    return response


def give_field(sealed: str) -> Markup:
    """The hidden field of answers that travel in the page."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, sealed)


def find_message(visit: Visit, said: str, until: datetime) -> str:
    """The sentence above the page."""
    word = WORDS_SAID.get(said)
    return "" if word is None else visit.place.words[word].replace("{0}", visit.place.show_time(until))


def say_until(visit: Visit, until: datetime, *, in_page: bool) -> str:
    """Until when the answers are kept."""
    word = "kept_until_page" if in_page else "kept_until"
    return visit.place.words[word].replace("{0}", visit.place.show_time(until))


urlpatterns: list[URLPattern] = [
    path("<slug:name>/<slug:language>/<int:step>", show_step, name="assessment-step"),
    path("<slug:name>/<slug:language>/<int:step>/change", show_step, {"is_change": True}, name="assessment-change"),
]
