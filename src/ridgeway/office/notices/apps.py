"""The app `notices` of Django."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Tables named `notices_…`."""

    name = "ridgeway.office.notices"
    label = "notices"
    verbose_name = "Notices"
