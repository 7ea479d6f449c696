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
ACTS: Mapping[str, Promise] = {
    "petitions.create": _("Started"),
    "petitions.approve": _("Published"),
    "petitions.reject": _("Rejected"),
    "petitions.hide": _("Hidden"),
    "petitions.flag": _("Flagged"),
    "petitions.park": _("Parked"),
    "petitions.restore": _("Restored"),
    "petitions.remove": _("Removed"),
    "petitions.close": _("Closed"),
    "petitions.stop": _("Stopped"),
    "petitions.archive": _("Archived"),
    "petitions.anonymise": _("Made anonymous"),
    "petitions.propose_hide": _("Proposed to hide it"),
    "petitions.propose_remove": _("Proposed to remove it"),
    "petitions.agree_to_hide": _("Agreed to hide it"),
    "petitions.agree_to_remove": _("Agreed to remove it"),
    "petitions.decline_to_hide": _("Declined to hide it"),
    "petitions.decline_to_remove": _("Declined to remove it"),
    "petitions.withdraw_proposal_to_hide": _("Took back the proposal to hide it"),
    "petitions.withdraw_proposal_to_remove": _("Took back the proposal to remove it"),
    "petitions.respond": _("Wrote the response"),
    "petitions.withdraw_response": _("Withdrew the response"),
    "petitions.schedule_debate": _("Set the day of the debate"),
    "petitions.note_debated": _("Noted as debated"),
    "petitions.tell_outcome": _("Told the outcome of the debate"),
    "petitions.withdraw_outcome": _("Withdrew the outcome of the debate"),
    "petitions.note_business": _("Wrote other business"),
    "petitions.remove_business": _("Deleted other business"),
    "petitions.correct_text": _("Corrected the texts"),
    "petitions.correct_creator": _("Corrected the creator’s name or address"),
    "petitions.mask_creator": _("Made the creator anonymous"),
    "petitions.annotate": _("Changed marks or notes"),
    "petitions.take_over": _("Took the petition over"),
    "petitions.preview": _("Mailed a copy to the team"),
    "petitions.resend_link": _("Sent the private link again"),
    "petitions.write_mailshot": _("Wrote a letter to signers"),
    "petitions.drop_mailshot": _("Deleted a letter to signers"),
    "petitions.validate_signatures": _("Counted signatures"),
    "petitions.invalidate_signatures": _("Withdrew signatures"),
    "petitions.subscribe_signatures": _("Turned updates on for signers"),
    "petitions.unsubscribe_signatures": _("Turned updates off for signers"),
    "petitions.delete_signatures": _("Deleted signatures"),
    "petitions.repair_count": _("Repaired the count"),
}
"""What was done to a petition, by the act of its audit line."""
