"""Addresses that are only read: no form, no answers, the same for everybody."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect

from ridgeway.services.assessments.pages.place import ElsewhereError

READING: Final = ("GET", "HEAD")
View = Callable[..., HttpResponse]


def for_reading(view: View) -> View:
    """A view that answers GET and HEAD; where the assessment has moved, it leads there."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method not in READING:
            return HttpResponseNotAllowed(READING)
        try:
            return view(request, *args, **kwargs)
        except ElsewhereError as elsewhere:
            return HttpResponseRedirect(elsewhere.address)

    return answer
