"""The end of a Parliament, step by step: announced, told to everybody, closed at the instant.

Law: each step is a system administrator's, guarded by what must have come before, and may be repeated. The closure
itself is the service's own duty at its time: what is open closes, what is not published stops.
"""

from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import transaction

from ridgeway.errors import RequestError
from ridgeway.office.notices import post_notice, request_mailing
from ridgeway.office.people.actor import Actor
from ridgeway.services.petitions.actions.closing import close_petition, find_deadline
from ridgeway.services.petitions.actions.mailing import decide_mailing_time, subject_of
from ridgeway.services.petitions.actions.opening import Doer
from ridgeway.services.petitions.models import Parliament, Petition
from ridgeway.services.petitions.operating.progress import SILENT, Progress
from ridgeway.services.petitions.states import UNPUBLISHED, Event, State, decide_state

CHUNK = 200
MAILING_KIND, STOPPED_KIND = "petitions.closing_early", "petitions.stopped"


class ParliamentError(RequestError):
    """A step of a Parliament's end that cannot be taken now; the detail says why, to a person."""

    who = "whoever asked"
    status = 409


@dataclass(frozen=True, slots=True)
class Announcement:
    """What is said of a dissolution, and when it is."""

    dissolution_at: datetime | None
    dissolution_heading: str = ""
    dissolution_message: str = ""
    dissolved_heading: str = ""
    dissolved_message: str = ""
    dissolution_faq_url: str = ""
    registration_closes_at: datetime | None = None
    election_on: date | None = None
    shows_dissolution: bool = False


def lock_parliament(parliament_id: int) -> Parliament:
    """The Parliament, which nobody else changes until the transaction ends.

    Raises:  ParliamentError.
    """
    parliament = Parliament.objects.select_for_update().filter(pk=parliament_id).first()
    if parliament is None:
        raise ParliamentError("unknown_parliament", f"There is no Parliament {parliament_id}.")
    return parliament


def require(parliament: Parliament, condition: object, why_not: str) -> None:
    """Hold only where the condition does.

    Raises:  ParliamentError.
    """
    if not condition:
        raise ParliamentError("conflict", f"{parliament.period}: {why_not}")


@transaction.atomic
def announce(parliament_id: int, said: Announcement, *, actor: Actor | None, now: datetime) -> Parliament:
    """The dissolution is announced as it is said; a closure that was scheduled moves with it.

    Raises:  ParliamentError.
    """
    parliament = lock_parliament(parliament_id)
    require(parliament, parliament.archiving_started_at is None, "it is being archived, or is in the archive.")
    for name, value in asdict(said).items():
        setattr(parliament, name, value)
    if parliament.closure_scheduled_at is not None:
        parliament.closure_scheduled_at = said.dissolution_at
    parliament.save()
    told = {"dissolution_at": said.dissolution_at.isoformat() if said.dissolution_at else None}
    Doer(actor, now).note("announce_dissolution", subject_of_parliament(parliament), details=told)
    return parliament


def subject_of_parliament(parliament: Parliament) -> str:
    """What lines and notices about it are about."""
    return f"parliament:{parliament.pk}"


@transaction.atomic
def send_mails(parliament_id: int, *, actor: Actor | None, now: datetime) -> Parliament:
    """Everybody who started or signed open petitions gets one mail with up to five of them, and another only when the
    day of the dissolution is changed.

    Raises:  ParliamentError.
    """
    parliament = lock_parliament(parliament_id)
    require(parliament, parliament.dissolution_at, "say first when it is dissolved.")
    require(parliament, parliament.archiving_started_at is None, "it is being archived, or is in the archive.")
    has_links = parliament.dissolution_faq_url and parliament.registration_closes_at and parliament.election_on
    require(parliament, has_links, "the mail needs the address of answers, the end of registration, and the election.")
    request_mailing(
        MAILING_KIND,
        subject=subject_of_parliament(parliament),
        version=str(parliament.dissolution_at),
        not_before=decide_mailing_time(now),
        payload={},
        now=now,
    )
    parliament.notified_at = now
    parliament.save(update_fields=["notified_at"])
    Doer(actor, now).note("mail_dissolution", subject_of_parliament(parliament))
    return parliament


