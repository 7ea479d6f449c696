"""A draft of a petition: opened, written into, sent.

Law: whoever holds the token holds the draft; only the token's digest is stored. A draft lives a day. Once it is sent
nothing of its text stays in it, and what the sender sees does not depend on what became of it.
"""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction

from ridgeway.services.petitions.models import Draft

LIFETIME = timedelta(days=1)
TOKEN_BYTES = 32
MAX_TOKEN_LENGTH = 100
MAX_ANSWER_LENGTH = 4000
SENT = "sent"
"""The one key of a draft that was sent."""


def digest_of(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def open_draft(*, now: datetime) -> tuple[Draft, str]:
    """A new draft and the token that it is known by."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    return Draft.objects.create(token_digest=digest_of(token), created_at=now, updated_at=now), token


def find_draft(token: str, *, now: datetime) -> Draft | None:
    """The draft that the token opens, while it lives."""
    if not token or len(token) > MAX_TOKEN_LENGTH:
        return None
    return Draft.objects.filter(token_digest=digest_of(token), created_at__gt=now - LIFETIME).first()


def save_answers(draft: Draft, answers: Mapping[str, str], *, now: datetime) -> Draft:
    """The answers stand in the draft beside those that it has; one that was sent keeps nothing more."""
    kept = {name: text[:MAX_ANSWER_LENGTH] for name, text in answers.items()}
    with transaction.atomic():
        locked = Draft.objects.select_for_update().get(pk=draft.pk)
        if not is_sent(locked):
            locked.answers = {**locked.answers, **kept}
            locked.updated_at = now
            locked.save(update_fields=["answers", "updated_at"])
    return locked


def is_sent(draft: Draft) -> bool:
    """Whether it was sent, whatever became of it."""
    return SENT in draft.answers


def close_draft(draft: Draft, *, now: datetime) -> None:
    """The draft was sent: what stood in it is gone, and that it was sent stays for whoever clicked twice."""
    draft.answers = {SENT: True}
    draft.updated_at = now
    draft.save(update_fields=["answers", "petition", "updated_at"])


def discard_draft(draft: Draft) -> None:
    """Nothing of the draft is left; one that was sent stays as it is, so that it stays one petition."""
    with transaction.atomic():
        locked = Draft.objects.select_for_update().filter(pk=draft.pk).first()
        if locked is not None and not is_sent(locked):
            locked.delete()
