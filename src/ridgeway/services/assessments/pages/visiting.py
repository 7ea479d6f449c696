"""What somebody brings along to a page: their answers, and the trail that these make.

Law: answers in the page itself are newer than those in the cookie. Answers given to another version are taken as far
as they fit this one; nothing is taken from a seal that does not open.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

from django.http import Http404, HttpRequest

from ridgeway.services.assessments import engine
from ridgeway.services.assessments.carrying import Carried, Purpose, SealError, begin, unseal
from ridgeway.services.assessments.pages.cookies import find_lifetime, has_cookie, read_cookie
from ridgeway.services.assessments.pages.place import Place, find_place

FIELD: Final = "answers"
"""The hidden field of answers that travel in the page."""
MISSING: Final = "missing"
LEAST_GAIN: Final = timedelta(minutes=1)
"""A page that is opened adds time to the answers when it is worth this much."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody at a place, with their answers. `is_updated`: these were given to another version."""

    place: Place
    carried: Carried
    trail: engine.Trail
    has_cookie: bool
    is_updated: bool = False

    @property
    def furthest(self) -> int:
        """The step that the answers lead to: the first page without an answer, or the result."""
        return len(self.trail.steps) + (1 if self.trail.is_over else 0)

    def is_outcome(self, step: int) -> bool:
        """Whether this step is the result."""
        return step > len(self.trail.steps)

    def holding(self, answers: Mapping[str, Any]) -> "Visit":
        """The same person with these answers."""
        return follow(self.place, self.carried.holding(answers), has_cookie=self.has_cookie)

    def extended(self) -> Carried:
        """The answers with their full time ahead."""
        return self.carried.kept_until(self.place.now + find_lifetime())

    def prolonged(self, *, in_page: bool) -> tuple[Carried, bool]:
        """The answers as this page leaves them, and whether the browser has to be told of it.

        A cookie that was set a moment ago is left as it is: making one costs more than most pages.
        """
        longer = self.extended()
        is_longer = in_page or not self.has_cookie or longer.expires_at - self.carried.expires_at >= LEAST_GAIN
        return (longer, True) if is_longer else (self.carried, False)


def open_visit(request: HttpRequest, place: Place, *, fresh: bool = False) -> Visit:
    """The visit that the request brings along; with `fresh`, one without answers where it brings none at all.

    Raises:  SealError, `missing` where nothing is brought.
    """
    sealed, purpose = read_sealed(request, place.name)
    if not sealed:
        if fresh:
            return follow(place, begin_at(place), has_cookie=has_cookie(request, place.name))
        raise SealError(MISSING, "There are no answers.")
    carried = unseal(sealed, purpose, place.name, now=place.now)
    return settle(place, carried, has_cookie=has_cookie(request, place.name))


def read_sealed(request: HttpRequest, name: str) -> tuple[str, Purpose]:
    """What the request holds, and what it must have been made for."""
    in_page = request.POST.get(FIELD, "") if request.method == "POST" else ""
    return (in_page, Purpose.PAGE) if in_page else (read_cookie(request, name), Purpose.COOKIE)


def settle(place: Place, carried: Carried, *, has_cookie: bool) -> Visit:
    """The visit of answers that came from outside: at the version they were given to, else as far as they fit."""
    if carried.digest == place.digest:
        return follow(place, carried, has_cookie=has_cookie)
    with suppress(Http404):  # the version that was begun may lack a language that the newer one has
        begun = find_place(place.name, place.language, digest=carried.digest)
        if begun.digest == carried.digest:
            return follow(begun, carried, has_cookie=has_cookie)
    fitting = engine.verify_answers(place.assessment, carried.answers).answers
    moved = replace(carried, digest=place.digest, answers=fitting)
    return replace(follow(place, moved, has_cookie=has_cookie), is_updated=True)


def follow(place: Place, carried: Carried, *, has_cookie: bool) -> Visit:
    """The visit with the trail of these answers."""
    trail = engine.replay(place.assessment, carried.answers, today=place.today)
    return Visit(place, carried, trail, has_cookie)


def begin_at(place: Place) -> Carried:
    """No answers yet."""
    return begin(place.name, place.digest, now=place.now, lifetime=find_lifetime())
