"""What every page with answers passes: the methods, the form's token, the state of the assessment, and what is refused.

Law: what holds answers is kept by nobody and its address is told to no other site. Answers that cannot be used are
forgotten, and the page says so and offers to start again.
"""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import get_script_prefix
from django.utils import timezone
from markupsafe import Markup

from ridgeway.office.design.formtoken import FIELD as TOKEN_FIELD
from ridgeway.office.design.formtoken import make_form_token, require_form_token
from ridgeway.services.assessments.carrying import SealError
from ridgeway.services.assessments.pages.cookies import forget_cookie
from ridgeway.services.assessments.pages.place import ElsewhereError, Place, WithdrawnError, find_place
from ridgeway.services.assessments.pages.refusing import draw_again, draw_closed, draw_withdrawn

PURPOSE: Final = "assessments.answer"
READING: Final = ("GET", "HEAD")
TOKEN_SECONDS: Final = 30
"""So long one token serves every form that is drawn: it says when a form was given out, not to whom."""
MAX_LANGUAGE: Final = 35
View = Callable[..., HttpResponse]


def at_place(*, with_answers: bool, takes_forms: bool = False) -> Callable[[View], View]:
    """A view `(request, place, …)` of an assessment that is there and may be used today.

    With answers nobody keeps what it says; such a view takes forms, as does one that says so.
    """
    allowed = (*READING, "POST") if with_answers or takes_forms else READING

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, name: str, language: str, **kwargs: Any) -> HttpResponse:
            if request.method not in allowed:
                return HttpResponseNotAllowed(allowed)
            if get_script_prefix() != "/":  # the site's own language has no part in these addresses
                return HttpResponseRedirect(request.path_info)
            try:
                response = enter(view, request, find_place(name, language), **kwargs)
            except ElsewhereError as elsewhere:
                response = HttpResponseRedirect(elsewhere.address)
            except WithdrawnError:
                response = draw_withdrawn(request, language)
            return protect(response) if with_answers else response

        return answer

    return decorate


def enter(view: View, request: HttpRequest, place: Place, **kwargs: Any) -> HttpResponse:
    """The view's answer, or why there is none."""
    if place.state != "valid":
        response = draw_closed(place)
    else:
        try:
            if request.method == "POST":
                require_form_token(request, PURPOSE, now=place.now)
            response = view(request, place, **kwargs)
        except SealError as refused:
            response = draw_again(place, refused, give_token())
            if refused.code != "too_large":
                forget_cookie(response, place.name)
    response.headers["Content-Language"] = place.language
    if place.is_preview:
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        response.headers["Cache-Control"] = "no-store"
    return response


def protect(response: HttpResponse) -> HttpResponse:
    """Nobody keeps the answer, and no other site learns its address."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = (
        "same-origin"  # with no-referrer, browsers would hide from us who sends a form
    )
    return response


def give_token() -> Markup:
    """The field that each form of these pages has."""
    return render_token(int(timezone.now().timestamp()) // TOKEN_SECONDS)


@lru_cache(maxsize=2)
def render_token(half_minute: int) -> Markup:
    """The field of this half minute; the number is its mark."""
    value = make_form_token(PURPOSE, now=timezone.now(), nonce=f"{half_minute:x}")
    return Markup('<input type="hidden" name="{}" value="{}">').format(TOKEN_FIELD, value)
