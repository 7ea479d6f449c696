"""Signatures that staff withdraw, restore or delete: each change is counted like a confirmation, backwards.

Law: called within the transaction of an action of staff, never by the public. The creator's signature is left alone. A
withdrawn signer gets no more mail. Next: `../actions`, which write the audit line.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from django.db import transaction

from ridgeway.services.petitions.models import Signature
from ridgeway.services.petitions.states import SignatureRole, SignatureState
from ridgeway.services.petitions.writer.ledger import Ledger, lock_petitions
from ridgeway.services.petitions.writer.site import load_site

COUNTED = SignatureState.VALIDATED
CHANGED = ("state", "invalidated_at", "wants_updates", "invalidation", "validated_at", "number", "updated_at")
Change = Callable[[Signature], bool]
"""Changes a signature, and says whether it did."""


def invalidate(signature_ids: Collection[int], *, now: datetime, invalidation_id: int | None = None) -> int:
    """These signatures count no more; how many were changed. Those of creators are left."""

    def change(signature: Signature) -> bool:
        if signature.state not in {SignatureState.PENDING, SignatureState.VALIDATED}:
            return False
        signature.state, signature.invalidated_at, signature.wants_updates = SignatureState.INVALIDATED, now, False
        if invalidation_id is not None:
            signature.invalidation_id = invalidation_id
        return True

    return change_states(signature_ids, change, now=now)


def validate(signature_ids: Collection[int], *, now: datetime) -> int:
    """These signatures count, whatever they were; how many were changed."""

    def change(signature: Signature) -> bool:
        if signature.state == COUNTED:
            return False
        signature.state, signature.invalidated_at, signature.invalidation = COUNTED, None, None
        signature.validated_at = signature.validated_at or now
        return True

    return change_states(signature_ids, change, now=now)


def delete(signature_ids: Collection[int], *, now: datetime) -> int:
    """These signatures are no more; how many were deleted. Those of creators are left."""
    with transaction.atomic():
        ledger, signatures = open_ledger(signature_ids, now=now)
        for signature in signatures:
            page = ledger.find(signature.petition_id)
            if page is not None and signature.state == COUNTED:
                ledger.take(page, signature)
                ledger.settle(page)
        ledger.write()
        Signature.objects.filter(pk__in=[each.pk for each in signatures]).delete()
        return len(signatures)


def change_states(signature_ids: Collection[int], change: Change, *, now: datetime) -> int:
    """Each signature as `change` wants it, counted accordingly; how many it changed."""
    with transaction.atomic():
        ledger, signatures = open_ledger(signature_ids, now=now)
        changed = []
        for signature in signatures:
            page, before = ledger.find(signature.petition_id), signature.state
            if page is None or not change(signature):
                continue
            signature.updated_at = now
            changed.append(signature)
            if signature.state == COUNTED:
                ledger.add(page, signature)
            elif before == COUNTED:
                ledger.take(page, signature)
            ledger.settle(page)
        Signature.objects.bulk_update(changed, CHANGED)
        ledger.write()
        return len(changed)


def open_ledger(signature_ids: Collection[int], *, now: datetime) -> tuple[Ledger, Sequence[Signature]]:
    """The petitions of these signatures, locked, and the signatures as they are then; without creators'."""
    found = Signature.objects.filter(pk__in=list(signature_ids)).exclude(role=SignatureRole.CREATOR)
    ledger = Ledger(lock_petitions([], list(signature_ids)), load_site(), now=now)
    ledger.count_sponsors(ledger.pages)
    return ledger, list(found.select_related("constituency").order_by("pk"))