@transaction.atomic
def schedule_closure(parliament_id: int, cutoff_at: datetime, *, actor: Actor | None, now: datetime) -> Parliament:
    """At the dissolution what is open closes and the rest stops; who began something from `cutoff_at` on is told.

    Raises:  ParliamentError.
    """
    parliament = lock_parliament(parliament_id)
    require(parliament, parliament.dissolution_at, "say first when it is dissolved.")
    require(parliament, parliament.archiving_started_at is None, "it is being archived, or is in the archive.")
    parliament.closure_scheduled_at, parliament.notification_cutoff_at = parliament.dissolution_at, cutoff_at
    parliament.save(update_fields=["closure_scheduled_at", "notification_cutoff_at"])
    told = {"at": str(parliament.dissolution_at), "cutoff": cutoff_at.isoformat()}
    Doer(actor, now).note("schedule_closure", subject_of_parliament(parliament), details=told)
    return parliament


@transaction.atomic
def cancel_closure(parliament_id: int, *, actor: Actor | None, now: datetime) -> Parliament:
    """Nothing closes early any more; what has closed stays closed.

    Raises:  ParliamentError.
    """
    parliament = lock_parliament(parliament_id)
    require(parliament, parliament.closure_scheduled_at, "no closure is scheduled.")
    require(parliament, parliament.closure_scheduled_at and parliament.closure_scheduled_at > now, "it has closed.")
    parliament.closure_scheduled_at = None
    parliament.save(update_fields=["closure_scheduled_at"])
    Doer(actor, now).note("cancel_closure", subject_of_parliament(parliament))
    return parliament


def dissolve_due(*, now: datetime, progress: Progress = SILENT) -> int:
    """Every closure that was scheduled, and whose instant has come, is carried out; how many petitions that took."""
    done = 0
    for parliament in Parliament.objects.filter(closure_scheduled_at__lte=now, archived_at=None).order_by("pk"):
        adopt_petitions(parliament)
        states = [State.OPEN, *sorted(UNPUBLISHED)]
        left = Petition.objects.filter(parliament=parliament, state__in=states, archived_at=None).order_by("pk")
        while not progress.is_stopped and (ids := list(left.values_list("pk", flat=True)[:CHUNK])):
            done += end_some(parliament, ids, now=now)
            progress.report(done)
    return done


def adopt_petitions(parliament: Parliament) -> None:
    """Petitions that were begun before anybody told the service of a Parliament belong to this one."""
    Petition.objects.filter(parliament=None, archived_at=None).update(parliament=parliament)


@transaction.atomic
def end_some(parliament: Parliament, ids: list[int], *, now: datetime) -> int:
    """These petitions are closed, or stopped with a mail to those whom it concerns; how many."""
    ended = 0
    for petition in Petition.objects.select_for_update().filter(pk__in=ids).order_by("pk"):
        if petition.state == State.OPEN:
            instant = parliament.closure_scheduled_at or now
            close_petition(petition, at=min(find_deadline(petition, parliament) or instant, instant), now=now)
        elif State(petition.state) in UNPUBLISHED:
            stop_petition(petition, parliament, now=now)
        else:
            continue
        ended += 1
    return ended


def stop_petition(petition: Petition, parliament: Parliament, *, now: datetime) -> None:
    """An unpublished petition is stopped; in the caller's transaction."""
    before = State(petition.state)
    petition.state = decide_state(before, Event.STOP)
    petition.stopped_at, petition.updated_at = parliament.closure_scheduled_at, now
    petition.save(update_fields=["state", "stopped_at", "updated_at"])
    Doer(None, now).note("stop", petition, details={"was": before})
    creator, cutoff = petition.creator, parliament.notification_cutoff_at
    is_late = cutoff is not None and petition.created_at >= cutoff
    has_support = before in {State.VALIDATED, State.SPONSORED}
    if not (is_late and has_support) or petition.special_consideration or creator is None or creator.anonymized_at:
        return
    post_notice(
        STOPPED_KIND,
        subject=subject_of(petition),
        recipient_key=f"signature:{creator.pk}",
        version=str(parliament.pk),
        address=creator.email,
        language=creator.language,
        payload={"state": str(before)},
        now=now,
    )
