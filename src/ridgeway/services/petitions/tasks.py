"""Work of this service that waits in the queue. Law: each may be killed anywhere and begun again."""

from django.utils import timezone

from ridgeway.office.jobs.queue import task
from ridgeway.services.petitions.actions.withdrawing import withdraw_block


@task()
def run_invalidation(invalidation_id: int) -> None:
    """The batch is withdrawn, block by block, until it is done or cancelled."""
    while withdraw_block(invalidation_id, now=timezone.now()):
        pass
