"""What the writer needs of what staff have set, read again after a moment."""

import time
from dataclasses import dataclass
from datetime import datetime

from ridgeway.services.petitions.queries.guard import Guard, read_guard
from ridgeway.services.petitions.queries.parliaments import find_parliament
from ridgeway.services.petitions.queries.site import read_site
from ridgeway.services.petitions.rules.thresholds import Thresholds

FRESH_SECONDS = 1.0
"""A change by staff is heeded after at most so long."""


@dataclass(frozen=True, slots=True)
class Site:
    """The settings, lists and rates that decide about signatures."""

    accepts_signatures: bool
    home_code: str
    max_sponsors: int
    min_sponsors: int
    finds_places: bool
    delay_threshold: int
    thresholds: Thresholds
    dissolution_at: datetime | None
    guard: Guard


def load_site() -> Site:
    """What holds now."""
    row, parliament = read_site(), find_parliament()
    return Site(
        accepts_signatures=row.accepts_signatures,
        home_code=row.country_code,
        max_sponsors=row.maximum_sponsors,
        min_sponsors=row.minimum_sponsors,
        finds_places=row.finds_constituencies,
        delay_threshold=row.moderation_delay_threshold,
        thresholds=Thresholds(row.threshold_for_moderation, row.threshold_for_response, row.threshold_for_debate),
        dissolution_at=parliament.dissolution_at if parliament else None,
        guard=read_guard(),
    )


class SiteReader:
    """The site's settings, kept for a moment. The pause is measured by a clock that nobody sets."""

    def __init__(self) -> None:
        self.site: Site | None = None
        self.read_at = 0.0

    def read(self) -> Site:
        """The settings, at most `FRESH_SECONDS` old."""
        now = time.monotonic()
        if self.site is None or now - self.read_at >= FRESH_SECONDS:
            self.site, self.read_at = load_site(), now
        return self.site
