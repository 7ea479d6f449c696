"""Each request of a desk knows who acts.

Law: the account and its roles are read from the database for every request, so what an administrator changes takes
effect at once. Next: `gates.py`, which asks.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from ridgeway.office.people.accounts import find_request_actor


class ActorMiddleware:
    """Sets `request.actor`: an `Actor`, or None. Stands after Django's sessions and authentication."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer, made by views that find `request.actor`."""
        request.actor = find_request_actor(request)  # type: ignore[attr-defined]
        return self.get_response(request)
