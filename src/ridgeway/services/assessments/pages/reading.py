"""Addresses that are only read: no form, no answers, the same for everybody."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect

from ridgeway.services.assessments.operating.previewing import is_preview
from ridgeway.services.assessments.pages.place import ElsewhereError

READING: Final = ("GET", "HEAD")
View = Callable[..., HttpResponse]


def for_reading(view: View) -> View:
    """A view that answers GET and HEAD; where the assessment has moved, it leads there.

    What a preview link opens is kept by nobody.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method not in READING:
            return HttpResponseNotAllowed(READING)
        try:
            response = view(request, *args, **kwargs)
        except ElsewhereError as elsewhere:
            return HttpResponseRedirect(elsewhere.address)
        if is_preview(kwargs.get("name", "")):  # a draft is in no cache when its link is over
            response.headers["Cache-Control"] = "no-store"
            response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return answer
