"""The first page of an assessment: what it is, how long it takes, what happens to the answers; and the button.

Law: the same for everybody, so that any cache may keep it for a while, and a crowd that only looks costs little.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path

from ridgeway.services.assessments import engine
from ridgeway.services.assessments.pages.caching import START_SECONDS, keep_publicly
from ridgeway.services.assessments.pages.cookies import set_cookie
from ridgeway.services.assessments.pages.drawing import Sheet, find_press
from ridgeway.services.assessments.pages.frames import make_hole
from ridgeway.services.assessments.pages.guarding import at_place, give_token, protect
from ridgeway.services.assessments.pages.links import make_links
from ridgeway.services.assessments.pages.place import Place, WithdrawnError, find_place
from ridgeway.services.assessments.pages.reading import for_reading
from ridgeway.services.assessments.pages.refusing import draw_withdrawn
from ridgeway.services.assessments.pages.steps import FIRST, count_step
from ridgeway.services.assessments.pages.visiting import begin_at, follow


@at_place(with_answers=False, takes_forms=True)
def show_start(request: HttpRequest, place: Place) -> HttpResponse:
    """`/PACKAGE/LANG/`: the page, or with POST the way to the first question, without answers."""
    if request.method == "POST":
        return protect(begin(place))
    return keep_publicly(request, HttpResponse(draw_start(place)), START_SECONDS)


def draw_start(place: Place) -> str:
    """The page, drawn once for everybody and once a day."""
    press = find_press()
    seen = ("start", place.name, place.digest, place.language, place.today)
    return press.draw_once(seen, lambda: describe_start(place), place).fill(fields=give_token())


def describe_start(place: Place) -> Sheet:
    """What the page shows, with a hole for the form's token."""
    view = engine.build_start_view(place.assessment, place.language, place.today)
    links = make_links(
        action=place.address(),
        private=f"/{place.name}/private/#/{place.language}/",
        download=f"/{place.name}/one-file-{place.digest}-in-{place.language}.html",
    )
    main = find_press().draw_view(place, view, links, make_hole("fields"))
    return Sheet(title=view["title"], main=main, indexable=True)


def begin(place: Place) -> HttpResponse:
    """To the first question."""
    visit = follow(place, begin_at(place), has_cookie=False)
    place.count("start", "")
    count_step(visit, FIRST)
    response = HttpResponseRedirect(place.address(FIRST))
    response.status_code = 303
    set_cookie(response, visit.carried)
    return response


@for_reading
def show_package(request: HttpRequest, name: str) -> HttpResponse:
    """`/PACKAGE/`: to the start in the language in which the assessment was written."""
    try:
        place: Any = find_place(name)
    except WithdrawnError:
        return draw_withdrawn(request, "")
    return keep_publicly(request, HttpResponseRedirect(place.address()), START_SECONDS)


urlpatterns: list[URLPattern] = [
    path("<slug:name>/", show_package),
    path("<slug:name>/<slug:language>/", show_start, name="assessment"),
]
