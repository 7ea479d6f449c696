"""The creator has lost the private link: it is mailed once more, with a copy to the team.

Law: the link stays the same, since people have it already.
"""

from datetime import datetime

from django.db import transaction

from ridgeway.office.audit.append import append_entry
from ridgeway.office.notices import Priority, post_notice
from ridgeway.office.people.actor import Actor
from ridgeway.services.petitions.actions.creating import is_moderation_delayed
from ridgeway.services.petitions.models import Petition
from ridgeway.services.petitions.queries.site import read_site
from ridgeway.services.petitions.states import UNPUBLISHED, StateError

KIND = "petitions.gather_support"


def resend_link(petition_id: int, *, actor: Actor, now: datetime) -> None:
    """The creator gets the mail with the private link again, and the team a copy where it has a mailbox.

    Raises:  StateError(conflict) once the petition is public or over: then nobody supports it by a link any more.
    """
    with transaction.atomic():
        petition = Petition.objects.select_related("creator").get(pk=petition_id)
        if petition.state not in UNPUBLISHED or petition.creator is None:
            raise StateError("conflict", f"A petition that is {petition.state} gathers no support by a link.")
        subject, version = f"petition:{petition.pk}", now.isoformat()
        payload = {"token": petition.sponsor_token, "delayed": is_moderation_delayed()}
        append_entry(actor.name, "petitions.resend_link", subject, now=now, account_id=actor.account_id)
        post_notice(
            KIND,
            subject=subject,
            recipient_key=f"signature:{petition.creator.pk}",
            version=version,
            address=petition.creator.email,
            language=petition.creator.language,
            payload=payload,
            now=now,
            priority=Priority.URGENT,
        )
        mailbox = read_site().team_mailbox
        if mailbox:
            copy = {"kind": KIND, "petition_id": petition.pk, "payload": payload}
            post_notice(
                "petitions.preview",
                subject=subject,
                recipient_key="team",
                version=version,
                address=mailbox,
                payload=copy,
                now=now,
            )
