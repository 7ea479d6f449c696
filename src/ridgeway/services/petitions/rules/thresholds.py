"""What a petition's count brings about: checking by moderators, an answer, a debate; and what it takes back.

Law: a line is reached by the count that is not below it, and taken back only by a count that has fallen: a line that
staff raise takes back nothing that was promised.
What somebody has done since (answered, scheduled, debated) is never undone by a count.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from ridgeway.office.support import Line, decide_milestones
from ridgeway.services.petitions.states import (
    PUBLISHED,
    DebateState,
    Event,
    ResponseState,
    State,
    decide_state,
)

MODERATION = "moderation"
RESPONSE = "response"
DEBATE = "debate"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The lines of a site or of a past Parliament; a moderation line of 5 asks for five beside the creator."""

    moderation: int = 5
    response: int = 10_000
    debate: int = 100_000


@dataclass(frozen=True, slots=True)
class Standing:
    """All of a petition that a count may move."""

    state: State
    response_state: ResponseState = ResponseState.PENDING
    debate_state: DebateState = DebateState.PENDING
    moderation_threshold_reached_at: datetime | None = None
    response_threshold_reached_at: datetime | None = None
    debate_threshold_reached_at: datetime | None = None


def decide_standing(
    standing: Standing, count: int, *, thresholds: Thresholds, now: datetime, has_fallen: bool = True
) -> Standing:
    """How the petition stands when `count` signatures are valid; `has_fallen` says that they were more before."""
    lines = draw_lines(standing, thresholds)
    for milestone in decide_milestones(count, lines):
        if not milestone.is_reached and not has_fallen:
            continue
        at = now if milestone.is_reached else None
        if milestone.code == MODERATION:
            event = Event.REACH_MODERATION if milestone.is_reached else Event.FALL_BELOW_MODERATION
            standing = replace(standing, state=decide_state(standing.state, event), moderation_threshold_reached_at=at)
        elif milestone.code == RESPONSE:
            standing = replace(
                standing, response_threshold_reached_at=at, response_state=decide_response_state(standing, at)
            )
        else:
            standing = replace(standing, debate_threshold_reached_at=at, debate_state=decide_debate_state(standing, at))
    return standing


def draw_lines(standing: Standing, thresholds: Thresholds) -> list[Line]:
    """The lines that the petition's state knows."""
    if standing.state in {State.VALIDATED, State.SPONSORED}:
        return [Line(MODERATION, thresholds.moderation + 1, standing.state is State.SPONSORED)]
    if standing.state in PUBLISHED:
        return [
            Line(RESPONSE, thresholds.response, standing.response_threshold_reached_at is not None),
            Line(DEBATE, thresholds.debate, standing.debate_threshold_reached_at is not None),
        ]
    return []


def decide_response_state(standing: Standing, reached_at: datetime | None) -> ResponseState:
    """An answer is awaited while the line is reached and nobody has given one."""
    if standing.response_state is ResponseState.RESPONDED:
        return ResponseState.RESPONDED
    return ResponseState.PENDING if reached_at is None else ResponseState.AWAITING


def decide_debate_state(standing: Standing, reached_at: datetime | None) -> DebateState:
    """A debate is awaited while the line is reached and nobody has set or declined one."""
    if standing.debate_state not in {DebateState.PENDING, DebateState.AWAITING}:
        return standing.debate_state
    return DebateState.PENDING if reached_at is None else DebateState.AWAITING
