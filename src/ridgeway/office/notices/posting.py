"""`post_notice`: one notice to one recipient, in the transaction of what it tells about.

Law: a second post for the same kind, subject, version and recipient changes nothing. What could break a header is
refused here, and again where the mail is built. Next: `schema.py`, `outbox.py`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection

from ridgeway.office.notices.addresses import verify_address
from ridgeway.office.notices.schema import INSERT_NOTICE, render_row
from ridgeway.office.notices.values import Priority


def post_notice(
    kind: str,
    *,
    subject: str,
    recipient_key: str,
    version: str = "1",
    address: str,
    language: str = "en",
    payload: Mapping[str, Any],
    now: datetime,
    not_before: datetime | None = None,
    priority: Priority = Priority.NORMAL,
) -> bool:
    """The notice is queued when the caller's transaction commits; False when it had been already.

    Shapes:  `subject` is what it is about (`petition:700001`); `recipient_key` stands for the person in a way that is
             no address; `version` tells a changed notice from the same one posted again; `payload` is what JSON holds.
    Units:   `now` and `not_before` are aware.
    Raises:  RequestError(invalid_address); it does not say the address.
    """
    verify_address(address)
    row = render_row(
        kind,
        subject=subject,
        recipient_key=recipient_key,
        version=version,
        address=address,
        language=language,
        payload=payload,
        now=now,
        not_before=not_before,
        priority=priority,
    )
    with connection.cursor() as cursor:
        cursor.execute(INSERT_NOTICE, row)
        return bool(cursor.rowcount == 1)
