"""What is kept is forgotten when its time is over, as the plate declares it.

Law: each in small transactions, so that it may be interrupted; a second time finds nothing. What is counted stays
counted: a signature loses where it came from, never that it was made.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from ridgeway.office.notices.retention import forget_recipient
from ridgeway.services.petitions.actions.opening import Doer
from ridgeway.services.petitions.models import Draft, Feedback, Petition, Signature, TrendingSource
from ridgeway.services.petitions.states import SignatureRole, SignatureState, State

CHUNK = 1000
DRAFTS_KEPT = timedelta(days=1)
FEEDBACK_KEPT = timedelta(days=365)
ADDRESSES_KEPT = timedelta(days=183)
PENDING_KEPT = timedelta(days=183)
SOURCES_KEPT = timedelta(days=183)


def do_in_chunks(rows: "QuerySet[Any]", do: Callable[[list[int]], int]) -> int:
    """`do` was done to all `rows`, some at a time, each time in a transaction of its own; how many it says."""
    number = 0
    while ids := list(rows.order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        with transaction.atomic():
            number += do(ids)
    return number


def forget_drafts(*, now: datetime) -> int:
    """Drafts that nobody sent, or that became petitions, are gone after a day."""
    old = Draft.objects.filter(created_at__lte=now - DRAFTS_KEPT)
    return do_in_chunks(old, lambda ids: Draft.objects.filter(pk__in=ids).delete()[0])


def forget_feedback(*, now: datetime) -> int:
    """Feedback is gone after a year."""
    old = Feedback.objects.filter(created_at__lte=now - FEEDBACK_KEPT)
    return do_in_chunks(old, lambda ids: Feedback.objects.filter(pk__in=ids).delete()[0])


def forget_addresses(*, now: datetime) -> int:
    """From which address (IP) somebody signed is gone after six months, and so is what was noted of such addresses."""
    known = Q(ip__isnull=False) | Q(confirmed_ip__isnull=False) | ~Q(source="")
    old = Signature.objects.filter(known, created_at__lte=now - ADDRESSES_KEPT)
    without: dict[str, Any] = {"ip": None, "confirmed_ip": None, "source": ""}
    forgotten = do_in_chunks(old, lambda ids: Signature.objects.filter(pk__in=ids).update(**without))
    sources = TrendingSource.objects.filter(starts_at__lte=now - SOURCES_KEPT)
    do_in_chunks(sources, lambda ids: TrendingSource.objects.filter(pk__in=ids).delete()[0])
    return forgotten


def forget_pending(*, now: datetime) -> int:
    """Signatures that were not confirmed in six months are gone; so is a petition whose creator never was."""
    late = {"state": SignatureState.PENDING, "created_at__lte": now - PENDING_KEPT}
    others = Signature.objects.filter(**late).exclude(role=SignatureRole.CREATOR)
    forgotten = do_in_chunks(others, lambda ids: delete_signatures(ids, now=now))
    begun = Petition.objects.filter(state=State.PENDING, created_at__lte=now - PENDING_KEPT, archived_at=None)
    return forgotten + do_in_chunks(begun, lambda ids: delete_petitions(ids, now=now))


def delete_signatures(ids: list[int], *, now: datetime) -> int:
    """These signatures are gone, and what was to be mailed to them."""
    for signature_id in ids:
        forget_recipient(f"signature:{signature_id}", now=now)
    # Confirmed meanwhile: then it stays.
    return Signature.objects.filter(pk__in=ids, state=SignatureState.PENDING).delete()[0]


def delete_petitions(ids: list[int], *, now: datetime) -> int:
    """These petitions, which nobody ever supported, are gone."""
    gone = 0
    for petition in Petition.objects.select_for_update().filter(pk__in=ids, state=State.PENDING).order_by("pk"):
        for signature_id in petition.signatures.values_list("pk", flat=True):
            forget_recipient(f"signature:{signature_id}", now=now)
        Doer(None, now).note("forget", petition)
        petition.delete()
        gone += 1
    return gone
