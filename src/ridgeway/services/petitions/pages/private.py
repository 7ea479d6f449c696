"""What pages with forms and secret links have in common: nobody keeps them, and their addresses stay with us.

Law: `no-store`, and no other site learns the address of such a page, since it may hold a token.
"""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

View = Callable[..., HttpResponse]
READING = frozenset({"GET", "HEAD"})


def private_page(*, takes_forms: bool = True) -> Callable[[View], View]:
    """A view that answers GET, and POST where it takes forms; what it says is kept by nobody."""

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            allowed = {*READING, "POST"} if takes_forms else READING
            if request.method not in allowed:
                return HttpResponseNotAllowed(sorted(allowed))
            response = view(request, *args, **kwargs)
            response.headers["Cache-Control"] = "no-store"
            response.headers["Referrer-Policy"] = "same-origin"
            return response

        return answer

    return decorate


def find_ip(request: HttpRequest) -> str:
    """The address of whoever asks (`web.middleware.Guard`); empty where nobody knows it."""
    return getattr(request, "client_ip", None) or ""
