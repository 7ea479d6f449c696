"""The few cookies of public pages: each is of some pages alone, and says nothing to any other.

Law: HttpOnly, SameSite=Lax, secure where the site is, and limited to a path. A page has a path in each language, so a
cookie is set once for each, under a name of its own: who changes the language keeps what they have written.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

SITE = "petitions"


def set_page_cookie(response: HttpResponse, name: str, value: str, *, path: str, max_age_seconds: int) -> None:
    """The browser sends `value` back to pages below `path` (without a language), in every language."""
    for code, _ in settings.LANGUAGES:
        response.set_cookie(
            name_in(name, code),
            value,
            max_age=max_age_seconds,
            path=path_in(path, code),
            secure=settings.RIDGEWAY_SITES[SITE].startswith("https://"),
            httponly=True,
            samesite="Lax",
        )


def forget_page_cookie(response: HttpResponse, name: str, *, path: str) -> None:
    """The browser forgets it, in every language."""
    for code, _ in settings.LANGUAGES:
        response.delete_cookie(name_in(name, code), path=path_in(path, code), samesite="Lax")


def read_page_cookie(request: HttpRequest, name: str) -> str:
    """What the browser sent for the language of this page; empty when nothing."""
    return request.COOKIES.get(name_in(name, translation.get_language() or settings.LANGUAGE_CODE), "")


def name_in(name: str, code: str) -> str:
    """The cookie's name: cookies heed no port, so it begins with the site's."""
    return f"{SITE}_{name}_{code}"


def path_in(path: str, code: str) -> str:
    """`path` in a language."""
    return path if code == settings.LANGUAGE_CODE else f"/{code}{path}"
