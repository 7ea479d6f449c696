"""Addresses of the service's pages, whole, for mails, programs and files.

Law: built from the site's address in the settings, never from a request's Host header.
"""

from typing import Any

from django.conf import settings
from django.urls import reverse

PUBLIC = "ridgeway.services.petitions.urls"
DESK = "ridgeway.web.desk"


def link_to(name: str, *, language: str = "", **kwargs: Any) -> str:
    """The address of the public page `name`, in a language."""
    path = reverse(name, urlconf=PUBLIC, kwargs=kwargs).removeprefix("/")
    own = language in {"", settings.LANGUAGE_CODE}
    # A page that is being rendered in another language has put that language before what `reverse` gives.
    others = [f"{code}/" for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
    for other in others:
        path = path.removeprefix(other)
    return f"{settings.RIDGEWAY_SITES['petitions']}/{'' if own else f'{language}/'}{path}"
