"""The app `jobs` of Django."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Tables named `jobs_…`."""

    name = "ridgeway.office.jobs"
    label = "jobs"
    verbose_name = "Background work"
