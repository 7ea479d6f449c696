"""A debate: its date is set, moved or taken back; afterwards its outcome is told, or that there will be none."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from ridgeway.office.people.actor import Actor
from ridgeway.services.petitions.actions.mailing import tell_everybody, tell_nobody
from ridgeway.services.petitions.actions.opening import Doer, lock_petition
from ridgeway.services.petitions.models import DebateOutcome, Petition
from ridgeway.services.petitions.states import DebateState

SCHEDULED_KIND, OUTCOME_KIND = "petitions.debate_scheduled", "petitions.debated"
FIELDS = ("debate_state", "scheduled_debate_date", "debate_scheduled_at", "debate_outcome_at", "updated_at")


@dataclass(frozen=True, slots=True)
class Told:
    """What came of a debate; `image` is a checked JPEG, None keeps the one that is there."""

    debated: bool
    debated_on: date | None
    overview: str = ""
    transcript_url: str = ""
    video_url: str = ""
    debate_pack_url: str = ""
    public_engagement_url: str = ""
    debate_summary_url: str = ""
    image: bytes | None = None


@transaction.atomic
def schedule_debate(
    petition_id: int, day: date | None, *, today: date, actor: Actor, now: datetime, mails: bool
) -> Petition:
    """The debate is on `day`, or not set any more (None). A day that is not to come says that it was held."""
    petition, doer = lock_petition(petition_id), Doer(actor, now)
    petition.scheduled_debate_date = day
    petition.debate_scheduled_at = None if day is None else petition.debate_scheduled_at or now
    if petition.debate_outcome_at is None:
        petition.debate_state = decide_debate_state(petition, today=today)
    petition.updated_at = now
    petition.save(update_fields=FIELDS)
    doer.note("schedule_debate", petition, details={"day": day.isoformat() if day else None, "mailed": mails})
    if day is None:
        tell_nobody(petition, SCHEDULED_KIND, now=now)
    elif mails:
        tell_everybody(petition, SCHEDULED_KIND, version=f"{day.isoformat()} {now.isoformat()}", now=now)
    return petition


def decide_debate_state(petition: Petition, *, today: date) -> DebateState:
    """Where the debate stands by its date, while nobody has told what came of it."""
    if petition.scheduled_debate_date is not None:
        return DebateState.SCHEDULED if petition.scheduled_debate_date > today else DebateState.DEBATED
    return DebateState.AWAITING if petition.debate_threshold_reached_at else DebateState.PENDING


@transaction.atomic
def tell_outcome(petition_id: int, told: Told, *, actor: Actor, now: datetime, mails: bool) -> Petition:
    """What came of the debate is published; or that Parliament declined to hold one."""
    petition, doer = lock_petition(petition_id), Doer(actor, now)
    values = {name: getattr(told, name) for name in Told.__slots__ if name != "image"} | {"updated_at": now}
    if told.image is not None:
        values |= {"image": told.image, "image_digest": hashlib.sha256(told.image).hexdigest()}
    DebateOutcome.objects.update_or_create(
        petition=petition, defaults=values, create_defaults={**values, "created_at": now}
    )
    petition.debate_outcome_at = petition.debate_outcome_at or now
    petition.debate_state = DebateState.DEBATED if told.debated else DebateState.NOT_DEBATED
    petition.updated_at = now
    petition.save(update_fields=FIELDS)
    doer.note("tell_outcome", petition, details={"debated": told.debated, "mailed": mails})
    if mails:
        tell_everybody(petition, OUTCOME_KIND, version=now.isoformat(), now=now)
    return petition


@transaction.atomic
def withdraw_outcome(petition_id: int, *, today: date, actor: Actor, now: datetime) -> Petition:
    """What was told of the debate is taken back, and mail that waits is not sent."""
    petition, doer = lock_petition(petition_id), Doer(actor, now)
    DebateOutcome.objects.filter(petition=petition).delete()
    petition.debate_outcome_at = None
    petition.debate_state = decide_debate_state(petition, today=today)
    petition.updated_at = now
    petition.save(update_fields=FIELDS)
    tell_nobody(petition, OUTCOME_KIND, now=now)
    doer.note("withdraw_outcome", petition)
    return petition
