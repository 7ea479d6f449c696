"""The numbers of signatures at which the government and Parliament owe something to a petition."""

from dataclasses import dataclass

from ridgeway.services.petitions.models import Parliament, SiteSettings


@dataclass(frozen=True, slots=True)
class Lines:
    """At `response` the government answers, at `debate` Parliament considers a debate."""

    response: int
    debate: int


def find_lines(parliament: Parliament | None, site: SiteSettings) -> Lines:
    """The lines of a Parliament: its own once they are frozen, until then the site's."""
    response = parliament.threshold_for_response if parliament else None
    debate = parliament.threshold_for_debate if parliament else None
    return Lines(response or site.threshold_for_response, debate or site.threshold_for_debate)
