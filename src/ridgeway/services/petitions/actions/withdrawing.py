"""What staff do to signatures: they count no more, or again; they get mail, or none; they are deleted.

Law: counts move with the rows (`../writer/withdrawing.py`). The creator's signature is left alone, and so is one of an
archived petition. The audit line has numbers of signatures, never a name, an address or a token.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from enum import StrEnum

from django.db import transaction

from ridgeway.errors import RequestError
from ridgeway.office.people.actor import Actor
from ridgeway.services.petitions.actions.opening import Doer
from ridgeway.services.petitions.models import Invalidation, Signature
from ridgeway.services.petitions.queries.invalidations import match_conditions
from ridgeway.services.petitions.states import SignatureRole
from ridgeway.services.petitions.writer import withdrawing

MAX_AT_ONCE = 50
BLOCK = 100


class Act(StrEnum):
    """What may be done to signatures."""

    VALIDATE = "validate"
    INVALIDATE = "invalidate"
    SUBSCRIBE = "subscribe"
    UNSUBSCRIBE = "unsubscribe"
    DELETE = "delete"


class TooManyError(RequestError):
    """More signatures than are changed at once."""


@transaction.atomic
def change_signatures(
    act: Act, signature_ids: Collection[int], *, actor: Actor, now: datetime, reason: str = ""
) -> int:
    """`act` is done to these signatures but those that are protected; how many it changed.

    Raises:  TooManyError.
    """
    if len(signature_ids) > MAX_AT_ONCE:
        raise TooManyError(
            "too_many", f"{len(signature_ids)} signatures at once; at most {MAX_AT_ONCE} can be changed."
        )
    petitions = dict(list_changeable(signature_ids))
    changed = VERBS[act](list(petitions), now)
    numbers = sorted(set(petitions.values()))
    subject = f"petition:{numbers[0]}" if len(numbers) == 1 else "signatures"
    details = {"signatures": sorted(petitions), "changed": changed}
    if len(numbers) > 1:
        details["petitions"] = numbers
    if petitions:
        Doer(actor, now).note(f"{act}_signatures", subject, reason=reason, details=details)
    return changed


def list_changeable(signature_ids: Collection[int]) -> list[tuple[int, int]]:
    """Those that are not protected, each with its petition."""
    found = Signature.objects.filter(pk__in=list(signature_ids), petition__archived_at=None, anonymized_at=None)
    return list(found.exclude(role=SignatureRole.CREATOR).values_list("pk", "petition_id"))


def set_wish(signature_ids: Collection[int], now: datetime, *, wants: bool) -> int:
    """These people get mail about their petitions, or none."""
    others = Signature.objects.filter(pk__in=list(signature_ids), wants_updates=not wants)
    return others.update(wants_updates=wants, updated_at=now)


VERBS: Mapping[Act, Callable[[Collection[int], datetime], int]] = {
    Act.VALIDATE: lambda ids, now: withdrawing.validate(ids, now=now),
    Act.INVALIDATE: lambda ids, now: withdrawing.invalidate(ids, now=now),
    Act.DELETE: lambda ids, now: withdrawing.delete(ids, now=now),
    Act.SUBSCRIBE: lambda ids, now: set_wish(ids, now, wants=True),
    Act.UNSUBSCRIBE: lambda ids, now: set_wish(ids, now, wants=False),
}


@transaction.atomic
def withdraw_block(invalidation_id: int, *, now: datetime) -> bool:
    """The next hundred signatures of a batch count no more; whether there may be more.

    One that was cancelled or is complete does nothing. Where it was interrupted it goes on: how far it came is written
    with the signatures. Those that came after it began are not touched.
    """
    batch = Invalidation.objects.select_for_update().filter(pk=invalidation_id).first()
    if batch is None or batch.enqueued_at is None or batch.cancelled_at or batch.completed_at:
        return False
    batch.started_at = batch.started_at or now
    rest = match_conditions(batch).filter(pk__gt=batch.last_signature_id, created_at__lte=batch.started_at)
    ids = list(rest.order_by("pk").values_list("pk", flat=True)[:BLOCK])
    batch.invalidated_count += withdrawing.invalidate(ids, now=now, invalidation_id=batch.pk)
    batch.last_signature_id = ids[-1] if ids else batch.last_signature_id
    if len(ids) < BLOCK:
        batch.completed_at = now
        details = {"invalidated": batch.invalidated_count}
        Doer(None, now).note("finish_invalidation", f"invalidation:{batch.pk}", details=details)
    batch.save()
    return batch.completed_at is None
