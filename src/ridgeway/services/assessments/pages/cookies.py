"""The one cookie of an assessment: the sealed answers, for the pages of that assessment alone.

Law: HttpOnly, SameSite=Lax, secure where the site is, gone from the browser when the seal ends. What is longer than
a browser keeps goes into the page instead.
"""

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from ridgeway.services.assessments.carrying import Carried, Purpose, seal
from ridgeway.services.assessments.carrying.sealing import limit_lifetime
from ridgeway.services.assessments.deployment import read_own_settings

PREFIX: Final = "assessment-"
MAX_COOKIE: Final = 3_800
"""Letters of a cookie: browsers keep 4,096 bytes with its name and its attributes."""


def find_lifetime() -> timedelta:
    """How long answers stay usable after a page was opened or sent."""
    return limit_lifetime(timedelta(minutes=read_own_settings().answers_minutes))


def has_cookie(request: HttpRequest, name: str) -> bool:
    """Whether the browser keeps cookies of this assessment."""
    return PREFIX + name in request.COOKIES


def read_cookie(request: HttpRequest, name: str) -> str:
    """The sealed answers that the browser sent; empty where it sent none."""
    return request.COOKIES.get(PREFIX + name, "")


def set_cookie(response: HttpResponse, carried: Carried) -> bool:
    """The browser keeps the answers until they end; False where they are too long, and what it had is forgotten."""
    sealed = seal(carried, Purpose.COOKIE)
    if len(sealed) > MAX_COOKIE:
        forget_cookie(response, carried.package)
        return False
    response.set_cookie(
        PREFIX + carried.package,
        sealed,
        max_age=find_lifetime(),
        path=f"/{carried.package}/",
        secure=settings.RIDGEWAY_SITE.is_secure,
        httponly=True,
        samesite="Lax",
    )
    return True


def forget_cookie(response: HttpResponse, name: str) -> None:
    """The browser forgets the answers."""
    response.delete_cookie(PREFIX + name, path=f"/{name}/", samesite="Lax")
