"""Ways out: deleting the answers, and leaving at once.

Law: the browser forgets the answers, and the address it goes to next learns nothing of where it comes from. Another
site that sends somebody here cannot delete their answers.
"""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path

from ridgeway.services.assessments.deployment import read_own_settings
from ridgeway.services.assessments.pages.cookies import forget_cookie
from ridgeway.services.assessments.pages.guarding import at_place
from ridgeway.services.assessments.pages.place import Place

OWN = frozenset({"same-origin", "none"})


@at_place(with_answers=True)
def forget(request: HttpRequest, place: Place) -> HttpResponse:
    """`/PACKAGE/LANG/forget`: the answers are gone, and the start page comes."""
    response = HttpResponseRedirect(place.address())
    response.status_code = 303
    if request.method == "POST":
        forget_cookie(response, place.name)
    return response


@at_place(with_answers=True)
def leave(request: HttpRequest, place: Place) -> HttpResponse:
    """`/PACKAGE/LANG/leave`: the answers are gone, and a page that has nothing to do with this site comes."""
    response = HttpResponseRedirect(read_own_settings().quick_exit or "/")
    response.status_code = 303
    if request.headers.get("Sec-Fetch-Site", "none") in OWN:
        forget_cookie(response, place.name)
    return response


urlpatterns: list[URLPattern] = [
    path("<slug:name>/<slug:language>/forget", forget, name="assessment-forget"),
    path("<slug:name>/<slug:language>/leave", leave, name="assessment-leave"),
]
