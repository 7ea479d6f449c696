"""Writing a line of the audit log.

Law: the line is written in the transaction of the act, so neither stands without the other; outside of one it is
refused. No name, address or token of a citizen who signs goes in.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import router, transaction

from ridgeway.office.audit.models import Entry


def append_entry(
    actor_name: str,
    act: str,
    subject: str,
    *,
    now: datetime,
    account_id: int | None = None,
    reason: str = "",
    details: Mapping[str, Any] | None = None,
) -> Entry:
    """The line is part of the caller's transaction.

    Units:   `now` is aware UTC.
    Raises:  TransactionManagementError outside of a transaction.
    """
    database = router.db_for_write(Entry)
    if not transaction.get_connection(database).in_atomic_block:
        raise transaction.TransactionManagementError(f"The act {act} and its audit line need one transaction.atomic().")
    entry: Entry = Entry.objects.create(
        at=now,
        actor_name=actor_name,
        account_id=account_id,
        act=act,
        subject=subject,
        reason=reason,
        details=dict(details or {}),
    )
    return entry
