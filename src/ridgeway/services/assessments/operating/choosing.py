"""Which version of an assessment people get at a moment. Pure.

Law: a version goes live by the clock, whether or not a duty has moved its state yet; of several that are due the one
that came due last counts, and one that has ended gives way to none, so that its last page can say so.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from ridgeway.services.assessments.states import STARTED, State


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one version stands, as the tables say."""

    pk: int
    package: str
    version: str
    digest: str
    state: State
    activates_at: datetime | None
    ends_at: datetime | None

    def is_due(self, now: datetime) -> bool:
        """Whether people may get it at `now`."""
        if self.state is State.SCHEDULED:
            return self.activates_at is not None and self.activates_at <= now
        return self.state in {State.LIVE, State.ENDED}

    def is_over(self, now: datetime) -> bool:
        """Whether its validity has ended."""
        return self.state is State.ENDED or (self.ends_at is not None and self.ends_at <= now)


def rank_versions(standings: Iterable[Standing], now: datetime) -> tuple[Standing, ...]:
    """The versions of one assessment that people may get at `now`, the one they get first."""
    due = [each for each in standings if each.is_due(now)]
    return tuple(sorted(due, key=lambda each: (not each.is_over(now), came_due(each), each.pk), reverse=True))


def came_due(standing: Standing) -> float:
    """When it went live, as a number to sort by."""
    return standing.activates_at.timestamp() if standing.activates_at else 0.0


def may_finish(standing: Standing, now: datetime) -> bool:
    """Whether somebody who has begun this version may go on with it."""
    return standing.state in STARTED or standing.is_due(now)
