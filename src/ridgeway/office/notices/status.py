"""Where notices stand, in words for staff and in figures for monitoring. Law: never an address. Next: `values.py`."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min
from django.utils.translation import gettext as _

from ridgeway.office.notices.models import QueuedNotice
from ridgeway.office.notices.schema import from_ms, to_ms
from ridgeway.office.notices.tables import mailings, notices
from ridgeway.office.notices.values import Outcome, State


@dataclass(frozen=True, slots=True)
class NoticeStatus:
    """One notice as staff see it."""

    kind: str
    subject: str
    version: str
    recipient_key: str
    state: State
    explanation: str
    created_at: datetime
    settled_at: datetime | None
    next_attempt_at: datetime | None


@dataclass(frozen=True, slots=True)
class MailingStatus:
    """How far a mailing is."""

    kind: str
    version: str
    state: str
    requested_at: datetime
    finished_at: datetime | None
    recipients: int
    queued: int
    sent: int
    dropped: int
    failed: int


@dataclass(frozen=True, slots=True)
class OutboxFigures:
    """What waits; `oldest_due_at` is when the notice that waits longest was due."""

    queued: int
    failed: int
    oldest_due_at: datetime | None


def list_notices(*, subject: str = "", recipient_key: str = "", limit: int = 200) -> tuple[NoticeStatus, ...]:
    """The newest notices about a subject, or to a recipient, or both."""
    rows = notices()
    if subject:
        rows = rows.filter(subject=subject)
    if recipient_key:
        rows = rows.filter(recipient_key=recipient_key)
    return tuple(describe(row) for row in rows.order_by("-id")[:limit])


def describe(row: QueuedNotice) -> NoticeStatus:
    """A row as staff see it."""
    is_queued = row.state == State.QUEUED
    return NoticeStatus(
        kind=row.kind,
        subject=row.subject,
        version=row.version,
        recipient_key=row.recipient_key,
        state=State(row.state),
        explanation=explain(State(row.state), Outcome(row.outcome), note=row.note, attempts=row.attempts),
        created_at=from_ms(row.created_at_ms),
        settled_at=None if row.settled_at_ms is None else from_ms(row.settled_at_ms),
        next_attempt_at=from_ms(row.due_at_ms) if is_queued else None,
    )


def explain(state: State, outcome: Outcome, *, note: str = "", attempts: int = 0) -> str:
    """A sentence that says where a notice stands and why."""
    if state is State.SENT:
        return _("Handed over to the mail server.")
    if state is State.QUEUED:
        if not attempts:
            return _("Waiting to be sent.")
        return _("Tried %(attempts)s times and will be tried again. %(note)s") % {"attempts": attempts, "note": note}
    sentences = {
        Outcome.UNWANTED: _("Not sent, because it was no longer wanted when its turn came."),
        Outcome.CANCELLED: _("Not sent, because the mailing was cancelled or replaced by a newer one."),
        Outcome.FORGOTTEN: _("Not sent, because the recipient’s data was erased."),
        Outcome.ADDRESS: _("Not sent, because the address cannot receive mail."),
        Outcome.REFUSED: _("Not sent, because the mail server refused it for good. %(note)s") % {"note": note},
        Outcome.UNRENDERED: _("Given up, because it could not be written. %(note)s") % {"note": note},
        Outcome.UNDELIVERED: _("Given up after too many attempts. %(note)s") % {"note": note},
    }
    return sentences.get(outcome, note).strip()


def list_mailings(*, subject: str) -> tuple[MailingStatus, ...]:
    """Every mailing about a subject, the newest first."""
    rows = list(mailings().filter(subject=subject).order_by("-requested_at_ms"))
    counted = notices().filter(mailing__in=rows).values("mailing_id", "state").annotate(number=Count("id"))
    numbers = {(each["mailing_id"], each["state"]): each["number"] for each in counted}
    return tuple(
        MailingStatus(
            kind=row.kind,
            version=row.version,
            state=row.state,
            requested_at=from_ms(row.requested_at_ms),
            finished_at=None if row.finished_at_ms is None else from_ms(row.finished_at_ms),
            recipients=row.recipients,
            **{state.value: numbers.get((row.id, state.value), 0) for state in State},
        )
        for row in rows
    )


def count_outbox(*, now: datetime) -> OutboxFigures:
    """What waits and what was given up within the time that is kept."""
    due = notices().filter(state=State.QUEUED, due_at_ms__lte=to_ms(now))
    oldest: int | None = due.aggregate(oldest=Min("due_at_ms"))["oldest"]
    return OutboxFigures(
        queued=notices().filter(state=State.QUEUED).count(),
        failed=notices().filter(state=State.FAILED, settled_at_ms__isnull=False).count(),
        oldest_due_at=None if oldest is None else from_ms(oldest),
    )
