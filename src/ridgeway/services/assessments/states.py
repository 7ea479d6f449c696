"""The life of a version of an assessment as a table: from a draft to the page that says that it has ended.

Law: an event that the table does not name in a state is refused; nothing else moves a state. The picture in the
documentation is drawn from it. Pure.
"""

from collections.abc import Mapping
from enum import StrEnum

from ridgeway.errors import RequestError


class State(StrEnum):
    """Where a version stands."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    LIVE = "live"
    REPLACED = "replaced"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"


class Event(StrEnum):
    """What may happen to a version."""

    SCHEDULE = "schedule"
    UNSCHEDULE = "unschedule"
    GO_LIVE = "go_live"
    REPLACE = "replace"  # another version of the same assessment went live
    END = "end"  # its period of validity is over
    WITHDRAW = "withdraw"  # it must not be shown any more, at once
    RESTORE = "restore"


S, E = State, Event
VERSION: Mapping[State, Mapping[Event, State]] = {
    S.DRAFT: {E.SCHEDULE: S.SCHEDULED, E.GO_LIVE: S.LIVE, E.WITHDRAW: S.WITHDRAWN},
    S.SCHEDULED: {E.SCHEDULE: S.SCHEDULED, E.UNSCHEDULE: S.DRAFT, E.GO_LIVE: S.LIVE, E.WITHDRAW: S.WITHDRAWN},
    S.LIVE: {E.REPLACE: S.REPLACED, E.END: S.ENDED, E.WITHDRAW: S.WITHDRAWN},
    S.REPLACED: {E.SCHEDULE: S.SCHEDULED, E.GO_LIVE: S.LIVE, E.WITHDRAW: S.WITHDRAWN},
    S.ENDED: {E.GO_LIVE: S.LIVE, E.WITHDRAW: S.WITHDRAWN},
    S.WITHDRAWN: {E.RESTORE: S.DRAFT},
}

LIVES = {"a version of an assessment": VERSION}
"""What the documentation draws, by name."""

STARTED = frozenset({S.LIVE, S.REPLACED, S.ENDED})
"""What somebody may have begun and may finish."""
SHOWN = STARTED | {S.SCHEDULED}
"""What a public process has to know of: a scheduled version goes live by the clock."""


class StateError(RequestError):
    """A version does not take this event in its state."""

    who = "whoever asked"


def find_next(state: State, event: Event) -> State | None:
    """Where `event` leads from `state`; None when it may not happen there."""
    return VERSION[State(state)].get(event)


def get_next(state: State, event: Event) -> State:
    """Where `event` leads from `state`.

    Raises:  StateError(conflict) naming both, and what may happen instead.
    """
    after = find_next(state, event)
    if after is None:
        possible = ", ".join(sorted(VERSION[State(state)]))
        raise StateError(
            "conflict",
            f"A version that is {state} cannot {event.replace('_', ' ')}.",
            action=f"Possible now: {possible.replace('_', ' ')}.",
        )
    return after
