"""A copy of a mail to the team's own mailbox, before anybody else gets it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from ridgeway.errors import RequestError
from ridgeway.office.notices import Priority, post_notice
from ridgeway.office.people.actor import Actor
from ridgeway.services.petitions.actions.mailing import subject_of
from ridgeway.services.petitions.actions.opening import Doer, lock_petition
from ridgeway.services.petitions.queries.site import read_site

PREVIEW = "petitions.preview"
TEAM = "team"


class NoMailboxError(RequestError):
    """The team has no mailbox."""


@transaction.atomic
def mail_copy(petition_id: int, kind: str, payload: Mapping[str, Any], *, actor: Actor, now: datetime) -> str:
    """The team gets the mail of this kind as the creator would; the address that it goes to.

    Raises:  NoMailboxError.
    """
    mailbox = read_site().team_mailbox
    if not mailbox:
        raise NoMailboxError(
            "no_mailbox",
            "The team has no mailbox to send a copy to.",
            action="Write one into the settings of the site.",
        )
    petition = lock_petition(petition_id)
    post_notice(
        PREVIEW,
        subject=subject_of(petition),
        recipient_key=TEAM,
        version=now.isoformat(),
        address=mailbox,
        payload={"kind": kind, "petition_id": petition.pk, "payload": dict(payload)},
        now=now,
        priority=Priority.URGENT,
    )
    Doer(actor, now).note("preview", petition, details={"kind": kind})
    return mailbox
