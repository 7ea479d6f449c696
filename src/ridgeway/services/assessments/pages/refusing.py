"""Pages of what cannot be done: no answers, not begun, ended, no result.

Law: each says what happened in the language of the page, and where to go from here.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from markupsafe import Markup

from ridgeway.services.assessments import engine
from ridgeway.services.assessments.carrying import SealError
from ridgeway.services.assessments.deployment import read_own_settings
from ridgeway.services.assessments.pages.drawing import Sheet, find_press
from ridgeway.services.assessments.pages.links import make_links
from ridgeway.services.assessments.pages.place import Place


def draw_again(place: Place, refused: SealError, token: Markup) -> HttpResponse:
    """The answers are not there: why, and a button that begins anew."""
    words = place.words
    said = {
        "expired": words["again_expired"].replace("{0}", str(read_own_settings().answers_minutes)),
        "unreadable": words["again_unreadable"],
        "too_large": words["too_long"],
    }
    text = said.get(refused.code, words["again_missing"])
    return draw(place, "assessments/again.html", title=words["again_title"], text=text, token=token)


def draw_closed(place: Place) -> HttpResponse:
    """The assessment is not to be used today: it has not begun, or has ended."""
    view = engine.build_start_view(place.assessment, place.language, place.today)
    press = find_press()
    sheet = Sheet(title=view["title"], main=press.draw_view(place, view, make_links(), Markup()))
    return HttpResponse(press.draw_page(place, sheet))


def draw_withdrawn(request: HttpRequest, language: str) -> HttpResponse:
    """The assessment was withdrawn: in the language of its address where the site has that, and kept by no cache."""
    known = dict(settings.LANGUAGES)
    with translation.override(language if language in known else translation.get_language()):
        response = render(request, "assessments/withdrawn.html", status=410)
    response.headers["Cache-Control"] = "no-store"
    return response


def draw(place: Place, template: str, *, title: str, status: int = 200, **context: object) -> HttpResponse:
    """A page of ours in the frame of the assessment."""
    press = find_press()
    main = press.draw(template, place, title=title, **context)
    return HttpResponse(press.draw_page(place, Sheet(title=title, main=main)), status=status)
