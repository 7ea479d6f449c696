"""The gate in front of each page of a desk.

Law: every view of a desk carries `gate(permission)`, or `ungated(why)`; a test walks the urls and fails on one with
neither. The gate asks `request.actor`, which `middleware` has read from the database for this very request, so a role
that is taken away works at once.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from ridgeway.office.people.actor import SIGNED_IN, Actor, may

__all__ = [
    "SIGNED_IN",
    "Actor",
    "background",
    "before_second_factor",
    "find_actor",
    "gate",
    "get_actor",
    "may",
    "ungated",
]

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def gate(permission: str) -> Callable[[View], View]:
    """A view that only those with `permission` reach; others get 403, and who is not signed in is asked to sign in."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            actor = find_actor(request)
            if actor is None:
                return ask_to_sign_in(request)
            if not may(actor, permission):
                raise PermissionDenied(permission)
            return view(request, *args, **kwargs)

        cast("Any", guarded).permission = permission
        return cast("View", guarded)

    return guard


def ungated(why: str) -> Callable[[View], View]:
    """A view of a desk that everybody reaches; `why` is the reason, for who reads the code and for the test."""

    def mark(view: View) -> View:
        cast("Any", view).ungated = why
        return view

    return mark


def background(view: View) -> View:
    """A view that a page asks by itself, again and again: it does not count as the person being there."""
    cast("Any", view).background = True
    return view


def before_second_factor(view: View) -> View:
    """A view that is reached without the second factor that the desk requires: the ones that set it up."""
    cast("Any", view).before_second_factor = True
    return view


def ask_to_sign_in(request: HttpRequest) -> HttpResponseBase:
    """To the sign-in page and back here afterwards; a script is told 401."""
    if request.headers.get("Accept") == "application/json":
        return HttpResponse(status=401)
    asked = {"next": choose_return(request)}
    ended = getattr(request, "session_ended", None)
    if ended is not None:
        asked["ended"] = str(ended)
    return HttpResponseRedirect(f"{reverse('account_login')}?{urlencode(asked)}")


def find_actor(request: HttpRequest) -> Actor | None:
    """Who sent the request, or None where nobody is signed in."""
    return getattr(request, "actor", None)


def get_actor(request: HttpRequest) -> Actor:
    """Who sent the request, behind a gate.

    Raises:  PermissionDenied where nobody is signed in.
    """
    actor = find_actor(request)
    if actor is None:
        raise PermissionDenied(SIGNED_IN)
    return actor


def choose_return(request: HttpRequest) -> str:
    """Where to go after signing in: this page where it was only read, else the front page of the desk."""
    return request.get_full_path() if request.method in {"GET", "HEAD"} else "/"
