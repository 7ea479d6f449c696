"""Batches of signatures to be withdrawn: written down and counted, started, cancelled, deleted while unstarted.

Law: a batch without a condition does not exist. What it did stays as it is when it is cancelled.
"""

from datetime import datetime

from django.db import transaction

from ridgeway.errors import RequestError
from ridgeway.office.people.actor import Actor
from ridgeway.services.petitions.actions.opening import Doer
from ridgeway.services.petitions.models import Invalidation
from ridgeway.services.petitions.queries.invalidations import CONDITIONS, count_matching, has_condition, is_over
from ridgeway.services.petitions.tasks import run_invalidation


class InvalidationError(RequestError):
    """A batch that does not take this."""


@transaction.atomic
def write_down(batch: Invalidation, *, actor: Actor, now: datetime) -> Invalidation:
    """The batch waits to be started, and its signatures are counted.

    Raises:  InvalidationError without a condition.
    """
    if not has_condition(batch):
        raise InvalidationError(
            "no_condition", "A batch needs at least one condition.", action="Say which signatures are to be withdrawn."
        )
    batch.created_by_id, batch.created_at = actor.account_id, now
    batch.matching_count, batch.counted_at = count_matching(batch), now
    batch.save()
    note("create_invalidation", batch, actor=actor, now=now)
    return batch


@transaction.atomic
def count_again(invalidation_id: int, *, actor: Actor, now: datetime) -> Invalidation:
    """It is known how many fit now.

    Raises:  InvalidationError once it was started.
    """
    batch = lock_unstarted(invalidation_id)
    batch.matching_count, batch.counted_at = count_matching(batch), now
    batch.save(update_fields=["matching_count", "counted_at"])
    note("count_invalidation", batch, actor=actor, now=now)
    return batch


@transaction.atomic
def start(invalidation_id: int, *, actor: Actor, now: datetime) -> Invalidation:
    """A worker withdraws the signatures soon.

    Raises:  InvalidationError when it was started before.
    """
    batch = lock_unstarted(invalidation_id)
    batch.matching_count, batch.counted_at, batch.enqueued_at = count_matching(batch), now, now
    batch.save(update_fields=["matching_count", "counted_at", "enqueued_at"])
    note("start_invalidation", batch, actor=actor, now=now)
    run_invalidation.enqueue(batch.pk)
    return batch


@transaction.atomic
def cancel(invalidation_id: int, *, actor: Actor, now: datetime) -> Invalidation:
    """Nothing more of it is done; what is done stays.

    Raises:  InvalidationError when it is over.
    """
    batch = lock(invalidation_id)
    if is_over(batch):
        raise InvalidationError("conflict", f"The batch {invalidation_id} is over.", action="Load the page anew.")
    batch.cancelled_at = now
    batch.save(update_fields=["cancelled_at"])
    note("cancel_invalidation", batch, actor=actor, now=now)
    return batch


@transaction.atomic
def delete(invalidation_id: int, *, actor: Actor, now: datetime) -> None:
    """It is gone, as if nobody had thought of it.

    Raises:  InvalidationError when it was started.
    """
    batch = lock_unstarted(invalidation_id)
    note("delete_invalidation", batch, actor=actor, now=now)
    batch.delete()


def lock(invalidation_id: int) -> Invalidation:
    """The batch, which nobody else changes until the transaction ends.

    Raises:  InvalidationError when there is none.
    """
    batch = Invalidation.objects.select_for_update().filter(pk=invalidation_id).first()
    if batch is None:
        raise InvalidationError("unknown_invalidation", f"There is no batch {invalidation_id}.")
    return batch


def lock_unstarted(invalidation_id: int) -> Invalidation:
    """The batch, unless somebody has started it.

    Raises:  InvalidationError.
    """
    batch = lock(invalidation_id)
    if batch.enqueued_at is not None or batch.cancelled_at is not None:
        raise InvalidationError(
            "conflict", f"The batch {invalidation_id} was started already.", action="Load the page anew."
        )
    return batch


def note(act: str, batch: Invalidation, *, actor: Actor, now: datetime) -> None:
    """The audit line: which kinds of conditions, not what they say of people."""
    kinds = [name for name in CONDITIONS if getattr(batch, "petition_id" if name == "petition" else name)]
    details = {"conditions": kinds, "matching": batch.matching_count, "petition": batch.petition_id}
    Doer(actor, now).note(act, f"invalidation:{batch.pk}", details=details)
