"""Numbers in addresses: what a person or a program typed there, as a number of ours.

Law: what is no number is a bad request (400); a number that nothing can have is not found (404).
"""

from django.core.exceptions import BadRequest
from django.http import Http404

MAX_DIGITS = 18
"""More than any row will have, and few enough for every database."""


def parse_id(text: str) -> int:
    """The number that `text` is.

    Raises:  BadRequest (400) when it is none; Http404 when it is too large to be anybody's.
    """
    if not (text.isascii() and text.isdigit()):
        raise BadRequest("An address has something else where a number belongs.")
    if len(text) > MAX_DIGITS:
        raise Http404
    return int(text)
