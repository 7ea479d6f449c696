"""What every page of a desk is told of who looks at it; on public sites it says that nobody does."""

from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from ridgeway.office.people.gates import find_actor, may
from ridgeway.office.people.sessions import WARNING_SECONDS


def describe_actor(request: HttpRequest) -> dict[str, Any]:
    """`may(permission)`, and for who is signed in: `account` and `idle`, as the layout of the desk reads them."""
    actor = find_actor(request)
    told: dict[str, Any] = {"may": partial(may, actor)}
    if actor is None:
        return told
    try:
        told["account"] = {
            "name": actor.name,
            "href": reverse("people:mine"),
            "sign_out_url": reverse("account_logout"),
        }
        told["idle"] = {
            "timeout_seconds": settings.RIDGEWAY_SETTINGS.web.session_idle_seconds,
            "warning_seconds": WARNING_SECONDS,
            "keep_alive_url": reverse("people:stay"),
            "status_url": reverse("people:session"),
            "signed_out_url": f"{reverse('account_login')}?ended=idle",
        }
    except NoReverseMatch:  # a site without the pages of people
        return told
    return told
