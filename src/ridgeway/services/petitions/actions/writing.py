"""Letters that staff write themselves: to creators who wait too long, and to some who signed.

Law: asked for twice with one request id, a letter is sent once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from ridgeway.errors import RequestError
from ridgeway.office.notices import post_notice
from ridgeway.office.people.actor import Actor
from ridgeway.services.petitions.actions.mailing import subject_of, tell_everybody, tell_nobody
from ridgeway.services.petitions.actions.opening import Doer, lock_petition
from ridgeway.services.petitions.models import Mailshot, Petition
from ridgeway.services.petitions.queries.site import read_site
from ridgeway.services.petitions.states import IN_QUEUE

DELAYED, SHOT = "petitions.moderation_delayed", "petitions.mailshot"


class LetterError(RequestError):
    """A letter that is not there, or was mailed already."""

    status = 404


@dataclass(frozen=True, slots=True)
class Letter:
    """What is written."""

    subject: str
    body: str


def list_overdue(*, now: datetime) -> QuerySet[Petition]:
    """Petitions that wait for moderators longer than they should, the oldest first."""
    line = now - timedelta(days=read_site().moderation_overdue_days)
    waiting = Petition.objects.filter(state__in=sorted(IN_QUEUE), archived_at=None)
    overdue = waiting.filter(moderation_threshold_reached_at__lte=line)
    return overdue.order_by("moderation_threshold_reached_at", "pk").select_related("creator")


@transaction.atomic
def write_to_overdue(letter: Letter, *, request_id: str, actor: Actor, now: datetime) -> int:
    """Each creator of an overdue petition gets the letter; how many did who had not had this one."""
    posted = 0
    for petition in list_overdue(now=now):
        creator = petition.creator
        if creator is None or creator.anonymized_at is not None:
            continue
        posted += post_notice(
            DELAYED,
            subject=subject_of(petition),
            recipient_key=f"signature:{creator.pk}",
            version=request_id,
            address=creator.email,
            language=creator.language,
            payload={"subject": letter.subject, "body": letter.body},
            now=now,
        )
    if posted:
        Doer(actor, now).note("mail_overdue", "petitions", details={"mails": posted, "subject": letter.subject})
    return posted


@transaction.atomic
def keep_mailshot(
    petition_id: int,
    letter: Letter,
    codes: Sequence[str],
    *,
    actor: Actor,
    now: datetime,
    mails: bool,
    mailshot_id: int | None = None,
) -> Mailshot:
    """The letter is kept; with `mails` those in the constituencies (all, when none is named) get it overnight.

    Raises:  LetterError when there is no such letter.
    """
    petition = lock_petition(petition_id)
    shot = Mailshot(petition=petition, created_at=now) if mailshot_id is None else find(petition, mailshot_id)
    shot.subject, shot.body, shot.constituency_codes = letter.subject, letter.body, sorted(codes)
    shot.updated_at, shot.mailed_at = now, now if mails else shot.mailed_at
    shot.save()
    Doer(actor, now).note("write_mailshot", petition, details={"mailshot": shot.pk, "mailed": mails})
    if mails:
        payload: dict[str, object] = {"mailshot_id": shot.pk, "constituency_codes": shot.constituency_codes}
        tell_everybody(petition, SHOT, version=now.isoformat(), now=now, payload=payload, part=f"mailshot:{shot.pk}")
    return shot


@transaction.atomic
def drop_mailshot(petition_id: int, mailshot_id: int, *, actor: Actor, now: datetime) -> None:
    """The letter is gone, and what of it waits is not sent.

    Raises:  LetterError.
    """
    petition = lock_petition(petition_id)
    find(petition, mailshot_id).delete()
    tell_nobody(petition, SHOT, now=now, part=f"mailshot:{mailshot_id}")
    Doer(actor, now).note("drop_mailshot", petition, details={"mailshot": mailshot_id})


def find(petition: Petition, mailshot_id: int) -> Mailshot:
    """The petition's letter.

    Raises:  LetterError.
    """
    shot: Mailshot | None = petition.mailshots.filter(pk=mailshot_id).first()
    if shot is None:
        raise LetterError("unknown_mailshot", f"Petition {petition.pk} has no letter {mailshot_id}.")
    return shot
