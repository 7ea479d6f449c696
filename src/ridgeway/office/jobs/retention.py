"""What is forgotten of queued work, and when. Law: done or failed, a task's arguments go after `KEEP`."""

from datetime import datetime, timedelta

from django.apps import apps

from ridgeway.office.jobs.duty import Duty

KEEP = timedelta(days=14)
DUTIES = (Duty("jobs.forget", "ridgeway.office.jobs.retention.forget_finished", daily_at="03:20"),)


def forget_finished(now: datetime) -> str:
    """Tasks that ended before `KEEP` are gone; says how many."""
    tasks = apps.get_model("django_tasks_database", "DBTaskResult").objects
    gone, _ = tasks.finished().filter(finished_at__lt=now - KEEP).delete()
    return f"{gone} finished tasks forgotten"
