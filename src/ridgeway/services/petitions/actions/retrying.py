"""A task that failed is put into the queue once more.

Law: only a task of this service; each is written so that it may be begun anew.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django_tasks_db.models import DBTaskResult

from ridgeway.errors import RequestError
from ridgeway.office.people.actor import Actor
from ridgeway.services.petitions.actions.opening import Doer
from ridgeway.services.petitions.queries.workings import OWN


class UnknownTaskError(RequestError):
    """There is no such task that failed."""

    status = 404


@transaction.atomic
def retry_task(task_id: UUID, *, actor: Actor, now: datetime) -> None:
    """It is ready again, as if no worker had begun it.

    Raises:  UnknownTaskError for one that is not there, has not failed, or is another room's.
    """
    failed = DBTaskResult.objects.failed().filter(id=task_id, task_path__startswith=OWN)
    fresh: dict[str, Any] = {
        "status": "READY",
        "started_at": None,
        "finished_at": None,
        "worker_ids": [],
        "exception_class_path": "",
    }
    if not failed.update(**fresh, traceback=""):
        raise UnknownTaskError(
            "unknown_task", "There is no such task that failed.", action="Load the page of mails and jobs again."
        )
    Doer(actor, now).note("retry_task", f"task:{task_id}")
