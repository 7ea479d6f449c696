"""`request_mailing` and `cancel_mailing`: one notice to many, whose rows are made later, a few hundred at a time.

Law: a mailing has one version at a time that is being sent. A newer one replaces an unfinished older: what of it is
still queued is not sent. Asked for again in the same version it goes on with those who had none: no recipient gets a
version twice. Next: `spreading.py`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from ridgeway.office.notices.schema import render_payload, to_ms
from ridgeway.office.notices.tables import mailings, notices
from ridgeway.office.notices.values import MailingState, Outcome, State


def request_mailing(
    kind: str, *, subject: str, version: str, not_before: datetime, payload: Mapping[str, Any], now: datetime
) -> None:
    """From `not_before` on, everybody whom the kind's `recipients` knows gets this notice once.

    An unfinished mailing of another version about the same subject is replaced.
    """
    with transaction.atomic():
        settle_mailings(kind, subject=subject, state=MailingState.REPLACED, now=now, except_version=version)
        mailings().update_or_create(
            kind=kind,
            subject=subject,
            version=version,
            defaults={
                "payload": render_payload(payload),
                "state": MailingState.OPEN,
                "requested_at_ms": to_ms(now),
                "due_at_ms": to_ms(not_before),
                "after_key": "",
                "finished_at_ms": None,
            },
        )


def cancel_mailing(kind: str, *, subject: str, now: datetime) -> int:
    """Nothing more of this mailing is sent, in whatever version; the number of queued notices that are not."""
    with transaction.atomic():
        return settle_mailings(kind, subject=subject, state=MailingState.CANCELLED, now=now)


def settle_mailings(
    kind: str, *, subject: str, state: MailingState, now: datetime, except_version: str | None = None
) -> int:
    """Mailings about `subject` end in `state`, and what is queued of them is dropped; the number dropped."""
    running = mailings().filter(kind=kind, subject=subject, state__in=[MailingState.OPEN, MailingState.DONE])
    if except_version is not None:
        running = running.exclude(version=except_version)
    ids = list(running.select_for_update().values_list("id", flat=True))
    dropped = (
        notices()
        .filter(mailing_id__in=ids, state=State.QUEUED)
        .update(state=State.DROPPED, outcome=Outcome.CANCELLED, settled_at_ms=to_ms(now))
    )
    # One that is done and has nothing queued any more stays done.
    unfinished = mailings().filter(id__in=ids)
    if not dropped:
        unfinished = unfinished.filter(state=MailingState.OPEN)
    unfinished.update(state=state, finished_at_ms=to_ms(now))
    return dropped
