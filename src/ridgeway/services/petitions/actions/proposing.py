"""Acts that need four eyes: one person proposes, another agrees or declines, and only then is it done.

Law: whoever proposed never agrees. A proposal is of one petition and one kind of act at a time; one whose petition has
changed so that the act is impossible is declined with the reason why.
"""

from datetime import datetime
from typing import Any

from django.db import transaction

from ridgeway.errors import AccessError, RequestError
from ridgeway.office.people.actor import Actor
from ridgeway.services.petitions.actions.moderating import reject, remove
from ridgeway.services.petitions.actions.opening import Doer, lock_petition
from ridgeway.services.petitions.models import Petition, Proposal
from ridgeway.services.petitions.queries.site import read_site
from ridgeway.services.petitions.states import Event, State, decide_state

HIDE, REMOVE = "hide", "remove"
EVENTS = {HIDE: Event.HIDE, REMOVE: Event.REMOVE}


class ProposalError(RequestError):
    """A proposal that is not there, or waits already."""


def hide(
    petition_id: int, *, code: str, details: str, hides: bool, actor: Actor, now: datetime, mails: bool = True
) -> Proposal | None:
    """The petition is kept from the public once a second person agrees; at once where the site needs no second.

    Raises:  StateError; ModerationError; ProposalError when one waits already.
    """
    values = {"code": code, "details": details, "hides": hides, "mails": mails}
    return propose(petition_id, HIDE, values, reason=details, actor=actor, now=now)


def take_off(petition_id: int, *, reason: str, actor: Actor, now: datetime) -> Proposal | None:
    """The petition is removed once a second person agrees; at once where the site needs no second.

    Raises:  StateError; ProposalError when one waits already.
    """
    return propose(petition_id, REMOVE, {}, reason=reason, actor=actor, now=now)


@transaction.atomic
def propose(
    petition_id: int, act: str, values: dict[str, Any], *, reason: str, actor: Actor, now: datetime
) -> Proposal | None:
    """The act waits for a second person, or is done at once (None)."""
    petition = lock_petition(petition_id)
    decide_state(State(petition.state), EVENTS[act])
    if not read_site().needs_four_eyes:
        carry_out(petition, act, values, reason=reason, actor=actor, now=now)
        return None
    if petition.proposals.filter(act=act, outcome="").exists():
        raise ProposalError(
            "conflict", f"To {act} petition {petition_id} is proposed already.", action="Ask a colleague to agree."
        )
    proposal: Proposal = Proposal.objects.create(
        petition=petition,
        act=act,
        details=values,
        reason=reason,
        proposed_by_id=actor.account_id,
        proposed_at=now,
    )
    Doer(actor, now).note(f"propose_{act}", petition, reason=reason)
    return proposal


def carry_out(
    petition: Petition, act: str, values: dict[str, Any], *, reason: str, actor: Actor, now: datetime
) -> None:
    """What was proposed is done."""
    if act == HIDE:
        reject(petition.pk, **values, actor=actor, now=now)
    else:
        remove(petition.pk, reason=reason, actor=actor, now=now)


def lock_proposal(proposal_id: int) -> Proposal:
    """A proposal that waits.

    Raises:  ProposalError when there is none, or it waits no more.
    """
    proposal = Proposal.objects.select_for_update().filter(pk=proposal_id, outcome="").first()
    if proposal is None:
        raise ProposalError("conflict", f"The proposal {proposal_id} is decided already.", action="Load the page anew.")
    return proposal


@transaction.atomic
def agree(proposal_id: int, *, actor: Actor, now: datetime) -> Proposal:
    """A second person agrees, and it is done.

    Raises:  AccessError for the one who proposed; ProposalError; StateError when the petition has changed meanwhile.
    """
    proposal = lock_proposal(proposal_id)
    if proposal.proposed_by_id == actor.account_id:
        raise AccessError(
            "access_denied",
            "Whoever proposed an act cannot agree to it as well.",
            action="Ask a colleague to look at it, or withdraw it.",
        )
    settle(proposal, "agreed", actor=actor, now=now)
    carry_out(proposal.petition, proposal.act, proposal.details, reason=proposal.reason, actor=actor, now=now)
    return proposal


@transaction.atomic
def decline(proposal_id: int, *, actor: Actor, now: datetime) -> Proposal:
    """A second person says no; the one who proposed takes it back.

    Raises:  ProposalError.
    """
    proposal = lock_proposal(proposal_id)
    outcome = "withdrawn" if proposal.proposed_by_id == actor.account_id else "declined"
    settle(proposal, outcome, actor=actor, now=now)
    return proposal


def settle(proposal: Proposal, outcome: str, *, actor: Actor, now: datetime) -> None:
    """The proposal waits no more."""
    proposal.outcome, proposal.decided_by_id, proposal.decided_at = outcome, actor.account_id, now
    proposal.save()
    verb = {"agreed": "agree_to", "declined": "decline_to", "withdrawn": "withdraw_proposal_to"}[outcome]
    Doer(actor, now).note(f"{verb}_{proposal.act}", proposal.petition)
