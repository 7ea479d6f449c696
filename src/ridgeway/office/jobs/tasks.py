"""The queue, worked off.

Law: one worker takes one task at a time, in the order of priority. A task whose worker died goes back to the queue, up
to `MAX_STARTS` times, which the library's own worker does not do; one that raises is noted as failed and told by a log
line. Next: `worker.py`.
"""

import logging
from datetime import datetime, timedelta

from django.db import connection, transaction
from django_tasks_db.models import DBTaskResult

from ridgeway.office.notices.rendering import describe_place

log = logging.getLogger(__name__)

MAX_STARTS = 3
LONGEST_RUN = timedelta(hours=6)
"""A task of another machine that was started longer ago counts as given up."""


class WorkerDiedError(Exception):
    """Every worker that began this task died in it."""


def run_next_task(worker: str) -> bool:
    """The most urgent task that is ready was run, if there is one."""
    if not DBTaskResult.objects.ready().exists():
        return False
    with transaction.atomic():
        row = DBTaskResult.objects.ready().get_locked()
        if row is None:
            return False
        row.claim(worker)
    run_task(row)
    return True


def run_task(row: "DBTaskResult[..., object]") -> None:
    """The task was run, and what became of it is noted."""
    try:
        row.set_successful(row.task.call(*row.args_kwargs["args"], **row.args_kwargs["kwargs"]))
    except Exception as error:  # noqa: BLE001 - a task may raise anything, and the next one's turn comes all the same
        if connection.in_atomic_block or not connection.is_usable():
            connection.close()
        row.set_failed(error)
        log.error("ALERT: the task %s failed: %s", row.task_path, describe_place(error))


def release_tasks(*, dead: set[str], living: set[str], now: datetime) -> int:
    """Tasks whose workers died are ready again, or failed when they were begun too often; the number of them."""
    released = 0
    for row in DBTaskResult.objects.running():
        worker = row.worker_ids[-1] if row.worker_ids else ""
        is_abandoned = row.started_at is None or now - row.started_at > LONGEST_RUN
        if worker in dead or (is_abandoned and worker not in living):
            released += release_task(row)
    return released


def release_task(row: "DBTaskResult[..., object]") -> int:
    """The task is ready again, or has failed."""
    if len(row.worker_ids) >= MAX_STARTS:
        row.set_failed(WorkerDiedError(f"begun {len(row.worker_ids)} times, and each worker died"))
        log.error("ALERT: the task %s was given up: each worker that began it died", row.task_path)
        return 1
    same = DBTaskResult.objects.running().filter(id=row.id, worker_ids=row.worker_ids)
    return int(same.update(status="READY", started_at=None))
