"""Where somebody is: in which assessment, in which language, on which day.

Law: what is not live is not there; a preview link opens its version whatever the day, and counts nothing.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import Http404
from django.utils import timezone

from ridgeway.services.assessments import engine
from ridgeway.services.assessments.operating.previewing import is_preview
from ridgeway.services.assessments.operating.shelf import find_assessment, find_instead, is_withdrawn
from ridgeway.services.assessments.operating.today import find_today, find_zone
from ridgeway.services.assessments.statistics.counting import note


class ElsewhereError(Exception):
    """The assessment is withdrawn, and people are sent to another address."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.address = address


class WithdrawnError(Http404):
    """The assessment was withdrawn, and its people are sent nowhere else."""


@dataclass(frozen=True, slots=True)
class Place:
    """An assessment in a language on a day. `name` is the first part of the address, a package's or a preview's."""

    name: str
    language: str
    assessment: engine.Assessment
    now: datetime
    today: date

    @property
    def compiled(self) -> Any:
        """The compiled document."""
        return self.assessment.compiled

    @property
    def digest(self) -> str:
        """Of the version."""
        return self.assessment.digest

    @property
    def is_preview(self) -> bool:
        """Whether this is a version that only those see who have its link."""
        return is_preview(self.name)

    @property
    def words(self) -> dict[str, str]:
        """The words of our own in this language."""
        found: dict[str, str] = self.compiled["words"][self.language]
        return found

    @property
    def direction(self) -> str:
        """ltr or rtl."""
        found: str = next(each["dir"] for each in self.compiled["languages"] if each["code"] == self.language)
        return found

    @property
    def state(self) -> str:
        """Whether the assessment may be used today: valid, not_yet or ended."""
        return engine.state_of(self.assessment, self.today)

    def address(self, rest: str | int = "", *, language: str = "") -> str:
        """The path of a page here, from the root of the site."""
        return f"/{self.name}/{language or self.language}/{rest}"

    def show_time(self, at: datetime) -> str:
        """The time on the clocks of the place that the package is made for, with the name of its zone."""
        return at.astimezone(find_zone(self.compiled["zone"])).strftime("%H:%M %Z")

    def count(self, kind: str, what: str) -> None:
        """One more, unless this is a preview."""
        if not self.is_preview:
            note(self.compiled, kind, what, self.language)


def find_place(name: str, language: str = "", *, digest: str = "") -> Place:
    """Where an address leads; without a language in that in which the assessment was written.

    Raises:  Http404; ElsewhereError, WithdrawnError.
    """
    now = timezone.now()
    assessment = find_assessment(name, now, digest=digest)
    if assessment is None:
        instead = find_instead(name)
        if instead:
            raise ElsewhereError(instead)
        raise WithdrawnError if is_withdrawn(name) else Http404
    codes = [each["code"] for each in assessment.compiled["languages"]]
    if language and language not in codes:
        raise Http404
    today = find_today(assessment.compiled["zone"], now)
    if is_preview(name):
        today = find_valid_day(assessment, today)
    return Place(name, language or codes[0], assessment, now, today)


def find_valid_day(assessment: engine.Assessment, today: date) -> date:
    """Today, or the day nearest to it on which the assessment may be used."""
    valid = assessment.compiled["valid"]
    if valid["from"]:
        today = max(today, date.fromisoformat(valid["from"]))
    return min(today, date.fromisoformat(valid["until"])) if valid["until"] else today
