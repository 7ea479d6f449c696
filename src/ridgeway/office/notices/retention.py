"""What is forgotten of notices, and when.

Law: a settled notice loses address and payload after `FORGET_AFTER`, whoever it went to; that there was one stays for
`DELETE_AFTER`, for it is what keeps the same notice from going twice. Next: `duties.py`.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from ridgeway.office.notices.schema import to_ms
from ridgeway.office.notices.tables import mailings, notices
from ridgeway.office.notices.values import MailingState, Outcome, State

FORGET_AFTER = timedelta(days=14)
DELETE_AFTER = timedelta(days=800)
CHUNK = 1_000
NOTHING = "{}"


def forget_settled(now: datetime) -> str:
    """Addresses and payloads of old notices are gone, and rows nobody needs any more; says how many.

    Works in small transactions: interrupted, it goes on where it stopped.
    """
    old = notices().filter(settled_at_ms__lt=to_ms(now - FORGET_AFTER)).exclude(address="", payload=NOTHING)
    forgotten = do_in_chunks(old, lambda rows: rows.update(address="", payload=NOTHING))
    older = notices().filter(settled_at_ms__lt=to_ms(now - DELETE_AFTER))
    deleted = do_in_chunks(older, lambda rows: rows.delete()[0])
    ended = mailings().exclude(state=MailingState.OPEN).filter(finished_at_ms__lt=to_ms(now - DELETE_AFTER))
    ended.exclude(id__in=notices().filter(mailing__isnull=False).values("mailing_id")).delete()
    return f"{forgotten} notices forgotten, {deleted} deleted"


def do_in_chunks(rows: QuerySet, do: Callable[[QuerySet], int]) -> int:  # type: ignore[type-arg]
    """`do` was done with all `rows`, some at a time; how many it says."""
    number = 0
    while ids := list(rows.order_by("settled_at_ms", "id").values_list("id", flat=True)[:CHUNK]):
        number += do(notices().filter(id__in=ids))
    return number


def forget_recipient(recipient_key: str, *, now: datetime) -> int:
    """Nothing here says where this person is reached, and nothing more is sent to them; the number of notices.

    For erasing a person's data: the caller knows the keys by which it posted.
    """
    theirs = notices().filter(recipient_key=recipient_key)
    with transaction.atomic():
        theirs.filter(state=State.QUEUED).update(
            state=State.DROPPED, outcome=Outcome.FORGOTTEN, settled_at_ms=to_ms(now)
        )
        return theirs.update(address="", payload=NOTHING)
