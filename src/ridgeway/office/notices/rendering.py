"""From a row of the outbox to the mail that is handed over.

Law: a notice is rendered when it is sent, in its recipient's language, by its kind's owner; whatever an owner's
function raises stops that notice alone. Nothing that an error says is kept, for it may hold what a person wrote.
Next: `outbox.py`.
"""

import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from django.db import InterfaceError, OperationalError
from django.utils import translation

from ridgeway.errors import RequestError
from ridgeway.office.notices.mails import Envelope, build_mail
from ridgeway.office.notices.models import QueuedNotice
from ridgeway.office.notices.registry import find_kind
from ridgeway.office.notices.schema import from_ms
from ridgeway.office.notices.values import Notice, Outcome

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Unsendable:
    """There is no mail of it: for good (`is_final`), or until its owner's function works again."""

    outcome: Outcome
    note: str
    is_final: bool


def render_notice(
    row: QueuedNotice,
    *,
    find_payload: Callable[[int], dict[str, Any]],
    sender: str,
    reply_to: str,
    now: datetime,
) -> Envelope | Unsendable:
    """The mail of this row, or why there is none. `find_payload` reads that of a mailing.

    Raises:  OperationalError or InterfaceError of Django's when the database is away.
    """
    kind = find_kind(row.kind)
    if kind is None:
        return Unsendable(Outcome.UNRENDERED, f"Nothing here knows how to write {row.kind}.", is_final=False)
    try:
        notice = read_notice(row, find_payload)
        with translation.override(row.language if translation.check_for_language(row.language) else None):
            mail = kind.render(notice)
        if mail is None:
            return Unsendable(Outcome.UNWANTED, "", is_final=True)
        return build_mail(mail, notice, sender=sender, reply_to=reply_to, now=now)
    except RequestError as error:
        if error.code == "invalid_address":
            return Unsendable(Outcome.ADDRESS, error.detail, is_final=True)
        log.error("a notice %s cannot be written: %s", row.kind, error.detail)
        return Unsendable(Outcome.UNRENDERED, error.detail, is_final=False)
    except (OperationalError, InterfaceError):
        raise  # the database is away: no notice is at fault
    except Exception as error:  # noqa: BLE001 - a kind's function may raise anything, and others' mail goes on
        place = describe_place(error)
        log.error("a notice %s cannot be rendered: %s", row.kind, place)
        return Unsendable(Outcome.UNRENDERED, f"It cannot be rendered: {place}."[:200], is_final=False)


def read_notice(row: QueuedNotice, find_payload: Callable[[int], dict[str, Any]]) -> Notice:
    """The value that a renderer gets."""
    own = msgspec.json.decode(row.payload, type=dict[str, Any])
    payload = own if row.mailing_id is None else find_payload(row.mailing_id) | own
    return Notice(
        kind=row.kind,
        subject=row.subject,
        version=row.version,
        recipient_key=row.recipient_key,
        language=row.language,
        created_at=from_ms(row.created_at_ms),
        payload=payload,
        address=row.address,
    )


def describe_place(error: Exception) -> str:
    """The kind of an error and where it arose, without what it says."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {frames[-1].filename.rsplit('/', 1)[-1]}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{where}"
