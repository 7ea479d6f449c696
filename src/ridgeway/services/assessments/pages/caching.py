"""What anybody's cache may keep, and for how long. Law: nothing with answers comes here.

Units:   seconds.
"""

import hashlib
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response

START_SECONDS: Final = 60
"""Pages that change with what is live: what is withdrawn is gone from every cache within this."""
MACHINE_SECONDS: Final = 300
AGES: Final = 365 * 24 * 3600
"""Addresses with a digest."""
ETAG_LETTERS: Final = 32


def keep_publicly(request: HttpRequest, response: HttpResponse, seconds: int) -> HttpResponse:
    """Anybody may keep the answer for so long, and show it for a while more when we do not answer."""
    fresh = "immutable" if seconds >= AGES else f"stale-while-revalidate={2 * seconds}, stale-if-error={60 * seconds}"
    response.headers["Cache-Control"] = f"public, max-age={seconds}, {fresh}"
    if response.status_code != 200:
        return response
    etag = f'"{hashlib.sha256(response.content).hexdigest()[:ETAG_LETTERS]}"'
    response.headers["ETag"] = etag
    told = get_conditional_response(request, etag=etag, response=response)
    if not isinstance(told, HttpResponse):
        return response
    told.headers["Cache-Control"] = response.headers["Cache-Control"]
    return told
