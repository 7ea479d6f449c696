"""The life of a petition as a table, and the names of what its answer, its debate and a signature go through.

Law: an event that the table does not name in a state is refused; nothing else moves a state. The picture in the
documentation is drawn from it. Pure.
Source:  the states of the UK Parliament's petitions service; docs/glossary.md.
"""

from collections.abc import Mapping
from enum import StrEnum

from ridgeway.errors import RequestError


class State(StrEnum):
    """Where a petition stands."""

    PENDING = "pending"
    VALIDATED = "validated"
    SPONSORED = "sponsored"
    FLAGGED = "flagged"
    DORMANT = "dormant"
    OPEN = "open"
    CLOSED = "closed"
    REJECTED = "rejected"
    HIDDEN = "hidden"
    STOPPED = "stopped"
    REMOVED = "removed"


class Event(StrEnum):
    """What may happen to a petition."""

    SUPPORT = "support"  # its creator is confirmed: the first sponsor acted
    REACH_MODERATION = "reach_moderation"  # enough sponsors
    FALL_BELOW_MODERATION = "fall_below_moderation"  # signatures were invalidated
    FLAG = "flag"
    PARK = "park"
    RESTORE = "restore"
    APPROVE = "approve"
    REPUBLISH = "republish"  # approved again after its period was over
    REJECT = "reject"
    HIDE = "hide"
    CLOSE = "close"
    STOP = "stop"
    REMOVE = "remove"


S, E = State, Event
IN_MODERATION: Mapping[Event, State] = {
    E.APPROVE: S.OPEN,
    E.REJECT: S.REJECTED,
    E.HIDE: S.HIDDEN,
    E.FLAG: S.FLAGGED,
    E.PARK: S.DORMANT,
    E.STOP: S.STOPPED,
}
"""What moderators do with any petition that is not public yet."""

PETITION: Mapping[State, Mapping[Event, State]] = {
    S.PENDING: {
        E.SUPPORT: S.VALIDATED,
        E.REJECT: S.REJECTED,
        E.HIDE: S.HIDDEN,
        E.FLAG: S.FLAGGED,
        E.PARK: S.DORMANT,
        E.STOP: S.STOPPED,
    },
    S.VALIDATED: {**IN_MODERATION, E.REACH_MODERATION: S.SPONSORED},
    S.SPONSORED: {**IN_MODERATION, E.FALL_BELOW_MODERATION: S.VALIDATED},
    S.FLAGGED: {**IN_MODERATION, E.RESTORE: S.SPONSORED},
    S.DORMANT: {**IN_MODERATION, E.RESTORE: S.SPONSORED},
    S.OPEN: {E.CLOSE: S.CLOSED, E.REJECT: S.REJECTED, E.HIDE: S.HIDDEN, E.REMOVE: S.REMOVED},
    S.CLOSED: {E.HIDE: S.HIDDEN, E.REJECT: S.REJECTED, E.REMOVE: S.REMOVED},
    S.REJECTED: {
        E.APPROVE: S.OPEN,
        E.REPUBLISH: S.CLOSED,
        E.RESTORE: S.SPONSORED,
        E.REJECT: S.REJECTED,
        E.HIDE: S.HIDDEN,
        E.REMOVE: S.REMOVED,
    },
    S.HIDDEN: {
        E.APPROVE: S.OPEN,
        E.REPUBLISH: S.CLOSED,
        E.RESTORE: S.SPONSORED,
        E.REJECT: S.REJECTED,
        E.HIDE: S.HIDDEN,
    },
    S.STOPPED: {},
    S.REMOVED: {E.RESTORE: S.SPONSORED},
}
"""State × event → state. `RESTORE` of a removed petition is replaced by the state that it had (`state_at_removal`)."""

LIVES = {"a petition": PETITION}
"""What the documentation draws, by name."""

GATHERING = frozenset({S.PENDING, S.VALIDATED})
IN_QUEUE = frozenset({S.SPONSORED, S.FLAGGED})
UNPUBLISHED = frozenset({S.PENDING, S.VALIDATED, S.SPONSORED, S.FLAGGED, S.DORMANT})
VISIBLE = frozenset({S.OPEN, S.CLOSED, S.REJECTED})
"""What lists, search and the programs' pages show."""
PUBLISHED = frozenset({S.OPEN, S.CLOSED})


class ResponseState(StrEnum):
    """Where the government's answer stands."""

    PENDING = "pending"
    AWAITING = "awaiting"
    RESPONDED = "responded"


class DebateState(StrEnum):
    """Where the debate stands."""

    PENDING = "pending"
    AWAITING = "awaiting"
    SCHEDULED = "scheduled"
    DEBATED = "debated"
    NOT_DEBATED = "not_debated"


class SignatureState(StrEnum):
    """Where a signature stands; only `validated` is counted."""

    PENDING = "pending"
    VALIDATED = "validated"
    FRAUDULENT = "fraudulent"
    INVALIDATED = "invalidated"


class SignatureRole(StrEnum):
    """As what somebody signed."""

    CREATOR = "creator"
    SPONSOR = "sponsor"
    SIGNER = "signer"


class PlaceKind(StrEnum):
    """By what signatures are counted beside the total; regions are summed from constituencies."""

    CONSTITUENCY = "constituency"
    COUNTRY = "country"


class StateError(RequestError):
    """A petition does not take this event in its state."""


def decide_state(state: State, event: Event) -> State:
    """The state after `event`.

    Raises:  StateError(conflict) naming the state and what is possible in it.
    """
    moves = PETITION[State(state)]
    if event not in moves:
        possible = ", ".join(sorted(moves)) or "nothing"
        raise StateError(
            "conflict",
            f"A petition that is {state} cannot {event.replace('_', ' ')}.",
            action=f"Possible now: {possible}.",
        )
    return moves[event]


def may_take(state: State, event: Event) -> bool:
    """Whether `event` is possible in `state`."""
    return event in PETITION[State(state)]
