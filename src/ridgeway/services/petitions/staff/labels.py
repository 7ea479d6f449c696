"""What states and kinds are called on the pages of staff."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ridgeway.services.petitions.states import DebateState, ResponseState, State

PETITION_STATES: Mapping[str, Promise] = {
    State.PENDING: _("Not confirmed yet"),
    State.VALIDATED: _("Gathering supporters"),
    State.SPONSORED: _("Waiting for moderation"),
    State.FLAGGED: _("Flagged"),
    State.DORMANT: _("Parked"),
    State.OPEN: _("Open"),
    State.CLOSED: _("Closed"),
    State.REJECTED: _("Rejected"),
    State.HIDDEN: _("Hidden"),
    State.STOPPED: _("Stopped"),
    State.REMOVED: _("Removed"),
}
STATE_COLOURS: Mapping[str, str] = {
    State.OPEN: "green",
    State.SPONSORED: "blue",
    State.FLAGGED: "yellow",
    State.REJECTED: "red",
    State.HIDDEN: "red",
    State.REMOVED: "red",
    State.VALIDATED: "purple",
}
RESPONSE_STATES: Mapping[str, Promise] = {
    ResponseState.PENDING: _("Not due yet"),
    ResponseState.AWAITING: _("Waiting for a response"),
    ResponseState.RESPONDED: _("Answered"),
}
DEBATE_STATES: Mapping[str, Promise] = {
    DebateState.PENDING: _("Not due yet"),
    DebateState.AWAITING: _("Waiting for a debate"),
    DebateState.SCHEDULED: _("Debate scheduled"),
    DebateState.DEBATED: _("Debated"),
    DebateState.NOT_DEBATED: _("Not debated"),
}
