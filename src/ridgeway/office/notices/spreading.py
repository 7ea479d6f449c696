"""A mailing becomes notices, a few hundred at a time.

Law: a chunk and the place that was reached are one transaction, so a kill loses and repeats nothing. Of two workers
that spread the same mailing one finds that the place has moved and does nothing. A mailing waits while enough of its
kind of mail waits already: the outbox stays small, and what is urgent passes. Next: `outbox.py`.
"""

import logging
from datetime import datetime

import msgspec
from django.db import connection, transaction

from ridgeway.office.notices.models import QueuedNotice, RequestedMailing
from ridgeway.office.notices.registry import find_kind
from ridgeway.office.notices.schema import COLUMNS, INSERT_NOTICE, Row, from_ms, render_row, to_ms
from ridgeway.office.notices.values import Mailing, MailingState, Outcome, Priority, Recipient, State

log = logging.getLogger(__name__)

CHUNK = 500
MAX_WAITING = 5_000
"""So many bulk notices may wait before a mailing is spread further."""

# A notice of the same version that a cancellation had dropped is queued again: the mailing was asked for anew.
SPREAD_NOTICE = INSERT_NOTICE.replace(
    f"({', '.join(COLUMNS)}) VALUES (", f"({', '.join(COLUMNS)}, mailing_id) VALUES (%s, "
).replace(
    "DO NOTHING",
    "DO UPDATE SET state = 'queued', outcome = '', note = '', settled_at_ms = NULL, address = excluded.address, "
    "payload = excluded.payload, language = excluded.language, "
    # One that is under way stays its sender's.
    "due_at_ms = CASE WHEN notices_notice.claim = '' THEN excluded.due_at_ms ELSE notices_notice.due_at_ms END, "
    "mailing_id = excluded.mailing_id "
    f"WHERE notices_notice.state = '{State.DROPPED}' AND notices_notice.outcome = '{Outcome.CANCELLED}'",
)


def spread_mailings(*, now: datetime) -> int:
    """One chunk of every mailing that is due has notices of its own; the number of recipients."""
    return sum(spread_chunk(row, now=now) for row in list_due(now) if not is_enough_waiting())


def list_due(now: datetime) -> list[RequestedMailing]:
    """Mailings that go on, the oldest first."""
    rows = RequestedMailing.objects.filter(state=MailingState.OPEN, due_at_ms__lte=to_ms(now))
    return list(rows.order_by("due_at_ms", "id"))


def is_enough_waiting() -> bool:
    """Whether so much bulk mail waits that no more is needed."""
    waiting = QueuedNotice.objects.filter(state=State.QUEUED, priority=Priority.BULK).order_by("due_at_ms", "id")
    return bool(waiting.values_list("id", flat=True)[MAX_WAITING : MAX_WAITING + 1])


def spread_chunk(row: RequestedMailing, *, now: datetime) -> int:
    """The next recipients of a mailing have notices, or the mailing is done; the number of recipients."""
    kind = find_kind(row.kind)
    if kind is None or kind.recipients is None:
        log.error("nothing here knows the recipients of %s", row.kind)
        return 0
    found = kind.recipients(read_mailing(row), row.after_key, CHUNK)
    same = RequestedMailing.objects.filter(
        id=row.id, state=MailingState.OPEN, after_key=row.after_key, requested_at_ms=row.requested_at_ms
    )
    with transaction.atomic():
        if not found:
            same.update(state=MailingState.DONE, finished_at_ms=to_ms(now))
            return 0
        if not same.update(after_key=found[-1].key, recipients=row.recipients + len(found)):
            return 0
        with connection.cursor() as cursor:
            cursor.executemany(SPREAD_NOTICE, [render_recipient(row, each, now) for each in found])
    return len(found)


def read_mailing(row: RequestedMailing) -> Mailing:
    """The value that the reader of recipients gets."""
    return Mailing(
        kind=row.kind,
        subject=row.subject,
        version=row.version,
        payload=msgspec.json.decode(row.payload),
        requested_at=from_ms(row.requested_at_ms),
    )


def render_recipient(row: RequestedMailing, recipient: Recipient, now: datetime) -> tuple[int | str, ...]:
    """The values of `SPREAD_NOTICE`: the columns of a notice and its mailing."""
    notice: Row = render_row(
        row.kind,
        subject=row.subject,
        recipient_key=recipient.key,
        version=row.version,
        address=recipient.address,
        language=recipient.language,
        payload=recipient.payload,
        now=now,
        priority=Priority.BULK,
    )
    return (*notice, row.id)
