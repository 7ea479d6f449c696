"""What Django is told so that work can be queued. No Django here."""

from typing import Any

from ridgeway.settings import WebSettings


def derive_jobs_settings(web: WebSettings) -> dict[str, Any]:  # noqa: ARG001 - the interface of every room
    """Apps and the backend of the queue."""
    return {
        "INSTALLED_APPS": ["django_tasks", "django_tasks_db"],
        "TASKS": {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}},
    }
